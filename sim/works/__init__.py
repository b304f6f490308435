"""The works that the catalogue cites: their keys spelled out for readers, and as BibTeX for
papers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, Literal

from sim.version import __version__

PROGRAM: Final = "toolate"
"""The key of this program among the works."""
NOWHERE: Final = "neither address nor date given"
KEY = re.compile(r"\[([A-Za-z][A-Za-z0-9-]*)\]")
"""A citation key in a text, such as [Z-mail]."""

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
} | {letter: f"\\{letter}" for letter in "&%$#_"}
"""What LaTeX reads as a command, and how to write it."""


Kind = Literal["misc", "article", "inproceedings", "phdthesis", "techreport"]
VENUE: Final[dict[Kind, str]] = {
    "misc": "howpublished",
    "article": "journal",
    "inproceedings": "booktitle",
    "phdthesis": "school",
    "techreport": "institution",
}
"""What BibTeX calls the venue of each kind of work."""


@dataclass(frozen=True, slots=True)
class Work:
    """Something that is cited: a paper (`venue`, `doi`), a page (`url`), or files (`path`) of a
    repository at a commit.

    `author` is a list of people, or the name of whoever publishes it; `kind` is the type of entry
    that BibTeX has for it. What is not known is empty.
    """

    key: str
    author: str | list[str]
    title: str
    year: int | None = None
    kind: Kind = "misc"
    venue: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    doi: str = ""
    url: str = ""
    repository: str = ""
    commit: str = ""
    path: tuple[str, ...] = ()
    note: str = ""

    def __str__(self) -> str:
        """Say the work on one line, without its key."""
        held = f"{self.repository}{f' @{self.commit}' if self.commit else ''}"
        files_of = f": {', '.join(self.path)}" if self.path else ""
        author = self.author if isinstance(self.author, str) else ", ".join(self.author)
        issue = f"{self.volume}({self.number})" if self.number else self.volume
        within = ":".join(part.replace("--", "-") for part in (issue, self.pages) if part)
        venue = f"{self.venue} {within}".strip()
        where = f"doi {self.doi}" if self.doi else self.url
        parts = (author, self.title, venue, str(self.year or ""), where, f"{held}{files_of}")
        return ", ".join(part for part in (*parts, self.note) if part)

    @property
    def address(self) -> str:
        """Give the web address: of the page, or of the repository."""
        return self.url or (f"https://github.com/{self.repository}" if self.repository else "")

    @property
    def remark(self) -> str:
        """Say what a reader needs to find it: which files of which version, or that it is a page."""
        held = f"repository {self.repository}" if self.repository else ""
        commit = f"commit {self.commit}" if self.commit else ""
        page = "web page" if self.url and not self.repository and not self.venue else ""
        is_found = self.address or self.doi or self.venue or self.year or self.note
        unknown = "no date given" if page and not self.year else "" if is_found else NOWHERE
        parts = (page, unknown, held, commit, *self.path, self.note)
        return ", ".join(part for part in parts if part)


@cache
def works() -> dict[str, Work]:
    """Give every work of the catalogue by its key.

    >>> works()["Z-mail"].repository
    'zulip/zulip'
    """
    text = files(__package__).joinpath("sources.toml").read_text(encoding="utf-8")
    read: dict[str, dict[str, Any]] = tomllib.loads(text)
    read[PROGRAM]["note"] = f"computer program, version {__version__}"
    return {
        key: Work(key=key, **(given | {"path": tuple(given.get("path", ()))}))
        for key, given in read.items()
    }


def keys_in(text: str) -> list[str]:
    """List the keys of the catalogue's works in a text, in order, each once.

    >>> keys_in("[Z-mail] and [Z-doc], see [1]")
    ['Z-mail', 'Z-doc']
    """
    return [key for key in dict.fromkeys(KEY.findall(text)) if key in works()]


def spelled_out(text: str) -> str:
    """Write behind every key of a text what it stands for; a key that is not known stays as it is.

    >>> spelled_out("[Z-pres], in words")
    '[Z-pres] Zulip, Presence model of the mobile app, zulip/zulip-mobile @ea170bae41: src/presence/presenceModel.js, in words'
    """
    apart = text.replace("] [", "]; [")
    return KEY.sub(
        lambda found: f"{found[0]} {works()[found[1]]}" if found[1] in works() else found[0], apart
    )


def bibtex(keys: Iterable[str], sayings: Iterable[str] = ()) -> str:
    """Write works as BibTeX entries, each once, in the order given.

    `sayings` are citations in plain words, which become entries of their own.

    >>> bibtex(["Z-pres"]).splitlines()[0]
    '@misc{Z-pres,'
    """
    entries = [
        _entry(work.kind, key, _fields(work))
        for key, work in ((key, works()[key]) for key in dict.fromkeys(keys))
    ]
    entries += [
        _entry("misc", f"cited-{sha256(text.encode()).hexdigest()[:8]}", _said(text))
        for text in dict.fromkeys(sayings)
    ]
    return "\n".join(entries)


def _fields(work: Work) -> dict[str, str]:
    year = str(work.year) if work.year else ""
    people = work.author if isinstance(work.author, list) else [f"{{{_escaped(work.author)}}}"]
    address = _address(work.address)
    printed = f"\\url{{{address}}}" if address and work.kind == "misc" else ""
    return {
        "author": " and ".join(people),
        "title": f"{{{_escaped(work.title)}}}",
        VENUE[work.kind]: _escaped(work.venue) or printed,
        "volume": work.volume,
        "number": work.number,
        "pages": work.pages,
        "year": year,
        "doi": _address(work.doi),
        "url": "" if printed or work.doi else address,
        "note": _escaped(work.remark),
    }


def _said(text: str) -> dict[str, str]:
    """Make fields of a citation in words: whole in the title, and what can be separated for
    certain.
    """
    years = re.findall(r"\b(?:19|20)\d\d\b", text)
    doi = re.search(r"\b10\.\d{4,}/[^\s,;)]+", text)
    return {
        "title": f"{{{_escaped(text)}}}",
        "note": "as the scenario cites it",
        "year": years[0] if len(set(years)) == 1 else "",
        "doi": _address(doi[0].rstrip(".:")) if doi else "",
    }


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{lines}}}\n"


def _escaped(text: str) -> str:
    return "".join(SPECIAL.get(letter, letter) for letter in text)


def _address(text: str) -> str:
    """Write an address so that neither braces nor a comment sign break the entry."""
    return "".join(f"%{ord(c):02X}" if c in "{}\\" else c for c in text).replace("%", r"\%")
