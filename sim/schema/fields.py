"""What a field is, and what follows from a table of fields: dtypes, metadata, arrays of defaults."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sim.clock import NEVER

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Entities = npt.NDArray[np.uint64]

INSTANT: Final = "µs since Monday 00:00"
DURATION: Final = "µs"
CHARACTERS: Final = "characters"
ROW: Final = "row"
FLAG: Final = "flag"
CODE: Final = "code"
COUNT: Final = "count"
NAME: Final = "name"
FACTOR: Final = "factor"
TIMES: Final = (INSTANT, DURATION)
"""Units: what changes when the clock runs in other units; the others are no times."""

_DTYPES: Final = {
    "Int64s": "int64",
    "Floats": "float64",
    "Flags": "bool",
    "Entities": "uint64",
    "int": "int64",
    "float": "float64",
    "bool": "bool",
}

Otherwise = Callable[[int, Mapping[str, Any]], Any]
"""Gives a value from the row's number and the fields declared before."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column or rule: its name, what it means, unit, dtype, and its value where nothing is said.

    `absent` is the value where it does not happen (of an instant: NEVER), or what a world written
    by hand has where it does not say; `otherwise` derives the latter from fields declared before.
    `choices` are the codes it may take. `of` is the scenario's parameter that a rule is, or whose
    distribution a message's delay is drawn from (for recipients of `where` only), or the segment's that a
    recipient's setting has its chance from; `codes` is what a word there stands for, `bits` what each of
    a list of words does.

    >>> Field("read", "when it was read").absent == NEVER
    True
    """

    name: str
    meaning: str
    unit: str = INSTANT
    dtype: str = "int64"
    absent: Any = NEVER
    choices: tuple[int, ...] = ()
    otherwise: Otherwise | None = None
    of: str = ""
    where: str = ""
    codes: Mapping[str, int] | None = None
    bits: Mapping[str, int] | None = None

    @property
    def metadata(self) -> dict[str, str]:
        """What a file that holds the column says about it."""
        return {"meaning": self.meaning, "unit": self.unit}


def flag(name: str, meaning: str) -> Field:
    """Declare a column that is true or false."""
    return Field(name, meaning, FLAG, "bool", False)


def number(name: str, meaning: str, unit: str = COUNT) -> Field:
    """Declare a column of whole numbers that are 0 where nothing happens."""
    return Field(name, meaning, unit, absent=0)


def declared(
    meaning: str,
    absent: Any = 0,
    unit: str = DURATION,
    *,
    choices: tuple[int, ...] = (),
    otherwise: Otherwise | None = None,
    of: str = "",
    where: str = "",
) -> Any:
    """Declare a field in the body of a dataclass, whose annotation gives its dtype.

    The value of a rule where nothing is said is `absent`; columns have none and must be given.
    """
    metadata = {
        "meaning": meaning,
        "absent": absent,
        "unit": unit,
        "choices": choices,
        "otherwise": otherwise,
        "of": of,
        "where": where,
    }
    return dataclasses.field(metadata=metadata)


def rule(
    meaning: str,
    absent: Any,
    unit: str = DURATION,
    *,
    of: str = "",
    codes: Mapping[str, int] | None = None,
    bits: Mapping[str, int] | None = None,
) -> Any:
    """Declare a rule in the body of a dataclass: as `declared`, with a default.

    Where the scenario's parameter `of` says nothing, it is `absent`.
    """
    choices = tuple(sorted(set(codes.values()))) if codes and unit == CODE else ()
    metadata = {"meaning": meaning, "absent": absent, "unit": unit, "choices": choices}
    metadata |= {"of": of, "codes": codes, "bits": bits}
    return dataclasses.field(default=absent, metadata=metadata)


def fields_of(table: type) -> tuple[Field, ...]:
    """Give the fields of a dataclass whose body declares them."""
    return tuple(
        Field(f.name, dtype=_DTYPES[str(f.type)], **f.metadata) for f in dataclasses.fields(table)
    )


def named(fields: Iterable[Field]) -> dict[str, Field]:
    """Give fields by their names."""
    return {field.name: field for field in fields}


def struct(fields: Iterable[Field]) -> np.dtype[Any]:
    """Give the aligned dtype of a row with such fields, read by name: `rows[i].name`.

    >>> struct([Field("read", "when it was read"), flag("apology", "an apology")]).itemsize
    16
    """
    spec = np.dtype([(f.name, f.dtype) for f in fields], align=True)
    return np.dtype((np.record, spec))
