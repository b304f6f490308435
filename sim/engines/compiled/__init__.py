"""The compiled engine: the model of docs/model.md as loops in Numba, for sweeps and large runs.

It resolves what does not hang on what recipients do first (`deletions`: the senders' queues,
`plan`: rulings and times), then plays one recipient after another: `phone` merges arrivals,
glances, alerts, visits and taps, `thread` is what visits do, `mail` (with `batches`) follows,
`devices` (watch, desktop) comes last, `writing` lays out the columns. What only some worlds have is
in `extras`, and played by `retractions`, `store` and `follow_ups`. `layout` says how a message is
held meanwhile, `streams` walks looks, `order` groups, sorts and keeps heaps.
"""

from sim.engines.compiled.engine import play

__all__ = ["play"]
