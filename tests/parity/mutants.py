"""The compiled engine's source with one line altered, run as plain Python, where integers that
overflow warn."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import sim.engines.compiled
from sim.records import Records
from sim.world.parts import World

_HOME = Path(sim.engines.compiled.__file__).parent
_PLAIN = "def njit(function):\n    return function\n\n\nnjit_inlined = njit_making_arrays = njit\n"


def altered(folder: Path, changes: Mapping[str, tuple[str, str]]) -> Callable[[World], Records]:
    """Copy the compiled engine into a folder with `changes` (module: (old line, new line)) and give
    its `play`."""
    name = f"altered_{folder.name.replace('-', '_')}"
    package = folder / name
    package.mkdir()
    for file in sorted(_HOME.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        if file.stem in changes:
            old, new = changes[file.stem]
            assert text.count(old) == 1, f"{file.name} has {text.count(old)} times: {old}"
            text = text.replace(old, new)
        text = text.replace("sim.engines.compiled", name)
        text = re.sub(r"from sim.compiling import (.*)", _PLAIN, text)
        (package / file.name).write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        play: Callable[[World], Records] = importlib.import_module(f"{name}.engine").play
    finally:
        sys.path.remove(str(folder))
    return play
