"""The command `platforms`: the catalogue, or one platform of it, with its sources."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from rich.markup import escape

from sim import platforms
from sim.cli.screens import console_for, new_table
from sim.errors import Fault, ScenarioError
from sim.platforms.catalogue import BASE, GRADES, CatalogueEntry, counts, entries, titles, works_of
from sim.scenario.evidence import sweep_words
from sim.works import bibtex, works

MEANINGS = (
    "Grades: A primary source, B secondary source, C article or vendor, D memory, E derived here."
)


def platforms_command(name: str | None, as_bibtex: bool, as_json: bool) -> None:
    """Print the catalogue, a platform, or with `as_bibtex` the works that it rests on."""
    if as_bibtex and as_json:
        raise ScenarioError(
            [Fault("platforms", "", "--bibtex and --json are two forms", "ask for one of them")]
        )
    name = name.removeprefix("platform:") if name else None
    if name is not None and _is_file(name):
        remedy = f"say toolate explain {name}, or toolate cite {name} --bibtex"
        raise ScenarioError([Fault(name, "", "is a scenario file", remedy)])
    if as_bibtex:
        sys.stdout.write(bibtex(works() if name is None else works_of(name)))
    elif name is None and as_json:
        _print_json([_row(one) for one in platforms.names()])
    elif name is None:
        _print_list()
    elif as_json:
        cited = {key: str(works()[key]) for key in works_of(name)}
        _print_json(
            {**_row(name), "values": [asdict(one) for one in entries(name)], "works": cited}
        )
    else:
        sys.stdout.write("\n".join(_platform(name)) + "\n")


def _is_file(name: str) -> bool:
    return name.endswith(".toml") or Path(name).is_file()


def _row(name: str) -> dict[str, object]:
    platform = name.partition("/")[0]
    return {
        "id": name,
        "title": titles()[platform],
        "variants": platforms.variants(platform),
        "counts": counts(name),
    }


def _print_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def _print_list() -> None:
    texts = ("platform", "what", "variants")
    table = new_table("", *texts, *GRADES, "unknown", texts=texts)
    for name in platforms.names():
        number = counts(name)
        shown = (str(number[grade] or "") for grade in (*GRADES, "unknown"))
        table.add_row(name, escape(titles()[name]), ", ".join(platforms.variants(name)), *shown)
    console = console_for(table)
    console.print(table)
    console.print(
        f"Values and facts by grade, less what all share (common). {MEANINGS}", soft_wrap=True
    )
    console.print(
        'Use one by extends = "platform:ID" or "platform:ID/VARIANT"; toolate platforms ID prints it with sources.',
        soft_wrap=True,
    )


def _platform(name: str) -> Iterator[str]:
    width = max(72, min(shutil.get_terminal_size((100, 24)).columns, 110))
    found = entries(name)
    platform = name.partition("/")[0]
    yield f"{titles()[platform]} (platform:{name})"
    variants = [one for one in platforms.variants(platform) if f"{platform}/{one}" != name]
    if variants:
        yield f"Variants: {', '.join(f'platform:{platform}/{one}' for one in variants)}"
    number = counts(name)
    yield ", ".join(f"{number[grade]} of grade {grade}" for grade in GRADES if number[grade]) + (
        f"; {number['unknown']} unknown, each assumed with a range to sweep."
    )
    yield MEANINGS
    own = [one for one in found if not one.is_fact and one.set_by != f"platform:{BASE}"]
    shared = [one for one in found if not one.is_fact and one.set_by == f"platform:{BASE}"]
    for title, group in (
        ("VALUES", own),
        ("AS ON EVERY PLATFORM THAT SAYS NOTHING ELSE", shared),
        ("FACTS THAT ARE NO PARAMETER OF THE MODEL", [one for one in found if one.is_fact]),
    ):
        if group:
            yield from ("", title)
        for one in group:
            yield from entry_lines(one, width)
    yield from ("", "WORKS")
    for key in works_of(name):
        yield from wrapped_lines(f"[{key}] {works()[key]}", "  ", width)


def wrapped_lines(text: str, first: str, width: int) -> list[str]:
    """Break a text into lines, the later ones indented."""
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=" " * 6, break_on_hyphens=False
    )


def entry_lines(one: CatalogueEntry, width: int) -> Iterator[str]:
    """Yield the lines of one value: what it is, where it is from, its range and note."""
    yield from wrapped_lines(f"{one.path}: {one.said}", "  ", width)
    yield from wrapped_lines(
        f"{one.grade}: {one.source}" if one.grade else one.assumed, " " * 4, width
    )
    if one.sweep:
        yield from wrapped_lines(f"Explore {sweep_words(one.sweep)}.", " " * 4, width)
    if one.note:
        yield from wrapped_lines(f"Note: {one.note}.", " " * 4, width)
