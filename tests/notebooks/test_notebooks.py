"""Notebooks run at small size, are committed with their pictures, and match their paired
scripts."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import jupytext
import nbformat
import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
SCRIPTS = sorted(path for path in FOLDER.glob("*.py") if path.name != "make.py")
SMALL = {"REPLICATIONS = 60": "REPLICATIONS = 2"}


def _make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make", FOLDER / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_notebooks_to_test() -> None:
    assert SCRIPTS


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore")  # of the Jupyter client, about its own transport
def test_a_notebook_runs_at_small_size_and_says_a_share(script: Path) -> None:
    notebook = _make().execute(script, SMALL)
    said = [out.get("text", "") for cell in notebook.cells for out in cell.get("outputs", [])]
    assert any("read:" in text for text in said)
    assert any("Warning: " in text for text in said)
    assert not any("ipykernel" in text for text in said), "no path of the machine that made it"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_committed_notebook_has_its_pictures_and_the_cells_of_its_script(script: Path) -> None:
    committed = nbformat.read(script.with_suffix(".ipynb"), as_version=4)
    paired = jupytext.read(script)
    assert [cell.source for cell in committed.cells] == [cell.source for cell in paired.cells]
    outputs = [out for cell in committed.cells for out in cell.get("outputs", [])]
    assert any("image/png" in out.get("data", {}) for out in outputs)
    assert not any(out["output_type"] == "error" for out in outputs)
