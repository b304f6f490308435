"""Write the catalogue of platforms as a page.

Run from the repository's root: `python docs/platforms.py`; writes docs/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sim import platforms
from sim.platforms.catalogue import BASE, GRADES, CatalogueEntry, counts, entries, titles, works_of
from sim.scenario.evidence import sweep_words
from sim.works import works

PAGE = Path("docs/platforms.md")

OPENING = """# The catalogue of platforms

`python docs/platforms.py` writes this page from `sim/platforms/data`; `toolate platforms` prints the same values. A scenario uses
a platform by `extends = "platform:ID"` or, for a variant, `extends = "platform:ID/VARIANT"`.

Grades: **A** the product's source code or the vendor's documentation; **B** a third-party client, a bug report or a
secondary page; **C** only one of the articles that raised the question; **D** attributed to a source that cannot be traced;
**E** derived by this project. A value that nobody has published is *unknown*: it has an assumed value and a range to explore,
and no conclusion should depend on the assumed value alone. If a platform's section does not list a value, the value of
[common](#common) applies. [Works](#works) lists the sources; `toolate platforms --bibtex` writes them as BibTeX.

The vendors of closed platforms do not publish whether a deletion removes a delivered notification. For these platforms,
`push.retraction.chance` is 0 and unknown: sweep it.
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
    yield "| platform | name | variants | " + " | ".join(GRADES) + " | unknown |"
    yield "|---|---|---|" + "--:|" * (len(GRADES) + 1)
    for name in platforms.names():
        number = counts(name)
        cells = " | ".join(str(number[grade] or "") for grade in (*GRADES, "unknown"))
        variants = ", ".join(f"`{one}`" for one in platforms.variants(name))
        yield f"| [{name}](#{name}) | {titles()[name]} | {variants} | {cells} |"
    yield f"\nThe columns count a platform's values and facts by grade, without those that all platforms share ({BASE}).\n"


def _section(name: str) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{titles()[name]}.\n"
    below = platforms.chain(name)[:-1]
    if below and below[-1] != BASE:
        yield f"All other values are those of [{below[-1]}](#{below[-1]}).\n"
    for one, title in ((name, ""), *((f"{name}/{v}", v) for v in platforms.variants(name))):
        said = [entry for entry in entries(one) if entry.set_by == f"platform:{one}"]
        if title and said:
            yield f"Variant `{title}`:\n"
        if said:
            yield "| parameter or fact | value | grade | source | range to explore, note |"
            yield "|---|---|---|---|---|"
            yield from (_row(entry) for entry in said)
            yield ""


def _row(one: CatalogueEntry) -> str:
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
    each = [f"{name}/{one}" for name in platforms.names() for one in platforms.variants(name)]
    keys = {key for name in (*platforms.names(), *each) for key in works_of(name)}
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
