"""Axes whose price no table shows: they delay everybody's messages under the baseline as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sim.prices import DELAYS
from sim.scenario.patching import merged, nested
from sim.sweeping.design.axes import Change


def unpriced(
    changes: Iterable[Change], baseline: str, own: Mapping[str, Any] | None = None
) -> Iterator[str]:
    """Say every setting that delays messages and varies from cell to cell under the baseline: a price
    is against the baseline of the same cell, which the setting delays as much. A delay that the
    baseline sets itself, by its `own` patch, does not vary with the scenario's.

    >>> both = [Change(patch={"push": {"delay": delay}}) for delay in ("0 s", "30 s")]
    >>> next(unpriced(both, "today")).partition(";")[0]
    'push.delay delays "today" as well, so its own delay is in no price'
    """
    patches = [
        merged(one.patch, merged(nested(own or {}), one.policies.get(baseline, {})))
        for one in changes
    ]
    for path in DELAYS:
        section, _, key = path.partition(".")
        values = {repr(patch.get(section, {}).get(key)) for patch in patches}
        if len(values) > 1:
            yield (
                f'{path} delays "{baseline}" as well, so its own delay is in no price; '
                f"to see it, vary policies.NAME.{path} of a policy"
            )
