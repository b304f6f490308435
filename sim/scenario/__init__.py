"""A scenario: a validated, frozen description of a world and its policies, read from a TOML file.

`model` says what a scenario may hold, `weeks` and `quantities` the small types in it, `patching` merges patches,
`reading` turns a file into a `Scenario` or into a full list of its faults, `evidence` tells where each number is from.
"""

from sim.scenario.model import Scenario
from sim.scenario.reading import load, parse

__all__ = ["Scenario", "load", "parse"]
