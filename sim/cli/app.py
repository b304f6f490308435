"""The commands of `toolate`: data on stdout or in --out, talk on stderr.

Exit 0 done, 1 a check failed, 2 bad input.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli import completing
from sim.cli.app_catalogues import catalogues
from sim.cli.app_stores import stores
from sim.cli.faulty import faults_on_one_line
from sim.cli.options import Engine, File
from sim.cli.permitting import AllowPath, YesLarge

app = typer.Typer(
    name="toolate",
    help="How often is a regretted message read despite its deletion?",
    add_completion=True,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from sim.version import __version__

        sys.stdout.write(f"toolate {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        sys.stdout.write(f"{context.get_help()}\n")


@app.command()
def run(
    file: File,
    out: Annotated[
        Path | None, typer.Option(help="Folder for records, tables and chart.", show_default=False)
    ] = None,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON document (docs/json.md) instead of tables."),
    ] = False,
    replications: Annotated[
        int | None, typer.Option(help="Independent worlds, 1 or more.", show_default=False)
    ] = None,
    replication: Annotated[
        int | None,
        typer.Option(
            help="Instead: this one alone, as in a whole run, counted from 0.", show_default=False
        ),
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            help='Instead: add worlds until intervals reach no farther, "0.5 pp" or "10 %".',
            show_default=False,
        ),
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option(
            help="What --precision is about: headline or differences (repeat for both); else headline.",
            show_default=False,
        ),
    ] = None,
    at_most: Annotated[
        int | None,
        typer.Option(
            help="Worlds at which --precision gives up, else ten thousand.", show_default=False
        ),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of every draw, 0 or more.", show_default=False)
    ] = None,
    engine: Engine = "auto",
    policy: Annotated[
        list[str] | None,
        typer.Option(
            help="Play only this policy (repeat for more) and the baseline.",
            autocompletion=completing.policies,
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(help="Replications played at a time; never changes a result.")
    ] = 1,
    everybody: Annotated[
        bool,
        typer.Option(
            "--everybody",
            help="Play and record all recipients, and not only those the answer depends on.",
        ),
    ] = False,
    known_shares: Annotated[
        bool,
        typer.Option(
            "--known-shares/--plain",
            help="Correct shares to the settings' shares that the scenario gives, or leave them plain.",
        ),
    ] = True,
    doubt: Annotated[
        bool | None,
        typer.Option(
            "--doubt/--no-doubt",
            help="Vary what is assumed; by default where that takes less than ten seconds.",
            show_default=False,
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Print channels, verdicts and every price too.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print how many worlds and seconds it takes; play a few."),
    ] = False,
    allow_path: AllowPath = None,
    yes_large: YesLarge = False,
) -> None:
    """Play a scenario under its policies: how often the preview is read despite the deletion, and
    at what price.
    """
    from sim.cli.running import AT_MOST, Asked, dry_run_command, run_command

    asked = Asked(
        policies=policy,
        replications=replications,
        replication=replication,
        precision=precision,
        of=of or ["headline"],
        at_most=AT_MOST if at_most is None else at_most,
        seed=seed,
        engine=engine,
        everybody=everybody,
        known_shares=known_shares,
    )
    with faults_on_one_line():
        if dry_run:
            dry_run_command(file, json, workers, asked)
        else:
            run_command(file, out, json, workers, asked, doubt, full)


@app.command()
def compare(
    files: Annotated[
        list[str],
        typer.Argument(
            help="A scenario, for its policies; or several scenarios.",
            show_default=False,
            autocompletion=completing.scenarios,
        ),
    ],
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            "--policies",
            help="Only these: one, or several with commas; repeat for more.",
            autocompletion=completing.policies,
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            help="Policy (or file) to compare against, by default the baseline (the first file)."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for tables and chart.", show_default=False)
    ] = None,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print one JSON document (docs/compare.md) instead of tables."),
    ] = False,
    replications: Annotated[
        int | None, typer.Option(help="Independent worlds, 1 or more.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of every draw, 0 or more.", show_default=False)
    ] = None,
    engine: Engine = "auto",
    workers: Annotated[
        int, typer.Option(help="Replications played at a time; never changes a result.")
    ] = 1,
    allow_path: AllowPath = None,
    yes_large: YesLarge = False,
) -> None:
    """Compare policies on the same worlds, or scenarios: which loses least, how sure that is, and
    at what price.
    """
    from sim.cli.comparing import compare_command

    with faults_on_one_line():
        compare_command(files, policy, against, out, json, replications, seed, engine, workers)


@app.command()
def answer(
    file: File,
    question: Annotated[
        list[str] | None,
        typer.Option(
            help="deadline, hold, lost, frontier, best, unknowns, or all (repeat for more).",
            show_default=False,
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            help='Share read that deadline and hold keep to, else "10 %".', show_default=False
        ),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(help='Mean delay for everybody else, else "30 s".', show_default=False),
    ] = None,
    lever: Annotated[
        list[str] | None,
        typer.Option(
            help="Duration that a hold is sought for (repeat), else send.hold and push.delay.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            help="platform: the deadline on every platform of the catalogue.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for charts and tables.", show_default=False)
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of sentences.")
    ] = False,
    replications: Annotated[
        int | None, typer.Option(help="Independent worlds, 1 or more.", show_default=False)
    ] = None,
    engine: Engine = "auto",
    allow_path: AllowPath = None,
    yes_large: YesLarge = False,
) -> None:
    """Say how long you have, what hold you need, where messages are lost, what protection costs and
    what could change the advice.
    """
    from sim.cli.answering import answer_command

    with faults_on_one_line():
        answer_command(
            file, question or [], target, budget, lever or [], by, out, json, replications, engine
        )


@app.command()
def check(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Scenario files that make claims (docs/checks.md).",
            show_default=False,
            autocompletion=completing.scenarios,
        ),
    ],
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 also if a claim is undecided.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(help="File for a JUnit report (XML).", show_default=False)
    ] = None,
    replications: Annotated[
        int | None, typer.Option(help="Independent worlds, 1 or more.", show_default=False)
    ] = None,
    engine: Engine = "auto",
    workers: Annotated[
        int, typer.Option(help="Replications played at a time; never changes a result.")
    ] = 1,
    allow_path: AllowPath = None,
    yes_large: YesLarge = False,
) -> None:
    """Judge the claims that scenarios make about their answers; exit 1 if one fails."""
    from sim.cli.checking import check_command

    with faults_on_one_line():
        if not check_command(files, strict, junit, replications, engine, workers):
            raise typer.Exit(1)


app.add_typer(stores)


@app.command()
def diff(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Two scenarios, or one with two policies.",
            show_default=False,
            autocompletion=completing.scenarios,
        ),
    ],
    policy: Annotated[
        list[str] | None,
        typer.Option(
            help="Of one file: two policies. Of two files: the policy of both.",
            autocompletion=completing.policies,
        ),
    ] = None,
    allow_path: AllowPath = None,
) -> None:
    """Say what differs between two scenarios, resolved, and who set it.

    Exit 0 if nothing does, 1 if anything.
    """
    from sim.cli.differing import diff_command

    with faults_on_one_line():
        if diff_command(files, policy):
            raise typer.Exit(1)


@app.command()
def explain(
    file: File,
    policy: Annotated[
        str | None,
        typer.Option(
            help="Explain it under this policy.",
            show_default=False,
            autocompletion=completing.policies,
        ),
    ] = None,
    doubt: Annotated[
        bool,
        typer.Option("--doubt", help="Also play it, and say which assumed number moves it most."),
    ] = False,
    allow_path: AllowPath = None,
) -> None:
    """Say the resolved scenario in words, each number with its source."""
    from sim.cli.explaining import explain_command

    with faults_on_one_line():
        explain_command(file, policy, doubt)


@app.command()
def verify(
    scenarios: Annotated[
        int, typer.Option(help="Generated scenarios for engine against engine.")
    ] = 300,
) -> None:
    """Check the simulator on this machine: known answers, exact cases, and one engine against the
    other.
    """
    from sim.cli.verifying import verify_command

    with faults_on_one_line():
        if not verify_command(scenarios):
            raise typer.Exit(1)


app.add_typer(catalogues)
