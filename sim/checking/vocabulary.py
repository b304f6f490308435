"""What a claim can be about: shares of regretted messages, prices for the others, costs, and
counts, by the words for them.

Nothing is listed here twice: words are made from the names in `sim.summaries` and `sim.tallies`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from sim.prices import PRICES
from sim.summaries import MEASURES, REFUSED
from sim.tallies import TALLIES


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


SUMS = {"refused": REFUSED}
"""A word for several names: refusals for any reason."""


@cache
def quantities() -> dict[str, Quantity]:
    """List everything a claim can be about, by its words.

    >>> quantities()["read share"].names, quantities()["refused"].kind.name
    (('read',), 'COUNT')
    """
    measures = SUMS | {name: (name,) for name in MEASURES}
    found = [
        Quantity(f"{_words(name)} share", Kind.SHARE, parts) for name, parts in measures.items()
    ]
    found += [_price(name) for name in PRICES]
    found.append(Quantity("expected cost", Kind.COST, ()))
    counts = SUMS | {name: (name,) for name in TALLIES}
    found += [Quantity(_words(name), Kind.COUNT, parts) for name, parts in counts.items()]
    return {one.words: one for one in found}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _price(name: str) -> Quantity:
    kinds = {"share": Kind.PRICE_SHARE, "delay": Kind.DELAY}
    return Quantity(PRICES[name].words, kinds.get(PRICES[name].kind, Kind.NUMBER), (name,))
