"""The commands that show what there is: `scenarios`, `platforms`, `people`, and the schema."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli import completing
from sim.cli.faulty import faults_on_one_line
from sim.cli.options import File
from sim.cli.permitting import AllowPath

catalogues = typer.Typer()


@catalogues.command()
def scenarios(
    containing: Annotated[
        str | None, typer.Argument(help="Only those that say this.", show_default=False)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the scenarios that come with the package: name, question and answer.

    A name stands for a file in every command.
    """
    from sim.cli.scenarios import scenarios_command

    with faults_on_one_line():
        scenarios_command(containing, json)


@catalogues.command()
def new(
    file: Annotated[Path, typer.Argument(help="The file to write.", show_default=False)],
    base: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="A scenario of toolate scenarios to build on.",
            show_default=False,
            autocompletion=completing.scenarios,
        ),
    ] = None,
    platform: Annotated[
        str | None,
        typer.Option(
            help="Instead: a platform's rules.",
            show_default=False,
            autocompletion=completing.platforms,
        ),
    ] = None,
    people: Annotated[
        str | None,
        typer.Option(
            help="And whose habits recipients have.",
            show_default=False,
            autocompletion=completing.people,
        ),
    ] = None,
    question: Annotated[
        str, typer.Option(help="What its policies answer: all, hold, push, mail, review.")
    ] = "all",
) -> None:
    """Write a short scenario file with comments, which plays as it stands."""
    from sim.cli.starting import new_command

    with faults_on_one_line():
        new_command(file, base, platform, people, question)


@catalogues.command()
def platforms(
    name: Annotated[
        str | None, typer.Argument(help="A platform, ID or ID/VARIANT.", show_default=False)
    ] = None,
    bibtex: Annotated[
        bool, typer.Option("--bibtex", help="Print the works it rests on as BibTeX.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the platforms of the catalogue, or print one with the source and grade of every
    value.
    """
    from sim.cli.platforms import platforms_command

    with faults_on_one_line():
        platforms_command(name, bibtex, json)


@catalogues.command()
def people(
    name: Annotated[
        str | None, typer.Argument(help="Some people of the catalogue.", show_default=False)
    ] = None,
    bibtex: Annotated[
        bool, typer.Option("--bibtex", help="Print the works behind their habits as BibTeX.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the people of the catalogue, or print the habits of some with their sources."""
    from sim.cli.people import people_command

    with faults_on_one_line():
        people_command(name, bibtex, json)


@catalogues.command()
def cite(
    file: File,
    bibtex: Annotated[
        bool, typer.Option("--bibtex", help="Print what it cites, and the program, as BibTeX.")
    ] = False,
    allow_path: AllowPath = None,
) -> None:
    """Write the methods paragraph of a scenario for a paper, with its references."""
    from sim.cli.citing import cite_command

    with faults_on_one_line():
        cite_command(file, bibtex)


@catalogues.command()
def schema(
    out: Annotated[
        Path | None, typer.Option(help="File to write it to, whole or not.", show_default=False)
    ] = None,
) -> None:
    """Print the JSON Schema of scenario files; editors complete and check with it."""
    import json as json_module

    from sim.cli.writing import write_whole
    from sim.scenario.schema import scenario_schema

    text = json_module.dumps(scenario_schema(), indent=1) + "\n"
    if out is None:
        sys.stdout.write(text)
        return
    with faults_on_one_line():
        write_whole(out, text)
