"""Write the catalogue of people as a page.

Run from the repository's root: `python docs/people.py`; writes docs/people.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sim import people
from sim.people.catalogue import about, counts, entries, title, works_of
from sim.platforms.catalogue import GRADES
from sim.scenario.evidence import sweep_words
from sim.works import works

PAGE = Path("docs/people.md")

OPENING = f"""# The catalogue of people

`python docs/people.py` writes this page from `sim/people/data`; `toolate people` prints the same values. A scenario uses people
by `people = "NAME"`, at its top for all segments, or in a segment. What the scenario says itself stands above their habits; a
scenario that says nothing has those of `{people.DEFAULT}`, and `people = "{people.NONE}"` is nobody's habits: what is not
said then never happens ([decision 0014](decisions/0014-people-are-a-catalogue.md)).

Grades are those of the [platforms](platforms.md). What nobody has measured is *assumed*, with a range to explore;
`toolate run` varies all that is assumed at once. [Works](#works) lists what is cited; `toolate people --bibtex` writes it as
BibTeX.
"""


def page() -> str:
    """Give the page: the list, then the habits of each."""
    sections = (line for name in people.names() for line in _section(name))
    return "\n".join([OPENING, *_list(), *sections, *_works()])


def _list() -> Iterator[str]:
    yield "| people | who they are | " + " | ".join(GRADES) + " | assumed |"
    yield "|---|---|" + "--:|" * (len(GRADES) + 1)
    for name in people.names():
        number = counts(name)
        cells = " | ".join(str(number[grade] or "") for grade in (*GRADES, "assumed"))
        yield f"| [{name}](#{name}) | {title(name)} | {cells} |"
    yield ""


def _section(name: str) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{about(name)}\n"
    if kinds := people.kinds(name):
        yield f'Kinds: {", ".join(kinds)}. `people = "{name}/{kinds[0]}"` is one of them alone.\n'
    yield "| habit | value | grade | source | range to explore, note |"
    yield "|---|---|---|---|---|"
    for one in entries(name):
        note = f"{one.note[:1].upper()}{one.note[1:]}." if one.note else ""
        explore = f"Explore {sweep_words(one.sweep)}. {note}".strip()
        cells = (
            f"`{one.path}`",
            one.said,
            one.grade or "assumed",
            one.source or one.assumed,
            explore,
        )
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _works() -> Iterator[str]:
    yield "## Works\n"
    keys = {key for name in people.names() for key in works_of(name)}
    for key, work in works().items():
        if key in keys:
            yield f"- **[{key}]** {work}"
    yield ""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE}")


if __name__ == "__main__":
    main()
