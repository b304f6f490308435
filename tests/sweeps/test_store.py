"""A stored result is whole or not there; damage is found, said and mended; a full disk loses
nothing."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import OutputError
from sim.sweeping.planning.plan import plan
from sim.sweeping.playing.execution import Execution
from sim.sweeping.playing.tasks import Key
from sim.sweeping.store.folder import FORMAT, DamagedError, ResultStore, open_store
from sim.sweeping.store.merging import merge
from sim.sweeping.sweeping import carry_out

from .making import SERIAL, SMALL, contents, heard, quiet, results, swept

KEY = Key("0" * 32, 0, 1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Give the bytes of an undisturbed sweep."""
    folder = tmp_path_factory.mktemp("whole") / "store"
    swept(folder)
    return contents(folder)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def changed(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut_off, changed, emptied])
def test_a_damaged_result_is_said_and_played_again(
    damage: Callable[[Path], None], whole: dict[str, bytes], tmp_path: Path
) -> None:
    swept(tmp_path / "store")
    victim = results(tmp_path / "store")[5]
    damage(victim)
    said, say = heard()
    again = carry_out(plan(SMALL), open_store(tmp_path / "store"), SERIAL, say=say)
    assert again.played == 1
    assert said == [
        f"{tmp_path / 'store'}: {victim.name}: it is cut off or changed; it is played again."
    ]
    assert contents(tmp_path / "store") == whole


def test_a_result_that_is_gone_is_played_again(whole: dict[str, bytes], tmp_path: Path) -> None:
    swept(tmp_path / "store")
    results(tmp_path / "store")[5].unlink()
    assert swept(tmp_path / "store").played == 1
    assert contents(tmp_path / "store") == whole


@pytest.mark.parametrize("damage", [cut_off, changed, emptied])
def test_a_damaged_table_is_said_and_made_again_without_playing(
    damage: Callable[[Path], None], whole: dict[str, bytes], tmp_path: Path
) -> None:
    swept(tmp_path / "store")
    table = next((tmp_path / "store").glob("sweeps/*/table.parquet"))
    damage(table)
    said, say = heard()
    assert carry_out(plan(SMALL), open_store(tmp_path / "store"), SERIAL, say=say).played == 0
    assert said == [f"{table}: is damaged; it is made again."]
    assert contents(tmp_path / "store") == whole


def test_a_merge_leaves_a_damaged_result_out_and_says_so(tmp_path: Path) -> None:
    swept(tmp_path / "one")
    cut_off(results(tmp_path / "one")[0])
    said, say = heard()
    merged = merge(open_store(tmp_path / "both"), [open_store(tmp_path / "one")], say)
    assert merged.taken == 11 and list(merged.sweeps.values()) == [(11, 12)]
    assert len(said) == 1 and said[0].endswith("it is cut off or changed; it is left out.")


def test_stores_that_disagree_about_a_result_are_not_merged(tmp_path: Path) -> None:
    from sim.sweeping.playing.tasks import Task, play

    case = plan(SMALL).cells[0].case
    one, other = open_store(tmp_path / "one"), open_store(tmp_path / "other")
    one.put(Key(case.address, 0, 1), play(Task(case, 0, 1, "simpy")))
    other.put(Key(case.address, 0, 1), play(Task(case, 1, 1, "simpy")))
    with pytest.raises(
        OutputError,
        match=r"disagrees with that of .*; merge only what one version of toolate played",
    ):
        merge(one, [other], quiet)


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    swept(folder)
    (folder / "store.json").write_text(json.dumps({"tool": "toolate", "format": FORMAT + 1}))
    before = contents(folder)
    with pytest.raises(
        OutputError,
        match=rf"written by a newer toolate \(store format {FORMAT + 1}.*; update toolate",
    ):
        swept(folder)
    assert contents(folder) == before


@pytest.mark.parametrize("text", ["", "{}", '{"format": "one"}', "[1]"])
def test_a_store_whose_mark_cannot_be_read_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "store.json").write_text(text)
    with pytest.raises(OutputError, match=r"store\.json in it cannot be read; "):
        open_store(tmp_path)


def test_a_folder_of_other_things_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(
        OutputError, match=r"holds thesis\.docx and is no results store; name a new or empty folder"
    ):
        open_store(tmp_path)
    with pytest.raises(OutputError, match="is a file; name a folder"):
        open_store(tmp_path / "thesis.docx")
    with pytest.raises(OutputError, match="is no results store; name the folder of one"):
        open_store(tmp_path / "nowhere", create=False)
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.docx"]


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("after", [0, 3, 8, 14])
def test_a_full_disk_is_one_line_and_what_is_stored_is_kept(
    step: str, after: int, whole: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, left = tmp_path / "store", [after]
    home = os if step == "fsync" else Path
    real = getattr(home, step)

    def filling(*arguments: object) -> object:
        left[0] -= 1
        return real(*arguments) if left[0] >= 0 else full()

    with monkeypatch.context() as patch:
        patch.setattr(home, step, filling)
        with pytest.raises(OutputError) as error:
            swept(folder)
    assert str(error.value) == (
        f"{folder}: the disk is full (No space left on device); "
        "free space and give the same command again; what is stored is kept"
    )
    assert not list(folder.rglob(".making-*"))
    there = contents(folder)
    assert all(there[name] == whole[name] for name in there)
    kept = len(results(folder))
    assert swept(folder).played == 12 - kept
    assert contents(folder) == whole


def test_a_full_disk_in_a_worker_process_is_the_same_line(tmp_path: Path) -> None:
    # No patch reaches a worker process; a folder that is a file refuses as a disk does.
    folder = tmp_path / "store"
    store = open_store(folder)
    folder.mkdir()
    (folder / "tasks").write_text("in the way")
    with pytest.raises(
        OutputError, match=r"store: cannot be used \(.*\); name another folder with --store"
    ):
        carry_out(plan(SMALL), store, Execution(workers=2), say=quiet)


def test_two_sweeps_in_one_folder_at_once_do_each_other_no_harm(
    whole: dict[str, bytes], tmp_path: Path
) -> None:
    threads = [threading.Thread(target=swept, args=(tmp_path / "store",)) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert contents(tmp_path / "store") == whole


def test_a_file_half_made_by_a_live_process_or_another_machine_is_left_alone(
    tmp_path: Path,
) -> None:
    store = open_store(tmp_path / "store")
    store.put(KEY, b"something")
    group = store.folder / "tasks" / "00"
    mine, theirs = (
        group / f".making-{os.getpid()}.1@{os.uname().nodename}@x",
        group / ".making-1.1@elsewhere@x",
    )
    gone = group / f".making-{2**22 + 7}.1@{os.uname().nodename}@x"
    for one in (mine, theirs, gone):
        one.write_bytes(b"half")
    assert list(open_store(store.folder).stored()) == [KEY]
    assert mine.exists() and theirs.exists() and not gone.exists()


def test_a_name_is_the_digest_of_its_bytes(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    name = store.put(KEY, b"something")
    assert (
        store.get(name) == b"something" and store.has(KEY) and not store.has(KEY._replace(first=1))
    )
    (store.folder / "tasks" / "00" / name).write_bytes(b"something else")
    with pytest.raises(DamagedError):
        store.get(name)
    assert isinstance(store, ResultStore)
