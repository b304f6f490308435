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

from sim.version import __version__ as __version__

if TYPE_CHECKING:
    from sim.answers import Answers, answer
    from sim.charts import draw
    from sim.checking import check
    from sim.comparing import Comparison, compare
    from sim.running import Outcome, run
    from sim.scenario import Scenario, load, parse
    from sim.sweeping import sweep

__all__ = [
    "Answers",
    "Comparison",
    "Outcome",
    "Scenario",
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
    "run": "sim.running",
    "Outcome": "sim.running",
    "draw": "sim.charts",
    "compare": "sim.comparing",
    "Comparison": "sim.comparing",
    "answer": "sim.answers",
    "Answers": "sim.answers",
    "check": "sim.checking",
    "sweep": "sim.sweeping",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: pandas, numba and matplotlib are slow to import."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    if not isinstance(value, type(importlib)):
        globals()[name] = value
    return value
