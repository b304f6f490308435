"""Axes whose price no table shows: they delay everybody's messages under the baseline as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sim.prices import DELAYS
from sim.sweeping.design.axes import Change


def unpriced(changes: Iterable[Change], baseline: str) -> Iterator[str]:
    """Say every setting that delays messages and varies from cell to cell for all policies: a price
    is against the baseline of the same cell, which the setting delays as much.

    >>> both = [Change(patch={"push": {"delay": delay}}) for delay in ("0 s", "30 s")]
    >>> next(unpriced(both, "today")).partition(";")[0]
    'push.delay delays "today" as well, so its own delay is in no price'
    """
    patches = [change.patch for change in changes]
    for path in DELAYS:
        section, _, key = path.partition(".")
        values = {repr(patch.get(section, {}).get(key)) for patch in patches}
        if len(values) > 1:
            yield (
                f'{path} delays "{baseline}" as well, so its own delay is in no price; '
                f"to see it, vary policies.NAME.{path} of a policy"
            )
