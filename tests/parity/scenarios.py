"""Hypothesis strategies for whole scenarios: the generator of `toolate verify`, with choices that
shrink."""

from __future__ import annotations

from hypothesis import strategies as st

from sim.verification import generated
from sim.verification.generated import Raw


@st.composite
def scenarios(draw: st.DrawFn) -> Raw:
    """Draw the tables of a scenario."""
    return generated.scenario(lambda options: draw(st.sampled_from(options)))


__all__ = ["Raw", "scenarios"]
