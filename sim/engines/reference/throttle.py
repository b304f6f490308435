"""How often one conversation may be mailed about: after a mail it is closed for a gap that grows
(section 7).
"""

from __future__ import annotations

from sim.schema.rules import Rules


class Throttle:
    """The conversations of one recipient, each known by its sender."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._last: dict[
            int, tuple[int, int, int]
        ] = {}  # open again at, gap, latest message mailed about

    def open_at(self, sender: int, now: int) -> int:
        """Give the instant, not before now, at which a conversation may be mailed about."""
        return max(now, self._last[sender][0]) if sender in self._last else now

    def mailed(self, sender: int, first: int, latest: int, now: int) -> None:
        """Close a conversation after a mail whose messages in it were accepted from `first` to
        `latest`.
        """
        rules, gap = self.rules, self.rules.throttle_gap
        if sender in self._last:
            _, before, previous = self._last[sender]
            if first - previous <= rules.throttle_reset:
                gap = max(gap, min(round(before * rules.throttle_factor), rules.throttle_most))
        self._last[sender] = (now + gap, gap, latest)
