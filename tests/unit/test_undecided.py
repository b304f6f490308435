"""Warnings name the true cause of what is undecided."""

from __future__ import annotations

import pytest

import sim
from sim.cautions import remedy

BASE = """
schema = 1
traffic = {{ kind = "campaign", messages = 10 }}
run = {{ horizon = "{horizon}" }}
{more}
[[segments]]
name = "x"
{segment}
"""


@pytest.mark.parametrize(
    ("horizon", "more", "segment", "words"),
    [
        ("3 h", "", "", "a longer run.horizon would decide them"),
        (
            "3 h",
            "",
            'people = "none"',
            "nobody looks of their own accord; people gives segments habits",
        ),
        (
            "3 h",
            "",
            'people = "none"\nglances = { gap = "1 h" }',
            "only in part: nobody visits the app (segments.*.visits.gap)",
        ),
        (
            "3 h",
            "",
            'people = "none"\nglances = { gap = "1 h" }\nemail = { instant = 1.0 }',
            "nobody checks the mailbox (segments.*.checks.gap) or visits the app",
        ),
        ("3 h", 'push.latency = { dist = "never" }', "", "push is on its way for good"),
        ("36000 d", "", "", "are observed, so the cause is who hardly looks"),
    ],
)
def test_the_cause_is_the_horizon_only_where_a_longer_one_would_help(
    horizon: str, more: str, segment: str, words: str
) -> None:
    said = remedy(sim.parse(BASE.format(horizon=horizon, more=more, segment=segment)))
    assert words in said
