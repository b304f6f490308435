"""What a patch leaves as it was is not validated again: a policy costs what it changes, however many
segments there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def kept(tables: Any, before: Any, made: Any) -> Any:
    """Give tables with models in place of those that are the very ones that `made` was made from.

    `before` are the tables of `made`; what a patch left alone is the same object in both
    (`sim.scenario.patching.merged`).
    """
    if isinstance(made, BaseModel):
        if tables is before:
            return made
        if not isinstance(tables, dict) or not isinstance(before, dict):
            return tables
        names = {field.alias or name: name for name, field in type(made).model_fields.items()}
        return {
            key: kept(value, before[key], getattr(made, names[key]))
            if key in before and key in names
            else value
            for key, value in tables.items()
        }
    if isinstance(tables, dict) and isinstance(before, dict) and isinstance(made, Mapping):
        return {key: kept(value, before.get(key), made.get(key)) for key, value in tables.items()}
    if isinstance(tables, list) and isinstance(before, list) and isinstance(made, tuple):
        alike = len(tables) == len(before) == len(made)
        return [kept(*each) for each in zip(tables, before, made, strict=True)] if alike else tables
    return tables


def same(value: object, before: object) -> bool:
    """Tell whether a value of one scenario is the very one of another, or a tuple of such."""
    if isinstance(value, tuple) and isinstance(before, tuple) and len(value) == len(before):
        return all(map(same, value, before))
    return value is before
