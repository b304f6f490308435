"""What a claim can be about: shares of regretted messages, prices for the others, costs, and
counts, by the words for them.

Nothing is listed here twice: words are made from the names in `sim.summaries` and `sim.tallies`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

import numpy as np

from sim.records import Records
from sim.schema.records import COLUMNS
from sim.summaries import MEASURES, PRICES, REFUSED
from sim.tallies import tally
from sim.verdicts import judge


class Kind(Enum):
    """How a quantity is estimated and in what its bounds are written.

    The value says how to write one.
    """

    SHARE = '0.30 or "30 %"'
    PRICE_SHARE = '0.02 or "2 %"'
    DELAY = 'a duration such as "5 s"'
    NUMBER = "a number such as 1.5"
    COST = "an amount such as 5000"
    COUNT = "a whole number such as 20"


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something a claim can be about: how it is called, its kind, and the names of what makes it
    up.
    """

    words: str
    kind: Kind
    names: tuple[str, ...]


SUMS = {"late": ("preview_read",), "refused": REFUSED}
"""Shorter words: the headline, and refusals for any reason."""


@cache
def quantities() -> dict[str, Quantity]:
    """List everything a claim can be about, by its words.

    >>> quantities()["late share"].names, quantities()["refused"].kind.name
    (('preview_read',), 'COUNT')
    """
    measures = SUMS | {name: (name,) for name in MEASURES}
    found = [
        Quantity(f"{_words(name)} share", Kind.SHARE, parts) for name, parts in measures.items()
    ]
    found += [_price(name) for name in PRICES]
    found.append(Quantity("expected cost", Kind.COST, ()))
    counts = SUMS | {name: (name,) for name in _counted() if not name.startswith("others_delay")}
    found += [Quantity(_words(name), Kind.COUNT, parts) for name, parts in counts.items()]
    return {one.words: one for one in found}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _price(name: str) -> Quantity:
    """Name a price: delays are in seconds, what is called "share" in words is one, anything else is
    a number.
    """
    if name.startswith("delay_"):
        return Quantity(
            f"added delay until {_words(name[6:].removesuffix('_s'))}", Kind.DELAY, (name,)
        )
    if PRICES[name][2].startswith("share"):
        return Quantity(f"{_words(name)} share", Kind.PRICE_SHARE, (name,))
    return Quantity(_words(name), Kind.NUMBER, (name,))


def _counted() -> tuple[str, ...]:
    """Name all that is counted in a replication: what the tally of no message has."""
    nothing = Records({column.name: np.zeros(0, dtype=column.dtype) for column in COLUMNS}, 0)
    judged = judge(nothing)
    return tuple(tally(nothing, judged, judged))
