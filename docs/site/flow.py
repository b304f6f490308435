"""The picture of how a message is read despite its deletion, as SVG that takes the page's colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

LANES = ("Sender", "Platform", "Recipient")
WIDTH, LANE, BOX, ROW, TOP, LINE = 450, 150, 128, 82, 34, 16


@dataclass(frozen=True)
class Step:
    """A box: its lane, its row, what it says in lines, and its kind (a class of the style sheet)."""

    lane: int
    row: float
    lines: tuple[str, ...]
    kind: str = "step"

    @property
    def x(self) -> float:
        """Where its middle is."""
        return self.lane * LANE + LANE / 2

    @property
    def y(self) -> float:
        """Where its middle is."""
        return TOP + self.row * ROW + ROW / 2

    @property
    def height(self) -> float:
        """How high it is."""
        return LINE * len(self.lines) + 16


STEPS = {
    "send": Step(0, 0, ("writes,", "presses send")),
    "hold": Step(1, 0, ("holds it back", "(undo send)"), "lever"),
    "accept": Step(1, 1, ("accepts it; it is", "in the thread")),
    "notify": Step(1, 2, ("sends a push and", "an e-mail, at once", "or with a delay"), "lever"),
    "tray": Step(2, 2, ("previews wait in", "tray and mailbox")),
    "look": Step(2, 3, ("looks now and", "then, or because", "of an alert")),
    "notice": Step(0, 3, ("notices the", "mistake: regret")),
    "delete": Step(0, 4, ("deletes it, one", "after the other")),
    "rule": Step(1, 4, ("rules: too old?", "already opened?"), "lever"),
    "effect": Step(1, 5, ("the text is gone", "from the thread")),
    "retract": Step(1, 6, ("takes the push", "back, or not"), "lever"),
    "before": Step(2, 4, ("reads it before", "the deletion"), "lost"),
    "app": Step(2, 5, ("reads it", "in the app"), "lost"),
    "after": Step(2, 6, ("reads what the", "deletion left"), "lost"),
}
ARROWS = (
    ("send", "hold"),
    ("hold", "accept"),
    ("accept", "notify"),
    ("notify", "tray"),
    ("tray", "look"),
    ("send", "notice"),
    ("notice", "delete"),
    ("delete", "rule"),
    ("rule", "effect"),
    ("effect", "retract"),
    ("retract", "after"),
)
SAID = (
    "A sender writes; the platform may hold the message back, accepts it and sends a push and an e-mail, whose previews "
    "wait at the recipient. The sender notices the mistake and deletes it; the platform rules, removes the text and may "
    "take the push back. The recipient looks now and then, and reads the message before the deletion, in the app, or "
    "afterwards from what the deletion left."
)


def picture() -> str:
    """Give the SVG."""
    height = TOP + ROW * (max(one.row for one in STEPS.values()) + 1)
    return "\n".join(
        [
            f'<svg class="flow" viewBox="0 0 {WIDTH} {height:g}" xmlns="http://www.w3.org/2000/svg" role="img">',
            f"<title>{escape(SAID)}</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
            *_lanes(height),
            *(_arrow(STEPS[one], STEPS[other]) for one, other in ARROWS),
            *(_around(STEPS["look"], one) for one in STEPS.values() if one.kind == "lost"),
            *(line for one in STEPS.values() for line in _box(one)),
            "</svg>",
        ]
    )


def _lanes(height: float) -> Iterator[str]:
    for number, name in enumerate(LANES):
        x = number * LANE
        yield f'<rect class="lane" x="{x + 3}" y="3" width="{LANE - 6}" height="{height - 6:g}" rx="6"/>'
        yield f'<text class="lane" x="{x + LANE / 2:g}" y="24">{name}</text>'


def _box(one: Step) -> Iterator[str]:
    top = one.y - one.height / 2
    yield (
        f'<rect class="{one.kind}" x="{one.x - BOX / 2:g}" y="{top:g}" width="{BOX}" '
        f'height="{one.height:g}" rx="5"/>'
    )
    for number, line in enumerate(one.lines):
        yield f'<text x="{one.x:g}" y="{top + 21 + number * LINE:g}">{escape(line)}</text>'


def _arrow(one: Step, other: Step) -> str:
    """Go down within a lane, and across from edge to edge."""
    if one.lane == other.lane:
        ends = (one.x, one.y + one.height / 2, other.x, other.y - other.height / 2)
    else:
        side = BOX / 2 if other.lane > one.lane else -BOX / 2
        ends = (one.x + side, one.y, other.x - side, other.y)
    x1, y1, x2, y2 = ends
    return f'<path class="arrow" d="M{x1:g} {y1:g}L{x2:g} {y2:g}" marker-end="url(#tip)"/>'


def _around(one: Step, other: Step) -> str:
    """Go down beside a lane's boxes, and into one from the right."""
    x = one.x + BOX / 2
    path = f"M{x:g} {one.y:g}h8V{other.y:g}h-8"
    return f'<path class="arrow" d="{path}" marker-end="url(#tip)"/>'
