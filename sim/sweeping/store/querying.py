"""SQL on a whole store, through DuckDB: views on its Parquet files, nothing but questions, and no
other file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.errors import Fault, FaultyInputError
from sim.sweeping.store.folder import ResultStore

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow

VIEWS: Final = {
    "results": "a row per sweep, cell, policy and measure: the tidy tables",
    "sums": "a row per cell, replication, policy and sum: whole numbers as they were played; after them, with "
    "sum 'regretted_alike', a row per stratum and marks of regretted messages",
}


def query(store: ResultStore, sql: str) -> pd.DataFrame:
    """Answer one SELECT on the views `results` and `sums` of a store.

    Raises `FaultyInputError` for anything but a question, and for SQL that DuckDB cannot read.
    """
    try:
        import duckdb
    except ImportError:
        raise _fault("DuckDB is not installed", "pip install 'toolate[sql]'") from None
    with duckdb.connect(":memory:") as connection:
        _only_a_question(duckdb, connection, sql)
        for view, found in (("results", _results(store)), ("sums", _sums(store))):
            if found is not None:
                connection.register(view, found)
        # SQL reaches what is registered, and no file, however it is called (DuckDB, "Securing").
        connection.execute("SET enable_external_access = false")
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET lock_configuration = true")
        try:
            frame: pd.DataFrame = connection.sql(sql).df()
        except duckdb.Error as error:
            raise _fault(
                _first_line(error),
                f"views are {' and '.join(VIEWS)}; DESCRIBE results lists its columns",
            ) from None
    return frame


def _results(store: ResultStore) -> pyarrow.Table | None:
    """Put the tables of all sweeps into one; each has parameters of its own."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = [store.folder / "sweeps" / name / "table.parquet" for name in store.sweeps()]
    tables = [pq.ParquetFile(file).read() for file in files if file.is_file()]
    types: dict[str, Any] = {}
    for field in (field for table in tables for field in table.schema):
        mine, other = field.type, types.get(field.name, field.type)
        if mine != other:
            numbers = all(pa.types.is_integer(t) or pa.types.is_floating(t) for t in (mine, other))
            mine = pa.float64() if numbers else pa.string()
        types[field.name] = mine
    cast = [
        table.cast(pa.schema([(name, types[name]) for name in table.column_names]))
        for table in tables
    ]
    return pa.concat_tables(cast, promote_options="default") if cast else None


def _sums(store: ResultStore) -> Any:
    """Give the sums of all tasks, which are all alike, to be read when they are asked for."""
    import pyarrow.dataset as ds

    files = [str(file) for file in store.files()]
    return ds.dataset(files, format="parquet") if files else None


def _only_a_question(duckdb: Any, connection: Any, sql: str) -> None:
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise _fault(_first_line(error), "correct the SQL") from None
    if len(statements) != 1 or statements[0].type not in (
        duckdb.StatementType.SELECT,
        duckdb.StatementType.EXPLAIN,
    ):
        raise _fault(
            "it is not one question", "a store is only read: give one SELECT (or DESCRIBE results)"
        )


def _first_line(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _fault(problem: str, remedy: str) -> FaultyInputError:
    return FaultyInputError([Fault("query", "", problem, remedy)])
