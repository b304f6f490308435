"""Tables that take the width they get: headers wrap, then names, then columns go below each other.

No cell is cut. What a stream cannot write is written in letters that it can.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.box import SIMPLE_HEAD, Box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

GAP: Final = 2
"""Columns of a screen between two columns of a table."""
ROOM: Final = (28, 14)
"""What a column of text has at least, if it can have it: first asked for, then settled for."""
LINES: Final = 5
"""Lines that a header wraps to at most before a table is parted."""
DEGRADED: Final = {
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "×": "x",
    "·": ".",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "µ": "u",
    "’": "'",
    "“": '"',
    "”": '"',
    "─": "-",
    "━": "-",
}
"""How characters that a stream does not have are written, if not without their accents."""
PLAIN_HEAD: Final = Box(str(SIMPLE_HEAD).replace("─", "-"), ascii=True)
"""The rule below headers where there are no letters but ASCII's."""


def _degrade(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    said = []
    for letter in error.object[error.start : error.end]:
        plain = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
        said.append(DEGRADED.get(letter) or plain or "?")
    return "".join(said), error.end


codecs.register_error("degrade", _degrade)


def degrade_output() -> None:
    """Let stdout and stderr write what their encoding has not in plain letters, and never fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="degrade")


def screen(width: int | None = None, *, stderr: bool = False) -> Console:
    """Make a console on stdout or stderr; with NO_COLOR it writes no escapes."""
    return Console(
        file=sys.stderr if stderr else sys.stdout,
        width=width,
        highlight=False,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
    )


def console_for(*tables: Table) -> Console:
    """Make a console on stdout for some tables: as wide as the screen, but no narrower than the
    longest cell with its row's name.
    """
    found = screen()
    least = max((one.least(found) for one in tables if isinstance(one, Fitted)), default=0)
    return found if least <= found.width else screen(least)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What a column needs: its longest line, its longest word, and its header."""

    line: int
    word: int
    header: str
    is_text: bool

    def needs(self, height: int, room: int) -> int:
        """Give the width with a header of so many lines, and so much room for text."""
        cells = max(self.word, min(self.line, room)) if self.is_text else self.line
        least = max([cells, *map(cell_len, self.header.split())])
        return next(
            width
            for width in range(least, least + cell_len(self.header) + 1)
            if _height(self.header, width) <= height
        )

    @property
    def least(self) -> int:
        return self.needs(LINES, 0)


def _height(text: str, width: int) -> int:
    """Give the lines that a text takes, broken between words."""
    lines, left = 1, width
    for word in map(cell_len, text.split()):
        if word > left and left < width:
            lines, left = lines + 1, width
        left -= word + 1
    return lines


class Fitted(Table):
    """A table that is as wide as it may be: it wraps, and is parted where wrapping is not
    enough.

    Its first columns (`keys` of them) stand at the left of every part. Columns named in `texts`
    wrap between words, and so does the first.
    """

    def __init__(
        self, title: str, columns: Sequence[str], texts: Sequence[str] = (), keys: int = 1
    ) -> None:
        super().__init__(
            title=title,
            title_justify="left",
            title_style="bold",
            box=SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            collapse_padding=True,
            padding=(0, 1),
        )
        self.keys = max(keys, 1)
        self.texts = {0, *(list(columns).index(one) for one in texts)}
        for k, name in enumerate(columns):
            self.add_column(name, justify="left" if k in self.texts else "right")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Write the title, and every part below it."""
        box = PLAIN_HEAD if options.ascii_only else SIMPLE_HEAD
        above: list[Text | str] = []
        if self.title:
            above = [Text.from_markup(str(self.title), style="bold"), ""]
        for widths in self.parts(console, options.max_width):
            yield from above
            yield self._part(widths, box)
            above = [""]
        yield ""

    def parts(self, console: Console, whole: int) -> Iterator[dict[int, int]]:
        """Give the widths of each part's columns, by the place of the column."""
        columns = self._measured(console)
        keys, rest = list(range(len(columns)))[: self.keys], list(range(len(columns)))[self.keys :]
        if not rest:
            yield {k: columns[k].least for k in keys}
        while rest:
            for many in range(len(rest), 0, -1):
                found = _fit({k: columns[k] for k in (*keys, *rest[:many])}, whole)
                if found is not None or many == 1:
                    break
            yield found or {k: columns[k].least for k in (*keys, rest[0])}
            rest = rest[many:]

    def least(self, console: Console) -> int:
        """Give the least width: of the first columns and the widest of the others."""
        least = [column.least for column in self._measured(console)]
        keys, others = least[: self.keys], least[self.keys :]
        return sum(keys) + GAP * (len(keys) - 1) + (GAP + max(others) if others else 0)

    def _measured(self, console: Console) -> list[_Measured]:
        out = []
        for k, column in enumerate(self.columns):
            cells = [console.render_str(str(cell)).plain for cell in column.cells]
            lines = [cell_len(line) for cell in cells for line in cell.splitlines()]
            words = [cell_len(word) for cell in cells for word in cell.split()]
            header = console.render_str(str(column.header)).plain
            longest = max(lines, default=0), max(words, default=0)
            out.append(_Measured(*longest, header, k in self.texts))
        return out

    def _part(self, widths: dict[int, int], box: Box) -> Table:
        part = Table(
            box=box, show_edge=False, pad_edge=False, collapse_padding=True, padding=(0, 1)
        )
        for k, width in widths.items():
            column = self.columns[k]
            part.add_column(
                column.header, justify=column.justify, width=width, overflow="fold", vertical="top"
            )
        for row in zip(*(list(self.columns[k].cells) for k in widths), strict=True):
            part.add_row(*row)
        return part


def _fit(columns: dict[int, _Measured], whole: int) -> dict[int, int] | None:
    """Give widths that fit, with headers as low and text as wide as can be; None if none do."""
    room = whole - GAP * (len(columns) - 1)
    for text in ROOM:
        for height in range(1, LINES + 1):
            widths = {k: one.needs(height, text) for k, one in columns.items()}
            spare = room - sum(widths.values())
            if spare < 0:
                continue
            for k, one in columns.items():
                more = min(spare, max(one.line - widths[k], 0))
                widths[k] += more
                spare -= more
            return widths
    return None


def new_table(title: str, *columns: str, texts: Sequence[str] = (), keys: int = 1) -> Fitted:
    """Make an empty table in the style of all tables: names to the left, numbers to the right."""
    return Fitted(title, columns, texts, keys)
