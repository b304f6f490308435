"""Pictures of tables; matplotlib lives here only."""

from sim.charts.headline import draw, save

__all__ = ["draw", "save"]
