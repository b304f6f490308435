"""Pictures of tables; matplotlib lives here only."""

from sim.charts.compared import draw_comparison
from sim.charts.headline import draw, save
from sim.charts.sweeps import heat_map, lines

__all__ = ["draw", "draw_comparison", "heat_map", "lines", "save"]
