"""A case: all that decides a cell's sums, and its content address. It is what workers are sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from sim.engines import VERSION
from sim.errors import ToolateError
from sim.playing import expected_messages
from sim.scenario.model import Scenario, rebuilt
from sim.scenario.patching import Raw, merged
from sim.scenario.sections import NOT_PARAMETERS

ASIDE: Final = tuple({*NOT_PARAMETERS, "costs"} - {"schema"})
"""What a scenario says that decides no record; policies stand beside it."""
PLAYED: Final = 200_000
"""Messages of a task under all policies, about: drawing and playing them together takes about a
tenth of a second, long against what a task costs, short to lose, and some tens of megabytes."""
LONGEST: Final = 256
"""Replications in a task, at most."""


@dataclass(frozen=True)
class CellInputs:
    """A resolved scenario and its policies, the baseline first; equal if the address is.

    `tables` are the scenario's without what decides nothing, `policies` patches with files read,
    `folder` where a trace is. `block` is how many replications one task plays: it depends on the
    case only, never on who plays it.
    """

    address: str
    tables: Raw = field(compare=False, repr=False)
    policies: dict[str, Raw] = field(compare=False, repr=False)
    folder: str = field(compare=False)
    messages: float = field(compare=False)
    """Messages expected in a replication, under all policies together."""

    @property
    def block(self) -> int:
        """How many replications make a task: a power of two, as most looks of a precision are."""
        fitting = PLAYED / max(self.messages, 1)
        return int(min(2 ** max(int(fitting).bit_length() - 1, 0), LONGEST))

    @cached_property
    def in_common(self) -> str:
        """What cells must have in common to be played together: the baseline, and which money is
        counted, on which it depends who is played for the prices.
        """
        first = merged(self.tables, next(iter(self.policies.values())))
        costs = sorted(
            {name for patch in self.policies.values() for name in patch.get("costs", ())}
        )
        return hashlib.sha256(canonical([self.folder, first, costs]).encode()).hexdigest()

    def scenarios(self) -> list[Scenario]:
        """Make the scenarios to play, one a policy."""
        return list(_scenarios(self))


@lru_cache(maxsize=4)
def _scenarios(case: CellInputs) -> tuple[Scenario, ...]:
    whole = (merged(case.tables, patch) for patch in case.policies.values())
    return tuple(rebuilt(tables, folder=case.folder) for tables in whole)


def inputs_of(tables: Raw, policies: Mapping[str, Raw], folder: str) -> CellInputs:
    """Make a case of resolved tables and its policies' patches.

    Its address is a SHA-256 over both and the engine.
    """
    deciding = {key: value for key, value in tables.items() if key not in ASIDE}
    run = {key: value for key, value in deciding.get("run", {}).items() if key != "replications"}
    content = {
        "engine": VERSION,
        "scenario": deciding | {"run": run},
        "policies": list(policies.items()),
        "trace": _digest(deciding, folder),
    }
    address = hashlib.sha256(canonical(content).encode()).hexdigest()[:32]
    heads = tuple(canonical(merged(deciding, patch).get("traffic")) for patch in policies.values())
    messages = sum(_messages(deciding, folder, head, str(run.get("horizon"))) for head in heads)
    return CellInputs(address, deciding | {"run": run}, dict(policies), folder, messages)


def canonical(content: Any) -> str:
    """Write tables as JSON in one way only.

    >>> canonical({"b": 1, "a": [True, "x"]})
    '{"a":[true,"x"],"b":1}'
    """
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    )


_known: dict[tuple[str, str, str], float] = {}


def _messages(tables: Raw, folder: str, traffic: str, horizon: str) -> float:
    """Estimate the messages of one replication; traffic and horizon decide them."""
    key = (folder, traffic, horizon)
    if key not in _known:
        try:
            _known[key] = expected_messages(
                rebuilt(tables | {"traffic": json.loads(traffic)}, folder=folder)
            )
        except (ValueError, ToolateError):
            return 0.0  # what is wrong with it is reported when the cells are checked
    return _known[key]


def _digest(tables: Raw, folder: str) -> str | None:
    """Give the digest of the file of real messages, if the traffic is one."""
    traffic = tables.get("traffic", {})
    if not isinstance(traffic, Mapping) or traffic.get("kind") != "trace":
        return None
    file = Path(folder) / str(traffic.get("file"))
    try:
        stamp = file.stat()
        return _digest_of(file, stamp.st_mtime_ns, stamp.st_size)
    except OSError:
        return None  # reported when the cells are checked


@lru_cache(maxsize=16)
def _digest_of(file: Path, changed: int, size: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
