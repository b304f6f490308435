"""A scenario: a validated, frozen description of a world and its policies, read from a TOML file.

`model` says what a scenario may hold (with `recipients` and `citations` for two of its parts),
`quantities` the small types in it. `patching` merges patches, `observed` reads files of observed
values, `reading` turns a file into a `Scenario` or into the full list of its faults (`faults` and
`checks` find the words). `evidence` tells where each number is from, `schema` makes the JSON Schema
for editors.
"""

from sim.scenario.model import Scenario
from sim.scenario.reading import load, parse

__all__ = ["Scenario", "load", "parse"]
