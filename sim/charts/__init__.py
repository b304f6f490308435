"""Pictures of tables; matplotlib lives here only."""

from sim.charts.headline import draw, save
from sim.charts.sweeps import heat_map, lines

__all__ = ["draw", "heat_map", "lines", "save"]
