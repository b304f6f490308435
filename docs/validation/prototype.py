"""The answers of the design's prototype, made again with the model that was built."""

from __future__ import annotations

import numpy as np
from facts import IDLE, Fact, judged

import sim
from sim.estimates import difference
from sim.estimates.ratios import t_quantile

WITH_TEXT = "linkedin_dm_mail_with_text"


def mails(opened: float) -> dict[str, object]:
    """Patch how many mails are opened by whoever lists them, and by their alert."""
    return {"segments.*.checks.opened": opened, "segments.*.mail_alert.chance": 0.1 * opened}


def checked(mean: str, sigma: float) -> dict[str, object]:
    """Patch how often people look at their mail."""
    gap = {"dist": "weibull", "mean": mean, "shape": 0.6}
    spread = {"dist": "lognormal", "median": 1.0, "sigma": sigma}
    return {"segments.*.checks.gap": gap, "segments.*.checks.frailty": spread}


FORMER = mails(1.0) | checked("90 min", 0.76)
"""Every mail is read at the next check, and checks are those of the scenario before people were a catalogue."""
DESIGN = {
    "linkedin_dm": ("linkedin_dm", {}, (48.0, 1.2), (27.5, 1.1), (-0.6, -3.3, -6.3)),
    WITH_TEXT: (WITH_TEXT, {}, (56.7, 1.2), (37.6, 1.1), (-0.7, -2.6, -5.1)),
    "the same, .13 of mails opened": (
        WITH_TEXT,
        mails(0.13),
        (53.2, 1.2),
        (33.2, 1.1),
        (-0.6, -2.9, -5.7),
    ),
    "the same, mail only without push": (
        WITH_TEXT,
        {"email.only_without_push": True},
        (52.2, 1.2),
        (32.5, 1.1),
        (-0.7, -3.3, -6.3),
    ),
    "the same, checks every 2 h, .45 of mails opened": (
        WITH_TEXT,
        mails(0.45) | checked("2 h", 1.39),
        (65.2, 1.2),
        (48.3, 1.1),
        (-0.8, -2.2, -4.1),
    ),
    "the same, every mail opened": (
        WITH_TEXT,
        mails(1.0),
        (83.4, 1.1),
        (69.0, 1.1),
        (-1.0, -1.1, -2.3),
    ),
    "the same, mail habits of before": (
        WITH_TEXT,
        FORMER,
        (84.8, 1.1),
        (72.3, 1.1),
        (-1.0, -1.0, -1.9),
    ),
    "the same and a tenth in conversation": (
        WITH_TEXT,
        FORMER | {"conversation.chance": 0.1},
        (85.0, 1.1),
        (69.2, 1.1),
        (-0.7, -0.9, -1.9),
    ),
    "the same and three tenths in conversation": (
        WITH_TEXT,
        FORMER | {"conversation.chance": 0.3},
        (86.0, 1.1),
        (63.8, 1.1),
        (-0.2, -0.8, -1.7),
    ),
    "real texts": ("texts", {}, (76.0, 2.0), (38.0, 2.0), (-1.3, -9.0, -9.6)),
    "real texts, nobody in hand": ("texts", IDLE, (63.0, 2.0), (51.0, 2.0), (-2.6, -12.0, -13.0)),
}
"""What the design's prototype gave, in per cent: read and read by preview first under "today", each with its
standard error, and by how many points the latter changes under "undo 10 s", "push +30 s" and "retract push"."""


def prototype() -> tuple[Fact, str]:
    """Make the answers of the design's prototype again: whether they agree, and the table of them.

    The standard error of its changes is not on record: that of the paired changes here stands for it.
    """
    rows, distances = "", []
    for name, (scenario, patch, *shares, changes) in DESIGN.items():
        played = sim.load(scenario).patched(patch)
        outcome = sim.run(played, replications=200 if scenario != "texts" else 6)
        cells = []
        for measure, (value, error) in zip(("read", "preview_first"), shares, strict=True):
            now = 100 * outcome.summary.headline(outcome.policies[0], measure).value
            distances.append(abs(now - value) / error)
            cells.append(f"{now:.1f} ({value:.1f})")
        hits, of = (outcome.sums.of(one)[..., 0] for one in ("preview_first", "regretted"))
        for k, value in enumerate(changes, start=1):
            e = difference(hits[:, k], of[:, k], hits[:, 0], of[:, 0]).at()
            error = 100 * e.half_width / t_quantile(0.975, e.df)
            distances.append(abs(100 * e.value - value) / (error * np.sqrt(2)))
            cells.append(f"{100 * e.value:+.1f} ({value:+.1f})")
        rows += f"| {name} | {' | '.join(cells)} |\n"
    worst = max(distances)
    fact = Fact(
        "prototype",
        "answers of the prototype of this model and what three policies change, within 4.5 standard errors",
        "the design of the attention model",
        f"{len(distances)} answers (their table is below): the largest distance is {worst:.1f} standard errors",
        judged(worst, 0, 4.5),
        "two programs of one design: it says that what was built is what was meant, and nothing about people",
    )
    return fact, rows
