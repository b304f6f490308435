"""The command `verify`: a table of what was checked on this machine."""

from __future__ import annotations

import sys
import time

from sim.cli.screens import console_for, new_table, screen
from sim.verification import Check, verify


def verify_command(scenarios: int) -> bool:
    """Run all checks, print the table on stdout, and tell whether everything holds."""
    talk = screen(stderr=True)
    began = time.monotonic()
    with talk.status(
        "compiling the kernels once (a minute at most; later runs load them)"
    ) as status:
        checks = list(verify(scenarios, progress=lambda name: status.update(f"checking: {name}")))
    _print(checks)
    failed = sum(not check.holds for check in checks)
    verdict = (
        f"{failed} of {len(checks)} checks FAILED" if failed else f"All {len(checks)} checks hold"
    )
    sys.stdout.write(f"{verdict} ({time.monotonic() - began:.0f} s).\n")
    return not failed


def _print(checks: list[Check]) -> None:
    columns = ("check", "size", "found", "verdict")
    table = new_table("", *columns, texts=columns)
    for check in checks:
        table.add_row(check.name, check.size, check.found, "holds" if check.holds else "FAILS")
    console_for(table).print(table)
