"""What the table of losses calls a text that outlived its deletion: by the surface it was read on."""

from __future__ import annotations

from sim.answers.lost import OUTLIVED
from sim.cli.figures import split_of
from sim.estimates import share


def test_every_surface_is_called_by_its_own_words() -> None:
    """Wrong: the words of another surface, which would add up two rows in one."""
    said = {name: words.removeprefix("read after it, ") for name, words in OUTLIVED.items()}
    assert said == {
        "phone": "in a push that outlived the message",
        "watch": "on the watch",
        "desktop": "at the desktop",
        "tablet": "in a push that outlived the message",
        "email": "in an e-mail",
        "list": "in the app's list",
        "app": "in the app's own copy",
    }


def test_the_split_of_a_headline_names_every_surface_of_a_preview() -> None:
    preview, in_app = (share([k, k], [10, 10]).at() for k in (3, 2))
    assert split_of(preview, in_app) == (
        "30.0 % by preview first (push, watch, desktop, tablet, e-mail or the app's list) "
        "and 20.0 % in the app first"
    )
