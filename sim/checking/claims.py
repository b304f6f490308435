"""The grammar of claims (docs/checks.md): one regular expression for each of its two forms.

[POLICY [against POLICY]:] QUANTITY  <= | >= | < | > | =  BOUND
[POLICY [against POLICY]:] QUANTITY  between BOUND and BOUND
POLICY saves  at least | at most | more than | less than  N points over POLICY
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from sim.checking.vocabulary import Kind, Quantity, quantities
from sim.clock import SECOND, parse_duration
from sim.scenario.suggestions import did_you_mean, said
from sim.tallies import HEADLINE

LEVEL = re.compile(
    r"(?:(?P<policy>.+?)(?:\s+against\s+(?P<base>.+))?\s*:)?\s*"
    r"(?P<what>[^:<>=]+?)\s*(?:(?P<sign><=|>=|<|>|=)\s*(?P<bound>[^<>=:]+)|\s+between\s+(?P<low>.+?)\s+and\s+(?P<high>.+))"
)
CHANGE = re.compile(
    r"(?P<policy>.+?)\s+saves\s+(?P<sign>at least|at most|more than|less than)\s+(?P<bound>[0-9.]+)\s+points?\s+over\s+"
    r"(?P<base>.+)"
)
FORMS = 'write "POLICY: read share <= 30 %" or "POLICY saves at least 5 points over POLICY" (docs/checks.md)'
SAVED = {"at least": "<=", "at most": ">=", "more than": "<", "less than": ">"}
"""Signs for the change of the share: who saves at least 5 points has a share that is lower by 5
points or more."""
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Range:
    """The values that a claim allows: from `low` to `high`, ends included unless it is `strict`."""

    low: float
    high: float
    strict: bool = False

    def holds(self, low: float, high: float) -> bool:
        """Tell whether a whole interval is allowed.

        >>> Range(0, 0.3).holds(0.25, 0.3), Range(0, 0.3, strict=True).holds(0.25, 0.3)
        (True, False)
        """
        return (
            self.low < low <= high < self.high
            if self.strict
            else self.low <= low <= high <= self.high
        )

    def excludes(self, low: float, high: float) -> bool:
        """Tell whether nothing of an interval is allowed."""
        return (
            (high <= self.low or low >= self.high)
            if self.strict
            else (high < self.low or low > self.high)
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that was understood: what is claimed of which policy (less which other, if any), and
    what is allowed.
    """

    quantity: Quantity
    policy: str
    base: str | None
    allowed: Range


class ClaimError(ValueError):
    """A claim is not understood.

    The message has what is wrong and what would be right, parted by "; ".
    """


def understood(text: str, policies: Sequence[str]) -> Claim:
    """Read a claim about a scenario with these policies, the baseline first. Raises `ClaimError`.

    >>> understood("today: read share <= 30 %", ["today"]).allowed
    Range(low=-inf, high=0.3, strict=False)
    """
    claim = " ".join(text.split())
    if change := CHANGE.fullmatch(claim):
        quantity = quantities()[f"{HEADLINE} share"]
        allowed = _range(SAVED[change["sign"]], -_number(change["bound"]) / 100)
        return Claim(
            quantity,
            _policy(change["policy"], policies),
            _policy(change["base"], policies),
            allowed,
        )
    level = LEVEL.fullmatch(claim)
    if level is None:
        raise ClaimError(f"{said(text)} is not a claim; {FORMS}")
    policy = policies[0] if level["policy"] is None else _policy(level["policy"], policies)
    base = None if level["base"] is None else _policy(level["base"], policies)
    quantity = _quantity(level["what"])
    if base is not None and quantity.kind not in (Kind.SHARE, Kind.COST):
        raise ClaimError(
            f'"against" compares shares and costs, and {said(quantity.words)} is neither; leave it out'
        )
    if level["sign"] is None:
        low, high = (
            _bound(level[name], quantity, is_change=base is not None) for name in ("low", "high")
        )
        if low > high:
            raise ClaimError(
                f"nothing lies between {level['low']} and {level['high']}; give the lower bound first"
            )
        return Claim(quantity, policy, base, Range(low, high))
    if level["sign"] == "=" and quantity.kind is not Kind.COUNT:
        raise ClaimError(
            f"{said(quantity.words)} is estimated, and no estimate is exact; use <=, >= or between"
        )
    bound = _bound(level["bound"], quantity, is_change=base is not None)
    return Claim(quantity, policy, base, _range(level["sign"], bound))


def _range(sign: str, bound: float) -> Range:
    low, high = (-inf if sign[0] == "<" else bound), (inf if sign[0] == ">" else bound)
    return Range(low, high, strict=sign in "<>")


def _policy(name: str, policies: Sequence[str]) -> str:
    name = name.strip().strip('"')
    if name not in policies:
        known = ", ".join(map(said, policies))
        raise ClaimError(
            f"there is no policy {said(name)}{did_you_mean(name, policies)}; use one of {known}"
        )
    return name


def _quantity(words: str) -> Quantity:
    known = quantities()
    if words not in known:
        near = did_you_mean(words, known) or did_you_mean(f"{words} share", known)
        raise ClaimError(
            f'{said(words)} is nothing that is measured{near}; use for example "read share" (docs/checks.md)'
        )
    return known[words]


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise ClaimError(f"{said(text)} is not a number; write digits, for example 5 or 0.5")
    return float(text)


def _bound(text: str, quantity: Quantity, *, is_change: bool) -> float:
    """Read a bound in the unit of its quantity; a change of a share is in points."""
    text = text.strip()
    if is_change and quantity.kind is Kind.SHARE:
        number = re.fullmatch(r"(\S+) points?", text)
        if number is None:
            raise ClaimError(
                f'{said(text)} is not a change of a share; write it in points, for example "-5 points"'
            )
        return _number(number[1]) / 100
    match quantity.kind:
        case Kind.SHARE | Kind.PRICE_SHARE:
            value = _number(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
            good = 0 <= value <= 1
        case Kind.DELAY:
            try:
                return parse_duration(text) / SECOND
            except ValueError as error:
                raise ClaimError(str(error)) from None
        case Kind.COUNT if text.endswith("%"):
            raise ClaimError(
                f"{said(quantity.words)} is a count; write {said(quantity.words + ' share')} for a share"
            )
        case Kind.COUNT:
            value = _number(text)
            good = value >= 0 and value == int(value)
        case _:
            value, good = _number(text), True
    if not good:
        raise ClaimError(
            f"{said(text)} is not a bound for {said(quantity.words)}; write {quantity.kind.value}"
        )
    return value
