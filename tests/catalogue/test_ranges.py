"""Every range of the catalogues can be varied, and the value that is used lies in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sim import people, platforms
from sim.clock import parse_duration
from sim.errors import ScenarioError
from sim.platforms.catalogue import entries
from sim.scenario import Scenario, parse
from sim.sweeping.design.unknowns import assumed, unknown

MINIMAL = """
schema = 1
people = "{people}"
{extends}
traffic = {{ kind = "stream", senders = 1, recipients = 2, rate = "4 / d" }}
{segments}
"""
EVERY = [
    one
    for name in platforms.names()
    for one in (name, *(f"{name}/{v}" for v in platforms.variants(name)))
]
CASES = [*(f"people:{name}" for name in people.names()), *(f"platform:{name}" for name in EVERY)]


def scenario_of(case: str) -> Scenario:
    kind, _, name = case.partition(":")
    if kind == "people":
        return parse(MINIMAL.format(people=name, extends="", segments=""))
    extends = f'extends = "{case}"'
    return parse(
        MINIMAL.format(people="none", extends=extends, segments='[[segments]]\nname = "a"')
    )


def ranges_of(case: str, scenario: Scenario) -> Iterator[tuple[str, tuple[Any, ...]]]:
    kind, _, name = case.partition(":")
    if kind == "people":
        yield from ((path, one.sweep) for path, one in scenario.sources.items() if one.sweep)
    else:
        yield from ((e.path, e.sweep) for e in entries(name) if e.sweep and e.set_by == case)


def flat(tables: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every single value of tables; of segments by their names."""
    if isinstance(tables, dict):
        for key, value in tables.items():
            yield from flat(value, (*at, key))
    elif isinstance(tables, list) and all(isinstance(one, dict) for one in tables):
        for one in tables:
            yield from flat(one, (*at, str(one.get("name"))))
    else:
        yield at, size(tables)


def size(value: Any) -> Any:
    """Give a number of a number, a time or a rate; anything else as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        number, _, unit = value.partition("/")
        try:
            return (
                float(number) / parse_duration(f"1 {unit}")
                if unit
                else float(parse_duration(value))
            )
        except ValueError:
            pass
    return value


def outside(scenario: Scenario, path: str, ends: tuple[Any, ...]) -> list[str]:
    """List what of a parameter is not within its range, or is none of the choices."""
    one = unknown(scenario, path, ends)
    now = dict(flat(scenario.raw))
    at = [dict(flat(one.change(k / 8).patch)) for k in range(9)]
    out = []
    for keys in {key for patch in at for key in patch}:
        mine = 0.0 if keys[-1] == "off" else None
        value = now.get(keys, now.get(("segments", scenario.segments[0].name, *keys[2:]), mine))
        found = [patch[keys] for patch in at if keys in patch]
        if value is None or value in found:
            continue
        if not all(isinstance(x, float) for x in (value, *found)):
            out.append(f"{path} {keys}: {value} is none of {found}")
        elif not min(found) * (1 - 1e-6) <= value <= max(found) * (1 + 1e-6):
            out.append(f"{path} {keys}: {value} is not within {min(found)} to {max(found)}")
    return out


@pytest.mark.parametrize("case", CASES)
def test_every_range_can_be_varied_from_end_to_end_and_holds_the_value_that_is_used(
    case: str,
) -> None:
    scenario = scenario_of(case)
    for path, ends in ranges_of(case, scenario):
        assert outside(scenario, path, ends) == []
        for u in (0.0, 0.5, 1.0):
            scenario.patched(unknown(scenario, path, ends).change(u).patch)


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        ("segments.*.glances.gap", (0.47, 0.7)),
        ("segments.*.glances.gap", ("1 min", "2 min")),
        ("segments.*.notice", (0.1, 0.2)),
        ("segments.*.email", (0.1, 0.2)),
        ("segments.daily visitor.share", (0.3, 0.4)),
        ("segments.*.handling.looks", ("first", "first")),
    ],
)
def test_a_range_without_the_value_is_noticed(path: str, ends: tuple[Any, ...]) -> None:
    assert outside(scenario_of("people:outreach_recipient"), path, ends)


def test_shares_that_sum_to_one_are_rescaled_with_the_one_that_varies() -> None:
    scenario = scenario_of("people:outreach_recipient")
    moved = scenario.patched(
        unknown(scenario, "segments.daily visitor.share", (0.1, 0.4)).change(1.0).patch
    )
    assert [one.share for one in moved.segments] == pytest.approx([0.4, 0.18, 0.42])
    mailed = scenario.patched(unknown(scenario, "segments.*.email", (0.0, 1.0)).change(0.35).patch)
    for one in mailed.segments:
        assert one.email.as_tuple() == pytest.approx((0.65, 0.2, 0.0, 0.15))


def test_a_share_that_nobody_else_has_and_mail_that_nobody_gets_cannot_be_varied() -> None:
    scenario = scenario_of("people:messenger_user")
    for path, why in (
        ("segments.messenger user.share", "no other segment"),
        ("segments.*.email", "nobody gets e-mail"),
    ):
        with pytest.raises(ValueError, match=why):
            unknown(scenario, path, (0.1, 0.9))


def test_a_part_of_a_distribution_has_a_source_of_its_own_until_the_whole_is_another() -> None:
    scenario = scenario_of("people:messenger_user")
    assert "segments.*.glances.gap.shape" in assumed(scenario)
    other = {"dist": "exponential", "mean": "5 min"}
    assert "segments.*.glances.gap.shape" not in assumed(
        scenario.patched({"segments.*.glances.gap": other})
    )
    with pytest.raises(ScenarioError, match="names no parameter"):
        parse(
            MINIMAL.format(people="messenger_user", extends="", segments="")
            + '[sources]\n"everyone.glances.gap.shap" = { because = "a slip" }\n'
        )
