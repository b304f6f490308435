"""The data dictionary of the records: every column of `records.parquet` and of `outcome.records`."""

from __future__ import annotations

from typing import Final

from sim.schema.fields import CHARACTERS, CODE, NAME, Field
from sim.schema.records import COLUMNS, WAYS_OUT, WHY_REFUSED

CALLED: Final = {"refused": WHY_REFUSED, "push_left_by": WAYS_OUT}
"""What codes are called that mean the same in every scenario."""

_WHERE: Final = (
    Field("policy", "policy it was played under", NAME, "string"),
    Field("replication", "number of the replication (world), from 0", NAME),
)
LOGGED: Final = (
    Field("id", "of a log: its own id of the message, if it has ids", NAME, "string"),
    Field("sender_name", "of a log: its own name of the sender", NAME, "string"),
    Field("recipient_name", "of a log: its own name of the recipient", NAME, "string"),
)
"""Columns that join the records of a log to its rows; other records have none."""
_JUDGED: Final = (
    Field("verdict", "what happened to the message (docs/glossary.md)", CODE, "string"),
    Field("lost", "what its sender was doing as it was read before the deletion", CODE, "string"),
    Field("level", "how much of it its recipient was exposed to", CODE, "string"),
    Field("exposed", "the most that any surface exposed", CHARACTERS),
)
RECORDED: Final = (*_WHERE, *LOGGED, *COLUMNS, *_JUDGED)
"""Every column, in order."""
