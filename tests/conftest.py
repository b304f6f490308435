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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin the second half with the tests of packaging: of two workers, one installs wheels while the
    other compiles kernels, which it finds on the disk afterwards.
    """
    packaging = [one for one in items if "packaging" in one.path.parts]
    others = [one for one in items if "packaging" not in one.path.parts]
    middle = len(items) // 2
    items[:] = [*others[:middle], *packaging, *others[middle:]]
