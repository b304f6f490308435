"""`toolate explain`: every number of a scenario, and where it is from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.cli.explaining import explanation
from sim.errors import ScenarioError
from sim.scenario.evidence import Evidence, Evidences, evidence
from sim.scenario.patching import leaves

from .conftest import BAD, SCENARIOS, Toolate

LINKEDIN = SCENARIOS / "linkedin_dm.toml"


def flat(text: str) -> str:
    """Undo line breaks."""
    return " ".join(text.split())


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Give a folder with a scenario of many kinds of evidence, and one that extends it."""
    (tmp_path / "parent.toml").write_text(
        (BAD / "base.toml").read_text(encoding="utf-8")
        + """
[everyone]
push = 0.6
badge = 0.3
[push]
preview = 90
latency = "1 s"
slow = { chance = 0.1, latency = "5 min" }
[badge]
boost = 2.0
[sources]
"everyone.push" = { source = "Roe 2021, table 2", grade = "C", sweep = [0.4, 0.9], note = "all apps" }
"everyone.badge" = { assumed = "not published", sweep = [0.0, 1.0] }
"push.preview" = { source = "Doe 2020", grade = "B" }
"push.latency" = { because = "as measured here" }
"push.slow" = { source = "Poe 2019", grade = "A" }
"email.every" = { source = "Moe 2018", grade = "D" }
"email.lead" = { because = "not of interest" }
"""
    )
    (tmp_path / "child.toml").write_text(
        """schema = 1
extends = "parent.toml"
[push]
preview = 80
slow.chance = 0.2
[segments.desk]
push = 0.9
[sources]
"badge.boost" = { assumed = "a guess", sweep = [1.0, 5.0] }
"""
    )
    return tmp_path


@pytest.mark.parametrize(
    ("file", "path", "words"),
    [
        ("parent", "push.preview", "cited, grade B: Doe 2020"),
        ("parent", "push.latency", "set in {}/parent.toml because: as measured here"),
        ("parent", "push.slow.chance", "cited, grade A: Poe 2019"),
        (
            "parent",
            "segments.desk.push",
            "cited, grade C: Roe 2021, table 2. Explore 0.4 to 0.9. Note: all apps",
        ),
        ("parent", "segments.phone.badge", "assumed: not published. Explore 0.0 to 1.0"),
        ("parent", "segments.phone.share", "set in {}/parent.toml, no source given"),
        ("parent", "badge.boost", "set in {}/parent.toml, no source given"),
        ("parent", "badge.sync", "default of the model"),
        ("parent", "email.every", "cited, grade D: Moe 2018"),
        ("parent", "email.lead", "left at the default of the model because: not of interest"),
        ("parent", "run.seed", "set in {}/parent.toml"),
        ("child", "push.latency", "set in {}/parent.toml because: as measured here"),
        ("child", "badge.boost", "assumed: a guess. Explore 1.0 to 5.0"),
    ],
)
def test_evidence_is_the_most_specific_source_written_for_the_value(
    file: str, path: str, words: str, files: Path
) -> None:
    assert evidence(sim.load(files / f"{file}.toml"), path).words() == words.format(files)


@pytest.mark.parametrize("path", ["push.preview", "push.slow.chance", "segments.desk.push"])
def test_the_source_of_a_value_does_not_pass_on_to_the_value_that_overrides_it(
    path: str, files: Path
) -> None:
    # Otherwise 80 characters, which somebody made up, would be cited as Doe 2020, who says 90.
    child = sim.load(files / "child.toml")
    assert evidence(child, path).words() == f"set in {files}/child.toml, no source given"
    assert evidence(child, "push.slow.latency").words() == "cited, grade A: Poe 2019"
    assert evidence(child, "segments.phone.push").kind == "cited"


def test_what_a_policy_or_a_patch_sets_is_told_as_theirs(files: Path) -> None:
    held = sim.load(files / "parent.toml").under("hold")
    assert evidence(held, "send.hold").words() == 'set by policy "hold"'
    everywhere = held.patched({"segments.*.push": 1.0, "push.preview": 5})
    assert evidence(everywhere, "segments.phone.push") == Evidence("policy", "by a patch")
    assert evidence(everywhere, "push.preview").words() == "set by a patch"
    assert evidence(everywhere, "segments.phone.badge").kind == "assumed"


@pytest.mark.parametrize(
    "file", [LINKEDIN, SCENARIOS / "texts.toml", BAD / "base.toml"], ids=lambda file: file.name
)
def test_every_parameter_of_a_file_is_explained(file: Path, toolate: Toolate) -> None:
    said = toolate("explain", file)
    assert (said.status, said.err) == (0, "")
    scenario = sim.load(file)
    paths: list[str] = []
    leaves(
        {k: v for k, v in scenario.raw.items() if k not in ("policies", "sources")}, paths.append
    )
    for path in paths:
        name = path.split(".")[0]
        if name in ("schema", "title", "question", "extends", "baseline") or path == "traffic.kind":
            continue
        starred = re.sub(r"^segments\.[^.]+", "segments.*", path)
        shown = path.rsplit(".", 1)[0] if ".email." in path else path
        assert any(
            f"{one}:" in said.out for one in (path, starred, shown, starred.rsplit(".", 1)[0])
        ), path
    assert max(map(len, said.out.splitlines())) <= 110


def test_the_shipped_scenario_reads_as_it_should(toolate: Toolate) -> None:
    out = flat(toolate("explain", LINKEDIN).out)
    assert (
        "mistakes.chance: 1.8 % Chance that a message is a mistake its sender may regret. "
        "Cited, grade B: [P-almuhimedi] H. Almuhimedi" in out
    )
    # weibull, mean 24.2 min, shape 0.6: median = mean ln(2)^(1/0.6) / Gamma(1 + 1/0.6) = 8.73 min
    assert (
        "segments.*.glances.gap: weibull given by mean 24.2 min and shape 0.6: mean 24.2 min, p10"
        in out
    )
    assert "median 8.732 min" in out
    assert "send.hold: always 10 s instead of always 0 s" in out
    assert "today (the baseline): no change" in out
    assert "A [P-postmark] J. Malaco Filho, postmark-tti-histogram" in out
    assert re.search(r"\d+ parameters: \d+ cited, \d+ assumed, .*\d+ unsourced", out)


def test_counts_add_up_and_the_unsourced_are_named(toolate: Toolate, files: Path) -> None:
    out = flat(toolate("explain", files / "child.toml").out)
    closing = re.search(r"(\d+) parameters: (.*?)\. Unsourced: (.*?)\.(?: |$)", out)
    assert closing is not None
    counts = {
        words: int(number)
        for number, _, words in (part.partition(" ") for part in closing[2].split(", "))
    }
    assert sum(counts.values()) == int(closing[1])
    assert len(closing[3].split(", ")) == counts["unsourced"]
    assert "push.preview" in closing[3] and "Doe 2020" not in out


def test_a_policy_explains_the_scenario_under_it(toolate: Toolate) -> None:
    out = flat(toolate("explain", LINKEDIN, "--policy", "undo 10 s").out)
    assert 'under the policy "undo 10 s"' in out
    assert (
        'send.hold: always 10 s Undo-send: how long a message is held back. Set by policy "undo 10 s".'
        in out
    )
    assert "1 set by a policy" in out


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (
            '{ dist = "mixture", parts = [{ weight = 0.25, distribution = { dist = "never" } }, '
            '{ weight = 0.75, distribution = { dist = "exponential", mean = "10 s" } }] }',
            "mixture of 25 % never; 75 % exponential given by mean 10 s: mean 10 s",
        ),
        (
            '{ dist = "scipy", family = "invgauss", parameters = { mu = 2.0 }, unit = "s" }',
            "invgauss of scipy.stats, mu 2: mean 2 s",
        ),
        (
            '{ dist = "uniform", low = "2 s", high = "4 s" }',
            "uniform given by low 2 s and high 4 s: mean 3 s",
        ),
        (
            '{ dist = "empirical", file = "delays.csv", column = "seconds", unit = "s" }',
            "empirical given by 3 quantiles: mean 2 s",
        ),
        ('"5 s"', "always 5 s"),
    ],
)
def test_any_distribution_is_told_by_what_was_given_and_what_it_implies(
    law: str, words: str, toolate: Toolate, tmp_path: Path
) -> None:
    (tmp_path / "delays.csv").write_text((BAD / "data" / "delays.csv").read_text())
    (tmp_path / "base.toml").write_text((BAD / "base.toml").read_text())
    (tmp_path / "one.toml").write_text(
        f'schema = 1\nextends = "base.toml"\n[senders]\naction = {law}\n'
    )
    assert f"senders.action: {words}" in flat(toolate("explain", tmp_path / "one.toml").out)


def test_a_weekly_profile_is_said_with_its_weights(files: Path, toolate: Toolate) -> None:
    (files / "weeks.toml").write_text(
        'schema = 1\nextends = "parent.toml"\n[traffic]\nkind = "stream"\nsenders = 1\nrecipients = 1\n'
        'rate = "1 / d"\nweek = [2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 1, 1, 1, 1]\n',
        encoding="utf-8",
    )
    said = flat(toolate("explain", files / "weeks.toml").out)
    assert "Mon-Fri 00:00-12:00 2, 12:00-24:00 0; Sat-Sun 00:00-24:00 1" in said, (
        "each relative to the mean of the week, which is 1 here"
    )


LOG = """sent_at,sender,recipient,deleted_at
2026-01-05T09:00:00Z,Ann,Bob,2026-01-05T09:10:00Z
2026-01-05T21:00:00Z,Bob,Ann,
2026-01-06T09:00:00Z,Cem,Ann,2026-01-06T09:31:00Z
"""


@pytest.mark.parametrize(
    ("log", "deletions"),
    [
        (LOG, "2 recorded deletions"),
        (
            "\n".join(line.rpartition(",")[0] for line in LOG.splitlines()),
            "no column deleted_at, so that mistakes are drawn as mistakes.chance has it",
        ),
    ],
    ids=["recorded", "not recorded"],
)
def test_a_log_is_said_with_its_rows_people_span_and_deletions(
    log: str, deletions: str, toolate: Toolate, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text(log, encoding="utf-8")
    (tmp_path / "it.toml").write_text(
        'schema = 1\nrun.horizon = "7 d"\ntraffic = { kind = "trace", file = "log.csv" }\n'
        '[[segments]]\nname = "all"\n'
    )
    said = flat(toolate("explain", tmp_path / "it.toml").out)
    assert f"log.csv: 3 messages of 3 people within 1 d; {deletions}." in said
    assert (
        "The people of log.csv live by the clock of UTC, the zone of its times; set traffic.zone"
        in said
    )


def many(size: int) -> sim.Scenario:
    return sim.parse(
        "schema = 1\ntraffic = { kind = 'campaign', messages = 10 }\n"
        + "".join(f"[[segments]]\nname = 's{k}'\nshare = {1 / size}\n" for k in range(size))
        + "".join(f"[policies.p{k}]\nsend.hold = '{k} s'\n" for k in range(size))
    )


def test_the_work_of_explaining_grows_with_segments_and_policies_and_not_with_their_product(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    of = Evidences.of
    monkeypatch.setattr(Evidences, "of", lambda self, path: asked.append(path) or of(self, path))

    def work(size: int) -> int:
        asked.clear()
        assert len(list(explanation(many(size)))) > size
        return len(asked)

    assert work(16) < 2.2 * work(8)


def test_more_policies_of_segments_than_can_be_checked_are_refused() -> None:
    with pytest.raises(ScenarioError, match="150 policies of 150 segments are too many together"):
        many(150)
