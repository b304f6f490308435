"""The list of families: every module is on it, every choice among kernels follows it."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from sim.distributions import families
from sim.distributions import quantile as q
from sim.distributions.family import Family
from sim.distributions.registry import FAMILIES, NAMES, lay_out

from ..making import distribution
from .cases import CASES

TABLES = [
    "5 s",
    {"dist": "never"},
    {"dist": "empirical", "p": [0, 0.5, 1], "values": ["2 s", "10 s", "30 s"]},
    *(case.table for case in CASES),
]


def test_every_module_of_families_is_on_the_list() -> None:
    found = {
        thing
        for module in pkgutil.iter_modules(families.__path__)
        for _, thing in inspect.getmembers(import_module(f"{families.__name__}.{module.name}"))
        if inspect.isclass(thing) and issubclass(thing, Family) and thing is not Family
        if "[" not in thing.__name__
    }
    assert found == set(FAMILIES)


def test_every_family_but_the_mixture_has_a_table_here() -> None:
    assert {distribution(table).family.dist for table in TABLES} == set(NAMES) - {"mixture"}


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_the_kernels_that_are_chosen_are_those_of_the_family(table: Any) -> None:
    mine = distribution(table)
    code, *numbers = lay_out(mine.family)
    own, pool = FAMILIES[int(code)].kernels, np.array([99.0, *numbers])
    assert isinstance(mine.family, FAMILIES[int(code)])
    for u in (1e-9, 0.2, 0.5, 0.97):
        x = own.quantile(pool, 1, u)
        assert q.quantile(mine.pool, 0, u) == x
        assert q.cdf(mine.pool, 0, x) == own.cdf(pool, 1, x)


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_nothing_is_negative(table: Any) -> None:
    mine = distribution(table)
    assert [mine.cdf(x) for x in (-1e-300, -1.0, -1e30)] == [0.0, 0.0, 0.0]
