"""Compare the model with published facts, each by its own definition.

Run from the repository's root: `python docs/validation`; writes docs/validation.md (about two
minutes).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from definitions import (
    answered_before_seen,
    answers,
    share_within,
    since_own,
    to_notice,
    to_unlock,
    to_view,
    wait,
)
from scenes import Scene, hour_of_day

import sim
from sim.clock import DAY, HOUR, MINUTE, NEVER
from sim.estimates import difference
from sim.estimates.ratios import t_quantile

PAGE, MUTANTS = Path("docs/validation.md"), Path("docs/mutants.json")
MIX = Path("docs/validation/mix.toml")


@dataclass(frozen=True)
class Fact:
    """A published fact, what the model says, whether that is within the tolerance set beforehand,
    and what that is worth.
    """

    name: str
    fact: str
    source: str
    model: str
    verdict: str
    remark: str


def judged(value: float, low: float, high: float) -> str:
    """Say whether a value is within a tolerance."""
    return "within" if low <= value <= high else "**misses**"


def quartiles(values: np.ndarray) -> str:
    """Say a median with quartiles, minutes."""
    low, middle, high = np.percentile(values, [25, 50, 75])
    return f"{middle:.0f} min (quartiles {low:.0f} and {high:.0f})"


Mix = Sequence[Scene]
"""Replications of the messenger's mix."""
REPLICATIONS = 5


def over(mix: Mix, fact: Callable[[Scene], float]) -> tuple[float, float]:
    """Give the mean of a fact over replications, and its standard error."""
    values = np.array([fact(scene) for scene in mix])
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(values.size))


def lit(mix: Mix) -> Fact:
    """USE-1: how many pushes arrive on a lit screen."""
    value, error = over(mix, lambda one: float(one.lit()[one.pushed].mean()))
    return Fact(
        "USE-1",
        "30.8 % of notifications arrive on a lit screen; accept .27 to .34",
        "Pielot et al., MobileHCI 2014, 15 users",
        f"{100 * value:.1f} ± {100 * error:.1f} %",
        judged(value, 0.27, 0.34),
        "an input: `conversation.chance` = .6 was set by it with the prototype, which gave .30 to .31, so it is used up",
    )


def view(scene: Scene) -> float:
    """Give the median time to view of a scene, minutes."""
    r, mine = scene.records, scene.pushed
    arrived, read = r["push_arrived"][mine], r["thread_read"][mine]
    return float(np.median(to_view(arrived, scene.handled[mine], read)))


def notice(scene: Scene) -> float:
    """Give the median time to notice of a scene, minutes."""
    r, mine = scene.records, scene.pushed
    return float(
        np.median(
            to_notice(*(r[name][mine] for name in ("push_arrived", "push_noticed", "thread_read")))
        )
    )


def viewed(mix: Mix, texts: Scene) -> Fact:
    """VAL-1: the median time from arrival to viewing a mobile instant message."""
    value, error = over(mix, view)
    real = view(texts)
    return Fact(
        "VAL-1",
        "median from arrival to view 6.15 min; accept 4 to 9",
        "Pielot et al., CHI 2014, 24 Android users",
        f"{value:.1f} ± {error:.1f} min (noticed after {over(mix, notice)[0]:.1f}); real texts {real:.1f} min",
        f"{judged(value, 4, 9)}; texts {judged(real, 4, 9)}",
        "*view* is handled, or read in the app, as the study counts; by *noticed* it would miss. The texts are one-to-one "
        "talk alone and warmer than a messenger's mix",
    )


def opened_soon(scene: Scene) -> float:
    """Give the share within 10 minutes of the pushes whose message was opened."""
    r, mine = scene.records, scene.pushed
    return share_within(wait(r["push_arrived"][mine], r["thread_read"][mine]), 10)


def opened(mix: Mix, texts: Scene) -> Fact:
    """VAL-2: how many of the notifications that were opened were opened within 10 minutes."""
    (value, error), real = over(mix, opened_soon), opened_soon(texts)
    return Fact(
        "VAL-2",
        "more than 60 % of handled notifications clicked within 10 min",
        "Mehrotra et al., UbiComp 2015",
        f"{100 * value:.0f} ± {100 * error:.1f} %; real texts {100 * real:.0f} %",
        f"{judged(value, 0.6, 1)}; texts {judged(real, 0.6, 1)}",
        "of those that were opened at all; a higher chance of handling (.8) met it in the prototype and was not taken",
    )


def medians_to(scene: Scene) -> dict[tuple[str, bool], float]:
    """Give the median minutes to the next unlock, and to any look, of what is felt and of what is not."""
    r, m = scene.records, scene.world.messages
    waits = {name: np.full(scene.pushed.size, np.inf) for name in ("unlock", "look")}
    for person, mine in scene.by_person():
        starts, ends, unlocked = scene.people[person]
        at = r["push_arrived"][mine]
        waits["unlock"][mine] = to_unlock(at, starts, ends, unlocked)
        waits["look"][mine] = to_unlock(at, starts, ends, np.ones_like(unlocked))
    alerted = np.where(
        (m.alert_after != NEVER) & ~scene.lit(), m.alert_after.astype(float) / MINUTE, np.inf
    )
    return {
        (name, felt): float(np.median(np.minimum(one, alerted)[scene.pushed & (m.felt == felt)]))
        for name, one in waits.items()
        for felt in (True, False)
    }


def felt_or_silent(mix: Mix) -> Fact:
    """VAL-3: a notification that is felt makes the next unlock come sooner than a silent one."""
    found = [medians_to(scene) for scene in mix]
    mean = {key: float(np.mean([one[key] for one in found])) for key in found[0]}
    ratio = mean["unlock", True] / mean["unlock", False]
    any_look = mean["look", True] / mean["look", False]
    return Fact(
        "VAL-3",
        "vibrate is seen sooner than silent: 3.35 against 7.3 min (ratio .46) to the next unlock; accept .25 to .75",
        "Mehrotra et al., CHI 2016, 20 users",
        f"{mean['unlock', True]:.1f} against {mean['unlock', False]:.1f} min (ratio {ratio:.2f}); "
        f"to any look the ratio is {any_look:.2f}",
        f"ratio {judged(ratio, 0.25, 0.75)}; no tolerance for the levels",
        "half a test: the share of alerts that are answered was derived with VAL-4 in sight",
    )


def alerts_answered(scene: Scene) -> float:
    """Give the share of pushes whose alert makes their owner take a dark phone."""
    return float((scene.world.messages.alert_after[scene.pushed] != NEVER).mean())


def looks_a_day(scene: Scene) -> float:
    """Give the looks of a phone a day while messages are sent, those of alerts left out."""
    days = int(scene.scenario.traffic.lasts) / DAY
    return float(
        np.mean([np.count_nonzero(starts < days * DAY) for starts, *_ in scene.people]) / days
    )


def alert_driven(mix: Mix) -> Fact:
    """VAL-4: the share of looks that a notification started."""
    started = 63.5 * (1 - 0.308) * over(mix, alerts_answered)[0]
    looks = over(mix, looks_a_day)[0]
    value, own = (started / (one + started) for one in (57, looks))
    return Fact(
        "VAL-4",
        "11 % of looks are started by a notification; accept 8 to 14",
        "Heitmayer & Lahlou 2021, 37 users",
        f"{100 * value:.0f} %, as the research notes work it out: 63.5 notifications a day, 69.2 % of them on a dark screen, "
        f"57 other looks; {100 * own:.0f} % with the {looks:.0f} other looks a day of the mix's own phones",
        f"{judged(value, 0.08, 0.14)}; own looks {judged(own, 0.08, 0.14)}",
        "**no test**: other fair derivations of the alert's chance (.078, .105, .45) miss this fact, and it was known when "
        "one was taken. 57 looks a day are a published mean; here the median person has them, some have many more, and "
        "app visits and the phone in hand come on top",
    )


def pending(mix: Mix, texts: Scene) -> Fact:
    """VAL-5: the age of pending notifications, sampled every 15 minutes, median per device."""
    naive, paused = (
        np.concatenate([scene.pending_ages(pausing=pausing) for scene in mix])
        for pausing in (False, True)
    )
    return Fact(
        "VAL-5",
        "age of a pending message notification: device median 20 min, quartiles 11 and 38; accept 10 to 40",
        "Weber, Voit & Henze, MuC 2019, 3,953 phones",
        f"{quartiles(naive)} if the phone is sampled at all times; {quartiles(paused)} if sampling pauses "
        f"once the screen has been dark for an hour; real texts {quartiles(texts.pending_ages(pausing=False))} and "
        f"{quartiles(texts.pending_ages(pausing=True))}",
        f"{judged(float(np.median(naive)), 10, 40)}; pausing {judged(float(np.median(paused)), 10, 40)}",
        "the study's job was one that Android defers on a phone that lies still; with that pause the model before this one is "
        "within as well, so this is no evidence",
    )


def opened_mail() -> Fact:
    """VAL-6: how fast bulk mails are opened."""
    scenario = sim.parse(
        'schema = 1\npeople = "bulk_mail"\n'
        'run = { seed = 20261125, horizon = "17 d" }\n'
        'traffic = { kind = "stream", senders = 400, recipients = 4000, rate = "20 / d", lasts = "7 d", week = "office" }\n'
        'email = { latency = "20 s" }\n'
    )
    r = Scene.of(scenario).records
    mine = r["email_arrived"] != NEVER
    hours = wait(r["email_arrived"][mine], r["email_read"][mine]) / 60
    hours = hours[hours < 240]
    six, day, week = (100 * share_within(hours, h) for h in (6, 24, 168))
    return Fact(
        "VAL-6",
        "of eventual opens 52–53 % by 6 h, 78–79 % by 24 h, 95 % by 7 d (bulk mail); accept ± 10 points",
        "MailerMailer 2012; i-emailer",
        f"{six:.0f} %, {day:.0f} %, {week:.0f} % (of opens within ten days)",
        f"{judged(six, 42, 63)}, {judged(day, 68, 89)}, {judged(week, 85, 100)}",
        "a fit to one vendor's open curve, held against two others': the family can bend so, no more",
    )


def evening(texts: Scene) -> Fact:
    """VAL-8: the share of notifications that arrive between 17 and 24 h."""
    value = float(np.mean(hour_of_day(texts.world.messages.written) >= 17))
    return Fact(
        "VAL-8",
        "44.2 % of notifications arrive between 17 and 24 h; accept ± 5 points",
        "Visuri et al. 2019, 40 users",
        f"{100 * value:.1f} % of the real texts",
        judged(value, 0.392, 0.492),
        "an input of the model, not a result",
    )


def before_seen(texts: Scene) -> Fact:
    """Texts that are answered before the model lets them be seen."""
    m, r = texts.world.messages, texts.records
    answered = answers(m.written, texts.writer, m.recipient, 24 * HOUR)
    seen = np.minimum(r["push_noticed"], r["thread_read"])
    value = answered_before_seen(answered, seen)
    r = Scene.of(texts.scenario.patched(IDLE)).records
    without = answered_before_seen(answered, np.minimum(r["push_noticed"], r["thread_read"]))
    return Fact(
        "texts",
        "nobody answers a text before seeing it; accept at most 0.5 %",
        "24,333 texts, Sapiezynski et al. 2019",
        f"{100 * value:.1f} % of the answered texts; without `in_hand` {100 * without:.0f} %",
        judged(value, 0, 0.005),
        "met by construction: whoever writes has the phone in hand. Nothing is regretted here: "
        "answers to regretted texts are left out of the conversation",
    )


SINCE = {
    "30 s": (0, 30),
    "1 min": (30, 60),
    "2 min": (60, 120),
    "5 min": (120, 300),
    "30 min": (600, 1800),
    "6 h": (3600, 21600),
    "more": (86400, np.inf),
}
"""Seconds since the recipient's own last text, by upper end."""


def seen_above_answered(texts: Scene) -> Fact:
    """Texts are seen at least as fast as they are answered, however long ago the recipient wrote."""
    m, r, by = texts.world.messages, texts.records, texts.writer
    answered = wait(m.written, answers(m.written, by, m.recipient, 24 * HOUR))
    seen = wait(m.written, r["push_noticed"], r["thread_read"])
    since = since_own(m.written, by, m.recipient) * 60
    least, rows = np.inf, 0
    for low, high in SINCE.values():
        mine = (since >= low) & (since < high)
        for minutes in (0.5, 1, 5, 10):
            least = min(
                least, float(np.mean(seen[mine] <= minutes) - np.mean(answered[mine] <= minutes))
            )
            rows += 1
    return Fact(
        "seen",
        "texts are seen at least as fast as they are answered, at 30 s, 1, 5 and 10 min, by the time since the own last text",
        "24,333 texts, Sapiezynski et al. 2019",
        f"in all {rows} places seen is above answered, by {100 * least:.1f} points or more"
        if least >= 0
        else f"below by {-100 * least:.1f} points somewhere",
        "within" if least >= 0 else "**misses**",
        "as the row before it",
    )


WITH_TEXT = "linkedin_dm_mail_with_text"


def mails(opened: float) -> dict[str, object]:
    """Patch how many mails are opened by whoever lists them, and by their alert."""
    return {"segments.*.checks.opened": opened, "segments.*.mail_alert.chance": 0.1 * opened}


def checked(mean: str, sigma: float) -> dict[str, object]:
    """Patch how often people look at their mail."""
    gap = {"dist": "weibull", "mean": mean, "shape": 0.6}
    spread = {"dist": "lognormal", "median": 1.0, "sigma": sigma}
    return {"segments.*.checks.gap": gap, "segments.*.checks.frailty": spread}


FORMER = mails(1.0) | checked("90 min", 0.76)
"""Every mail is read at the next check, and checks are those of the scenario before people were a catalogue."""
IDLE = {f"segments.*.in_hand.{side}": "0 s" for side in ("before", "after")}
DESIGN = {
    "linkedin_dm": ("linkedin_dm", {}, (48.0, 1.2), (27.5, 1.1), (-0.6, -3.3, -6.3)),
    WITH_TEXT: (WITH_TEXT, {}, (56.7, 1.2), (37.6, 1.1), (-0.7, -2.6, -5.1)),
    "the same, .13 of mails opened": (
        WITH_TEXT,
        mails(0.13),
        (53.2, 1.2),
        (33.2, 1.1),
        (-0.6, -2.9, -5.7),
    ),
    "the same, mail only without push": (
        WITH_TEXT,
        {"email.only_without_push": True},
        (52.2, 1.2),
        (32.5, 1.1),
        (-0.7, -3.3, -6.3),
    ),
    "the same, checks every 2 h, .45 of mails opened": (
        WITH_TEXT,
        mails(0.45) | checked("2 h", 1.39),
        (65.2, 1.2),
        (48.3, 1.1),
        (-0.8, -2.2, -4.1),
    ),
    "the same, every mail opened": (
        WITH_TEXT,
        mails(1.0),
        (83.4, 1.1),
        (69.0, 1.1),
        (-1.0, -1.1, -2.3),
    ),
    "the same, mail habits of before": (
        WITH_TEXT,
        FORMER,
        (84.8, 1.1),
        (72.3, 1.1),
        (-1.0, -1.0, -1.9),
    ),
    "the same and a tenth in conversation": (
        WITH_TEXT,
        FORMER | {"conversation.chance": 0.1},
        (85.0, 1.1),
        (69.2, 1.1),
        (-0.7, -0.9, -1.9),
    ),
    "the same and three tenths in conversation": (
        WITH_TEXT,
        FORMER | {"conversation.chance": 0.3},
        (86.0, 1.1),
        (63.8, 1.1),
        (-0.2, -0.8, -1.7),
    ),
    "real texts": ("texts", {}, (76.0, 2.0), (38.0, 2.0), (-1.3, -9.0, -9.6)),
    "real texts, nobody in hand": ("texts", IDLE, (63.0, 2.0), (51.0, 2.0), (-2.6, -12.0, -13.0)),
}
"""What the design's prototype gave, in per cent: read and read by preview first under "today", each with its
standard error, and by how many points the latter changes under "undo 10 s", "push +30 s" and "retract push"."""


def prototype() -> tuple[Fact, str]:
    """Make the answers of the design's prototype again: whether they agree, and the table of them.

    The standard error of its changes is not on record: that of the paired changes here stands for it.
    """
    rows, distances = "", []
    for name, (scenario, patch, *shares, changes) in DESIGN.items():
        played = sim.load(scenario).patched(patch)
        outcome = sim.run(played, replications=200 if scenario != "texts" else 6)
        cells = []
        for measure, (value, error) in zip(("read", "preview_first"), shares, strict=True):
            now = 100 * outcome.summary.headline(outcome.policies[0], measure).value
            distances.append(abs(now - value) / error)
            cells.append(f"{now:.1f} ({value:.1f})")
        hits, of = (outcome.sums.of(one)[..., 0] for one in ("preview_first", "regretted"))
        for k, value in enumerate(changes, start=1):
            e = difference(hits[:, k], of[:, k], hits[:, 0], of[:, 0]).at()
            error = 100 * e.half_width / t_quantile(0.975, e.df)
            distances.append(abs(100 * e.value - value) / (error * np.sqrt(2)))
            cells.append(f"{100 * e.value:+.1f} ({value:+.1f})")
        rows += f"| {name} | {' | '.join(cells)} |\n"
    worst = max(distances)
    fact = Fact(
        "prototype",
        "answers of the prototype of this model and what three policies change, within 4.5 standard errors",
        "the design of the attention model",
        f"{len(distances)} answers (their table is below): the largest distance is {worst:.1f} standard errors",
        judged(worst, 0, 4.5),
        "two programs of one design: it says that what was built is what was meant, and nothing about people",
    )
    return fact, rows


def prompts() -> Fact:
    """How soon cold prompts are opened, by people who are not in a conversation."""
    cold = sim.load(MIX).patched(
        {
            "conversation.chance": 0.0,
            "traffic.rate": "2 / d",
            "segments.*.visits.gap": {"dist": "never"},
            "push.slow.chance": 0.0,
            "segments.*.push": 1.0,
            "segments.*.previews_hidden": 0.0,
        }
    )
    scene = Scene.of(cold)
    hours = hour_of_day(scene.world.messages.written)
    mine = scene.pushed & (hours >= 9)
    noticed = wait(scene.records["push_arrived"][mine], scene.records["push_noticed"][mine])
    found = [float(np.mean(noticed <= minutes)) for minutes in (0.25, 1, 5, 30)]
    published = (0.14, 0.22, 0.35, 0.63)
    gap = max(abs(a - b) for a, b in zip(found, published, strict=True))
    return Fact(
        "prompts",
        "study prompts opened within 15 s, 1, 5, 30 min: .14, .22, .35, .63; accept ± .05 each",
        "m-Path example study, 2,000 prompts, 20 people",
        f"noticed: {', '.join(f'{one:.2f}' for one in found)} (largest gap {gap:.2f})",
        judged(gap, 0, 0.05),
        "the alert's delay and its spread over people are from these prompts",
    )


BLIND = Path("docs/validation/blind.md")
"""What was decided with the facts in sight."""
LAWS = Path("docs/validation/laws.md")
"""What the design asks for that is no figure, and the tests that hold it."""


def page(facts: list[Fact], answers: str) -> str:
    """Write the page."""
    head = """# Validation: comparison with published facts

Written by `python docs/validation`. *Mix* is a messenger's usual mix (`docs/validation/mix.toml`: 250 people, 18 messages a day
each, six in ten in the course of a conversation), *real texts* is `scenarios/texts.toml`, *bulk mail* is `people = "bulk_mail"`.
Each fact is computed by the definition of the study it is from (`docs/validation/definitions.py`, tested with the definitions it
must not be confused with). The tolerance of VAL-1 is that of the research notes; those of VAL-5, VAL-6 and VAL-8 stood on this
page before attention was modelled anew, and the others are of the design, which was written with its prototype's numbers in
sight. Of the mix five replications are played; ± is one standard error over them.

| fact | published | model | result |
|---|---|---|---|
"""
    rows = "".join(
        f"| {f.name} | {f.fact} ({f.source}) | {f.model} | {f.verdict} |\n" for f in facts
    )
    worth = "".join(f"* **{f.name}.** {f.remark[0].upper()}{f.remark[1:]}.\n" for f in facts)
    return f"""{head}{rows}
VAL-7 (attentive hours a day) is known from memory only and is left out.

## What each row is worth

{worth}
{BLIND.read_text(encoding="utf-8")}
{LAWS.read_text(encoding="utf-8")}## Consequences

A push that nobody takes back is met in the end by whatever looks there are, so for push alone the answer hardly depends on
attention. It does depend on it where something takes the text away in time (a retraction, an expiry), for reading in the
app, and above all for e-mail. Presence does not answer to a policy: a message held for five minutes meets the presence of its
time of writing plus five minutes, and its partner does not wait. Where holds are compared, sweep `segments.*.in_hand.after`.

## The prototype's answers, made again

Now, and in brackets what the design's prototype gave; per cent of regretted messages under "today", and by how many points a
policy changes what is read by preview first. *Before* is the model without people of the catalogue: a check every 90 min, every
mail opened. `texts` is played six times, the others 200 times. Left out are the design's rows of the model before (twice *now*,
and *mail without text*; `tests/parity/test_before.py` holds its records), its texts with answers to regretted messages left in,
which the model cannot do, and policies on its messenger's mix, whose deletions are not on record.

| scenario | read | preview first | undo 10 s | push +30 s | retract push |
|---|---|---|---|---|---|
{answers}
{mutants()}"""


def mutants() -> str:
    """Write the section on what the tests outside the engines notice, from what `make mutants`
    left.
    """
    found = json.loads(MUTANTS.read_text(encoding="utf-8"))
    kinds = ("tried", "equivalent", "survived")
    rows = "".join(
        f"| `{name}` | {' | '.join(str(one[kind]) for kind in kinds)} |\n"
        for name, one in found["modules"].items()
    )
    tried, equivalent, survived = (
        sum(one[kind] for one in found["modules"].values()) for kind in kinds
    )
    left = "".join(
        f"* `{place}`: `{old}` became `{new}`\n"
        for place, old, new in (
            (place, *around(old, new)) for place, old, new, _ in found["survivors"]
        )
    )
    return f"""## Mutants

`make mutants` changes one place of a module at a time ({found["each"]} of each of {len(found["modules"])} modules, drawn with
seed {found["seed"]}) and runs the tests of that module. Of {tried} such faults outside the engines {survived} go unnoticed
({100 * survived / tried:.0f} %; asked for under 10 %: {"within" if survived < tried / 10 else "**misses**"}). {equivalent} more
change nothing that anybody can see; each is named with its reason in `benchmarks/mutants.py`. Tests were written for what two
earlier samples left (seeds 1 and 2), and none for this one. Of `sim/world/conversation.py`, which came later, most mutants were
tried, and tests written for what was left: its row is no sample of the unseen. The engines' own mutants
(`tests/parity/test_mutants.py`) are all noticed.

| module | tried | equivalent | unnoticed |
|---|---|---|---|
{rows}
{"Unnoticed:" if left else ""}

{left}"""


def around(old: str, new: str) -> tuple[str, str]:
    """Cut two texts to what stands around their first difference."""
    at = next(k for k, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    start, end = max(at - 40, 0), at + 60
    return tuple("…" * (start > 0) + one[start:end] + "…" * (end < len(one)) for one in (old, new))


def main() -> None:
    """Play the scenes and write the page, or with `--check` compare it with the one that is there."""
    mix = [Scene.of(sim.load(MIX), k) for k in range(REPLICATIONS)]
    real = sim.load("scenarios/texts.toml")
    texts, calm = Scene.of(real), Scene.of(real.patched({"mistakes.chance": 0.0}))
    facts = [
        before_seen(calm),
        seen_above_answered(calm),
        lit(mix),
        prompts(),
        viewed(mix, texts),
        opened(mix, texts),
        felt_or_silent(mix),
        alert_driven(mix),
        pending(mix, texts),
        opened_mail(),
        evening(texts),
    ]
    fact, answers = prototype()
    facts.append(fact)
    if "--check" in sys.argv:
        same = PAGE.read_text(encoding="utf-8") == page(facts, answers)
        sys.exit(None if same else f"{PAGE} is not what `python docs/validation` writes now")
    PAGE.write_text(page(facts, answers), encoding="utf-8")
    print(f"Wrote {PAGE}")


if __name__ == "__main__":
    main()
