"""A question is answered from the store that is named, from nothing else, and changes nothing."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

import sim
from sim.errors import FaultyInputError
from sim.sweeping.store.folder import ResultStore, open_store
from sim.sweeping.store.querying import query

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of an idle axis

BASE = "scenarios/linkedin_dm.toml"
NAMES = ["br[1]", "br1", "st*r", "star", "wh?t", "back\\slash", "it's", "a b"]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ResultStore]:
    """Make stores of different sizes, whose names are patterns of each other."""
    home = tmp_path_factory.mktemp("stores")
    for k, name in enumerate(NAMES):
        holds = [f"{1 + one} s" for one in range(1 + k)]
        scenario = sim.load(BASE)
        sim.sweep(
            scenario,
            {"send.hold": holds},
            replications=1,
            workers=1,
            policies=["today"],
            store=home / name,
        )
    return {name: open_store(home / name, create=False) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_store_is_no_pattern(stores: dict[str, ResultStore], name: str) -> None:
    sql = 'SELECT count(DISTINCT "send.hold") AS n FROM results'
    assert query(stores[name], sql)["n"].tolist() == [1 + NAMES.index(name)]
    rows, one = rows_of_sums(stores[name]), rows_of_sums(stores[NAMES[0]])
    assert rows == one * (1 + NAMES.index(name))


def rows_of_sums(store: ResultStore) -> int:
    return int(query(store, "SELECT count(*) AS n FROM sums")["n"][0])


@pytest.mark.parametrize(
    "source",
    ["read_csv('FILE')", "read_text('FILE')", "'FILE'", "read_blob('FILE')", "glob('*')", "store"],
)
def test_no_file_and_no_variable_is_reached(
    stores: dict[str, ResultStore], tmp_path: Path, source: str
) -> None:
    (tmp_path / "secret.csv").write_text("a\nsecret-of-the-machine\n")
    sql = f"SELECT * FROM {source.replace('FILE', str(tmp_path / 'secret.csv'))}"
    with pytest.raises(FaultyInputError) as refused:
        query(stores["star"], sql)
    assert "secret-of-the-machine" not in str(refused.value)


def test_what_a_file_browser_leaves_is_skipped(
    stores: dict[str, ResultStore], tmp_path: Path
) -> None:
    (tmp_path / ".DS_Store").touch()
    open_store(tmp_path)
    store = stores["br1"]
    before = query(store, "SELECT * FROM sums")
    group = next((store.folder / "tasks").iterdir())
    for place in (store.folder, store.folder / "tasks", store.folder / "sweeps", group):
        (place / ".DS_Store").write_bytes(b"\0")
    (group / "._resource.parquet").write_bytes(b"\0")
    assert query(open_store(store.folder), "SELECT * FROM sums").equals(before)


def test_a_store_that_cannot_be_written_still_answers(
    stores: dict[str, ResultStore],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from sim.cli.sweeping import query_command

    expected = rows_of_sums(stores["st*r"])

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(ResultStore, "write", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    table = next((stores["st*r"].folder / "sweeps").glob("*/table.parquet"))
    table.rename(table.with_suffix(".aside"))  # so that it has to be made again
    query_command("SELECT count(*) AS n FROM sums", stores["st*r"].folder, True)
    said = capsys.readouterr()
    assert said.out.split() == ["n", str(expected)]
    assert "cannot be written" in said.err
    table.with_suffix(".aside").rename(table)
