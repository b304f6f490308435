"""Alter one line of the package at a time and see whether the tests notice: `make mutants`.

The engines have mutants of their own (tests/parity/test_mutants.py). Here are the modules around
them, which both engines share or none uses. Of each module a sample of mutants is drawn with a
fixed seed; a mutant lives in the memory of one forked process only, in which pytest runs the tests
of its module. Before any mutant, the tests of every module have to pass as it is and to fail where
it raises at its top: otherwise the runner, not a test, is at fault. What survives is printed with
its place and its change, and the figures go to docs/mutants.json, from which docs/validation
writes its section.

Run from the repository's root: `python benchmarks/mutants.py [--each N] [--seed N] [--module NAME]`.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType

FIGURES = Path("docs/mutants.json")
TIMEOUT = 300.0
"""Seconds after which a mutant counts as noticed: it runs forever. It is said which do."""

UNIT, CLI = "tests/unit", "tests/cli"
TABLES = (f"{UNIT}/cli", f"{CLI}/test_run.py", f"{CLI}/test_compare.py", f"{CLI}/test_check.py")
ESTIMATES = (
    f"{UNIT}/test_estimates.py",
    f"{UNIT}/test_simultaneous.py",
    "tests/sweeps/test_rows.py",
)
WORLD = (f"{UNIT}/world/test_leaves.py", f"{UNIT}/world/test_drawing.py")
MODULES = {
    "sim/cli/tables.py": TABLES,
    "sim/cli/comparing.py": TABLES,
    "sim/cli/sweeping.py": (
        f"{UNIT}/cli",
        "tests/sweeps/test_commands.py",
        "tests/sweeps/test_idle.py",
    ),
    "sim/cli/checking.py": TABLES,
    "sim/world/rules.py": WORLD,
    "sim/world/notifying.py": (
        *WORLD,
        f"{UNIT}/world/test_circumstances.py",
        f"{UNIT}/world/test_urgency.py",
    ),
    "sim/world/conversation.py": (
        f"{UNIT}/world/test_acts.py",
        f"{UNIT}/world/test_conversation.py",
        "tests/property/test_presence.py",
    ),
    "sim/verdicts.py": (f"{UNIT}/test_verdicts.py", f"{UNIT}/test_tallies.py"),
    "sim/tallies.py": (f"{UNIT}/test_tallies.py", f"{UNIT}/test_comparing.py"),
    "sim/estimates/ratios.py": ESTIMATES,
    "sim/estimates/differences.py": ESTIMATES,
    "sim/estimates/quantiles.py": ESTIMATES,
    "sim/estimates/best.py": ESTIMATES,
    "sim/scenario/checks.py": (f"{UNIT}/scenario", f"{CLI}/test_bad_input.py"),
}
"""Modules, and the tests that are to notice a change of them."""

ANY_ORDER = ""
"""In the place of what an expression becomes: its parts, in whatever order."""

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "sim/verdicts.py",
        "np.where(used, r['accepted'], 0)",
        "np.where(used, r['accepted'], 1)",
    ): "what uses no credit gets none back",
    ("sim/world/rules.py", "(DELETE, EDIT)", ANY_ORDER): "membership has no order",
    ("sim/verdicts.py", "('delete', 'edit')", ANY_ORDER): "membership has no order",
    (
        "sim/cli/sweeping.py",
        "('cell', 'value', 'low', 'high', 'sure', 'ahead', 'ahead_low', 'ahead_high')",
        ANY_ORDER,
    ): "columns to leave out have no order",
    (
        "sim/cli/sweeping.py",
        "['best', 'price', 'sure', 'could_be']",
        ANY_ORDER,
    ): "columns to leave out have no order",
    ("sim/cli/tables.py", "('saved', 'newly_lost')", ANY_ORDER): "either is asked to be 0",
    (
        "sim/estimates/differences.py",
        "_recover(mine.value - mine.low, base.high - base.value)",
        ANY_ORDER,
    ): "a root of the sum of two squares",
    (
        "sim/cli/tables.py",
        "('s', 'far', 'far_s', 'median_s', 'p95_s')",
        ANY_ORDER,
    ): "they are looked up by name",
    (
        "sim/world/conversation.py",
        "(there, back)",
        ANY_ORDER,
    ): "a message and its answer are told apart by either pair",
    (
        "sim/world/conversation.py",
        "(writer * many + sent.recipient, sent.recipient * many + writer)",
        ANY_ORDER,
    ): "the same",
    (
        "sim/world/conversation.py",
        "found >= 0",
        "found > 0",
    ): "the first row of all is nobody's answer",
    (
        "sim/world/conversation.py",
        "found >= 0",
        "found >= 1",
    ): "the first row of all is nobody's answer",
    (
        "sim/world/conversation.py",
        "talks & (recency != NEVER)",
        "talks | (recency != NEVER)",
    ): "an act that never was is before all time, and cut",
    (
        "sim/world/conversation.py",
        "(place >= 0) & (place < self.rows.size)",
        "(place >= 0) | (place < self.rows.size)",
    ): "beyond the last row stands the group -1",
    (
        "sim/world/conversation.py",
        "place < self.rows.size",
        "place <= self.rows.size",
    ): "beyond the last row stands the group -1",
    (
        "sim/cli/checking.py",
        "(UNDECIDED, 'undecided')",
        "('undecided', UNDECIDED)",
    ): "the two are one word",
}
"""Mutants that change nothing anybody can see, by (module, old, new), and why."""

COMPARED = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
NAMES = {
    "min": "max",
    "max": "min",
    "minimum": "maximum",
    "maximum": "minimum",
    "any": "all",
    "all": "any",
    "low": "high",
    "high": "low",
    "ceil": "floor",
    "floor": "ceil",
    "zeros": "ones",
    "ones": "zeros",
}
SYMMETRIC = ("min", "max", "minimum", "maximum", "fmin", "fmax")
"""Functions whose arguments have no order."""

TYPES = (
    "dict",
    "tuple",
    "list",
    "Annotated",
    "Callable",
    "Mapping",
    "Literal",
    "NDArray",
    "Iterator",
)


@dataclass(frozen=True)
class Mutant:
    """A change of one place of a tree: what is shown of it, and how it is made."""

    line: int
    shown: ast.AST
    make: Callable[[], None]


def mutants(tree: ast.Module) -> list[Mutant]:
    """List every mutant of a module, in the order of its source."""
    return list(_within(tree, tree))


def _within(node: ast.AST, around: ast.AST) -> Iterator[Mutant]:
    """Yield the mutants of a node and all it holds; `around` is what a small one is shown in."""
    if isinstance(node, ast.expr):
        yield from _of(node, around)
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "format_spec", "ctx", "op", "ops"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, ast.AST) and not _says_nothing(one):
                small = isinstance(one, ast.Constant | ast.Name | ast.Attribute)
                yield from _within(one, around if small else one)


def _says_nothing(node: ast.AST) -> bool:
    """Tell docstrings, types and imports from what runs."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Subscript):
        named = getattr(node.value, "id", getattr(node.value, "attr", ""))
        return named in TYPES
    is_typing = isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
    return is_typing or isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr)


def _of(node: ast.expr, around: ast.AST) -> Iterator[Mutant]:
    def put(at: ast.AST, name: str, value: object, shown: ast.AST = node) -> Mutant:
        return Mutant(node.lineno, shown, lambda: setattr(at, name, value))

    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARED:
            yield put(node, "ops", [COMPARED[type(op)]()])
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            yield put(node, "op", OPERATORS[type(op)]())
        case ast.BoolOp(op=op):
            yield put(node, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.Invert() as op, operand=inside):
            yield put(node, "operand", ast.UnaryOp(op, inside))
        case ast.IfExp(body=body, orelse=orelse):
            yield Mutant(node.lineno, node, lambda: _set(node, body=orelse, orelse=body))
        case ast.Constant(value=bool() as value):
            yield put(node, "value", not value, around)
        case ast.Constant(value=int() | float() as value):
            yield put(node, "value", value + 1 if isinstance(value, int) else value * 2, around)
        case ast.Constant(value=str() as value) if value in NAMES:
            yield put(node, "value", NAMES[value], around)
        case ast.Name(id=name) if name in NAMES:
            yield put(node, "id", NAMES[name], around)
        case ast.Attribute(attr=name) if name in NAMES:
            yield put(node, "attr", NAMES[name], around)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in SYMMETRIC:
            pass
        case ast.Call(args=items) | ast.Tuple(elts=items) | ast.List(elts=items):
            field = "args" if isinstance(node, ast.Call) else "elts"
            for k in _neighbours(items):
                swapped = [*items[:k], items[k + 1], items[k], *items[k + 2 :]]
                yield put(node, field, swapped)
        case ast.Dict(values=values):
            for k in _neighbours(values):
                yield put(node, "values", [*values[:k], values[k + 1], values[k], *values[k + 2 :]])


def _neighbours(items: Sequence[ast.expr]) -> Iterator[int]:
    """Yield the places of items that differ from the one behind them: swapping equals is no change."""
    for k in range(len(items) - 1):
        if ast.dump(items[k]) != ast.dump(items[k + 1]):
            yield k


def _set(node: ast.AST, **fields: ast.AST) -> None:
    for name, value in fields.items():
        setattr(node, name, value)


class Altered(importlib.machinery.SourceFileLoader):
    """Loads one module of the package from an altered tree."""

    def __init__(self, name: str, path: str, tree: ast.Module) -> None:
        super().__init__(name, path)
        self.tree = ast.fix_missing_locations(tree)

    def get_code(self, fullname: str) -> CodeType:
        """Compile the altered tree, past all caches."""
        return compile(self.tree, self.path, "exec")


class Finder(importlib.abc.MetaPathFinder):
    """Finds the altered module before anybody finds the one on the disk."""

    def __init__(self, loader: Altered) -> None:
        self.loader = loader

    def find_spec(
        self, name: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Give the altered module, and nothing else."""
        if name != self.loader.name:
            return None
        return importlib.util.spec_from_file_location(name, self.loader.path, loader=self.loader)


AS_IT_IS, BLATANT = -1, -2
"""In the place of a mutant's number: the module unaltered, and one that raises at its top."""


def altered(module: str, number: int) -> tuple[ast.Module, int, str, str]:
    """Make a mutant: the tree, its line, and its place before and after."""
    tree = ast.parse(Path(module).read_text(encoding="utf-8"))
    if number == BLATANT:
        tree.body = ast.parse(f"raise SystemError('the altered {module}')").body
    if number < 0:
        return tree, 0, "", ""
    one = mutants(tree)[number]
    old = ast.unparse(one.shown)
    one.make()
    return tree, one.line, old, ast.unparse(one.shown)


def tested(module: str, number: int, log: Path) -> int:
    """Run the tests of a module with one mutant of it in this process, and give pytest's status."""
    import pytest

    signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background ignore it
    tree, *_ = altered(module, number)
    name = module.removesuffix(".py").replace("/", ".")
    sys.meta_path.insert(0, Finder(Altered(name, str(Path(module).resolve()), tree)))
    with log.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        options = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly")
        return int(pytest.main([*options, *MODULES[module]]))


def run(work: Sequence[tuple[str, int]], workers: int, logs: Path) -> Iterator[tuple[int, bool]]:
    """Test mutants, some at a time; yield the place of each in `work` and whether it was noticed."""
    left = list(range(len(work)))[::-1]
    live: dict[int, tuple[int, float]] = {}
    while left or live:
        while left and len(live) < workers:
            k = left.pop()
            pid = os.fork()
            if pid == 0:
                os.setsid()
                status = 3
                try:
                    status = tested(*work[k], logs / f"{k}.txt")
                finally:
                    os._exit(status)
            live[pid] = (k, time.monotonic())
        for pid, (k, began) in list(live.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            late = time.monotonic() - began > TIMEOUT
            if late and not done:
                os.killpg(pid, signal.SIGKILL)
                done, status = os.waitpid(pid, 0)
            if done:
                del live[pid]
                if late:
                    print(f"stopped after {TIMEOUT:g} s: mutant {work[k][1]} of {work[k][0]}")
                yield k, late or status != 0
        time.sleep(0.05)


def sample(module: str, each: int, seed: int) -> list[int]:
    """Draw the mutants of a module, in the order of its source."""
    many = len(mutants(ast.parse(Path(module).read_text(encoding="utf-8"))))
    return sorted(random.Random(f"{seed} {module}").sample(range(many), min(each, many)))


def main() -> None:
    """Test a sample, print what survives, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=8, help="mutants of each module")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--module", action="append", choices=MODULES, help="only this one")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--logs", type=Path, default=Path("results/runs/mutants"))
    asked = parser.parse_args()
    sys.path[0] = str(
        Path.cwd()
    )  # not this folder, whose coverage.py numba would take for the library
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    import matplotlib.pyplot
    import numba
    import pandas
    import pyarrow.parquet
    import pydantic
    import pytest
    import scipy.stats  # what takes long is loaded once, before processes fork

    loaded = (matplotlib, numba, pandas, pyarrow, pydantic, pytest, scipy)
    asked.logs.mkdir(parents=True, exist_ok=True)
    modules = asked.module or list(MODULES)
    print(
        f"{len(modules)} modules, {asked.each} mutants each, seed {asked.seed} ({len(loaded)} libraries)."
    )
    checks = [(module, how) for module in modules for how in (AS_IT_IS, BLATANT)]
    for k, failed in run(checks, asked.workers, asked.logs):
        module, how = checks[k]
        if failed and how == AS_IT_IS:
            sys.exit(f"The tests of {module} fail without any mutant: {asked.logs}/{k}.txt")
        if not failed and how == BLATANT:
            sys.exit(f"{module} raises at its top, and its tests pass: {asked.logs}/{k}.txt")
    work = [(module, k) for module in modules for k in sample(module, asked.each, asked.seed)]
    figures = {module: {"tried": 0, "equivalent": 0, "survived": 0} for module in modules}
    survivors: list[list[str | None]] = []
    equal: list[list[str | None]] = []
    for k, noticed in run(work, asked.workers, asked.logs):
        module, number = work[k]
        _, line, old, new = altered(module, number)
        figures[module]["tried"] += 1
        if noticed:
            continue
        after = ANY_ORDER if sorted(old) == sorted(new) else new
        reason = EQUIVALENT.get((module, old, new), EQUIVALENT.get((module, old, after)))
        kind = "survived" if reason is None else "equivalent"
        figures[module][kind] += 1
        (survivors if reason is None else equal).append([f"{module}:{line}", old, new, reason])
        print(f"{kind}: {module}:{line}\n  - {old}\n  + {new}", flush=True)
    tried, lived = (sum(one[key] for one in figures.values()) for key in ("tried", "survived"))
    print(f"{lived} of {tried} mutants survive.")
    if not asked.module:
        told = {"each": asked.each, "seed": asked.seed, "modules": figures}
        told |= {"survivors": sorted(survivors), "equivalent": sorted(equal)}
        FIGURES.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        print(f"Wrote {FIGURES}")


if __name__ == "__main__":
    main()
