"""Replay the sessions of this folder: `python docs/sessions [--check] [PAGE ...]`, by default every page.

A page is executed from top to bottom in an empty folder of its own. A block whose first line says a
language and a name (```` ```toml my.toml ````) is written to that file. A block of the language `console`
has commands, each after a `$`, and below each what it prints on stdout. The pages are written
anew with what is printed now, and so are the pictures they show; with `--check` nothing is written, and
the exit is 1 if a page says anything else. A line `...` stands for any lines, and is kept.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"!\[[^\]]*\]\((\w+\.png)\)\n<!-- (\S+) -->")
"""A picture of the page, and below it the file of the session that it is."""
ELISION = "..."


def replayed(page: str, folder: Path) -> str:
    """Give a page with what its commands print in a folder."""

    def once(found: re.Match[str]) -> str:
        language, name, body = found.groups()
        if name:
            (folder / name).write_text(body, encoding="utf-8")
        if language != "console":
            return found[0]
        return f"```console\n{''.join(_told(one, folder) for one in _exchanges(body))}```"

    return BLOCK.sub(once, page)


def _exchanges(body: str) -> list[str]:
    """Split a block into commands with what is below each."""
    return [f"$ {one}" for one in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]]


def _told(exchange: str, folder: Path) -> str:
    """Give a command with what it prints; raises `RuntimeError` if it fails."""
    command, _, before = exchange.partition("\n")
    bin_folder = str(Path(sys.executable).parent)
    done = subprocess.run(
        command.removeprefix("$ "),
        shell=True,
        cwd=folder,
        env=os.environ | {"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command}\n{done.stderr}")
    said = "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())
    return f"{command}\n{before if matches(before, said) else said}"


def matches(expected: str, said: str) -> bool:
    r"""Tell whether a text is what was expected; `...` on a line of its own stands for any lines.

    >>> matches("a\n...\nz\n", "a\nb\nz\n"), matches("a\n", "b\n")
    (True, False)
    """
    parts = re.split(r"^\.\.\.\n", expected, flags=re.MULTILINE)
    return re.fullmatch("(?:.*\n)*?".join(map(re.escape, parts)), said) is not None


def replay(page: Path, *, check: bool) -> bool:
    """Replay a page; tell whether it said all along what is printed now."""
    before = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        after = replayed(before, Path(scratch))
        if not check:
            page.write_text(after, encoding="utf-8")
            for picture, made in PICTURE.findall(after):
                shutil.copyfile(Path(scratch) / made, page.parent / picture)
    return before == after


def main(arguments: list[str]) -> int:
    """Replay the pages that are named, or all."""
    check = "--check" in arguments
    pages = [Path(one) for one in arguments if one != "--check"] or sorted(HERE.glob("*.md"))
    changed = [page for page in pages if not replay(page, check=check)]
    for page in changed:
        sys.stderr.write(f"{page}: {'says something else' if check else 'written'}\n")
    return int(check and bool(changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
