"""Checks a user can run on their own machine: known answers, exact cases, and one engine against
the other.

`exact` holds special cases of the model whose answer is a formula, with the wrong answers that
known bugs give; `generated` makes scenarios that switch every feature on and off; `checks` runs
everything and tells what it found.
"""

from sim.verification.checks import Check, verify

__all__ = ["Check", "verify"]
