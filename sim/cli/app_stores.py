"""The commands that play into stores and ask them: `sweep`, `merge`, `query`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.faulty import faults_on_one_line
from sim.cli.permitting import AllowPath, YesLarge

stores = typer.Typer()
STORE = Path("results/runs/sweeps")
Kept = Annotated[Path, typer.Option(help="Folder of stored results.")]


@stores.command()
def sweep(
    file: Annotated[str, typer.Argument(help="A sweep file (TOML).", show_default=False)],
    store: Kept = STORE,
    out: Annotated[
        Path | None, typer.Option(help="Folder for tables and charts.", show_default=False)
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes, by default one a core.", show_default=False)
    ] = None,
    threads: Annotated[
        bool, typer.Option("--threads", help="Threads instead of processes.")
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option(
            help='Address of a Dask scheduler, or "local" for one here.', show_default=False
        ),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(help='Play this part only, such as "3/64"; merge later.', show_default=False),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the plan, time and memory; store nothing.")
    ] = False,
    allow_path: AllowPath = None,
    yes_large: YesLarge = False,
) -> None:
    """Play many scenarios made of one, and store every answer.

    What is stored is not played again.
    """
    from sim.cli.sweeping import sweep_command

    with faults_on_one_line():
        sweep_command(file, store, out, workers, threads, dask, shard, dry_run)


@stores.command()
def merge(
    store: Annotated[
        Path, typer.Argument(help="Folder of stored results to merge into.", show_default=False)
    ],
    sources: Annotated[
        list[Path] | None, typer.Argument(help="Folders to take results from.")
    ] = None,
) -> None:
    """Merge stored results of shards or machines into one folder, and make its tables."""
    from sim.cli.sweeping import merge_command

    with faults_on_one_line():
        merge_command(store, sources or [])


@stores.command()
def query(
    sql: Annotated[
        str, typer.Argument(help='SQL, such as "DESCRIBE results".', show_default=False)
    ],
    store: Kept = STORE,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
) -> None:
    """Ask stored results a question in SQL (views: results, sums); they are only read."""
    from sim.cli.sweeping import query_command

    with faults_on_one_line():
        query_command(sql, store, csv)
