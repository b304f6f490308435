"""The verb `compare`: policies on one world, or scenarios beside each other.

Which loses least, and how sure that is.

`playing` plays what is compared, `pairing` says whether two scenarios have the same messages,
`comparison` holds the tables that are made of it, `document` writes them down.
"""

from sim.comparing.comparison import Comparison
from sim.comparing.pairing import Pairing
from sim.comparing.playing import compare

__all__ = ["Comparison", "Pairing", "compare"]
