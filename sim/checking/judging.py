"""Judge a scenario's claims by its answers: the verb `check`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim import estimates as est
from sim.checking.claims import Claim, ClaimError, understood
from sim.checking.vocabulary import Kind
from sim.errors import Fault, ScenarioError
from sim.running import Outcome, run
from sim.scenario import Scenario
from sim.scenario.reading import given
from sim.summaries import compared, design_effects, expected_costs
from sim.tallies import HEADLINE, SPLIT

HOLDS, FAILS, UNDECIDED = "holds", "fails", "undecided"
COLUMNS = ("claim", "because", "verdict", "value", "low", "high", "found")


def check(
    scenario: Scenario | str | Path,
    *,
    replications: int | None = None,
    engine: str = "auto",
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Play what a scenario's claims are about and judge them: a row per claim.

    The scenario may be given as a path or name. Columns: `claim`, `because`, `verdict` ("holds":
    all of the 95 % interval is as claimed, "fails": nothing of it is, else "undecided"), `value`,
    `low`, `high` (shares and counts as they are, delays in seconds), `found` (the same in words). A
    count is judged in every replication. Raises `ScenarioError` for a claim that is not understood.

    >>> import sim
    >>> checked = sim.check("linkedin_dm", replications=2)
    >>> list(checked.columns)[:3]
    ['claim', 'because', 'verdict']
    """
    scenario = given(scenario)
    claims = claims_of(scenario)
    rows = []
    if claims:
        wanted = {name for one in claims for name in (one.policy, one.base) if name is not None}
        policies = [name for name in scenario.policy_names() if name in wanted]
        outcome = run(
            scenario,
            policies=policies,
            replications=replications,
            engine=engine,
            workers=workers,
            progress=progress,
        )
        if outcome.replications < outcome.asked:
            raise KeyboardInterrupt  # nothing is judged by half of what was asked for
        for stated, claim in zip(scenario.checks, claims, strict=True):
            finding = judged(claim, outcome)
            rows.append(
                (
                    stated.claim,
                    stated.because,
                    finding.verdict,
                    finding.value,
                    finding.low,
                    finding.high,
                    finding.found,
                )
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def claims_of(scenario: Scenario) -> list[Claim]:
    """Read all claims of a scenario.

    Raises `ScenarioError` with a fault for each that is not understood.
    """
    claims, faults = [], []
    for number, one in enumerate(scenario.checks):
        try:
            claim = understood(one.claim, scenario.policy_names())
            if claim.quantity.kind is Kind.COST and not scenario.costs:
                raise ClaimError(
                    "nothing has a cost; add a [costs] table, for example too_late = 100"
                )
            claims.append(claim)
        except ClaimError as error:
            problem, _, remedy = str(error).partition("; ")
            faults.append(Fault(scenario.file, f"checks[{number}].claim", problem, remedy))
    if faults:
        raise ScenarioError(faults)
    return claims


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about a claim: the verdict, the number with its interval, and that in
    words.
    """

    verdict: str
    value: float
    low: float
    high: float
    found: str


def judged(claim: Claim, outcome: Outcome) -> Finding:
    """Judge one claim by the interval of what it is about.

    A count by the least and the most of any replication.
    """
    if claim.quantity.kind is Kind.COUNT:
        return _counted(claim, outcome)
    e = _estimated(claim, outcome)
    if e.value != e.value:
        return Finding(UNDECIDED, e.value, e.low, e.high, "nothing to measure it by")
    if claim.quantity.kind is Kind.COST and not _any_cost(claim, outcome):
        return Finding(UNDECIDED, e.value, e.low, e.high, "nothing that costs anything happened")
    if e.low != e.low or outcome.replications < 2:
        why = "one replication" if outcome.replications < 2 else "too few replications with any"
        words = f"{_said(claim, e.value)}, without interval: {why}"
        return Finding(UNDECIDED, e.value, e.low, e.high, words)
    verdict = (
        HOLDS
        if claim.allowed.holds(e.low, e.high)
        else FAILS
        if claim.allowed.excludes(e.low, e.high)
        else UNDECIDED
    )
    form, factor, unit = _written(claim)
    low, high = (format(factor * bound, form) for bound in (e.low, e.high))
    words = f"{_said(claim, e.value)} ({low} to {high}{unit}){_split(claim, outcome)}"
    return Finding(verdict, e.value, e.low, e.high, words)


def _split(claim: Claim, outcome: Outcome) -> str:
    """Say what the headline, or its change, adds up from; of another quantity nothing."""
    if claim.quantity.names != (HEADLINE,):
        return ""

    def found(policy: str, part: str) -> float:
        return outcome.summary.headline(policy, part).value

    first, in_app = (
        found(claim.policy, part) - (found(claim.base, part) if claim.base else 0.0)
        for part in SPLIT
    )
    return f": {_said(claim, first)} preview first, {_said(claim, in_app)} in the app first"


def _any_cost(claim: Claim, outcome: Outcome) -> bool:
    """Tell whether anything with a cost happened: that nothing did so far does not make its cost
    surely nothing.
    """
    policies = [name for name in (claim.policy, claim.base) if name]
    return any(outcome.sums.each(name, *outcome.scenario.costs).any() for name in policies)


def _counted(claim: Claim, outcome: Outcome) -> Finding:
    counts = outcome.sums.each(claim.policy, *claim.quantity.names)
    low, high, done = int(counts.min()), int(counts.max()), len(counts)
    verdict = HOLDS if claim.allowed.holds(low, high) else FAILS
    each = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    where = "in the one replication" if done == 1 else f"in each of {done} replications"
    return Finding(verdict, float(counts.mean()), low, high, f"{each} {where}")


def _estimated(claim: Claim, outcome: Outcome) -> est.Estimate:
    sums, names = outcome.sums, claim.quantity.names
    if claim.quantity.kind is Kind.COST:
        return _cost(claim, outcome)
    if claim.quantity.kind is not Kind.SHARE:
        wanted = (outcome.price["policy"] == claim.policy) & (outcome.price["measure"] == names[0])
        (price,) = outcome.price[wanted].to_dict("records")
        return est.Estimate(*(price[key] for key in ("value", "low", "high", "of", "replications")))
    if claim.base is None and len(names) == 1:
        return outcome.summary.headline(claim.policy, names[0])
    hits, of = sums.each(claim.policy, *names), sums.each(claim.policy, "regretted")
    effects = design_effects(compared(sums))
    if claim.base is None:
        return est.share(hits, of, design_effect=effects[sums.policies.index(claim.policy)]).at()
    if names == (HEADLINE,):
        i, j = (sums.policies.index(name) for name in (claim.policy, claim.base))
        return est.every_difference(compared(sums), [j]).at(i, 0)
    base = sums.each(claim.base, *names), sums.each(claim.base, "regretted")
    effect = max(effects[sums.policies.index(name)] for name in (claim.policy, claim.base))
    return est.difference(hits, of, *base, design_effect=effect).at()


def _cost(claim: Claim, outcome: Outcome) -> est.Estimate:
    """Estimate what a world costs, or how much more than under another policy."""
    names = [claim.policy] if claim.base is None else [claim.base, claim.policy]
    scenario = outcome.scenario
    sums = outcome.sums.under(names)
    row = expected_costs(sums, scenario.costs, scenario.credits.per_inmail).to_dict("records")[-1]
    kind = (
        ("value", "low", "high") if claim.base is None else ("change", "change_low", "change_high")
    )
    return est.Estimate(*(row[key] for key in (*kind, "replications", "replications")))


def _said(claim: Claim, value: float) -> str:
    form, factor, unit = _written(claim)
    return f"{factor * value:{form}}{unit}"


def _written(claim: Claim) -> tuple[str, float, str]:
    """Say how a quantity is written: format, factor, unit."""
    match claim.quantity.kind:
        case Kind.SHARE if claim.base is not None:
            return "+.1f", 100.0, " points"
        case Kind.SHARE | Kind.PRICE_SHARE:
            return ".1f", 100.0, " %"
        case Kind.DELAY:
            return ",.1f", 1.0, " s"
        case Kind.COST:
            return ",.2f", 1.0, ""
    return ".4g", 1.0, ""


def failing(verdicts: Sequence[str], *, strict: bool) -> bool:
    """Tell whether verdicts fail a check as a whole: one that fails does, and if it is strict one
    that is undecided.
    """
    return FAILS in verdicts or (strict and UNDECIDED in verdicts)
