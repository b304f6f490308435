"""A plan crosses what varies into cells: paths, policies, platforms and points, the same points for
every policy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

import sim
from sim.errors import ScenarioError
from sim.scenario import load
from sim.sweeping.design.axes import keys_of, shown
from sim.sweeping.design.file import Design
from sim.sweeping.design.points import points
from sim.sweeping.design.unknowns import assumed, scaled, unknown
from sim.sweeping.planning.checking import check
from sim.sweeping.planning.plan import plan

from .making import SMALL, TINY, sweep_file

LINKEDIN = Path(__file__).parents[2] / "scenarios" / "linkedin_dm.toml"


def test_axes_are_crossed_the_first_one_slowest_and_points_fastest() -> None:
    cells = plan(SMALL).cells
    assert [(c.columns["chance"], c.columns["retracts"], c.columns["point"]) for c in cells] == [
        (chance, retracts, point)
        for chance in (0.25, 0.5, 0.75)
        for retracts in ("no", "yes")
        for point in (0, 1)
    ]


def test_a_cell_is_the_base_with_its_patches_under_the_same_policies() -> None:
    cell = plan(SMALL).cells[-1]
    scenarios = cell.case.scenarios()
    assert [one.mistakes.chance for one in scenarios] == [0.75] * 3
    assert [one.push.retraction.chance for one in scenarios] == [0.8] * 3
    assert [one.send.usual_hold for one in scenarios] == [0, 60_000_000, 0]
    assert {one.push.slow.chance for one in scenarios} == {cell.columns["push.slow"]}


def test_design_points_are_the_same_for_every_value_of_every_axis() -> None:
    by_point: dict[int, set[tuple[object, object]]] = {}
    for cell in plan(SMALL).cells:
        by_point.setdefault(cell.columns["point"], set()).add(
            (cell.columns["senders.action"], cell.columns["push.slow"])
        )
    assert [len(values) for values in by_point.values()] == [1, 1]
    assert len(set.union(*by_point.values())) == 2


def test_a_policys_own_parameter_can_be_an_axis_and_leaves_the_baseline_alone(
    tmp_path: Path,
) -> None:
    file = sweep_file(
        tmp_path,
        """
        [[axis]]
        path = 'policies."hold 1 min".send.hold'
        values = ["2 min", "3 min"]
    """,
    )
    scenarios = [cell.case.scenarios() for cell in plan(file).cells]
    assert [[one.send.usual_hold // 60_000_000 for one in cell] for cell in scenarios] == [
        [0, 2, 0],
        [0, 3, 0],
    ]


def test_a_platform_is_put_below_the_base_which_keeps_what_it_says_itself() -> None:
    values = ["linkedin/window_60min", "linkedin/none", "slack"]
    file = LINKEDIN.parent / "sweeps" / "hold_by_regime.toml"
    assert {cell.change.platform for cell in plan(file).cells} == {
        f"linkedin/{regime}" for regime in ("window_60min", "anytime_silent", "unread_only", "none")
    }
    for name in values:
        at_home = LINKEDIN.parent / f"on_{name.replace('/', '_')}.toml"
        text = LINKEDIN.read_text().replace(
            'extends = "platform:linkedin"', f'extends = "platform:{name}"'
        )
        expected = sim.parse(text, folder=at_home.parent)
        cells = plan(LINKEDIN, {"platform": [name]}).cells
        for mine, policy in zip(cells[0].case.scenarios(), expected.policy_names(), strict=True):
            theirs = expected.under(policy)
            for section in (
                "deletion",
                "push",
                "email",
                "badge",
                "thread",
                "segments",
                "mistakes",
                "traffic",
            ):
                assert getattr(mine, section) == getattr(theirs, section), (name, policy, section)


def test_a_platform_takes_the_place_of_the_one_a_base_names_between_others(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(
        'schema = 1\ntraffic = { kind = "campaign", messages = 4 }\nsegments = [{ name = "x" }]\npush = { preview = 7 }\n'
        'mistakes = { chance = 0.5, noticed = "1 min" }\n[policies.today]\n'
    )
    (tmp_path / "base.toml").write_text(
        'schema = 1\nextends = ["people.toml", "platform:slack"]\n[desktop]\ntoast = "9 s"\n'
    )
    (cell,) = plan(tmp_path / "base.toml", {"platform": ["zulip"]}).cells
    (scenario,) = cell.case.scenarios()
    assert (scenario.push.preview, scenario.desktop.toast, scenario.traffic.messages) == (
        200,
        9_000_000,
        4,
    )
    assert scenario.deletion.window == 600_000_000


def test_an_address_depends_on_what_is_played_and_on_nothing_else(tmp_path: Path) -> None:
    base = load(TINY)

    def address(scenario: sim.Scenario, **options: object) -> str:
        return plan(scenario, {"send.hold": ["5 s"]}, **options).cells[0].case.address

    mine = address(base)
    assert address(base, replications=99) == mine, "more replications are the same cell"
    assert address(base, precision="1 pp") == mine
    assert address(base.patched({"run.replications": 3})) == mine
    retold = (
        TINY.read_text()
        .replace('title = "tiny"', 'title = "other"')
        .replace("for tests", "for no reason")
    )
    assert address(sim.parse(retold, folder=tmp_path)) == mine
    for path, value in (
        ("run.seed", 8),
        ("run.horizon", "13 h"),
        ("push.preview", 99),
        ("reading.speed", 20.0),
    ):
        assert address(base.patched({path: value})) != mine, path
    assert address(base, policies=["today"]) != mine
    assert plan(base, {"send.hold": ["6 s"]}).cells[0].case.address != mine


def test_a_trace_that_changed_is_another_cell(tmp_path: Path) -> None:
    before, _, rest = TINY.read_text().partition("[traffic]")
    after = rest[rest.index("[mistakes]") :].partition("[sources]")[0]
    text = f'{before}[traffic]\nkind = "trace"\nfile = "real.csv"\n{after}'
    rows = "sent_at,sender,recipient\n60,a,b\n"
    (tmp_path / "real.csv").write_text(rows)
    scenario = sim.parse(text, folder=tmp_path)
    first = plan(scenario, {}).cells[0].case
    assert first.messages == 3, "one message under three policies"
    (tmp_path / "real.csv").write_text(rows + "90,a,b\n")
    assert plan(scenario, {}).cells[0].case.address != first.address


def test_cells_that_are_the_same_scenario_are_played_once(tmp_path: Path) -> None:
    file = sweep_file(
        tmp_path,
        """
        [[axis]]
        name = "what"
        [axis.patches]
        one.send.hold = "5 s"
        the_same.send.hold = "5 s"
    """,
    )
    planned = plan(file)
    assert len(planned.cells) == 2 and len(planned.cases) == 1


@pytest.mark.parametrize("kind", ["sobol", "latin"])
def test_a_design_fills_the_cube_as_its_kind_does(kind: str) -> None:
    found = points(Design(kind=kind, points=64, seed=3), 3)
    assert found.shape == (64, 3) and (found >= 0).all() and (found < 1).all()
    for column in found.T:
        assert sorted((column * 64).astype(int)) == list(range(64)), (
            "one point in each of 64 slices"
        )
    independent = np.random.default_rng(1).uniform(size=(64, 3))
    assert qmc.discrepancy(found) < 0.5 * qmc.discrepancy(independent)
    assert np.array_equal(found, points(Design(kind=kind, points=64, seed=3), 3))
    assert not np.array_equal(found, points(Design(kind=kind, points=64, seed=4), 3))


def test_a_longer_sobol_design_begins_with_the_shorter_one() -> None:
    assert np.array_equal(points(Design(points=200), 4)[:50], points(Design(points=50), 4))


def test_assumed_parameters_carry_the_ranges_of_their_sources_and_cited_ones_do_not() -> None:
    found = assumed(load(TINY))
    assert set(found) == {
        "push.slow",
        "senders.action",
        "segments.*.glances",
        "traffic.rate",
        "deletion.unread_only",
    }
    assert "deletion.unread_only" in found and "mistakes.chance" not in found


def test_a_source_that_a_later_value_has_outlived_gives_no_range() -> None:
    assert "push.slow" not in assumed(load(TINY).patched({"push.slow.chance": 0.3}))


def value(path: str, ends: tuple[object, ...], u: float, *keys: str) -> object:
    scenario = load(TINY).patched(unknown(load(TINY), path, ends).change(u).patch)
    found: object = scenario.raw
    for key in keys:
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found


@pytest.mark.parametrize(
    ("path", "ends", "at", "keys"),
    [
        ("mistakes.chance", (0.2, 0.6), {0.0: 0.2, 0.5: 0.4, 0.75: 0.5}, ("mistakes", "chance")),
        (
            "senders.deletions_at_once",
            (1, 4),
            {0.0: 1, 0.3: 2, 0.99: 4},
            ("senders", "deletions_at_once"),
        ),
        ("push.expiry", ("1 h", "4 h"), {0.0: "1 h", 0.5: "2 h"}, ("push", "expiry")),
        ("push.expiry", ("0 s", "1 min"), {0.5: "0.5 min"}, ("push", "expiry")),
        ("push.expiry", ("1 h", "never"), {0.4: "1 h", 0.6: "never"}, ("push", "expiry")),
        ("traffic.rate", ("2 / d", "8 / d"), {0.5: "4 / d"}, ("traffic", "rate")),
        (
            "deletion.unread_only",
            (True, False),
            {0.4: True, 0.6: False},
            ("deletion", "unread_only"),
        ),
        (
            "push.retraction.on",
            (["ios"], ["ios", "android"]),
            {0.4: ["ios"], 0.6: ["ios", "android"]},
            ("push", "retraction", "on"),
        ),
        (
            "push.latency",
            ("1 s", {"dist": "never"}),
            {0.4: "1 s", 0.6: {"dist": "never"}},
            ("push", "latency"),
        ),
        ("push.slow", (0.0, 0.5), {0.5: 0.25}, ("push", "slow", "chance")),
        ("senders.action", ("2 s", "8 s"), {0.5: "4 s"}, ("senders", "action", "median")),
        ("senders.action", (0.5, 2.0), {0.5: "5 s", 1.0: "10 s"}, ("senders", "action", "median")),
        (
            "segments.*.glances",
            (0.25, 4.0),
            {0.75: "80 min", 0.6: "52.7804 min"},
            ("segments", "1", "glances", "gap", "mean"),
        ),
    ],
)
def test_a_range_means_what_its_parameter_is(
    path: str, ends: tuple[object, ...], at: dict[float, object], keys: tuple[str, ...]
) -> None:
    assert {u: value(path, ends, u, *keys) for u in at} == at


def test_a_factor_moves_every_time_of_a_distribution_and_nothing_else() -> None:
    law = {
        "dist": "mixture",
        "parts": [
            {"weight": 0.5, "distribution": {"dist": "weibull", "mean": "2 min", "shape": 0.6}}
        ],
    }
    assert scaled(law, 3)["parts"] == [
        {"weight": 0.5, "distribution": {"dist": "weibull", "mean": "6 min", "shape": 0.6}}
    ]
    assert scaled({"dist": "empirical", "p": [0, 1], "values": ["0.001 s", "100 d"]}, 0.1)[
        "values"
    ] == ["0.0001 s", "10 d"]


@pytest.mark.parametrize(
    ("path", "ends", "why"),
    [
        ("traffic", (0.0, 1.0), "is a table"),
        ("mistakes.noticed", (0.0, 1.0), "is a distribution, and its range is neither"),
        ("segments.*.share", (0.1, 0.4), "shares sum to 1"),
    ],
)
def test_what_cannot_be_varied_says_why(path: str, ends: tuple[object, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        unknown(load(TINY), path, ends)


def test_a_design_of_everything_assumed_varies_what_it_can_and_names_the_rest(
    tmp_path: Path,
) -> None:
    file = sweep_file(
        tmp_path,
        """
        [design]
        points = 8
    """,
    )
    planned = plan(file)
    check(planned)
    assert len(planned.cells) == 8
    assert {one.partition(":")[0] for one in planned.unknowns} == set(assumed(load(TINY)))
    shipped = plan(LINKEDIN, {})
    assert shipped.left_out == ()


def test_the_whole_of_what_is_assumed_about_linkedin_can_be_swept(tmp_path: Path) -> None:
    text = 'schema = 1\nbase = "linkedin_dm.toml"\n[design]\npoints = 4\n'
    (tmp_path / "linkedin_dm.toml").write_text(LINKEDIN.read_text())
    (tmp_path / "all.toml").write_text(text)
    planned = plan(tmp_path / "all.toml")
    check(planned)
    assert len(planned.unknowns) >= 30
    assert planned.left_out == ()


def test_a_fault_in_some_cells_is_named_once_before_anything_runs() -> None:
    planned = plan(load(TINY), {"send.hold": ["5 s", "20 h"], "mistakes.chance": [0.1, 0.2]})
    with pytest.raises(ScenarioError) as error:
        check(planned)
    assert str(error.value).startswith(
        'sweep: cell "send.hold" = "20 h", "mistakes.chance" = 0.1: send.hold: a hold of 20 h'
    )
    assert str(error.value).count("\n") == 0 and "(the same in 1 more)" in str(error.value)


def test_keys_of_a_path_keep_what_is_in_quotes() -> None:
    assert keys_of('policies."undo 0.5 s".send.hold') == ["policies", "undo 0.5 s", "send", "hold"]
    assert keys_of("segments.*.push") == ["segments", "*", "push"]
    for wrong in ("", ".", "a.", ".a", "a..b", 'a."b', "a b"):
        with pytest.raises(ValueError, match="is not a path"):
            keys_of(wrong)


def test_a_value_is_shown_as_written_and_times_also_as_numbers() -> None:
    assert shown("a", "90 s") == {"a": "90 s", "a_s": 90.0}
    assert shown("a", "6 / h") == {"a": "6 / h", "a_per_d": 144.0}
    assert shown("a", "never") == {"a": "never", "a_s": float("inf")}
    assert shown("a", "none") == {"a": "none"}
    assert shown("a", 3) == {"a": 3}


def test_numbers_are_whole_only_where_the_parameter_is_and_factors_run_in_the_logarithm() -> None:
    scenario = sim.load("scenarios/linkedin_dm.toml")

    def at(path: str, ends: tuple[float, float], u: float) -> object:
        return unknown(scenario, path, ends).change(u).columns[path]

    assert at("mistakes.chance", (0, 1), 0.5) == 0.5
    assert [at("senders.deletions_at_once", (1, 5), u) for u in (0.0, 0.5, 0.99)] == [1, 3, 5]
    assert at("push.latency", (0.5, 2.0), 0.5) == 1.0
