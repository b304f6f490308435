"""What a world holds: rules, messages, recipients and attention. Both engines take their world through these only.

All times and durations are int64 microseconds, `NEVER` where something does not happen. A test can build these parts
by hand, look by look (`World.written`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.clock import DAY, HOUR, MINUTE, NEVER
from sim.draws import U64, purpose, uniform
from sim.errors import WorldError
from sim.world.looks import GLANCES, Looks, drawn_looks

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


@dataclass(frozen=True, slots=True)
class Rules:
    """What the platform does and how deletions are worked on: plain numbers, no chance (defaults: the mildest)."""

    window: int = NEVER
    """Longest age at which a deletion is accepted; -1: none is."""
    unread_only: bool = False
    undeletable: int = 0
    """Bit k set: messages of kind k (`sim.scenario.model.KINDS`) cannot be deleted."""
    hands: int = 1
    order: int = FIRST_SENT
    bulk: bool = False
    placeholder: bool = False
    push_late: bool = True
    """Late binding of pushes."""
    push_preview: int = 100
    """Characters a push shows; 0 hides the text."""
    push_expiry: int = NEVER
    email_window: int = 15 * MINUTE
    email_sliding: bool = False
    """The batch window counts from the latest pending message instead of the first."""
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
    """One entry per message, sorted by `written`: who, to whom, and every delay that chance has decided for it."""

    sender: Int64s
    recipient: Int64s
    number: Int64s
    """Its number with its sender (in a trace: its row)."""
    entity: Entities
    kind: Int64s
    length: Int64s
    batch: Int64s
    """Campaign it belongs to; -1: none."""
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
    email_delay: Int64s
    email_latency: Int64s
    """Transport of the mail this message opens."""
    mail_alert_after: Int64s
    """From the arrival of the mail this message opens to its being read because of its alert; NEVER: no reaction."""
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

    @property
    def size(self) -> int:
        """The number of recipients."""
        return int(self.entity.size)


@dataclass(frozen=True, slots=True)
class Attention:
    """The look streams: parameters to walk them by draws, or looks written down by hand.

    Surfaces are GLANCES, CHECKS and VISITS. `stream_at[segment, surface]` = offsets in `pool` of the gap law, the
    length law, and their length-biased tables; `stream_mean` = mean gap and length (a mean gap of inf: no looks).
    `week_at[segment]` = offset in `weeks` and number of slots of the segment's weekly profile.
    Written looks of (recipient, surface) are `starts[a:b]`, `ends[a:b]` with a, b = `written_at[recipient, surface]`.
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
    """One replication: the rules, and all that chance has decided. Engines read it and change nothing."""

    key: int
    horizon: int
    rules: Rules
    messages: Messages
    recipients: Recipients
    attention: Attention

    def looks(self, recipient: int, surface: int) -> Looks:
        """Walk the looks of one recipient at one surface (GLANCES, CHECKS, VISITS), lazily and from the start."""
        a, r = self.attention, self.recipients
        if a.by_hand:
            begin, end = a.written_at[recipient, surface]
            return Looks.written(a.starts[begin:end], a.ends[begin:end])
        # Visits are drawn at the rate they have while the badge is above zero, and thinned when it is not.
        rate = float(r.rate[recipient]) * (self.rules.badge_boost if surface > GLANCES + 1 else 1.0)
        return drawn_looks(a, self.key, int(r.entity[recipient]), int(r.segment[recipient]), surface,
                           rate, int(r.utc_offset[recipient]))  # fmt: skip

    def visit_uniforms(self, recipient: int, visit: int) -> tuple[float, float]:
        """Give the two uniforms of an app visit: for thinning without a badge, and for being offline."""
        entity = U64(self.recipients.entity[recipient])
        return (float(uniform(U64(self.key), THIN, entity, U64(visit))),
                float(uniform(U64(self.key), OFFLINE, entity, U64(visit))))  # fmt: skip

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

        A message names any field of `Messages` (the rest: sent to recipient 0 at time 0, all delays zero, nothing
        noticed); a recipient any field of `Recipients`, and `glances`, `checks`, `visits` as lists of (start, end).
        Raises `WorldError` if looks are out of order or a message names an unknown field.

        >>> w = World.written([{"noticed": 60}], [{"glances": [(30, 40)]}])
        >>> w.looks(0, GLANCES).meeting(0)
        (30, 40, 0)
        """
        rows = sorted(messages, key=lambda m: m.get("written", 0))
        table = Messages(**_columns(rows, Messages, _message_defaults))
        people = [{k: v for k, v in r.items() if k not in ("glances", "checks", "visits")} for r in recipients]
        settings = Recipients(**_columns(people, Recipients, lambda i, row: {"rate": 1.0, "push": True, "entity": i}))
        return World(key, horizon, rules or Rules(), table, settings, _by_hand(recipients))


def _message_defaults(i: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a hand-written message is unless it says otherwise."""
    written = row.get("written", 0)
    pressed = row.get("pressed", written)
    never = dict.fromkeys(
        ("noticed", "alert_after", "tap_after", "retract_after", "badge_sync_after", "mail_alert_after"), NEVER
    )
    return never | {
        "number": i, "entity": i, "length": 100, "batch": -1, "glances_needed": 1,
        "pressed": pressed, "released": pressed, "mistake": row.get("noticed", NEVER) != NEVER,
    }  # fmt: skip


_DTYPES = {"Int64s": np.int64, "Flags": np.bool_, "Floats": np.float64, "Entities": np.uint64}


def _columns(rows: Sequence[Mapping[str, Any]], kind: type, defaults: Any) -> dict[str, Any]:
    names = {f.name: _DTYPES[str(f.type)] for f in fields(kind)}
    for row in rows:
        if unknown := set(row) - set(names):
            raise WorldError(f"a hand-written world names {sorted(unknown)}; known fields: {', '.join(names)}")
    full = [dict.fromkeys(names, 0) | defaults(i, row) | dict(row) for i, row in enumerate(rows)]
    return {name: np.asarray([row[name] for row in full], dtype=dtype) for name, dtype in names.items()}


def _by_hand(recipients: Sequence[Mapping[str, Any]]) -> Attention:
    at = np.zeros((len(recipients), 3, 2), dtype=np.int64)
    looks: list[tuple[int, int]] = []
    for i, person in enumerate(recipients):
        for surface, name in enumerate(("glances", "checks", "visits")):
            mine = list(person.get(name, ()))
            if (
                mine != sorted(mine)
                or any(e < s for s, e in mine)
                or any(a[1] > b[0] for a, b in itertools.pairwise(mine))
            ):
                raise WorldError(
                    f"the {name} of recipient {i} overlap or are out of order; write (start, end) in order"
                )
            at[i, surface] = len(looks), len(looks) + len(mine)
            looks += mine
    pairs = np.asarray(looks, dtype=np.int64).reshape(-1, 2)
    nothing = np.zeros((1, 3, 4), dtype=np.int64)
    return Attention(
        pool=np.zeros(1), stream_at=nothing, stream_mean=np.full((1, 3, 2), np.inf), weeks=np.zeros(2, dtype=np.int64),
        week_at=np.array([[0, 1]], dtype=np.int64), by_hand=True, written_at=at,
        starts=pairs[:, 0].copy(), ends=pairs[:, 1].copy(),
    )  # fmt: skip
