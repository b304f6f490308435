"""The world: everything chance decides, as a function of (scenario, replication).

It knows nothing about verdicts.

`parts` says what a world holds and lets a test write one down by hand; `calendar` warps clocks by
weeks; `attention` walks look streams; `people` draws recipients, `traffic` messages, and `drawing`
puts a world together.
"""

from sim.schema.rules import Rules
from sim.schema.world import Messages, Recipients
from sim.world.attention import Attention
from sim.world.drawing import draw_world
from sim.world.parts import World

__all__ = ["Attention", "Messages", "Recipients", "Rules", "World", "draw_world"]
