"""Tell how often a regretted message is read despite its deletion.

>>> import sim
>>> scenario = sim.load("scenarios/linkedin_dm.toml")
>>> outcome = sim.run(scenario.patched({"run.replications": 2}))
>>> outcome.policies[0]
'today'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.charts import draw
    from sim.comparing import Comparison
    from sim.errors import FaultyInputError, ToolateWarning
    from sim.interface import Answers, Outcome, answer, check, compare, run, sweep
    from sim.scenario import Scenario, load, parse
    from sim.version import __version__ as __version__

__all__ = [
    "Answers",
    "Comparison",
    "FaultyInputError",
    "Outcome",
    "Scenario",
    "ToolateWarning",
    "answer",
    "check",
    "compare",
    "draw",
    "load",
    "parse",
    "run",
    "sweep",
]

_HOMES = {
    "load": "sim.scenario",
    "parse": "sim.scenario",
    "Scenario": "sim.scenario",
    "run": "sim.interface",
    "Outcome": "sim.interface",
    "compare": "sim.interface",
    "check": "sim.interface",
    "answer": "sim.interface",
    "sweep": "sim.interface",
    "draw": "sim.charts",
    "Comparison": "sim.comparing",
    "Answers": "sim.interface",
    "FaultyInputError": "sim.errors",
    "ToolateWarning": "sim.errors",
    "__version__": "sim.version",
}


def __dir__() -> list[str]:
    """List the public names, and not the modules that are loaded so far."""
    return [*__all__, "__version__"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: pandas, numba and matplotlib are slow to import."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    if not isinstance(value, type(importlib)):
        globals()[name] = value
    return value
