"""docs/glossary.md defines every verdict, level, refusal, flag and channel of the code, once, in
alphabetical order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.summaries import FLAGS, REFUSED
from sim.surfaces import CHANNELS
from sim.verdicts import Level, Verdict

DOCS = Path(sim.__file__).parents[1] / "docs"
CODES = {
    "verdict": [one.name.lower() for one in Verdict],
    "level": [one.name.lower() for one in Level],
    "refusal": [*REFUSED],
    "flag": [name for name in FLAGS if name not in REFUSED],
    "channel": [one.name for one in CHANNELS],
}
"""The codes that results use, by what they are."""


def terms(page: str) -> list[str]:
    """List the terms of a glossary, as they are written.

    >>> terms("* **`all`** (level): the text.\\n* **Alert**: a push.")
    ['`all`', 'Alert']
    """
    return re.findall(r"^\* \*\*(.+?)\*\*", page, re.MULTILINE)


def undefined(page: str) -> set[str]:
    """Name the codes that no entry of a glossary defines as what they are."""
    entries = [line for line in page.splitlines() if line.startswith("* **")]
    return {
        code
        for kind, codes in CODES.items()
        for code in codes
        if not any(
            f"`{code}`" in head and kind in head
            for head in (line.partition(": ")[0] for line in entries)
        )
    }


@pytest.fixture(scope="module")
def page() -> str:
    return (DOCS / "glossary.md").read_text(encoding="utf-8")


def test_every_code_of_the_results_has_an_entry(page: str) -> None:
    assert not undefined(page)


@pytest.mark.parametrize("codes", CODES.values(), ids=CODES)
def test_a_code_without_its_entry_would_be_noticed(codes: list[str], page: str) -> None:
    assert codes
    for code in codes:
        lines = [
            line
            for line in page.splitlines()
            if not (line.startswith("* **") and f"`{code}`" in line.partition(": ")[0])
        ]
        assert code in undefined("\n".join(lines))


def test_terms_are_in_alphabetical_order_and_each_is_defined_once(page: str) -> None:
    words = [re.sub(r"[`_]", " ", term).strip().lower() for term in terms(page)]
    assert words == sorted(words)
    codes = [term for term in terms(page) if "`" in term]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("file", [DOCS.parent / "README.md", DOCS / "model.md"])
def test_a_reader_finds_the_glossary(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    link = "docs/glossary.md" if file.parent != DOCS else "glossary.md"
    assert f"({link})" in text
