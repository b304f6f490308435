"""Make `results/published` again, and the tables that quote it: `python results/publish.py`
from the root.

The folder of a scenario contains the tables of one `toolate run` (the command is in its run.json)
and, in checks.csv, the results of `toolate check`. Records are not kept, and charts only for
`CHARTED`; the command makes both.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib

import sim
from sim.checking.judging import claims_of, judged
from sim.results import ResultFolder, document, manifest
from sim.running import run
from sim.tallies import HEADLINE, SPLIT

SCENARIOS, PUBLISHED = Path("scenarios"), Path("results/published")
CHARTED = ("linkedin_dm", "linkedin_dm_mail_with_text", "linkedin_dm_small", "texts")
PAGES = {"scenarios": SCENARIOS / "README.md", "results": Path("results/README.md")}
CHANGES = Path("docs/changes/devices.md")
WITH_TEXT = PUBLISHED / "mail_with_text.csv"
"""What every scenario gives that LinkedIn's mail about a direct message moves, if that mail shows the text."""
ROW = re.compile(
    r"^\| (\S+) \| ([^|]+) \| ([\d.]+) \| [\d.]+ \| ([\d.]+) \| [\d.]+ \|$", re.MULTILINE
)
"""A row of `CHANGES`: scenario, policy, read before and now, preview first before and now."""
BETWEEN = re.compile(r"(<!-- begin -->\n).*(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True)
class Job:
    """A scenario file, how it is published, and the folder its tables go to."""

    file: Path
    folder: Path
    replications: int | None = None

    @property
    def command(self) -> str:
        """Give the command that makes the tables."""
        few = f" --replications {self.replications}" if self.replications else ""
        return f"toolate run {self.file.as_posix()}{few} --out {self.folder.as_posix()}"

    @property
    def charted(self) -> bool:
        """Tell whether its chart and its JSON document are kept."""
        return self.folder.name in CHARTED and self.folder.parent == PUBLISHED


def jobs() -> list[Job]:
    """List everything that is published: each scenario of the library, and one of them small enough
    for a test.
    """
    files = sorted(SCENARIOS.glob("*.toml")) + sorted((SCENARIOS / "platforms").glob("*.toml"))
    every = [Job(file, PUBLISHED / file.relative_to(SCENARIOS).with_suffix("")) for file in files]
    return [
        *every,
        Job(SCENARIOS / "linkedin_dm.toml", PUBLISHED / "linkedin_dm_small", replications=4),
    ]


def publish(job: Job) -> None:
    """Play a scenario under all its policies and write its folder."""
    scenario = sim.load(job.file)
    outcome = run(scenario, replications=job.replications)

    def write(making: Path) -> dict[str, Any]:
        tables = {
            "shares": outcome.shares,
            "differences": outcome.differences,
            "price": outcome.price,
        }
        if scenario.costs:
            tables["costs"] = outcome.costs
        for name, table in tables.items():
            table.to_csv(making / f"{name}.csv", index=False)
        if job.replications is None:
            with (making / "checks.csv").open("w", encoding="utf-8", newline="") as file:
                rows = csv.writer(file, lineterminator="\n")
                rows.writerow(("claim", "verdict", "found"))
                for told, claim in zip(scenario.checks, claims_of(scenario), strict=True):
                    finding = judged(claim, outcome)
                    rows.writerow((told.claim, finding.verdict, finding.found))
        if job.charted:
            from sim.charts import save

            save(outcome, making)
            (making / "summary.json").write_text(
                json.dumps(document(outcome), indent=1) + "\n", encoding="utf-8"
            )
        done = outcome.replications
        whole = manifest(
            scenario, outcome.policies, done, outcome.asked, outcome.engine, job.command
        )
        return {
            name: value for name, value in whole.items() if name != "scenario"
        }  # it is in scenarios/

    job.folder.parent.mkdir(parents=True, exist_ok=True)
    with ResultFolder(job.folder) as folder:
        folder.put(write)


ANSWERS = {
    "one_message": "{as it is|read} {as it is|split}. A preview was read first by {as it is|too_late} before the "
    "deletion took effect (or although it was refused), and by {as it is|ghost} after it, from a notification that "
    "outlived the message.",
    "linkedin_regimes": "Not for previews: {60 minutes|preview_first} are read by preview first within the hour, "
    "{any time|preview_first} at any time, {only unread|preview_first} only unread, {never|preview_first} never. But a "
    "deletion prevents reading in the app: in all, {60 minutes|read}, {any time|read}, {only unread|read} and "
    "{never|read} are read.",
    "linkedin_dm_mail_with_text": "Much more: {today|read} are read {today|split}, {today|read_email} of all from the "
    "mail; and {undo 10 s|read} with a hold of 10 s, {push +30 s|read} with a later push, {retract push|read} with a "
    "retraction, which leaves the mail.",
    "instant_regret": "It takes a hold: without one, {today|read} are read {today|split}. With a hold of 5, 10, 20 and "
    "30 s, {undo 5 s|read}, {undo 10 s|read}, {undo 20 s|read} and {undo 30 s|read} are read.",
    "recall_at_3_min": "Read by preview before the recall: {at 3 min|too_late} at minute 3, {at 15 min|too_late} at 15, "
    "{at 58 min|too_late} at 58. Read before or after it, by preview or in the app: {at 3 min|read} {at 3 min|split}, "
    "{at 15 min|read}, {at 58 min|read}, because notifications stay.",
    "watch_at_7_min": "{watch|read_watch} read it on the watch. {watch|too_late} read it in some preview "
    "before the deletion, {no watch|too_late} without a watch. A retraction reduces the share read in the end from "
    "{watch|read} {watch|split} to {retract from the phone|read}; if it also reaches the watch, the share is "
    "{retract from phone and watch|read}.",
    "pricing_sheet_at_15_min": "{copy for 48 h|read_thread} read it in the app, {no copy|read_thread} without the copy. "
    "In total, {copy for 48 h|read} read some of it {copy for 48 h|split}, {no copy|read} without the copy, and "
    "{no copy, push retracted|read} if the push is also retracted.",
    "wrong_recipient_at_45_min": "By {at 45 min|too_late} before the recall, and by {at 45 min|ghost} after it; in all, "
    "{at 45 min|read} read the message {at 45 min|split}. At minute 3 the preview would have been read by "
    "{at 3 min|too_late} before and {at 3 min|ghost} after.",
    "window_edge": "Both are: of 500 deletions, {at 58 min|refused_window|each} and {at 60 min|refused_window|each} are "
    "refused. If confirming takes a second, {at 60 min, 1 s to confirm|refused_window|each} are.",
    "after_hours_400": "All but {one by one|refused_window|each}, which cost {one by one|cost} dollars. Two people leave "
    "{two people|refused_window|each}, a bulk recall {bulk recall|refused_window|each}. If the messages wait until "
    "09:00, {sent at 09:00|cancelled|each} can be cancelled.",
    "campaign_1200": "One every 4 s, from the first second: {4 s each|refused_window|each} remain. If the mistake is found "
    "after half an hour, one every 2 s ({2 s each, found after 30 min|refused_window|each} remain); at 4 s each, "
    "{4 s each, found after 30 min|refused_window|each} remain. At 9.47 s each from the start, "
    "{9.47 s each|refused_window|each} remain.",
    "broken_template": "Yes: {not paused|orphans_per_followup} of the follow-ups refer to a deleted message. None is "
    "sent if the contacts are paused first.",
    "review_before_sending": "Yes: {review 30 s|read} are read instead of {today|read} {today|split}. Deleting twice as "
    "fast leaves {delete twice as fast|read}, noticing twice as fast {notice twice as fast|read}, "
    "and a hold of 30 s {undo 30 s|read}.",
    "newcomers": "It is more than half as good, and spares the others: {hold for newcomers|read} are read instead of "
    "{today|read} {today|split}, {hold for all|read} with a hold for all; of the messages that nobody regretted, half are "
    "not delayed, and all by 2 min with a hold for all. A hold of 10 s for all leaves {10 s for all|read}.",
    "message_ads": "Nothing once it is sent: {today|read} are read {today|split}, with retraction {push retracted|read}. "
    "With a hold of 30 min, {held for 30 min|cancelled} are cancelled and {held for 30 min|read} are read.",
    "recruiter": "Next to nothing: {two steps|read} are read {two steps|split}, {one step|read} with one step. "
    "{two steps|credits_lost_per_inmail} of the credits are lost; {credit back on recall|credits_lost_per_inmail} "
    "would be if a recall returned them.",
}
"""The answer to each question. The script replaces braces by numbers from the published tables:
{POLICY|MEASURE}, a share in per cent; {POLICY|split}, what the headline adds up from;
{POLICY|MEASURE|each}, a count in each replication; {POLICY|cost}. Scenarios without an entry list
the headline of each policy with its split."""


def tables(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a folder's shares and prices, and what each policy costs as a measure of
    its own.
    """
    for name in ("shares", "price"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    if (folder / "costs.csv").is_file():
        with (folder / "costs.csv").open(encoding="utf-8", newline="") as file:
            yield from ({**row, "measure": "cost"} for row in csv.DictReader(file))


def looked_up(folder: Path) -> Callable[[re.Match[str]], str]:
    """Give what replaces {POLICY|MEASURE} by the number in a folder's tables."""
    rows = {(row["policy"], row["measure"]): row for row in tables(folder)}

    def number(match: re.Match[str]) -> str:
        policy, measure, *form = match[1].split("|")
        if measure == "split":
            first, in_app = (f"{100 * float(rows[policy, part]['value']):.0f}" for part in SPLIT)
            return f"({first} % by preview first, {in_app} % in the app first)"
        row = rows[policy, measure]
        if form == ["each"]:
            return f"{int(row['count']) // int(row['replications']):,}"
        return (
            f"{float(row['value']):,.0f}"
            if measure == "cost"
            else f"{100 * float(row['value']):.0f} %"
        )

    return number


def answer(job: Job) -> str:
    """Say what a scenario's published tables answer."""
    policies = json.loads((job.folder / "run.json").read_text(encoding="utf-8"))["policies"]
    headlines = ", ".join(f"{name} {{{name}|{HEADLINE}}} {{{name}|split}}" for name in policies)
    template = ANSWERS.get(job.file.stem, headlines) if job.file.parent == SCENARIOS else headlines
    return re.sub(r"\{([^}]*)\}", looked_up(job.folder), template)


def moved_by_the_mail(file: Path) -> bool:
    """Tell whether a scenario's mail is LinkedIn's about a direct message, without text."""
    scenario = sim.load(file)
    ours = scenario.origins.get("email.carries") == "platform:linkedin"
    return ours and scenario.email.carries == "nothing"


def publish_mail_with_text() -> None:
    """Play every scenario that the mail moves with the text in it, and write `WITH_TEXT`."""
    with WITH_TEXT.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("scenario", "policy", HEADLINE, *SPLIT))
        for job in (one for one in jobs() if one.replications is None):
            if not moved_by_the_mail(job.file):
                continue
            outcome = run(sim.load(job.file).patched({"email.carries": "full"}))
            for policy in outcome.policies:
                shares = [outcome.summary.headline(policy, m).value for m in (HEADLINE, *SPLIT)]
                rows.writerow((job.folder.relative_to(PUBLISHED).as_posix(), policy, *shares))


def mail_with_text() -> str:
    """Make the table of what the mail's text changes."""
    out = (
        "## If LinkedIn's mail shows the text\n\n"
        "Every scenario above, and one of those below, whose mail is LinkedIn's about a direct message: per cent read despite "
        'the deletion,\nand by preview first, as answered here and with `email.carries = "full"` '
        "(`platform:linkedin/mail_with_text`).\n\n"
        "| file | policy | read | with text | preview first | with text |\n|---|---|---|---|---|---|\n"
    )
    with WITH_TEXT.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name, policy = row["scenario"], row["policy"]
            now = {
                one["measure"]: one["value"]
                for one in tables(PUBLISHED / name)
                if one["policy"] == policy
            }
            cells = [
                f"{100 * float(one[m]):.1f}" for m in (HEADLINE, SPLIT[0]) for one in (now, row)
            ]
            out += f"| [{name}]({name}.toml) | {policy} | {' | '.join(cells)} |\n"
    return out + "\n"


def page_of_scenarios() -> str:
    """Make the tables of scenarios/README.md."""
    groups: dict[str, list[Job]] = {
        "LinkedIn": [],
        "Real texts": [],
        "The catalogue's platforms": [],
    }
    for job in (one for one in jobs() if one.replications is None):
        of_texts = "Real texts" if job.file.stem.startswith("texts") else "LinkedIn"
        groups[of_texts if job.file.parent == SCENARIOS else "The catalogue's platforms"].append(
            job
        )
    out = ""
    for title, members in groups.items():
        out += f"## {title}\n\n| file | question | answer |\n|---|---|---|\n"
        for job in members:
            link = job.file.relative_to(SCENARIOS).as_posix()
            out += (
                f"| [{job.file.stem}]({link}) | {sim.load(job.file).question} | {answer(job)} |\n"
            )
        out += "\n"
        if title == "LinkedIn":
            out += mail_with_text()
    return out


def answers_by_name() -> str:
    """Make scenarios/answers.json: what `toolate scenarios` says of each."""
    said = {
        job.file.relative_to(SCENARIOS).with_suffix("").as_posix(): answer(job)
        for job in jobs()
        if job.replications is None
    }
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def page_of_results() -> str:
    """Make the table of results/README.md."""
    rows = "".join(
        f"| `{job.folder.relative_to(PUBLISHED).as_posix()}` | `{job.command}` |\n"
        for job in jobs()
    )
    return f"| folder | command |\n|---|---|\n{rows}"


def page_of_changes() -> str:
    """Make docs/changes/devices.md: what was is kept, what is now is as published."""

    def row(found: re.Match[str]) -> str:
        name, policy, read, first = found.groups()
        shares = {(one["policy"], one["measure"]): one["value"] for one in tables(PUBLISHED / name)}
        now, now_first = (f"{100 * float(shares[policy, m]):.1f}" for m in (HEADLINE, SPLIT[0]))
        return f"| {name} | {policy} | {read} | {now} | {first} | {now_first} |"

    return ROW.sub(row, CHANGES.read_text(encoding="utf-8"))


def filled(page: Path, text: str) -> str:
    """Put a text between the marks of a page."""
    return BETWEEN.sub(lambda marks: marks[1] + text + marks[2], page.read_text(encoding="utf-8"))


def main() -> None:
    """Publish everything, two scenarios at a time, and fill both pages."""
    joblib.Parallel(n_jobs=2)(joblib.delayed(publish)(job) for job in jobs())
    publish_mail_with_text()
    (SCENARIOS / "answers.json").write_text(answers_by_name(), encoding="utf-8")
    PAGES["scenarios"].write_text(filled(PAGES["scenarios"], page_of_scenarios()), encoding="utf-8")
    PAGES["results"].write_text(filled(PAGES["results"], page_of_results()), encoding="utf-8")
    CHANGES.write_text(page_of_changes(), encoding="utf-8")


if __name__ == "__main__":
    main()
