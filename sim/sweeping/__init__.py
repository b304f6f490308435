"""Batch sweeps: many scenarios made of one, played in pieces that are stored as they are done.

`design/` says what is asked and what varies, `planning/` crosses it into cells and checks every one
before anything runs, `playing/` plays blocks of replications of a cell on processes, threads or
Dask, `store/` keeps their sums and tables whole or not at all, `results/` turns sums into rows and
reads off the best policy. `sweeping` is the verb.
"""

from sim.sweeping.planning.plan import SweepPlan, plan
from sim.sweeping.results.best import best
from sim.sweeping.sweeping import sweep

__all__ = ["SweepPlan", "best", "plan", "sweep"]
