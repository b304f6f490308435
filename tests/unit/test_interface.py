"""The Python interface: its names and no others, arguments by their rules, records and saving, cautions
as warnings."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim import arguments, cautions
from sim.charts import save as draw
from sim.clock import NEVER
from sim.errors import FaultyInputError, ToolateWarning
from sim.results import ResultFolder
from sim.running import run
from sim.scenario import Scenario, parse

from .making import SMALL

POLICIES = '\n[policies.today]\n[policies.hold]\nsend.hold = "10 min"\n'
QUIET = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return parse(SMALL + POLICIES)


def test_dir_is_the_public_interface_whatever_is_loaded() -> None:
    code = "import sim, sim.running, sim.charts; sim.load, sim.run; print(*dir(sim))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == sorted([*sim.__all__, "__version__"])
    for verb in ("run", "compare", "check", "sweep", "answer", "load", "parse", "draw"):
        assert verb in sim.__all__
    assert issubclass(sim.ToolateWarning, UserWarning)
    assert issubclass(sim.FaultyInputError, Exception)


VERBS: dict[str, Callable[..., Any]] = {
    "run": partial(sim.run, engine="simpy", replications=1),
    "compare": partial(sim.compare, engine="simpy", replications=1),
    "check": partial(sim.check, engine="simpy", replications=1),
    "sweep": lambda what: sim.sweep(what, {"send.hold": "0 s"}, replications=1, workers=1),
    "answer": partial(sim.answer, questions=(), engine="simpy"),
}


@QUIET
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_takes_a_path_a_shipped_name_or_a_scenario(verb: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(SMALL + POLICIES, encoding="utf-8")
    for what in (file, str(file), sim.load(file), "instant_regret"):
        assert VERBS[verb](what) is not None


NOT_NAMES = (3, [3], b"today", [["today"]], None.__class__)
WRONG: dict[str, tuple[str, tuple[Any, ...]]] = {
    "policies": ("run", NOT_NAMES),
    "replications": ("run", ("x", 1.5, True, 0, [1])),
    "replication": ("run", ("x", -1, 10**30)),
    "seed": ("run", (1.5, "x", -1, pd.NA)),
    "engine": ("run", ("nonsense", 3, None, [])),
    "workers": ("run", (None, 0, "two")),
    "precision": ("run", (0.5, "half")),
    "of": ("run", (3,)),
    "everybody": ("run", ("yes", 1)),
    "keep": ("run", ("records",)),
    "against": ("compare", (3,)),
    "axes": ("sweep", (3, {3: ["1 s"]}, ["send.hold"])),
    "store": ("sweep", (3,)),
    "allow_path": ("sweep", (3, [3])),
    "questions": ("answer", (3,)),
    "target": ("answer", ("x", 3, float("nan"))),
    "budget_s": ("answer", ("x", float("inf"))),
    "levers": ("answer", (3,)),
    "by": ("answer", (3, "hour")),
}


@QUIET
@pytest.mark.parametrize(
    ("verb", "name", "value"),
    [(verb, name, value) for name, (verb, values) in WRONG.items() for value in values],
)
def test_an_argument_of_the_wrong_kind_gets_place_value_rule_and_next_step(
    scenario: Scenario, verb: str, name: str, value: Any
) -> None:
    axes = {"axes": {"send.hold": ["0 s"]}} if verb == "sweep" and name != "axes" else {}
    more = {"precision": "5 pp"} if name == "of" else {}
    with pytest.raises(FaultyInputError) as caught:
        getattr(sim, verb)(scenario, **axes, **more, **{name: value})
    (fault,) = caught.value.faults
    assert name.removesuffix("_s") in f"{fault.file} {fault.path}".replace("-", "_")
    assert fault.problem and fault.remedy
    assert "\n" not in str(fault)


@pytest.mark.parametrize(
    "call",
    [
        *(partial(getattr(sim, verb), what) for verb in VERBS for what in (None, 3, b"", [SMALL])),
        sim.compare,
        *(partial(sim.load, what) for what in (None, 3, b"x")),
        *(partial(sim.parse, what) for what in (None, 3, b"schema = 1")),
        partial(sim.parse, SMALL, folder=3),
        partial(sim.load, "linkedin_dm", allow_path=3),
        *(partial(sim.draw, what) for what in (None, 3, "linkedin_dm")),
    ],
)
def test_what_is_no_scenario_is_refused_as_bad_input(call: Callable[[], Any]) -> None:
    with pytest.raises(FaultyInputError):
        call()


@pytest.mark.parametrize("patch", [3, None, "send.hold", {3: "1 s"}, {"send": {3: "1 s"}}])
def test_what_is_no_patch_is_refused_as_bad_input(scenario: Scenario, patch: Any) -> None:
    for patched in (scenario.patched, partial(scenario.with_policy, "mine")):
        with pytest.raises(FaultyInputError, match="give parameters by name"):
            patched(patch)
    for name in (3, None, ""):
        with pytest.raises(FaultyInputError, match="cannot be printed"):
            scenario.with_policy(name, {})
        with pytest.raises(FaultyInputError, match="there is no policy"):
            scenario.under(name)


def test_all_faults_of_a_call_are_told_at_once(scenario: Scenario) -> None:
    with pytest.raises(FaultyInputError) as caught:
        sim.run(scenario, seed="x", replications="y", engine="z")
    assert [one.path for one in caught.value.faults] == ["replications", "seed", "engine"]


def test_every_argument_of_every_verb_has_a_rule() -> None:
    import inspect

    for verb in ("run", "compare", "check", "sweep", "answer"):
        assert set(inspect.signature(getattr(sim, verb)).parameters) <= {*arguments.RULES}


@QUIET
@pytest.mark.parametrize(
    "policies",
    [
        "hold",
        ["hold"],
        ("hold",),
        {"hold"},
        pd.Series(["hold"]),
        pd.Index(["hold"]),
        np.array(["hold"]),
        {"hold": {}},
    ],
    ids=lambda one: type(one).__name__,
)
def test_policies_are_one_name_or_any_collection_of_names(
    scenario: Scenario, policies: Any
) -> None:
    found = sim.run(scenario, policies=policies, replications=1, engine="simpy")
    assert found.policies == ("today", "hold")


@QUIET
def test_numbers_of_numpy_are_numbers(scenario: Scenario) -> None:
    patch = {"run.replications": np.int64(2), "mistakes.chance": np.float64(0.5)}
    found = sim.run(scenario.patched(patch), seed=np.int64(3), engine="simpy")
    assert (found.replications, found.scenario.run.seed) == (2, 3)
    frame = sim.sweep(scenario, {"mistakes.chance": np.array([0.5])}, replications=1, workers=1)
    assert set(frame["mistakes.chance"]) == {0.5}


def test_one_more_policy_by_name_and_patch(scenario: Scenario) -> None:
    more = scenario.with_policy("held", {"send.hold": "1 h"})
    assert more.policy_names() == ("today", "hold", "held")
    assert more.under("held").send.usual_hold == 3_600_000_000
    assert scenario.policy_names() == ("today", "hold")


@QUIET
def test_records_are_those_that_were_played(scenario: Scenario) -> None:
    kept: list[pd.DataFrame] = []
    run(scenario, keep=lambda *one: kept.append(one[2].to_frame()), engine="simpy")
    found = sim.run(scenario, engine="simpy")
    told = pd.concat(kept, ignore_index=True)
    for column in ("sender", "number", "regretted", "pressed", "thread_read", "push_chars"):
        pd.testing.assert_series_equal(found.records[column], told[column], check_dtype=False)
    regretted = found.records.groupby(["policy", "replication"], observed=True)["regretted"].sum()
    for policy in found.policies:
        assert regretted[policy].tolist() == found.sums.each(policy, "regretted").tolist()


@QUIET
def test_never_is_not_a_number_in_frames(scenario: Scenario) -> None:
    found = sim.run(scenario, engine="simpy")
    times = found.records.select_dtypes("timedelta")
    assert times.isna().any().any()
    for frame in (found.records, found.shares, found.price, found.differences):
        numbers = frame.select_dtypes(["int64", "float64"])
        assert not (numbers.abs() >= NEVER / 1e6).any().any()
    assert (times.max().dropna() < pd.Timedelta(days=36_525)).all()


@QUIET
@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_one_replication_is_the_same_as_in_a_whole_run(scenario: Scenario, engine: str) -> None:
    whole, one = (
        sim.run(scenario, engine=engine, **which)
        for which in ({"replications": 20}, {"replication": 17})
    )
    assert one.replications == one.asked == 1
    assert (one.sums.values == whole.sums.values[17:18]).all()
    of_it = whole.records[whole.records["replication"] == 17].reset_index(drop=True)
    pd.testing.assert_frame_equal(one.records, of_it)
    assert not (one.sums.values == whole.sums.values[16:17]).all()


@QUIET
def test_one_replication_and_a_number_of_them_cannot_both_be_asked_for(scenario: Scenario) -> None:
    for other in ({"replications": 2}, {"precision": "5 pp"}):
        with pytest.raises(FaultyInputError, match="keep one of them"):
            sim.run(scenario, replication=3, **other)


@QUIET
def test_saving_writes_what_the_command_line_writes(scenario: Scenario, tmp_path: Path) -> None:
    with ResultFolder(tmp_path / "command") as folder:
        kept = run(scenario, keep=partial(folder.keep, scenario), engine="simpy")
        folder.finish(kept, "toolate run", draw=draw)
    found = sim.run(scenario, engine="simpy")
    assert found.save(tmp_path / "python") == tmp_path / "python"
    command, python = (tmp_path / name for name in ("command", "python"))
    names = {one.name for one in command.iterdir()}
    assert names == {one.name for one in python.iterdir()} >= {"records.parquet", "chart.png"}
    for name in names - {"run.json"}:
        assert (command / name).read_bytes() == (python / name).read_bytes(), name
    told = [json.loads((one / "run.json").read_text("utf-8")) for one in (command, python)]
    assert told[1]["command"] == "sim.run(scenario='scenario', engine='simpy')"
    assert {**told[0], "command": ""} == {**told[1], "command": ""}


def test_saving_where_nothing_can_be_written_is_refused(scenario: Scenario, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine", encoding="utf-8")
    with pytest.warns(ToolateWarning):
        found = sim.run(scenario, replications=1, engine="simpy")
    for folder in (3, tmp_path / "there"):
        with pytest.raises(FaultyInputError):
            found.save(folder)


def test_cautions_are_warnings_at_the_line_of_the_caller(scenario: Scenario) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = sim.run(scenario, engine="simpy")
    assert {one.category for one in caught} == {ToolateWarning}
    assert {Path(one.filename) for one in caught} == {Path(__file__)}
    assert [str(one.message) for one in caught] == cautions.of_run(found)
    assert "3 replications are few" in str(caught[0].message)


def test_a_comparison_and_a_sweep_warn_too(scenario: Scenario) -> None:
    with pytest.warns(ToolateWarning, match="3 replications are few"):
        sim.compare(scenario, engine="simpy")
    with pytest.warns(ToolateWarning, match="push.expiry changes nothing"):
        sim.sweep(scenario, {"push.expiry": ["1 d", "2 d"]}, replications=1, workers=1)


def test_who_asks_for_one_replication_is_not_told_that_it_is_few(scenario: Scenario) -> None:
    calm = scenario.patched({"run.horizon": "60 d", "traffic.lasts": "1 d"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sim.run(calm, replication=0, engine="simpy")


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda s: sim.run(s, precision="x"), "sim.run: precision: "),
        (lambda s: sim.run(s, precision="1 pp", replications=4), "sim.run: precision: "),
        (lambda s: sim.run(s, replication=1, replications=4), "sim.run: replication: "),
        (lambda s: sim.run(s, precision="1 pp", of="nothing"), "sim.run: of: "),
        (lambda s: sim.run(s, precision="1 pp", at_most=1), "sim.run: at_most: "),
        (lambda s: sim.answer(s, questions="nothing"), "sim.answer: questions: "),
        (lambda s: sim.answer(s, target=7.0), "sim.answer: target: "),
        (lambda s: sim.answer(s, questions="hold", levers="nothing"), "sim.answer: levers: "),
        (lambda s: sim.answer(s, questions="lost", replications=1), "sim.answer: "),
        (lambda s: sim.compare(s, s, policies="hold"), "sim.compare: policies: "),
        (
            lambda s: sim.run(s, replications=2).save(Path(__file__).parent),
            "outcome.save: folder: ",
        ),
        (
            lambda s: sim.answer("linkedin_dm", questions=()).save(Path(__file__).parent),
            "answers.save: folder: ",
        ),
    ],
)
@QUIET
def test_faults_name_arguments_in_python_and_never_options(
    scenario: Scenario, call: Callable[[Scenario], object], argument: str
) -> None:
    with pytest.raises(FaultyInputError) as caught:
        call(scenario)
    assert str(caught.value).startswith(argument)
    assert not arguments._OPTION.search(str(caught.value))


def test_answers_give_a_table_and_a_chart_of_each_and_save_both(tmp_path: Path) -> None:
    found = sim.answer("linkedin_dm", questions=("lost", "hold"), replications=20)
    assert list(found.charts()) == ["hold", "lost", "levers"]
    assert list(found.tables()) == ["hold", "steps", "levers"]
    levers = found.tables()["hold"]["lever"].unique().tolist()
    assert levers == [one.lever for one in found.holds]
    home = found.save(tmp_path / "answers")
    assert {one.name for one in home.iterdir()} == {
        *(f"{name}.png" for name in found.charts()),
        *(f"{name}.csv" for name in found.tables()),
        "answers.json",
        "run.json",
    }
    command = json.loads((home / "run.json").read_text())["command"]
    assert command.startswith("sim.answer(") and "questions=" in command
    assert len(repr(found)) < 120 and "linkedin_dm" in repr(found)
