"""The command `check`: a line per claim on stdout, and a report in JUnit's XML for somebody's
CI.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from sim.checking.judging import FAILS, HOLDS, UNDECIDED, check, claims_of, failing
from sim.cli.running import check_options, progress_bar, say_if_cold
from sim.errors import Fault, FaultyInputError, OutputError, ScenarioError
from sim.playing import engine_for
from sim.scenario import Scenario, load

Row = dict[str, Any]


def check_command(
    files: list[str],
    strict: bool,
    junit: Path | None,
    replications: int | None,
    engine: str,
    workers: int,
) -> bool:
    """Judge the claims of every file, print a line for each, and tell whether all is well."""
    check_options(engine, {"--replications": (replications, 1), "--workers": (workers, 1)})
    if junit is not None and (junit.is_dir() or not junit.absolute().parent.is_dir()):
        raise OutputError(
            [
                Fault(
                    "--junit",
                    str(junit),
                    "cannot be written",
                    "name a file in a folder that is there",
                )
            ]
        )
    suites: dict[str, list[Row]] = {}
    for scenario in _loaded(files):
        if not scenario.checks:
            sys.stderr.write(f"Warning: {scenario.file} has no [[checks]]\n")
        total = replications or scenario.run.replications
        say_if_cold(engine_for(scenario, scenario.policy_names(), engine, total))
        with progress_bar(total) as progress:
            table = check(
                scenario,
                replications=replications,
                engine=engine,
                workers=workers,
                progress=progress,
            )
        suites[scenario.file] = [
            {str(key): value for key, value in row.items()} for row in table.to_dict("records")
        ]
        for row in suites[scenario.file]:
            sys.stdout.write(
                f"{row['verdict']:<9}  {scenario.file}: {_line(row['claim'])}: {row['found']}\n"
            )
    verdicts = [row["verdict"] for rows in suites.values() for row in rows]
    counts = ", ".join(
        f"{verdicts.count(one)} {said}"
        for one, said in ((HOLDS, "hold"), (FAILS, "fail"), (UNDECIDED, "undecided"))
    )
    sys.stdout.write(f"{len(verdicts)} claims: {counts}.\n")
    if junit is not None:
        _write(junit, report(suites, strict=strict))
    return not failing(verdicts, strict=strict)


def _loaded(files: Sequence[str]) -> list[Scenario]:
    """Load every file and read its claims; faults of all files are reported at once."""
    scenarios: list[Scenario] = []
    faults: list[Fault] = []
    for file in dict.fromkeys(files):
        try:
            scenario = load(file)
            claims_of(scenario)
            scenarios.append(scenario)
        except FaultyInputError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    return scenarios


def _line(text: str) -> str:
    return " ".join(text.split())


def report(suites: dict[str, list[Row]], *, strict: bool = False) -> ElementTree.Element:
    """Make JUnit's XML: a suite per file, a case per claim.

    What is undecided is skipped, or if strict a failure.

    >>> row = {"claim": "read share <= 30 %", "because": "", "verdict": "fails", "found": "40 % (35 % to 45 %)"}
    >>> ElementTree.tostring(report({"a.toml": [row]}), encoding="unicode")[:55]
    '<testsuites name="toolate check" tests="1" failures="1"'
    """
    verdicts = [row["verdict"] for rows in suites.values() for row in rows]
    top = ElementTree.Element("testsuites", {"name": "toolate check", **_counts(verdicts, strict)})
    for file, rows in suites.items():
        mine = [row["verdict"] for row in rows]
        suite = ElementTree.SubElement(
            top, "testsuite", {"name": _clean(file), **_counts(mine, strict)}
        )
        suite.set("skipped", str(0 if strict else mine.count(UNDECIDED)))
        for row in rows:
            case = ElementTree.SubElement(
                suite, "testcase", {"classname": _clean(file), "name": _clean(row["claim"])}
            )
            message = _clean(
                row["found"] + (f"; because {row['because']}" if row["because"] else "")
            )
            if failing([row["verdict"]], strict=strict):
                failure = ElementTree.SubElement(
                    case, "failure", {"type": row["verdict"], "message": message}
                )
                failure.text = f"{row['verdict']}: {_clean(row['claim'])}: {message}"
            elif row["verdict"] == UNDECIDED:
                ElementTree.SubElement(case, "skipped", {"message": f"undecided: {message}"})
            else:
                ElementTree.SubElement(case, "system-out").text = message
    return top


def _counts(verdicts: Sequence[str], strict: bool) -> dict[str, str]:
    failures = sum(failing([one], strict=strict) for one in verdicts)
    return {"tests": str(len(verdicts)), "failures": str(failures), "errors": "0"}


def _clean(text: str) -> str:
    """Put spaces in the place of characters that XML does not have."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _write(file: Path, top: ElementTree.Element) -> None:
    tree = ElementTree.ElementTree(top)
    ElementTree.indent(tree)
    try:
        tree.write(file, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        problem = f"cannot be written ({error.strerror or error})"
        raise OutputError([Fault("--junit", str(file), problem, "name another file")]) from None
