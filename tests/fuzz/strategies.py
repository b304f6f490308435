"""Inputs that strangers may write: scenarios and sweeps made of the schema and then damaged, and
traces whose cells and types are anything."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from sim.scenario.schema import scenario_schema
from sim.world.trace_files import NEEDED, OPTIONAL

SCHEMA = scenario_schema()
SECRET = "secret-of-the-machine"
ODD = st.sampled_from(
    ["", "5 s", "-1", "never", "1e300", "9" * 5000, "../outside/secret.csv", "/dev/zero", "pipe",
     "linked.csv", "\x1b[2J", "[red]", "$^$", "\u202e", "nan", "inf", "*", "a.b", "trace.csv"]
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20), st.floats(), st.sampled_from([0, 1, 1e300, 1e-300, 10**400])
)
ANY = st.recursive(
    st.one_of(ODD, NUMBERS, st.booleans(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def of_schema(schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Make values that a JSON Schema allows, nearly: one in ten is anything."""
    return st.integers(0, 9).flatmap(lambda k: ANY if k == 0 else _allowed(schema, depth))


def _allowed(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _allowed(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]], depth)
    if "const" in schema or "enum" in schema:
        return st.sampled_from([schema["const"]] if "const" in schema else schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return st.sampled_from(schema[key]).flatmap(lambda one: _allowed(one, depth))
    match schema.get("type"):
        case "object":
            return _table(schema, depth)
        case "array":
            return st.lists(of_schema(schema.get("items", {}), depth + 1), max_size=2)
        case "integer":
            return st.integers(0, 50)
        case "number":
            return st.floats(0, 50)
        case "boolean":
            return st.booleans()
        case "string":
            return st.sampled_from(["5 s", "1 h", "3 / d", "x", "dm", "office", "trace.csv"])
    return ANY


def _table(schema: dict[str, Any], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    known = schema.get("properties", {})
    if not known or depth > 4:
        return st.just({})
    needed = schema.get("required", [])
    keys = st.lists(st.sampled_from(sorted(known)), max_size=3, unique=True)
    return keys.flatmap(
        lambda some: st.fixed_dictionaries(
            {key: of_schema(known[key], depth + 1) for key in dict.fromkeys([*needed, *some])}
        )
    )


TRAFFIC = [
    {"kind": "campaign", "messages": 4},
    {"kind": "stream", "senders": 2, "recipients": 3, "rate": "3 / d"},
    {"kind": "trace", "file": "trace.csv"},
]
KNOWN = SCHEMA["properties"]
changed = st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=3, unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: of_schema(KNOWN[key]) for key in keys})
)
scenarios = st.one_of(
    st.builds(
        lambda traffic, more: {"schema": 1, "segments": [{"name": "x"}], "traffic": traffic} | more,
        st.sampled_from(TRAFFIC),
        changed.filter(lambda tables: not {"schema", "extends"} & set(tables)),
    ),
    of_schema(SCHEMA),
)
"""Half of them are sound but for one to three sections."""

HEADERS = st.lists(st.sampled_from([*NEEDED, *OPTIONAL]), unique=True, max_size=7)
CELLS = st.one_of(
    ODD,
    st.sampled_from(["12", "45123.5", "1767600000", "1767600000000", "13/01/2026 10:00",
                     "01/02/2026", "2026-01-05T10:00:00Z", "2026-01-05 10:00 UTC", "a", "dm"]),
    st.text(max_size=5),
)  # fmt: skip
csv_files = st.tuples(
    HEADERS,
    st.sampled_from([",", ";", "\t", "|"]),
    st.lists(st.lists(CELLS, max_size=7), max_size=6),
).map(
    lambda made: "\n".join(
        made[1].join(row)
        for row in ([*NEEDED, *made[0]] if len(made[0]) < 3 else made[0], *made[2])
    ).encode("utf-8", "surrogatepass")
)
TYPES = [
    pa.bool_(), pa.int8(), pa.uint64(), pa.float32(), pa.float64(), pa.string(), pa.large_string(),
    pa.binary(), pa.null(), pa.date32(), pa.date64(), pa.time64("us"), pa.decimal128(20, 3),
    *(pa.duration(unit) for unit in ("s", "ms", "us", "ns")),
    *(pa.timestamp(unit, zone) for unit in ("s", "ns") for zone in (None, "UTC", "Asia/Tokyo")),
    pa.list_(pa.int64()), pa.struct([("a", pa.int64())]), pa.map_(pa.string(), pa.int64()),
    pa.dictionary(pa.int8(), pa.string()),
]  # fmt: skip


def _parquet(made: tuple[list[str], list[Any], int, bytes | None, int]) -> bytes:
    names, types, rows, metadata, cut = made
    columns = {}
    for k, name in enumerate([*NEEDED, *names] if len(names) < 3 else names):
        kind = types[k % len(types)]
        if k % 3 != rows % 3:  # two of three columns are of a sound type
            kind = pa.float64() if name.endswith("_at") or name == "length" else pa.string()
        try:
            columns[name] = pa.array(range(1, rows + 1)).cast(kind)
        except (pa.ArrowException, ValueError):
            columns[name] = pa.nulls(rows, kind)
    out = io.BytesIO()
    table = pa.table(columns)
    pq.write_table(table.replace_schema_metadata(metadata and {b"pandas": metadata}), out)
    data = out.getvalue()
    return data[:cut] if cut else data


parquet_files = st.tuples(
    HEADERS,
    st.lists(st.sampled_from(TYPES), min_size=1, max_size=7),
    st.integers(0, 4),
    st.sampled_from([None, b"{", b'{"index_columns": 3}', json.dumps({"columns": 1}).encode()]),
    st.sampled_from([*[0] * 12, 4, 50, 300]),
).map(_parquet)


def written(value: object) -> str:
    """Write a value as TOML does, also one that TOML cannot hold."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**300:
        return "1" + "0" * 5000
    return json.dumps(value) if not isinstance(value, float) else repr(value)


def as_toml(tables: object) -> str:
    """Write tables as a TOML file, a line a key."""
    if not isinstance(tables, dict):
        return written(tables)
    return "".join(f"{json.dumps(key)} = {written(value)}\n" for key, value in tables.items())


CORPUS = Path(__file__).parent / "corpus"
