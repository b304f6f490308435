"""Points that fill the unit cube of what is unknown: scrambled Sobol, or a Latin hypercube
(scipy.stats.qmc).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from sim.sweeping.design.file import Design


def points(design: Design, dimensions: int) -> npt.NDArray[np.float64]:
    """Give the design's points, float64 of shape (points, dimensions), each between 0 and 1.

    The first points of a longer Sobol design are those of a shorter one, so that a design can be
    made longer and keeps what was played. A Latin hypercube is another one at every size.

    >>> points(Design(points=3), 2).shape
    (3, 2)
    """
    if design.kind == "latin":
        found = qmc.LatinHypercube(dimensions, rng=design.seed).random(design.points)
    else:
        power = int(design.points - 1).bit_length()
        found = qmc.Sobol(dimensions, rng=design.seed).random_base2(power)[: design.points]
    return np.asarray(found, dtype=np.float64)
