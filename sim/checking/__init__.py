"""The verb `check`: a scenario's claims about its own answers, judged by the intervals of those
answers.

`vocabulary` says what a claim can be about, `claims` how it is written, `judging` what becomes of
it.
"""

from sim.checking.judging import check

__all__ = ["check"]
