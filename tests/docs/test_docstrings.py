"""Every example in the package runs, and every public thing says what it is in one line."""

from __future__ import annotations

import ast
import doctest
import importlib
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications

ROOT = Path(sim.__file__).parents[1]
MODULES = ["sim", *sorted(m.name for m in pkgutil.walk_packages(sim.__path__, "sim."))]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples name scenarios/... as a reader at the top of the repository would."""
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str) -> None:
    if name == "sim.__main__":
        pytest.skip("runs the command when imported")
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.FAIL_FAST)
    assert found.failed == 0


def test_there_are_examples_at_all_and_they_were_found() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    counts = {
        name: sum(bool(t.examples) for t in finder.find(importlib.import_module(name)))
        for name in MODULES
        if name != "sim.__main__"
    }
    assert sum(counts.values()) >= 25
    for name in (
        "sim",
        "sim.clock",
        "sim.draws",
        "sim.estimates.ratios",
        "sim.running",
        "sim.verdicts",
        "sim.world.drawing",
    ):
        assert counts[name] > 0, name


def test_an_example_that_is_wrong_would_be_noticed() -> None:
    wrong = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    quiet = open(os.devnull, "w")  # noqa: PTH123, SIM115
    with quiet:
        assert doctest.DocTestRunner().run(wrong, out=quiet.write).failed == 1


Defined = ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Yield a module's public functions, classes and methods that have no docstring, and itself if
    it has none."""
    if not ast.get_docstring(tree):
        yield "the module"
    for node in tree.body:
        if isinstance(node, Defined) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield node.name
            inner = node.body if isinstance(node, ast.ClassDef) else []
            yield from (
                f"{node.name}.{m.name}"
                for m in inner
                if isinstance(m, Defined)
                and not m.name.startswith("_")
                and not ast.get_docstring(m)
            )


FILES = sorted((ROOT / "sim").rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_every_public_thing_has_a_docstring(file: Path) -> None:
    missing = list(undocumented(ast.parse(file.read_text(encoding="utf-8"))))
    assert not missing, f"{file.relative_to(ROOT)}: no docstring on {missing}"


def test_a_missing_docstring_would_be_noticed() -> None:
    source = '"""M."""\ndef f(): pass\nclass A:\n    """A."""\n    def g(self): pass\n    def _h(self): pass\n'
    assert list(undocumented(ast.parse(source))) == ["f", "A.g"]
    assert list(undocumented(ast.parse("x = 1"))) == ["the module"]


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_a_docstring_begins_with_one_line_that_ends_in_a_full_stop(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, Defined | ast.Module) and (text := ast.get_docstring(node)):
            first = text.partition("\n\n")[0]
            assert first.rstrip()[-1] in ".:?", f"{getattr(node, 'name', 'the module')}: {first}"
