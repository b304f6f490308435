"""docs/platforms.md and docs/people.md are what their scripts write."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

import sim

DOCS = Path(sim.__file__).parents[1] / "docs"


@pytest.mark.parametrize("name", ["platforms", "people"])
def test_the_page_is_written_from_the_catalogue_as_it_is(name: str) -> None:
    made = runpy.run_path(str(DOCS / f"{name}.py"))["page"]()
    assert (DOCS / f"{name}.md").read_text(encoding="utf-8") == made, f"run python docs/{name}.py"
