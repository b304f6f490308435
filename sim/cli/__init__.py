"""The command line: thin, the only place that prints.

Heavy imports happen inside commands, so that help is fast.
"""

from sim.cli.entry import main

__all__ = ["main"]
