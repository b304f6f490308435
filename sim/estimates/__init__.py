"""Estimates with intervals, from sums over independent replications.

`ratios` has shares and means, `strata` shares whose circumstances are known, `differences` what
changes between two policies, `quantiles` those of binned numbers, `incidence` what happens first where
several things compete, `best` which policy loses least, `selection` chooses one while they are played,
and `sensitivity` says what an answer depends on. Every function takes arrays of shape
(replications, ...) and gives `Estimates` of the trailing shape; formulas stand nowhere else.
"""

from sim.estimates.best import BEST, Best, Shares, best, every_difference
from sim.estimates.differences import (
    changed,
    difference,
    independent_difference,
    mean_change,
    per_comparison_level,
)
from sim.estimates.incidence import incidence
from sim.estimates.quantiles import WOODRUFF, quantile
from sim.estimates.ratios import (
    CONFIDENCE,
    FEW,
    FEW_EVENTS,
    MEAN,
    SHARE,
    Estimate,
    Estimates,
    estimates,
    mean,
    share,
    side_by_side,
    skewed_mean,
    stacked,
    t_quantile,
    wilson,
)
from sim.estimates.selection import FIRST_STAGE, Selection, batches, chance_of_best, kim_nelson
from sim.estimates.sensitivity import (
    elementary_effects,
    floor_of_knowing,
    morris_design,
    saltelli_design,
    sobol,
    value_of_knowing,
)
from sim.estimates.strata import STRATIFIED, Strata

__all__ = [
    "BEST",
    "CONFIDENCE",
    "FEW",
    "FEW_EVENTS",
    "FIRST_STAGE",
    "MEAN",
    "SHARE",
    "STRATIFIED",
    "WOODRUFF",
    "Best",
    "Estimate",
    "Estimates",
    "Selection",
    "Shares",
    "Strata",
    "batches",
    "best",
    "chance_of_best",
    "changed",
    "difference",
    "elementary_effects",
    "estimates",
    "every_difference",
    "floor_of_knowing",
    "incidence",
    "independent_difference",
    "kim_nelson",
    "mean",
    "mean_change",
    "morris_design",
    "per_comparison_level",
    "quantile",
    "saltelli_design",
    "share",
    "side_by_side",
    "skewed_mean",
    "sobol",
    "stacked",
    "t_quantile",
    "value_of_knowing",
    "wilson",
]
