"""Play what is compared: policies on the same worlds, or scenarios, each under its baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.comparing.comparison import Comparison, joined
from sim.comparing.pairing import Pairing, pairing
from sim.errors import Fault, ScenarioError
from sim.playing import engine_for, play_all
from sim.running import set_by_hand
from sim.scenario import Scenario
from sim.scenario.reading import given
from sim.scenario.suggestions import did_you_mean, said
from sim.sizing import allowing_large
from sim.sums import Sums
from sim.tallies import WITH_MOVES

Progress = Callable[[int], None]


def compare(
    *scenarios: Scenario | str | Path,
    policies: Sequence[str] | str | None = None,
    against: str | None = None,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "auto",
    workers: int = 1,
    yes_large: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the policies of one scenario, or several scenarios, each under its baseline.

    Scenarios may be given as paths or names. `policies` (one name, or several) defaults to all;
    `against` (a policy, or a scenario's file) to the baseline or the first scenario. Several
    scenarios play as many replications as the one that asks for the fewest. The number of `workers`
    changes no result. What is too large is refused unless `yes_large`. Ctrl-C ends a comparison of
    policies with what is done so far. Raises `ScenarioError` for a name that is not there, or if
    there is nothing to compare.

    >>> import sim
    >>> compared = compare("linkedin_dm", policies=["undo 10 s"], replications=2)
    >>> compared.names, len(compared.differences)
    (('today', 'undo 10 s'), 1)
    """
    policies = (policies,) if isinstance(policies, str) else policies
    plan = planned([given(one) for one in scenarios], policies, against, replications, seed, engine)
    with allowing_large(yes_large):
        return play(plan, workers=workers, progress=progress)


@dataclass(frozen=True)
class Plan:
    """What will be played: a scenario for each name, the one to compare against first."""

    scenarios: tuple[Scenario, ...]
    worlds: dict[str, Scenario]
    asked: int
    engine: str


def planned(
    scenarios: Sequence[Scenario],
    policies: Sequence[str] | None,
    against: str | None,
    replications: int | None,
    seed: int | None,
    engine: str,
) -> Plan:
    """Check what is to be compared and choose an engine. Raises as `compare` does."""
    if not scenarios:
        raise _fault("scenarios", "there is none", "name one for its policies, or several")
    if len(scenarios) == 1:
        given = [set_by_hand(scenarios[0], seed=seed, replications=replications)]
        worlds = {name: given[0].under(name) for name in _policies(given[0], policies, against)}
    elif policies is not None:
        raise _fault(
            "--policy", "is for the policies of one scenario", "name one file, or leave it out"
        )
    else:
        fewest = (
            min(one.run.replications for one in scenarios) if replications is None else replications
        )
        named = _named(scenarios, against)
        given = [set_by_hand(one, seed=seed, replications=fewest) for one in named.values()]
        worlds = {
            name: one.under(one.policy_names()[0]) for name, one in zip(named, given, strict=True)
        }
    first = next(iter(worlds.values()))
    asked = first.run.replications
    return Plan(tuple(given), worlds, asked, engine_for(first, tuple(worlds), engine, asked))


def _fault(place: str, problem: str, remedy: str) -> ScenarioError:
    return ScenarioError([Fault(place, "", problem, remedy)])


def _policies(scenario: Scenario, policies: Sequence[str] | None, against: str | None) -> list[str]:
    """Give the policies to compare, the one to compare against first, the rest in the scenario's
    order.
    """
    known = scenario.policy_names()
    for name in (*(policies or ()), *([] if against is None else [against])):
        scenario.under(name)
    first = known[0] if against is None else against
    rest = [name for name in known if name != first and (policies is None or name in policies)]
    if not rest:
        problem = f"there is nothing to compare {said(first)} with"
        raise _fault(scenario.file, problem, "add a [policies.NAME] table, or name a second file")
    return [first, *rest]


def _named(scenarios: Sequence[Scenario], against: str | None) -> dict[str, Scenario]:
    """Name scenarios by their files, as short as tells them apart, the one to compare against
    first.
    """
    files = [one.file for one in scenarios]
    twice = [file for file, times in Counter(files).items() if times > 1]
    if twice:
        raise _fault(twice[0], "is named twice", "name each scenario once")
    stems = [Path(file).stem for file in files]
    names = stems if len(set(stems)) == len(stems) else files
    places = (
        {names[0]: 0}
        | {name: k for k, name in enumerate(files)}
        | {name: k for k, name in enumerate(names)}
    )
    wanted = names[0] if against is None else against
    if wanted not in places:
        problem = f"{said(wanted)} is not compared{did_you_mean(wanted, names)}"
        raise _fault("--against", problem, f"use one of {', '.join(map(said, names))}")
    first = places[wanted]
    order = [first, *(k for k in range(len(files)) if k != first)]
    return {names[k]: scenarios[k] for k in order}


def play(plan: Plan, *, workers: int = 1, progress: Progress | None = None) -> Comparison:
    """Play a plan: what shares its messages with the first together, anything else alone.

    `progress` is called with how many of `plan.asked` replications are done, everything played
    taken together.
    """
    names = tuple(plan.worlds)
    pairs = {name: _pairing(plan, name) for name in names}
    together = [name for name in names if pairs[name] is Pairing.MESSAGES]
    groups = [together, *([name] for name in names if name not in together)]
    sums: list[Sums] = []
    for group in groups:
        before = sum(len(one.policies) for one in sums)

        def tell(done: int, before: int = before, size: int = len(group)) -> None:
            if progress is not None:
                progress((before * plan.asked + done * size) // len(names))

        played = play_all(
            [plan.worlds[name] for name in group],
            group,
            plan.engine,
            plan.asked,
            workers=workers,
            count=WITH_MOVES,
            progress=tell,
        )
        if played.replications < plan.asked and len(groups) > 1:
            raise KeyboardInterrupt  # what has not been played at all cannot be compared
        sums.append(played)
    return Comparison(
        plan.scenarios, plan.worlds, pairs, plan.engine, plan.asked, joined(sums, names)
    )


def _pairing(plan: Plan, name: str) -> Pairing:
    """Say how one of those compared is paired with the first.

    Policies never change which messages there are.
    """
    first = next(iter(plan.worlds))
    if len(plan.scenarios) == 1 or name == first:
        return Pairing.MESSAGES
    return pairing(plan.worlds[first], plan.worlds[name])
