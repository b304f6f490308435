"""Compare the model with published facts, each by its own definition.

Run from the repository's root: `python docs/validation`; writes docs/validation.md (half a
minute).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from facts import (
    MIX,
    REPLICATIONS,
    Fact,
    alert_driven,
    before_seen,
    evening,
    felt_or_silent,
    lit,
    opened,
    opened_mail,
    pending,
    prompts,
    seen_above_answered,
    viewed,
)
from prototype import prototype
from scenes import Scene

import sim

PAGE, MUTANTS = Path("docs/validation.md"), Path("docs/mutants.json")
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
earlier samples left (seeds 1 and 2). For this one they were written for a formula that came after the samples
(`skewed_mean`), which three mutants of the first try were of. Of `sim/world/conversation.py`, which came later, most mutants were
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
