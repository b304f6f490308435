"""The answers people decide with: how long have I got, what hold do we need, where was it lost, what
does protection cost, and what could change the advice.

Each answer plays patches of one scenario on the same worlds; `answer` gives the ones asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sim.answers.best import Best, best
from sim.answers.by_platform import OnPlatform, by_platform
from sim.answers.deadline import Deadline, Exposure, deadline, exposure
from sim.answers.frontier import Frontier, frontier
from sim.answers.hold import LEVERS, Hold, hold
from sim.answers.incidence import Incidence, incidence
from sim.answers.lost import Waterfall, waterfall
from sim.answers.playing import stage_of
from sim.answers.points import Progress
from sim.answers.unknowns import Unknowns, unknowns
from sim.errors import Fault, FaultyInputError
from sim.scenario.model import Scenario
from sim.scenario.reading import given
from sim.scenario.suggestions import did_you_mean, said

QUESTIONS: Final = {
    "deadline": "How long have I got?",
    "hold": "What hold do we need, and what does it cost everybody else?",
    "lost": "Where is it lost, and what would prevent it?",
    "frontier": "What does protection cost?",
    "best": "Which policy is best?",
    "unknowns": "How sure is that, and what would change the advice?",
}
TARGET: Final = 0.1
BUDGET_S: Final = 30.0


@dataclass(frozen=True)
class Answers:
    """What was asked, and the answers found; those that were not asked for are None."""

    scenario: Scenario
    baseline: str
    replications: int
    target: float
    exposure: Exposure | None = None
    deadline: Deadline | None = None
    incidence: Incidence | None = None
    platforms: tuple[OnPlatform, ...] = ()
    holds: tuple[Hold, ...] = ()
    lost: Waterfall | None = None
    frontier: Frontier | None = None
    best: Best | None = None
    unknowns: Unknowns | None = None
    asked: tuple[str, ...] = field(default=tuple(QUESTIONS))
    engine: str = "auto"

    def document(self) -> dict[str, Any]:
        """Give one JSON document: seconds, and shares from 0 to 1."""
        found = {
            "deadline": self.deadline and self.deadline.document(),
            "exposure": self.exposure and self.exposure.table().to_dict(orient="records"),
            "deadline_by_platform": [one.document() for one in self.platforms] or None,
            "incidence": self.incidence and self.incidence.document(),
            "hold": [one.document() for one in self.holds] or None,
            "lost": self.lost and self.lost.document(),
            "frontier": self.frontier and self.frontier.document(),
            "best": self.best and self.best.document(),
            "unknowns": self.unknowns and self.unknowns.document(),
        }
        return {
            "scenario": self.scenario.file,
            "policy": self.baseline,
            "replications": self.replications,
            "target": self.target,
            **{name: one for name, one in found.items() if one is not None},
        }


def answer(
    scenario: Scenario | str | Path,
    *,
    questions: Sequence[str] | str = tuple(QUESTIONS),
    target: float = TARGET,
    budget_s: float = BUDGET_S,
    levers: Sequence[str] = LEVERS[:2],
    by: str | None = None,
    replications: int | None = None,
    engine: str = "auto",
    workers: int = 2,
    progress: Progress = lambda what, done, total: None,
) -> Answers:
    """Answer questions about a scenario under its baseline.

    `questions` are keys of `QUESTIONS`; `target` is a share (0 to 1) for deadline and hold,
    `budget_s` a mean delay in seconds for the frontier, `levers` durations that a hold is sought for.
    `by="platform"` gives the deadline on every platform of the catalogue, too.
    With `replications` the best policy is judged on so many, else on as many as that takes.
    `workers` blocks of replications, or points of what is unknown, are played at a time. `progress`
    is told what is being done, how much of it is done, and how much there is. Raises `ScenarioError`
    for a scenario that is none and `FaultyInputError` for a question, target or lever that is none, or if too few
    messages are regretted.

    >>> import sim
    >>> found = sim.answer("instant_regret", questions="hold", levers=["send.hold"], replications=20)
    >>> found.holds[0].lever
    'send.hold'
    """
    whole = given(scenario)
    asked = (questions,) if isinstance(questions, str) else tuple(questions)
    _check(asked, target, budget_s, by)
    stage = stage_of(whole, replications, engine, workers)
    found: dict[str, Any] = {}
    for place, question in enumerate(asked):
        progress(QUESTIONS[question], place, len(asked))
        match question:
            case "deadline":
                curve = exposure(stage)
                found |= {"exposure": curve, "deadline": deadline(stage, target)}
                found["incidence"] = incidence(stage, curve.times)
                if by is not None:
                    found["platforms"] = by_platform(stage, target, progress)
            case "hold":
                found["holds"] = tuple(hold(stage, target, lever) for lever in levers)
            case "lost":
                found["lost"] = waterfall(stage)
            case "frontier":
                found["frontier"] = frontier(stage, whole, budget_s)
            case "best":
                found["best"] = best(stage, whole, fixed=replications is not None)
            case _:
                found["unknowns"] = unknowns(stage, whole, workers=workers, progress=progress)
    progress("", len(asked), len(asked))
    name = whole.policy_names()[0]
    return Answers(whole, name, stage.replications, target, asked=asked, engine=engine, **found)


def _check(asked: Sequence[str], target: float, budget_s: float, by: str | None) -> None:
    faults = [
        Fault(
            "answer",
            "--question",
            f"{said(one)} is not a question{did_you_mean(one, QUESTIONS)}",
            f"use {', '.join(QUESTIONS)} or all",
        )
        for one in asked
        if one not in QUESTIONS
    ]
    if not 0 < target < 1:
        problem = f"{target:g} is no share between 0 and 1"
        faults.append(Fault("answer", "--target", problem, 'write for example "10 %"'))
    if not budget_s >= 0:
        problem = f"{budget_s:g} is no delay"
        faults.append(Fault("answer", "--budget", problem, 'write for example "30 s"'))
    if by not in (None, "platform"):
        problem = f"{said(by)} is nothing to tell deadlines by"
        faults.append(Fault("answer", "--by", problem, "use platform"))
    if by is not None and "deadline" not in asked:
        problem = "deadlines are told by platform, and the deadline is not asked for"
        faults.append(Fault("answer", "--by", problem, "add --question deadline"))
    if faults:
        raise FaultyInputError(faults)
