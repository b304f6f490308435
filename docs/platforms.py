"""Write the catalogue of platforms as a page.

Run from the repository's root: `python docs/platforms.py`; writes docs/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sim import platforms
from sim.platforms.catalogue import BASE, GRADES, Entry, counts, entries, titles
from sim.platforms.works import works
from sim.scenario.evidence import sweep_words

PAGE = Path("docs/platforms.md")

OPENING = """# The catalogue of platforms

Written by `python docs/platforms.py` from `sim/platforms/data`; `toolate platforms` prints the same. A scenario begins with
one by `extends = "platform:ID"` or, for a variant, `extends = "platform:ID/VARIANT"`.

Grades: **A** the product's own source code or the vendor's own documentation; **B** a third-party client, a bug report or a
secondary page; **C** only one of the articles the question came from says it; **E** derived here. What nobody has
published is *unknown*: it has an assumed value and a range to explore, and no run should rest on the assumed value alone.
What a platform's section does not say is as in [common](#common). [Works](#works) are at the end; `toolate platforms
--bibtex` writes them as BibTeX.

The closed platforms publish nothing about whether a deletion removes a notification that was delivered. Their
`push.retraction.chance` is 0, unknown, and to be swept.
"""


def page() -> str:
    """Give the page: the list, each platform, the works."""
    return "\n".join(
        [
            OPENING,
            *_list(),
            *(line for name in platforms.names() for line in _section(name)),
            *_works(),
        ]
    )


def _list() -> Iterator[str]:
    yield "| platform | what | variants | " + " | ".join(GRADES) + " | unknown |"
    yield "|---|---|---|" + "--:|" * (len(GRADES) + 1)
    for name in platforms.names():
        number = counts(name)
        cells = " | ".join(str(number[grade] or "") for grade in (*GRADES, "unknown"))
        variants = ", ".join(f"`{one}`" for one in platforms.variants(name))
        yield f"| [{name}](#{name}) | {titles()[name]} | {variants} | {cells} |"
    yield f"\nCounted by grade are a platform's values and facts, less what all share ({BASE}).\n"


def _section(name: str) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{titles()[name]}.\n"
    below = platforms.chain(name)[:-1]
    if below and below[-1] != BASE:
        yield f"Where nothing else is said, as in [{below[-1]}](#{below[-1]}).\n"
    for one, title in ((name, ""), *((f"{name}/{v}", v) for v in platforms.variants(name))):
        said = [entry for entry in entries(one) if entry.set_by == f"platform:{one}"]
        if title and said:
            yield f"Variant `{title}`:\n"
        if said:
            yield "| | value | grade | source | explore, note |"
            yield "|---|---|---|---|---|"
            yield from (_row(entry) for entry in said)
            yield ""


def _row(one: Entry) -> str:
    explore = [f"Explore {sweep_words(one.sweep)}."] if one.sweep else []
    note = [f"{one.note[:1].upper()}{one.note[1:]}."] if one.note else []
    what = one.path if one.is_fact else f"`{one.path}`"
    cells = (
        what,
        one.said,
        one.grade or "unknown",
        one.source or one.assumed,
        " ".join(explore + note),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _works() -> Iterator[str]:
    yield "## Works\n"
    for key, work in works().items():
        yield f"- **[{key}]** {work}"
    yield ""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE}")


if __name__ == "__main__":
    main()
