"""The compiled engine: the model of docs/model.md as loops in Numba, for sweeps and large runs.

It resolves what does not depend on what recipients do first (`deletions`: the senders' queues,
`plan`: rulings and times), then plays one recipient after another: `phone` merges arrivals,
retractions, glances, alerts, visits and taps, `thread` is what visits do, `mail` (with `batches`)
follows. `retractions`, `store` and `follow_ups` play the rules they are named after, `watch` and
`screens` (desktop) come last, and `columns` turns rows into columns of the records.

`state` declares what is held meanwhile, by field name: a row per message, a recipient's counters
and lists (`workspace`). `inputs` is a world as kernels take it, `streams` walks looks, `order`
groups, sorts and keeps heaps.
"""

from sim.engines.compiled.engine import play

__all__ = ["play"]
