"""The reference engine: the SimPy model, the one to read, teach from and extend first.

Its processes only wait, act and write down times. `instants` holds the order of things that happen
at one instant, `stage` what all parts share, `senders` the deletion work, `platform` acceptance,
rulings and remedies, `inbox` a recipient's side: the thread, and a list of what notifies
(`channel`). `pushes` with `store` is the way of a push to the `phone` (tray, badge), the `watch`
and the `screens` (desktop); `outbox` with `throttle` the way of an e-mail to the mailbox (`mail`). `surfaces`
plays looks only while something is worth them.
"""

from sim.engines.reference.platform import play

__all__ = ["play"]
