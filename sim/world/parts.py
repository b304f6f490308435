"""What a world holds: rules, messages, recipients and attention.

Both engines take their world through these only.

All times and durations are int64 microseconds, `NEVER` where something does not happen. A test can
build these parts by hand, look by look (`World.written`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import DAY, HOUR, MINUTE, NEVER, SECOND
from sim.draws import U64, purpose, uniform
from sim.world.looks import GLANCES, Looks, drawn_looks
from sim.world.spells import Spells

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Entities = npt.NDArray[np.uint64]

THIN, OFFLINE = U64(purpose("visits.thin")), U64(purpose("visits.offline"))
"""Purposes of an app visit's two uniforms."""
OFF, INSTANT, BATCHED, DIGEST = 0, 1, 2, 3
"""E-mail modes of a recipient."""
FIRST_SENT, LAST_SENT, FIRST_NOTICED = 0, 1, 2
"""Orders of the deletion queue."""
DELETE, EDIT, APOLOGY, BLOCK = 0, 1, 2, 3
"""Remedies: what a deletion does."""
NO_COLLAPSE, BY_THREAD, BY_APP = 0, 1, 2
"""Which pushes a newer one replaces in the tray."""
MESSAGE, CONVERSATION, LATEST, REWRITE = 0, 1, 2, 3
"""Scopes of a retraction."""
FIRST, LATEST_PENDING, FLUSH = 0, 1, 2
"""What a batch's window counts from; FLUSH: every message is due by itself, and all that wait go
with the first."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the platform does and how deletions are worked on: plain numbers, no chance (defaults:
    the mildest).
    """

    window: int = NEVER
    """Longest age at which a deletion is accepted; -1: none is."""
    unread_only: bool = False
    undeletable: int = 0
    """Bit k set: messages of kind k (`sim.scenario.model.KINDS`) cannot be deleted."""
    hands: int = 1
    order: int = FIRST_SENT
    bulk: bool = False
    placeholder: bool = False
    remedy: int = DELETE
    receiver_window: int = NEVER
    """Age at which the recipient's client ignores an allowed deletion."""
    pause: bool = False
    """Follow-up steps are not sent once their opening message is gone."""
    push_late: bool = True
    """Late binding of pushes."""
    push_preview: int = 100
    """Characters a push shows; 0 hides the text."""
    push_expiry: int = NEVER
    push_ttl: int = NEVER
    """How long the push service keeps a push for a phone without network."""
    push_fetch: bool = False
    """The push carries an id; its text is fetched on arrival."""
    push_generic: bool = False
    """A push whose text is gone as it is fetched is shown without text, instead of not at all."""
    push_toast: int = 7 * SECOND
    """How long a notification shows at the desktop."""
    collapse: int = NO_COLLAPSE
    retraction_scope: int = MESSAGE
    retraction_waits: bool = False
    """Retractions have normal priority: they wait for the end of dozing."""
    email_window: int = 15 * MINUTE
    email_anchor: int = FIRST
    email_tick: int = 0
    """The e-mail worker looks every so often; 0: at once."""
    email_phase: int = 0
    throttle_gap: int = 0
    throttle_factor: float = 1.0
    throttle_most: int = 0
    throttle_reset: int = 0
    email_every: int = DAY
    email_at: int = 8 * HOUR
    email_lead: int = 0
    email_late: bool = True
    email_preview: int = NEVER
    """Characters an e-mail shows; NEVER: all of the text, 0: nothing."""
    badge_boost: float = 1.0
    cache_life: int = 48 * HOUR
    visit_offline: float = 0.0
    """Chance that a visit finds the device offline."""


@dataclass(frozen=True, slots=True)
class Messages:
    """One entry per message, sorted by `written`: who, to whom, and every delay that chance has
    decided for it.
    """

    sender: Int64s
    recipient: Int64s
    number: Int64s
    """Its number with its sender (in a trace: its row)."""
    entity: Entities
    kind: Int64s
    length: Int64s
    batch: Int64s
    """Campaign it belongs to; -1: none."""
    after: Int64s
    """Row of the message it follows up, as a step of a sequence or as an apology; -1: none."""
    apology: Flags
    """It is sent as the remedy of the message it follows is done; `released` is NEVER, for its
    instant is not chance's."""
    written: Int64s
    mistake: Flags
    caught: Flags
    """The review stops it: it is never sent."""
    pressed: Int64s
    """When send is pressed: written plus the review."""
    released: Int64s
    """When the hold ends: the server accepts it then, unless it is cancelled by then."""
    noticed: Int64s
    """When the sender notices the mistake; NEVER: never, or there is none."""
    reaction: Int64s
    """From noticing to joining the deletion queue."""
    action: Int64s
    propagation: Int64s
    recorded: Flags
    """Its deletion is on record (a trace): it completes at `noticed`, outside any queue."""
    live: Flags
    """It arrives in a running conversation: read in the thread on acceptance, no notification."""
    push_delay: Int64s
    push_latency: Int64s
    glances_needed: Int64s
    """How many glances at its preview it takes to notice it."""
    alert_after: Int64s
    """From arrival to the glance its alert causes; NEVER: it causes none."""
    alert_length: Int64s
    tap_after: Int64s
    """From reading the preview to opening the app; NEVER: no tap."""
    tap_offline: Flags
    retract_after: Int64s
    """From the deletion's effect to the retraction's arrival; NEVER: none arrives."""
    badge_sync_after: Int64s
    on_watch: Flags
    """A watch is worn as it arrives, to which the alert goes unless the phone is in use."""
    watch_after: Int64s
    """From its arrival to being read on the watch; NEVER: it is not."""
    watch_length: Int64s
    watch_retract_after: Int64s
    """From the deletion's effect until the watch shows it no more; NEVER: it goes on showing."""
    desk_after: Int64s
    """From showing at an active desktop to being read there; NEVER: it is not."""
    desk_length: Int64s
    desk_retract_after: Int64s
    reply_after: Int64s
    """From its first reading to the recipient's reply; NEVER: there is none."""
    email_delay: Int64s
    email_latency: Int64s
    """Transport of the mail this message opens."""
    mail_alert_after: Int64s
    """From the arrival of the mail this message opens to its being read because of its alert;
    NEVER: no reaction."""
    mail_alert_length: Int64s

    @property
    def size(self) -> int:
        """The number of messages."""
        return int(self.written.size)


@dataclass(frozen=True, slots=True)
class Recipients:
    """One entry per recipient: settings that chance has decided."""

    entity: Entities
    segment: Int64s
    rate: Floats
    """Personal factor on the rate of all looks."""
    ios: Flags
    push: Flags
    badge: Flags
    hides_previews: Flags
    email: Int64s
    """OFF, INSTANT, BATCHED or DIGEST."""
    utc_offset: Int64s
    store: Int64s
    """How many notifications the push service keeps while the phone has no network; 0: no limit."""

    @property
    def size(self) -> int:
        """The number of recipients."""
        return int(self.entity.size)


@dataclass(frozen=True, slots=True)
class Attention:
    """The look streams: parameters to walk them by draws, or looks written down by hand.

    Surfaces are GLANCES, CHECKS and VISITS. `stream_at[segment, surface]` = offsets in `pool` of
    the gap law, the length law, and their length-biased tables; `stream_mean` = mean gap and length
    (a mean gap of inf: no looks). `week_at[segment]` = offset in `weeks` and number of slots of the
    segment's weekly profile. Written looks of (recipient, surface) are `starts[a:b]`, `ends[a:b]`
    with a, b = `written_at[recipient, surface]`.
    """

    pool: Floats
    stream_at: Int64s
    stream_mean: Floats
    weeks: Int64s
    week_at: Int64s
    by_hand: bool = False
    written_at: Int64s = field(default_factory=lambda: np.zeros((0, 3, 2), dtype=np.int64))
    starts: Int64s = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    ends: Int64s = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class World:
    """One replication: the rules, and all that chance has decided.

    Engines read it and change nothing.
    """

    key: int
    horizon: int
    rules: Rules
    messages: Messages
    recipients: Recipients
    attention: Attention
    spells: Spells

    def looks(self, recipient: int, surface: int) -> Looks:
        """Walk the looks of one recipient at one surface (GLANCES, CHECKS, VISITS), lazily and from
        the start.
        """
        a, r = self.attention, self.recipients
        if a.by_hand:
            begin, end = a.written_at[recipient, surface]
            return Looks.written(a.starts[begin:end], a.ends[begin:end])
        # Visits are drawn at the rate they have while the badge is above zero, and thinned when it
        # is not.
        rate = float(r.rate[recipient]) * (self.rules.badge_boost if surface > GLANCES + 1 else 1.0)
        return drawn_looks(
            a,
            self.key,
            int(r.entity[recipient]),
            int(r.segment[recipient]),
            surface,
            rate,
            int(r.utc_offset[recipient]),
            self.spells.standstill(recipient),
        )

    def visit_uniforms(self, recipient: int, visit: int) -> tuple[float, float]:
        """Give the two uniforms of an app visit: for thinning without a badge, and for being
        offline.
        """
        entity = U64(self.recipients.entity[recipient])
        return (
            float(uniform(U64(self.key), THIN, entity, U64(visit))),
            float(uniform(U64(self.key), OFFLINE, entity, U64(visit))),
        )

    @staticmethod
    def written(
        messages: Sequence[Mapping[str, Any]],
        recipients: Sequence[Mapping[str, Any]] = ({},),
        *,
        rules: Rules | None = None,
        horizon: int = NEVER - 1,
        key: int = 0,
    ) -> World:
        """Write a world down by hand.

        A message names any field of `Messages` (the rest: sent to recipient 0 at time 0, all delays
        zero, nothing noticed); a recipient any field of `Recipients`, and looks (`glances`,
        `checks`, `visits`) and spells (`away`, `no_network`, `dozing`, `at_desk`, `quiet`) as lists
        of (start, end). Raises `WorldError` if looks or spells are out of order or a message names
        an unknown field.

        >>> w = World.written([{"noticed": 60}], [{"glances": [(30, 40)]}])
        >>> w.looks(0, GLANCES).meeting(0)
        (30, 40, 0)
        """
        from sim.world.by_hand import (
            write_world,
        )  # it makes these parts, so it cannot be imported at the top

        return write_world(messages, recipients, rules or Rules(), horizon, key)
