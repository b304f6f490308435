"""A file that a command writes: whole, or as it was."""

from __future__ import annotations

import os
from pathlib import Path

from sim.errors import Fault, OutputError


def write_whole(file: Path, text: str, option: str = "--out") -> None:
    """Write a text file, UTF-8, by way of a file beside it: whoever is interrupted leaves the old one.

    Raises `OutputError` if it cannot be written.
    """
    making = file.with_name(f".{file.name}.making-{os.getpid()}")
    try:
        making.write_text(text, encoding="utf-8")
        making.replace(file)
    except OSError as error:
        making.unlink(missing_ok=True)
        problem = f"cannot be written ({error.strerror})"
        remedy = "name a file in a folder that you may write to"
        raise OutputError([Fault(option, str(file), problem, remedy)]) from None
