"""Execute the notebooks and write them with their pictures: `python notebooks/make.py`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import jupytext
import nbformat
from nbclient import NotebookClient

KERNELS_FILE: Final = re.compile(r"^\S*ipykernel_\d+\S*:\d+: ", re.MULTILINE)
"""Where a warning comes from: a file of this machine, which is another one every time."""


def execute(script: Path, replace: dict[str, str] | None = None) -> nbformat.NotebookNode:
    """Execute a py:percent script as a notebook.

    `replace` changes its text before (to make it small).
    """
    text = script.read_text(encoding="utf-8")
    for old, new in (replace or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    notebook = jupytext.reads(text, fmt="py:percent")
    NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": script.parent}},
    ).execute()
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        cell["metadata"] = {}
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                output["text"] = KERNELS_FILE.sub("", output["text"])
    notebook.metadata.pop("language_info", None)
    return notebook


def main() -> None:
    """Write every notebook of this folder."""
    for script in sorted(Path(__file__).parent.glob("*.py")):
        if script.name != Path(__file__).name:
            nbformat.write(execute(script), script.with_suffix(".ipynb"))


if __name__ == "__main__":
    main()
