"""The mailbox, where e-mails are read: at a check, or because of their alert.

Nothing recalls them (section 7).
"""

from __future__ import annotations

from sim.clock import NEVER
from sim.engines.reference.channel import Visit
from sim.engines.reference.instants import Order, then
from sim.engines.reference.outbox import Mail, Outbox
from sim.engines.reference.stage import Circumstances, Stage
from sim.engines.reference.surfaces import Look, Surface
from sim.world.intervals import AWAY, QUIET
from sim.world.looks import CHECKS


class Mailbox:
    """One recipient's e-mail, from pending messages to reading.

    A mail is known by the message that opened it.
    """

    def __init__(self, stage: Stage, recipient: int, intervals: Circumstances) -> None:
        self.stage, self.env, self.m, self.out, self.intervals = (
            stage,
            stage.env,
            stage.m,
            stage.out,
            intervals,
        )
        self.outbox = Outbox(stage, recipient, self._arrive)
        self.unread: dict[int, Mail] = {}
        self.checks = Surface(
            stage.env,
            lambda: stage.world.looks(recipient, CHECKS),
            Order.CHECK,
            lambda: bool(self.unread),
            self._check,
        )

    def notify(self, i: int) -> None:
        """Put message i on its way by e-mail."""
        self.outbox.take(i)

    def deleted(self, i: int) -> None:
        """Do nothing: what has been dispatched is not recalled, and binding asks by itself."""

    def opened(self, visit: Visit) -> None:
        """Do nothing: mail stays as unread as it is."""

    def _arrive(self, opener: int, mail: Mail) -> None:
        now = int(self.env.now)
        self.unread[opener] = mail
        check = self.checks.in_progress()
        if check is not None:
            then(self.env, now, Order.IN_CHECK, opener, lambda: self._list(opener, check[1]))
        after = int(self.m.mail_alert_after[opener])
        if after != NEVER and not self.intervals.on(QUIET, now):
            then(self.env, now + after, Order.MAIL_ALERT, opener, lambda: self._react(opener))
        self.checks.wake()

    def _react(self, opener: int) -> None:
        """Read a mail because its alert was felt; nobody does while away."""
        now = int(self.env.now)
        if not self.intervals.on(AWAY, now):
            until = min(now + int(self.m.mail_alert_length[opener]), NEVER)
            self._read(opener, until, opened=True)

    def _check(self, look: Look) -> None:
        for opener in sorted(self.unread):
            self._list(opener, look[1])

    def _list(self, opener: int, until: int) -> None:
        """Let a check show one mail in the list, if none did before, and open it, now or never."""
        self._read(opener, until, opened=bool(self.m.mail_opened[opener]))

    def _read(self, opener: int, until: int, *, opened: bool) -> None:
        """Read one mail, or only its line in the list, if nobody has; without text it is but a
        sign.
        """
        mail = self.unread.pop(opener, ())
        for i in mail:
            self.out["email_read"][i], self.out["email_read_until"][i] = int(self.env.now), until
            self.out["email_opened"][i] = int(opened)
            self.out["email_chars"][i] = self.outbox.shown(i, mail, opened=opened)
            if self.out["email_chars"][i] == 0 and self.stage.deleted(i):
                self.stage.sign_without_content(i)
