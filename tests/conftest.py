"""Options of the whole suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the parity suite run longer than it does by default."""
    parser.addoption(
        "--parity-examples",
        type=int,
        default=200,
        metavar="N",
        help="worlds and scenarios that each generated parity test makes (default: 200)",
    )
