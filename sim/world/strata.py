"""Strata of recipients whose shares a scenario gives: by push, hidden previews and way of e-mail.

Nothing on the senders' side depends on recipients, so a regretted message goes to a recipient of a
stratum with exactly its share.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.distributions.families.never import Never
from sim.scenario.model import Scenario
from sim.schema.fields import Floats, Int64s
from sim.schema.world import Recipients

WAYS: Final = 4
"""Ways of e-mail: off, instant, batched, digest."""
STRATA: Final = 2 * 2 * WAYS


def stratum_of(recipients: Recipients) -> Int64s:
    """Give the stratum of every recipient, from 0 up to `STRATA`."""
    settings = 2 * recipients.push.astype(np.int64) + recipients.hides_previews
    return settings * WAYS + recipients.email


def known_shares(scenario: Scenario) -> Floats:
    """Give the share of recipients in every stratum, by the shares of the scenario's segments.

    >>> import sim
    >>> shares = known_shares(sim.load("scenarios/linkedin_dm.toml"))
    >>> shares.size, round(float(shares.sum()), 9)
    (16, 1.0)
    """
    found = np.zeros((2, 2, WAYS))
    for segment in scenario.segments:
        push = np.array([1 - segment.push, segment.push])
        hides = np.array([1 - segment.previews_hidden, segment.previews_hidden])
        ways = np.array(segment.email.as_tuple())
        if isinstance(scenario.email.delay, Never):  # no e-mail, whatever people would take
            ways = np.eye(WAYS)[0]
        by_push = np.array([ways, np.eye(WAYS)[0] if scenario.email.only_without_push else ways])
        found += segment.share * push[:, None, None] * hides[:, None] * by_push[:, None, :]
    return found.ravel()
