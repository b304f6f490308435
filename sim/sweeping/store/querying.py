"""SQL on a whole store, through DuckDB: views on its Parquet files, and nothing but questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.errors import Fault, FaultyInputError
from sim.sweeping.store.folder import ResultStore

if TYPE_CHECKING:
    import pandas as pd

VIEWS: Final = {
    "results": "a row per sweep, cell, policy and measure: the tidy tables",
    "sums": "a row per cell, replication, policy and sum: whole numbers as they were played",
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
        folder = str(store.folder.absolute()).replace("'", "''")
        # Tables have each their own parameters; results are all alike, and thousands: no looking
        # into each.
        for view, files, alike in (
            ("results", "sweeps/*/table.parquet", False),
            ("sums", "tasks/*/*.parquet", True),
        ):
            if any(store.folder.glob(files)):
                read = f"read_parquet('{folder}/{files}', union_by_name = {not alike})"
                connection.execute(f"CREATE VIEW {view} AS SELECT * FROM {read}")
        try:
            frame: pd.DataFrame = connection.sql(sql).df()
        except duckdb.Error as error:
            raise _fault(
                _first_line(error),
                f"views are {' and '.join(VIEWS)}; DESCRIBE results lists its columns",
            ) from None
    return frame


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
