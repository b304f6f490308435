"""Compiled functions on the disk are those of the sources as they are, whole or not there, and
Ctrl-C while compiling ends clean."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import sim
from sim.compiling import folder

pytestmark = pytest.mark.filterwarnings("ignore::sim.errors.ToolateWarning")  # of few replications

PACKAGE = Path(sim.__file__).parent
DRAWN = "import numpy as np, sim.draws; print(sim.draws.uniforms(7, 'sent', np.arange(3, dtype=np.uint64)))"
"""Compiles a few small functions: two seconds."""
SCENARIO = """
schema = 1
people = "none"
extends = "platform:linkedin"
run = { seed = 1, replications = 2, horizon = "1 d" }
traffic = { kind = "campaign", messages = 20 }
mistakes = { chance = 0.5, noticed = { dist = "exponential", mean = "5 min" } }
[[segments]]
name = "everybody"
glances = { gap = { dist = "exponential", mean = "30 min" }, length = "5 s" }
visits = { gap = { dist = "exponential", mean = "3 h" }, length = "1 min" }
"""


def python(code: str, cache: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own that keeps what it compiles in `cache`."""
    home = {"TOOLATE_CACHE_DIR": str(cache), "PYTHONPATH": str(PACKAGE.parent)}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | home | environment,
        cwd=cache.parent if cache.parent.is_dir() else None,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def kept(cache: Path) -> dict[str, int]:
    """List the files that are kept in a cache, with when each was written."""
    return {str(file): file.stat().st_mtime_ns for file in cache.rglob("*.kernel")}


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache in which the draws are compiled."""
    cache = tmp_path_factory.mktemp("warm")
    done = python(DRAWN, cache)
    assert (done.returncode, done.stderr) == (0, "")
    assert kept(cache)
    return cache


@pytest.fixture
def cache(warm: Path, tmp_path: Path) -> Path:
    """Give a copy of that cache, to be damaged."""
    return Path(shutil.copytree(warm, tmp_path / "cache"))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Write a package of one compiled function that calls another and uses a constant."""
    home = tmp_path / "made_up"
    for name, text in {
        "__init__.py": "",
        "kernels.py": (
            "from made_up.compiling import njit\n"
            "from made_up.parts import (\n    inner,\n)\n"
            "@njit\ndef outer(x):\n    return inner(x)\n"
        ),
        "parts/__init__.py": "from made_up import constants\ndef inner(x):\n    return x\n",
        "constants.py": "NEVER = 3\n",
        "commands.py": "from made_up.kernels import outer\n",
    }.items():
        (home / name).parent.mkdir(exist_ok=True, parents=True)
        (home / name).write_text(text)
    return home


@pytest.mark.parametrize("changed", ["kernels.py", "parts/__init__.py", "constants.py"])
def test_a_change_of_any_source_of_a_compiled_function_changes_the_digest(
    package: Path, changed: str
) -> None:
    before = folder.digest(folder.sources(package))
    assert folder.digest(folder.sources(package)) == before
    (package / changed).write_text((package / changed).read_text() + "# another\n")
    assert folder.digest(folder.sources(package)) != before


def test_what_only_uses_compiled_functions_does_not_change_the_digest(package: Path) -> None:
    before = folder.digest(folder.sources(package))
    (package / "commands.py").write_text("from made_up.kernels import outer as another\n")
    assert folder.digest(folder.sources(package)) == before


def test_the_digest_is_of_every_module_with_compiled_functions_and_their_constants() -> None:
    found = {file.relative_to(PACKAGE).as_posix() for file in folder.sources()}
    assert found >= {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if "@njit" in file.read_text(encoding="utf-8") and "compiling" not in file.parts
    }
    assert {"clock.py", "compiling/__init__.py", "draws.py"} <= found
    assert not {name for name in found if name.startswith(("cli/", "sweeping/", "charts/"))}


def test_a_warm_cache_is_loaded_and_nothing_is_compiled(cache: Path) -> None:
    before = kept(cache)
    done = python(f"{DRAWN}; print(sim.draws.fill_uniforms.stats.cache_misses)", cache)
    assert (done.returncode, done.stderr) == (0, "")
    assert kept(cache) == before


def test_a_changed_source_compiles_again_what_was_kept(cache: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(
        PACKAGE, tmp_path / "copy" / "sim", ignore=shutil.ignore_patterns("__pycache__", "data")
    )
    draws = copy / "draws.py"
    text = draws.read_text(encoding="utf-8")
    before = python(DRAWN, cache, PYTHONPATH=str(copy.parent)).stdout
    assert text.count("else even") == 1
    draws.write_text(text.replace("else even", "else odd"), encoding="utf-8")
    assert python(DRAWN, cache, PYTHONPATH=str(copy.parent)).stdout != before
    draws.write_text(text, encoding="utf-8")
    assert python(DRAWN, cache, PYTHONPATH=str(copy.parent)).stdout == before


@pytest.mark.parametrize("damage", ["cut", "empty", "one byte", "other content"])
def test_a_damaged_file_is_said_on_one_line_and_compiled_again(cache: Path, damage: str) -> None:
    files = sorted(kept(cache))
    victim = Path(next(name for name in files if "fill_uniforms" in name))
    data = victim.read_bytes()
    changed = {
        "cut": data[: len(data) // 2],
        "empty": b"",
        "one byte": data[:-99] + bytes([data[-99] ^ 1]) + data[-98:],
        "other content": b"something else entirely",
    }[damage]
    victim.write_bytes(changed)
    sound = python(DRAWN, cache.parent / "another")
    done = python(DRAWN, cache)
    assert (done.returncode, done.stdout) == (0, sound.stdout)
    assert len(done.stderr.splitlines()) == 1
    assert "is compiled again" in done.stderr
    assert victim.read_bytes() != changed
    assert python(DRAWN, cache).stderr == ""


@pytest.mark.parametrize("is_temporary_usable", [True, False])
def test_a_cache_that_cannot_be_written_is_said_on_one_line(
    tmp_path: Path, is_temporary_usable: bool
) -> None:
    """First the folder for temporary files is used instead, then none."""
    wrong, temporary = tmp_path / "a file", tmp_path / f"toolate-{os.getuid()}"
    wrong.write_text("")
    if not is_temporary_usable:
        temporary.write_text("")
    done = python(DRAWN, wrong / "cache", TMPDIR=str(tmp_path), XDG_CACHE_HOME=str(wrong / "home"))
    assert done.returncode == 0
    assert len(done.stderr.splitlines()) == 1
    assert f"{wrong / 'cache'} cannot be used" in done.stderr
    assert bool(kept(tmp_path)) == is_temporary_usable


def test_folders_of_old_digests_are_removed_the_latest_stay(tmp_path: Path) -> None:
    for k in range(folder.KEPT + 3):
        (tmp_path / f"{k:032x}").mkdir()
        os.utime(tmp_path / f"{k:032x}", (k, k))
    (tmp_path / "not ours").mkdir()
    assert python(DRAWN, tmp_path).returncode == 0
    left = {one.name for one in tmp_path.iterdir()}
    assert {f"{k:032x}" for k in range(4, folder.KEPT + 3)} | {"not ours", folder.DIGEST} == left


def test_functions_of_one_name_are_not_taken_for_each_other(tmp_path: Path) -> None:
    code = (
        "import sim.compiling, sim.compiling.folder as folder\n"
        "folder._READ[__file__] = __import__('pathlib').Path(__file__).stat().st_mtime_ns\n"
        "def adding(n):\n"
        "    def add(x):\n"
        "        return x + n\n"
        "    return sim.compiling.njit(add)\n"
        "print([adding(n)(0) for n in (1, 2, 3)])\n"
    )
    (tmp_path / "made.py").write_text(code)
    for _ in range(2):
        done = python("import made", tmp_path / "cache", PYTHONPATH=f"{PACKAGE.parent}:{tmp_path}")
        assert (done.stdout, done.stderr) == ("[1, 2, 3]\n", "")
    assert len(kept(tmp_path / "cache")) == 1


def test_several_processes_may_compile_into_one_empty_cache(tmp_path: Path) -> None:
    home = os.environ | {"TOOLATE_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(PACKAGE.parent)}
    every = [
        subprocess.Popen(
            [sys.executable, "-c", DRAWN], env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    said = [one.communicate(timeout=300) for one in every]
    assert {one.returncode for one in every} == {0}
    assert len(set(said)) == 1
    assert not said[0][1]
    assert {one.suffix for one in tmp_path.rglob("*") if one.is_file()} == {".kernel"}


@pytest.mark.parametrize("seconds", [1.5, 4.0, 9.0])
def test_ctrl_c_while_compiling_ends_on_one_line_with_130(tmp_path: Path, seconds: float) -> None:
    status, said = interrupted(tmp_path, seconds)
    assert (status, said) == (130, "Interrupted.")


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129)])
def test_what_ends_a_process_while_compiling_waits_for_the_compiler_and_says_nothing(
    tmp_path: Path, name: str, status: int
) -> None:
    assert interrupted(tmp_path, 6.0, getattr(signal, name)) == (status, "")


def interrupted(place: Path, seconds: float, how: int = signal.SIGINT) -> tuple[int, str]:
    """Start a run with an empty cache, send a signal after some seconds, and give how it ended: its
    status, and all that is said but that it compiles and a bar of progress."""
    (place / "small.toml").write_text(SCENARIO)
    home = {"TOOLATE_CACHE_DIR": str(place / "cache"), "PYTHONPATH": str(PACKAGE.parent)}
    # A shell that runs the tests in the background lets its children ignore Ctrl-C.
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{listen}; from sim.cli import main; main()"
    run = subprocess.Popen(
        [sys.executable, "-c", code, "run", str(place / "small.toml"), "--engine", "compiled"],
        env=os.environ | home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(seconds)
    run.send_signal(how)
    said = run.communicate(timeout=120)[1]
    return run.returncode, "\n".join(
        line for line in said.splitlines() if not line.startswith(("Compiling", "replications"))
    )


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_without_numbas_compiler_both_engines_play_the_same(tmp_path: Path, engine: str) -> None:
    (tmp_path / "small.toml").write_text(SCENARIO)
    code = (
        f"import sim, sim.running; print(sim.running.run(sim.load({str(tmp_path / 'small.toml')!r}), "
        f"engine={engine!r}).replications)"
    )
    plain = python(code, tmp_path / "unused", NUMBA_DISABLE_JIT="1")
    assert (plain.returncode, plain.stderr) == (0, "")
    assert not kept(tmp_path / "unused")
    assert plain.stdout == f"{sim.run(sim.load(tmp_path / 'small.toml')).replications}\n"
