"""Batch sweeps: many scenarios made of one, played in pieces that are stored as they are done.

`files` reads a sweep file; `axes`, `unknowns` and `design` say what varies; `planning` crosses it
into cells and checks every one before anything runs. `tasks` plays a block of replications of a
cell, `store` keeps its sums whole or not at all, `executing` spreads tasks over processes, threads
or Dask. `precision` says when a cell has enough, `rows` turns sums into tidy rows, `tables` keeps
those rows as one file that opens at once. `sweeping` is the verb; `merging` and `querying` are what
is done with stores afterwards, `best` what is read off a table.
"""

from sim.sweeping.best import best
from sim.sweeping.planning import Plan, plan
from sim.sweeping.sweeping import sweep

__all__ = ["Plan", "best", "plan", "sweep"]
