"""The reference engine: the SimPy model, the one to read, teach from and extend first.

Its processes only wait, act and write down times. `instants` holds the order of things that happen at one instant,
`senders` the deletion work, `platform` acceptance and rulings, `inbox` a recipient's side, with `phone` (push, tray,
badge), `mail` and `surfaces` (looks that are played only while something is worth them).
"""

from sim.engines.reference.platform import play

__all__ = ["play"]
