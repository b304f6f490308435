"""docs/platforms.md is what docs/platforms.py writes."""

from __future__ import annotations

import runpy
from pathlib import Path

import sim

DOCS = Path(sim.__file__).parents[1] / "docs"


def test_the_page_is_written_from_the_catalogue_as_it_is() -> None:
    made = runpy.run_path(str(DOCS / "platforms.py"))["page"]()
    assert (DOCS / "platforms.md").read_text(encoding="utf-8") == made, (
        "run python docs/platforms.py"
    )
