"""Strata of regretted messages whose shares a scenario gives: by the recipient's push, hidden previews
and way of e-mail, and by how late the sender notices.

Nothing on the senders' side depends on recipients, so a regretted message goes to a recipient of
these settings with exactly their share; and the delay of noticing is from each third of its
distribution a third of the time.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.clock import NEVER
from sim.distributions.distribution import distribution_of
from sim.distributions.families.constant import Constant
from sim.distributions.families.never import Never
from sim.distributions.quantile import all_to_micros, quantiles
from sim.scenario.model import Scenario
from sim.schema.fields import Flags, Floats, Int64s
from sim.schema.world import Recipients
from sim.world.drawn import Drawn

WAYS: Final = 4
"""Ways of e-mail: off, instant, batched, digest."""
PARTS: Final = 3
"""Parts of the distribution of noticing, equally likely: early, later, late."""
STRATA: Final = 2 * 2 * PARTS * WAYS


def stratum_of(recipients: Recipients, recipient: Int64s, noticed_part: Int64s) -> Int64s:
    """Give the stratum of every message, from 0 up to `STRATA`; neighbours are alike."""
    r = recipients
    settings = (2 * r.push.astype(np.int64) + r.hides_previews) * PARTS * WAYS + r.email
    return settings[recipient] + noticed_part * WAYS


def noticed_parts(s: Scenario, drawn: Drawn, regretted: Flags) -> Int64s:
    """Say from which part of its distribution the delay of noticing every regretted message is.

    It goes by the draw itself, which `mistakes.urgency` moves: what it says of the delay is less
    then, and its share is the same.
    """
    out = np.zeros(regretted.size, dtype=np.int64)
    if has_parts(s):
        out[regretted] = drawn.uniforms("mistakes.noticed", where=regretted) * PARTS
    return out


def has_parts(s: Scenario) -> bool:
    """Tell whether parts of the distribution of noticing are equally likely, and tell anything.

    A mistake that is never noticed is not regretted, so that with such ones they are not.
    """
    noticed = s.mistakes.noticed
    if isinstance(noticed, Constant | Never):
        return False
    latest, found = np.array([1 - 2.0**-53]), np.empty(1, dtype=np.int64)
    quantiles(distribution_of(noticed).pool, 0, latest)
    all_to_micros(latest, 1.0, found)
    return bool(found[0] < NEVER)


def known_shares(scenario: Scenario) -> Floats:
    """Give the share of regretted messages in every stratum, by the shares of the scenario's segments.

    >>> import sim
    >>> shares = known_shares(sim.load("scenarios/linkedin_dm.toml"))
    >>> shares.size, round(float(shares.sum()), 9)
    (48, 1.0)
    """
    found = np.zeros((2, 2, 1, WAYS))
    for segment in scenario.segments:
        push = np.array([1 - segment.push, segment.push])
        hides = np.array([1 - segment.previews_hidden, segment.previews_hidden])
        ways = np.array(segment.email.as_tuple())
        if isinstance(scenario.email.delay, Never):  # no e-mail, whatever people would take
            ways = np.eye(WAYS)[0]
        by_push = np.array([ways, np.eye(WAYS)[0] if scenario.email.only_without_push else ways])
        cell = push[:, None, None] * hides[:, None] * by_push[:, None, :]
        found += segment.share * cell[:, :, None]
    each = np.full(PARTS, 1 / PARTS) if has_parts(scenario) else np.eye(PARTS)[0]
    shares: Floats = (found * each[:, None]).ravel()
    return shares
