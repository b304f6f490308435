"""The command `new`: a short scenario file with comments, which plays as it stands."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from string import Template
from typing import Final

from sim import people, platforms
from sim.clock import MINUTE, SECOND
from sim.errors import Fault, FaultyInputError
from sim.scenario import parse
from sim.scenario.shipped import file_of, stems
from sim.scenario.suggestions import did_you_mean, said

OF_A_SCENARIO: Final = Template("""schema = 1
title = "My question"
extends = "scenario:$base"      # all that this file does not say; toolate explain says it in words

# [mistakes]
# chance = 0.02                 # share of messages that their sender regrets sooner or later

[policies.today]                # as it is: the policy that the others are compared with
$policies""")
OF_A_PLATFORM: Final = Template("""schema = 1
title = "My question"
question = "How often is a regretted message read despite its deletion, and what would help?"
extends = "platform:$platform"  # its rules: toolate platforms $platform shows them with their sources
people = "$people"              # whose habits recipients have: toolate people lists others

[run]
replications = 100              # independent worlds: more make intervals narrower
horizon = "7 d"                 # when observation ends

[traffic]
kind = "stream"                 # or campaign, sequence, or trace: a log of your own (docs/inputs.md)
senders = 20
recipients = 200
rate = "10 / d"                 # messages per sender
week = "office"                 # when they write
lasts = "2 d"                   # the rest of the week lets slow regrets be decided

[mistakes]
chance = 0.02                   # share of messages that their sender regrets sooner or later
noticed = { dist = "lognormal", median = "119 s", sigma = 1.99 }

[policies.today]                # as it is: the policy that the others are compared with
$policies
[sources]
"traffic" = { because = "an example: replace it by your own numbers" }
"traffic.rate" = { assumed = "replace by your own number", sweep = ["5 / d", "40 / d"] }
"mistakes.chance" = { assumed = "replace by your own number", sweep = [0.002, 0.03] }
"mistakes.noticed" = { source = "103 deletions in a public Slack, 2018 (clojurians-log-demo-data)", grade = "E" }
""")
QUESTIONS: Final = {
    "all": ("undo 10 s", "push +30 s", "retract push"),
    "hold": ("undo 10 s", "undo 30 s", "undo 5 min"),
    "push": ("push +30 s", "retract push", "no preview"),
    "mail": ("mail 15 min later", "mail without text"),
    "review": ("review 30 s",),
}
"""What a file may ask, and the policies that answer it."""
POLICIES: Final = {
    "undo 10 s": 'send.hold = "10 s"',
    "undo 30 s": 'send.hold = "30 s"',
    "undo 5 min": 'send.hold = "5 min"',
    "push +30 s": 'push.delay = "30 s"',
    "retract push": "push.retraction = { chance = 1.0 }",
    "no preview": "push.preview = 0",
    "mail 15 min later": 'email.delay = "15 min"',
    "mail without text": 'email.carries = "nothing"',
    "review 30 s": 'review = { time = "30 s", catches = 0.5 }',
}

HOLDS: Final = {"undo 10 s": 10 * SECOND, "undo 30 s": 30 * SECOND, "undo 5 min": 5 * MINUTE}
"""Policies that hold messages back, and how long: none is offered to a platform that holds longer."""


def new_command(
    file: Path, base: str | None, platform: str | None, whose: str | None, question: str
) -> None:
    """Write a scenario file that is not there yet. Raises `FaultyInputError` for a name it does not
    know.
    """
    text = written(base, platform, whose, question)
    parse(text)
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        remedy = "name a file that is not there yet"
        raise FaultyInputError([Fault(str(file), "", "is there already", remedy)]) from None
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise FaultyInputError([Fault(str(file), "", problem, "name another place")]) from None
    sys.stdout.write(f"Wrote {file}. Next: toolate explain {file}, toolate run {file}\n")


def written(base: str | None, platform: str | None, whose: str | None, question: str) -> str:
    """Give the text of a scenario on another one, or on a platform with people.

    >>> "scenario:linkedin_dm" in written("linkedin_dm", None, None, "hold")
    True
    """
    known: dict[str, tuple[str | None, list[str]]] = {
        "--from": (base, stems()),
        "--platform": (platform, platforms.names()),
        "--people": (whose, [*people.choices(), people.NONE]),
        "--question": (question, list(QUESTIONS)),
    }
    faults = [
        Fault(
            "new", option, f"there is no {said(name)}{did_you_mean(name, names)}", _listing(option)
        )
        for option, (name, names) in known.items()
        if name is not None and name not in names
    ]
    if base is not None and (platform or whose):
        problem = "a scenario has its platform and people already"
        faults.append(Fault("new", "--from", problem, "leave --platform and --people out"))
    if base is not None and not faults and file_of(base) is None:
        faults.append(Fault("new", "--from", "is a sweep", "name a scenario"))
    if faults:
        raise FaultyInputError(faults)
    if base is None and (platform or whose):
        names = {"platform": platform or "linkedin", "people": whose or people.DEFAULT}
        text = partial(OF_A_PLATFORM.substitute, **names)
    else:
        text = partial(OF_A_SCENARIO.substitute, base=base or "linkedin_dm")
    own = int(parse(text(policies="")).send.usual_hold)
    asked = [name for name in QUESTIONS[question] if HOLDS.get(name, own + 1) > own]
    return text(policies="\n".join(f'[policies."{name}"]\n{POLICIES[name]}\n' for name in asked))


def _listing(option: str) -> str:
    where = {"--from": "scenarios", "--platform": "platforms", "--people": "people"}
    if option in where:
        return f"toolate {where[option]} lists them"
    return f"use one of {', '.join(QUESTIONS)}"
