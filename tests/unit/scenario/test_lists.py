"""What users are told they can choose from comes from the models: a kind that is added is listed."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import Field, ValidationError

from sim.distributions.distribution import distribution_of
from sim.distributions.registry import NAMES
from sim.distributions.values import Strict
from sim.errors import ScenarioError
from sim.scenario.checks import EVENTS, cross_faults
from sim.scenario.faults import faults_of, tags_of
from sim.scenario.model import Scenario
from sim.scenario.recipients import Looks
from sim.scenario.schema import scenario_schema
from sim.scenario.traffic import Campaign, Stream, Traffic
from sim.summaries import REFUSED
from sim.verdicts import Verdict

from ..making import small


class Pigeon(Strict):
    """A kind of traffic that is added here only."""

    kind: Literal["pigeon"]
    flights: int


class WithPigeons(Strict):
    """A scenario in which it can be chosen."""

    traffic: Annotated[Stream | Campaign | Pigeon, Field(discriminator="kind")]


def told(raw: dict[str, Any], model: Any = WithPigeons) -> str:
    """Give what is said about the faults of some tables."""
    with pytest.raises(ValidationError) as raised:
        model.model_validate(raw)
    return "\n".join(str(fault) for fault in faults_of(raised.value, model, raw, "a.toml"))


def test_a_kind_of_traffic_that_is_added_is_offered_where_none_is_chosen() -> None:
    assert 'add a [traffic] table with kind = "stream", "campaign" or "pigeon"' in told({})
    assert 'add kind = "stream", "campaign" or "pigeon"' in told({"traffic": {"flights": 1}})
    assert "use one of stream, campaign, pigeon" in told({"traffic": {"kind": "pidgeon"}})


def test_a_kind_of_traffic_is_no_part_of_the_path_that_is_told() -> None:
    assert told({"traffic": {"kind": "pigeon", "flights": "many"}}).startswith(
        "a.toml: traffic.flights: "
    )


@pytest.mark.parametrize("kind", get_args(get_args(Traffic)[0]), ids=lambda kind: kind.__name__)
def test_every_kind_of_traffic_is_told_at_the_path_in_the_file(kind: Any) -> None:
    name = get_args(kind.model_fields["kind"].annotation)[0]
    raw = {
        "schema": 1,
        "traffic": {"kind": name, "length": "long"},
        "segments": [{"name": "everybody"}],
    }
    said = told(raw, Scenario)
    assert "a.toml: traffic.length: " in said
    assert f"traffic.{name}" not in said


def test_kinds_and_families_are_those_of_the_models() -> None:
    kinds = {get_args(m.model_fields["kind"].annotation)[0] for m in get_args(get_args(Traffic)[0])}
    assert tags_of(Scenario) == kinds | set(NAMES)
    assert tags_of(WithPigeons) == {"stream", "campaign", "pigeon"}


def test_editors_are_offered_the_parameters_of_every_kind_of_traffic() -> None:
    part = scenario_schema()["$defs"]["PartOfTraffic"]["properties"]
    for kind in get_args(get_args(Traffic)[0]):
        assert set(kind.model_fields) - {"kind"} <= set(part)


def test_every_verdict_and_refusal_can_have_a_price() -> None:
    verdicts = {v.name.lower() for v in Verdict if v is not Verdict.NOT_ASKED}
    assert verdicts | set(REFUSED) <= set(EVENTS)


def test_every_distribution_of_a_scenario_is_checked() -> None:
    """Whatever holds one: a mean of zero is found at every gap, and nowhere else."""
    made = small()
    segment = made.segments[0]
    looks = [
        name for name in type(segment).model_fields if isinstance(getattr(segment, name), Looks)
    ]
    assert "desktop" in looks
    broken = segment.model_copy(
        update={
            name: getattr(segment, name).model_copy(update={"gap": segment.alert.delay})
            for name in looks
        }
    )
    found = {
        one.path: one.problem
        for one in cross_faults(made.model_copy(update={"segments": (broken,)}))
    }
    assert {f"segments.{segment.name}.{name}.gap" for name in looks} <= set(found)
    assert all("its mean is zero" in found[f"segments.{segment.name}.{name}.gap"] for name in looks)


@pytest.mark.parametrize(
    "length, problem",
    [
        ({"dist": "loglogistic", "median": "20 s", "shape": 1.5}, None),
        ({"dist": "loglogistic", "median": "20 s", "shape": 0.99}, "its mean is infinite"),
        ("0 s", None),
    ],
)
def test_lengths_of_looks_that_vary_have_a_mean_and_a_length_of_nothing_is_one(
    length: Any, problem: str | None
) -> None:
    patch = {"segments.*.glances.length": length}
    if problem is None:
        small(patch)
    else:
        with pytest.raises(ScenarioError, match=rf"glances\.length: {problem}"):
            small(patch)


def test_a_factor_on_looking_needs_no_mean() -> None:
    heavy = {"dist": "loglogistic", "median": 1.0, "shape": 0.9}
    (segment,) = small({"segments.*.frailty": heavy}).segments
    assert math.isinf(distribution_of(segment.frailty).mean())


@pytest.mark.parametrize(
    "median, is_believed", [(0.001, True), (0.00099, False), (1000.0, True), (1001.0, False)]
)
def test_half_of_the_people_look_at_most_a_thousand_times_as_often_or_as_seldom(
    median: float, *, is_believed: bool
) -> None:
    patch = {"segments.*.frailty": {"dist": "lognormal", "median": median, "sigma": 1.0}}
    if is_believed:
        small(patch)
    else:
        with pytest.raises(ScenarioError, match=f"look {median:.4g} times as often"):
            small(patch)
