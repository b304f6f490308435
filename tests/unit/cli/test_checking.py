"""What `check` prints and reports: a line per claim in its order, counts that all differ, and JUnit's
XML with the same in it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from sim.checking.judging import FAILS, HOLDS, UNDECIDED
from sim.cli import checking
from sim.cli.checking import report
from sim.errors import FaultyInputError, OutputError

VERDICTS = {
    "one.toml": [HOLDS, FAILS, UNDECIDED, HOLDS, HOLDS, FAILS, HOLDS],
    "two.toml": [FAILS, UNDECIDED, HOLDS],
}
COUNTS = {HOLDS: 5, FAILS: 3, UNDECIDED: 2}


def rows(file: str) -> list[dict[str, str]]:
    return [
        {
            "claim": f"claim {k}\n  of {file}",
            "because": f"reason {k}" if k % 2 else "",
            "verdict": verdict,
            "found": f"{k}.5 %",
        }
        for k, verdict in enumerate(VERDICTS[file])
    ]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Judge nothing: give the rows of each file, and keep what was asked."""
    asked: dict[str, Any] = {}

    def load(file: str) -> Any:
        run = SimpleNamespace(replications=77)
        return SimpleNamespace(file=file, checks=[1], run=run, policy_names=lambda: ["p"])

    def check(scenario: Any, **how: Any) -> pd.DataFrame:
        asked.update(how)
        return pd.DataFrame(rows(scenario.file))

    def engine_for(_: Any, policies: list[str], engine: str, total: int) -> str:
        asked["total"] = (policies, engine, total)
        return "simpy"

    monkeypatch.setattr(checking, "load", load)
    monkeypatch.setattr(checking, "claims_of", lambda _: [])
    monkeypatch.setattr(checking, "check", check)
    monkeypatch.setattr(checking, "engine_for", engine_for)
    monkeypatch.setattr(checking, "say_if_cold", lambda _: None)
    return asked


def check(*, strict: bool = False, junit: Path | None = None, replications: int | None = 9) -> bool:
    return checking.check_command([*VERDICTS, "one.toml"], strict, junit, replications, "simpy", 3)


def test_every_claim_has_a_line_and_the_last_one_counts_verdicts(
    judged: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert not check()
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        *(
            f"{verdict:<9}  {file}: claim {k} of {file}: {k}.5 %"
            for file, verdicts in VERDICTS.items()
            for k, verdict in enumerate(verdicts)
        ),
        "10 claims: 5 hold, 3 fail, 2 undecided.",
    ]
    assert judged["total"] == (["p"], "simpy", 9)
    assert (judged["replications"], judged["workers"], judged["engine"]) == (9, 3, "simpy")
    check(replications=None)
    assert judged["total"] == (["p"], "simpy", 77)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("verdict", [HOLDS, FAILS, UNDECIDED])
def test_all_is_well_unless_something_fails_or_if_strict_is_undecided(
    judged: dict[str, Any], monkeypatch: pytest.MonkeyPatch, verdict: str, strict: bool
) -> None:
    monkeypatch.setitem(VERDICTS, "one.toml", [HOLDS, verdict])
    monkeypatch.setitem(VERDICTS, "two.toml", [HOLDS])
    assert check(strict=strict) == (verdict == HOLDS or (verdict == UNDECIDED and not strict))


@pytest.mark.parametrize("strict", [False, True])
def test_the_report_has_a_suite_per_file_with_its_counts_and_a_case_per_claim(strict: bool) -> None:
    def count(verdicts: list[str]) -> dict[str, str]:
        failures = verdicts.count(FAILS) + strict * verdicts.count(UNDECIDED)
        return {"tests": str(len(verdicts)), "failures": str(failures), "errors": "0"}

    top = report({file: rows(file) for file in VERDICTS}, strict=strict)
    everything = [one for verdicts in VERDICTS.values() for one in verdicts]
    assert top.attrib == {"name": "toolate check", **count(everything)}
    assert top.tag == "testsuites" and len(top) == 2
    for suite, (file, verdicts) in zip(top, VERDICTS.items(), strict=True):
        skipped = 0 if strict else verdicts.count(UNDECIDED)
        assert suite.tag == "testsuite"
        assert suite.attrib == {"name": file, **count(verdicts), "skipped": str(skipped)}
        for k, (case, verdict) in enumerate(zip(suite, verdicts, strict=True)):
            (found,) = case
            claim, said = f"claim {k}   of {file}", f"{k}.5 %" + f"; because reason {k}" * (k % 2)
            assert (case.tag, case.attrib) == ("testcase", {"classname": file, "name": claim})
            if verdict == HOLDS:
                assert (found.tag, found.attrib, found.text) == ("system-out", {}, said)
            elif verdict == UNDECIDED and not strict:
                assert (found.tag, found.attrib) == ("skipped", {"message": f"undecided: {said}"})
            else:
                assert (found.tag, found.attrib) == ("failure", {"type": verdict, "message": said})
                assert found.text == f"{verdict}: {claim}: {said}"


def test_what_xml_does_not_have_becomes_a_space() -> None:
    row = {"claim": "a\x01b", "because": "", "verdict": HOLDS, "found": "ü"}
    ((case,),) = report({"f\x02": [row]})
    assert (case.get("name"), case.get("classname"), case[0].text) == ("a b", "f ", "ü")


def test_the_report_that_is_written_is_the_one_that_was_made(
    judged: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "report.xml"
    check(junit=file)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("<?xml version='1.0' encoding='utf-8'?>\n<testsuites ")
    whole = report({file: rows(file) for file in VERDICTS})
    assert ElementTree.canonicalize(text, strip_text=True) == ElementTree.canonicalize(
        ElementTree.tostring(whole, encoding="unicode"), strip_text=True
    )


def fault(junit: Path) -> str:
    with pytest.raises(OutputError) as raised:
        check(junit=junit)
    return str(raised.value)


def test_a_report_that_cannot_be_written_is_a_fault_before_anything_is_judged(
    judged: dict[str, Any], tmp_path: Path
) -> None:
    for place in (tmp_path, tmp_path / "nowhere" / "report.xml"):
        assert fault(place) == (
            f"--junit: {place}: cannot be written; name a file in a folder that is there"
        )
    assert not judged


def test_a_report_that_the_disk_refuses_is_a_fault(
    judged: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ElementTree.ElementTree, "write", full)
    place = tmp_path / "report.xml"
    said = "cannot be written (No space left on device); name another file"
    assert fault(place) == f"--junit: {place}: {said}"


def test_a_scenario_without_claims_is_a_warning(
    judged: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = checking.load
    monkeypatch.setattr(
        checking, "load", lambda file: SimpleNamespace(**vars(real(file)) | {"checks": []})
    )
    check()
    assert capsys.readouterr().err == "".join(
        f"Warning: {file} has no [[checks]]\n" for file in VERDICTS
    )


@pytest.mark.parametrize("option", ["replications", "workers"])
def test_an_option_is_refused_exactly_below_one(option: str) -> None:
    def wrong(value: int) -> str:
        given = {"replications": 5, "workers": 5} | {option: value}
        with pytest.raises(FaultyInputError) as raised:
            checking.check_command(["nowhere.toml"], False, None, engine="simpy", **given)
        return str(raised.value).partition(":")[0]

    assert wrong(0) == f"--{option}"
    assert wrong(1) == "nowhere.toml"
