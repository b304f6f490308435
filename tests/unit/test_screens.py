"""A kind of screen device is declared in one file and one list, and in no other source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import sim
from sim.schema.rules import Rules
from sim.schema.screens import NAMES, SCREENS
from sim.schema.screens.declared import COLUMNS_OF_ONE, RULES_OF_ONE, WRITTEN_OF_ONE
from sim.schema.screens.screen import Screen
from sim.world.rules import rules_of

from .making import small

SOURCES = Path(sim.__file__).parent
ROOT = SOURCES.parent
PARTS = (*RULES_OF_ONE, *COLUMNS_OF_ONE, *WRITTEN_OF_ONE)


def named_in(text: str, screen: Screen) -> set[str]:
    """Find names of a device's columns and intervals in a text."""
    own = {*map(screen.column, PARTS), screen.hides, screen.session, screen.app}
    return own & set(re.findall(r"\w+", text))


def sources() -> Iterator[tuple[str, str]]:
    """Give every source but the declarations, docstrings of `screen.py` and worlds by hand aside."""
    for file in sorted(SOURCES.rglob("*.py")):
        name = file.relative_to(SOURCES).as_posix()
        if not name.startswith("schema/screens/"):
            yield name, re.sub(r'""".*?"""', "", file.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("screen", SCREENS, ids=NAMES)
def test_no_source_names_what_belongs_to_one_device(screen: Screen) -> None:
    found = {name: named_in(text, screen) for name, text in sources()}
    # `at_desk` is also where somebody is as a delay by presence is drawn.
    found["world/notifying.py"] -= {"at_desk"}
    assert not {name: names for name, names in found.items() if names}


def test_a_name_of_a_device_would_be_noticed() -> None:
    assert named_in("out.desk_read[i] = now", SCREENS[0]) == {"desk_read"}


def test_no_two_devices_share_a_name_of_anything() -> None:
    every = [{one.name, *one.streams, *named_in(" ".join(_all(one)), one)} for one in SCREENS]
    assert len(set().union(*every)) == sum(map(len, every))


def _all(one: Screen) -> list[str]:
    return [*map(one.column, PARTS), one.hides, one.session, one.app]


def test_contributing_shows_the_tablet_as_it_is() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lines = (SOURCES / "schema/screens/tablet.py").read_text(encoding="utf-8").splitlines()
    assert "\n".join(f"+{line}" for line in lines) in page


@pytest.mark.parametrize("one", SCREENS, ids=NAMES)
def test_worlds_by_hand_drop_for_the_reasons_of_a_scenario_that_says_nothing(one: Screen) -> None:
    said = rules_of(small())
    default = {f.name: f.default for f in fields(Rules)}[one.column("drop")]
    assert getattr(said, one.column("drop")) == default
