"""The check: an estimate must agree with the exact value of an oracle and with no value that a
named bug would give."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

Z = 4.5
"""Standard errors an estimate may be off: family-wise error 0.1 % over about 150 comparisons."""
POWER = 2.33
"""Standard errors more between the truth and a wrong value, for 99 % power."""

Array = npt.NDArray[Any]


@cache
def oracles() -> dict[str, dict[str, Any]]:
    """Give the oracles by their id."""
    raw = json.loads(Path(__file__).with_name("oracles.json").read_text(encoding="utf-8"))
    return {oracle["id"]: oracle for oracle in raw["oracles"]}


@cache
def exact_values(oracle: str) -> dict[str, float]:
    """Give the exact values of an oracle by key, its companion checks included."""
    table = oracles()[oracle]
    return {
        v["key"]: v["exact"]
        for v in (*table["values"], *table.get("companion_checks", {}).get("values", ()))
    }


@cache
def bugs(oracle: str, key: str) -> dict[str, float]:
    """Give the named bugs that show in a key, with the wrong value each leads to."""
    return {
        b["bug"]: b["wrong_value"] for b in oracles()[oracle]["bug_signatures"] if b["key"] == key
    }


def messages_needed(oracle: str, key: str, bug: str = "") -> int:
    """Give how many independent messages expose a bug of a proportion (default: all of them) with
    99 % power."""
    p, wrong = exact_values(oracle)[key], bugs(oracle, key)
    values = [wrong[bug]] if bug else list(wrong.values())
    return max((math.ceil(((Z + POWER) / (w - p)) ** 2 * p * (1 - p)) for w in values), default=0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its standard error, or a share of `n` independent messages (`n` above 0)."""

    value: float
    se: float = 0.0
    n: int = 0

    def error(self, at: float) -> float:
        """Give the standard error this estimate would have if `at` were the truth."""
        return math.sqrt(max(at * (1 - at), 0.0) / self.n) if self.n else self.se

    def agrees(self, value: float) -> bool:
        """Tell whether a value is within the accepted distance."""
        return abs(self.value - value) <= Z * self.error(value) + 1e-12


def share(flags: Array) -> Estimate:
    """Estimate a probability from independent messages."""
    return Estimate(float(np.mean(flags)), n=int(flags.size))


def mean(values: Iterable[float] | Array) -> Estimate:
    """Estimate a mean from independent messages or replications."""
    x = np.asarray(list(values) if not isinstance(values, np.ndarray) else values, dtype=np.float64)
    return Estimate(float(x.mean()), se=float(x.std(ddof=1) / math.sqrt(x.size)))


def deviation(values: Array) -> Estimate:
    """Estimate a standard deviation from independent replications."""
    sd = float(np.std(values, ddof=1))
    return Estimate(sd, se=sd / math.sqrt(2 * len(values)))


def controlled(values: Array, controls: Array) -> Estimate:
    """Estimate a mean with control variates: `controls` is (replications, k), each column of known
    mean zero."""
    x = np.column_stack([np.ones(len(values)), controls])
    fit, *_ = np.linalg.lstsq(x, values, rcond=None)
    spare = len(values) - int(np.linalg.matrix_rank(x))
    variance = float(np.sum((values - x @ fit) ** 2)) / spare
    return Estimate(float(fit[0]), se=math.sqrt(variance * np.linalg.pinv(x.T @ x)[0, 0]))


def near(oracle: str, key: str, found: Estimate) -> None:
    """Assert that an estimate agrees with the exact value; if not, name the bugs whose wrong value
    it agrees with."""
    exact = exact_values(oracle)[key]
    if found.agrees(exact):
        return
    named = [bug for bug, wrong in bugs(oracle, key).items() if found.agrees(wrong)]
    off = (found.value - exact) / found.error(exact) if found.error(exact) else math.inf
    looks_like = (
        f"it agrees with the bug: {' | '.join(named)}"
        if named
        else "no listed bug gives this value"
    )
    is_not = f"{found.value:.6g} is not {exact:.6g} ({off:+.1f} standard errors)"
    raise AssertionError(f"{oracle} {key}: {is_not}; {looks_like}")


def check(oracle: str, key: str, found: Estimate, beyond: frozenset[str] = frozenset()) -> None:
    """Assert that an estimate agrees with the exact value and, with the power to tell, with no
    listed wrong value.

    `beyond` names bugs that take more messages than an engine can afford; any other lack of power
    is a failure."""
    near(oracle, key, found)
    exact = exact_values(oracle)[key]
    for bug, wrong in bugs(oracle, key).items():
        if bug not in beyond:
            powerful = abs(wrong - exact) >= (Z + POWER) * found.error(exact)
            assert powerful, f"{oracle} {key}: too few messages to expose the bug: {bug}"
            assert not found.agrees(wrong), (
                f"{oracle} {key}: {found.value:.6g} also agrees with the bug: {bug}"
            )


def convict(oracle: str, key: str, bug: str, found: Estimate) -> None:
    """Assert that `check` fails the estimate of a mutant, names its bug, and that it lands on the
    bug's wrong value."""
    wrong = bugs(oracle, key)[bug]
    with pytest.raises(AssertionError, match=re.escape(bug)):
        check(oracle, key, found)
    assert found.agrees(wrong), (
        f"{oracle} {key}: the mutant gives {found.value:.6g}, not {wrong:.6g}"
    )
