"""One look for every chart: readable in grey, without colour vision, and small.

Bytes repeat run by run.
"""

from __future__ import annotations

import io
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

STYLE: Final[Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "figure.dpi": 110,
    "savefig.dpi": 150,
    "svg.hashsalt": "toolate",
    "svg.fonttype": "path",
    "hatch.linewidth": 0.6,
    "text.parse_math": False,  # a title is not typeset: "$" stands for itself
}

# Okabe & Ito's palette (jfly.uni-koeln.de/color), told apart by people with any colour vision;
# hatches tell them apart in grey too.
PARTS: Final = {
    "lost_before_noticing": ("before the sender noticed", "#56B4E9", ""),
    "lost_reacting": ("while reacting", "#009E73", "\\\\\\"),
    "lost_in_queue": ("waiting in the queue", "#F0E442", "..."),
    "lost_in_action": ("during the deletion", "#E69F00", "///"),
    "lost_after_refusal": ("after the deletion was refused", "#D55E00", "xxx"),
    "lost_after_remedy": ("after an apology or a block", "#CC79A7", "---"),
    "ghost": ("after the deletion, from a copy that outlived it", "#999999", "|||"),
    "in_thread": ("or the text was read in the app first", "#FFFFFF", ""),
}
"""How the headline is split: label, colour and hatch of each part. All but the last are of messages
that were read in a preview first."""


class Chart(Figure):
    """A matplotlib figure that belongs to nobody's `pyplot` state and shows itself in Jupyter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        FigureCanvasAgg(self)

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        with mpl.rc_context(STYLE):
            self.savefig(buffer, format="png", metadata={"Software": None})
        return buffer.getvalue()
