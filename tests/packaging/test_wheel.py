"""What is built works without a checkout: wheel and sdist, each installed in an empty environment of
every Python that is there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import findpython
import pytest

import sim

ROOT = Path(sim.__file__).parents[1]
ALLOWED = ("3.11", "3.12", "3.13")
PYTHONS = {version: found for version in ALLOWED if (found := findpython.find(version))}
"""Those of the allowed versions of Python that this machine has."""
OURS = ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
"""What a stranger's shell does not set: modules are compiled to bytecode once, as they are imported."""
INSTALL = ("install", "-q", "--no-compile", "-c", ROOT / "constraints.txt")
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def run(*command: str | Path, folder: Path = ROOT) -> str:
    """Run a command that knows nothing of the checkout; give what it prints."""
    strange = {k: v for k, v in os.environ.items() if k not in OURS}
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=strange,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel from the sdist, as a release does."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", out, ROOT)
    return out


def install(package: Path, version: str, where: Path) -> Path:
    """Install a wheel or an sdist in an empty environment; give its folder of commands."""
    run(PYTHONS[version].executable, "-m", "venv", where)
    run(where / "bin" / "pip", *INSTALL, package)
    return where / "bin"


def test_the_sdist_leaves_out_the_published_results(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = [name.partition("/")[2] for name in tar.getnames()]
    assert "scenarios/linkedin_dm.toml" in names
    assert not [name for name in names if name.startswith("results/published")]


@pytest.mark.parametrize("version", ALLOWED)
def test_a_wheel_answers_by_name_in_an_empty_environment_and_folder(
    version: str, built: Path, tmp_path: Path
) -> None:
    if version not in PYTHONS:
        pytest.skip(f"there is no Python {version} here")
    (file,) = built.glob("*.whl")
    bin_folder, folder = install(file, version, tmp_path / "env"), tmp_path / "empty"
    folder.mkdir()
    answers_by_name(bin_folder, version, folder)
    if version == HERE:
        wheel = installed(bin_folder)
        (sdist,) = built.glob("*.tar.gz")
        run(bin_folder / "pip", "uninstall", "-q", "-y", "toolate")
        assert not installed(bin_folder)
        run(bin_folder / "pip", *INSTALL, "--no-deps", sdist)
        assert installed(bin_folder) == wheel
        assert "linkedin_dm" in run(bin_folder / "toolate", "scenarios", "LinkedIn", folder=folder)


def installed(bin_folder: Path) -> dict[str, bytes]:
    """Give what an environment has of the package: every file by its name."""
    (site,) = (bin_folder.parent / "lib").glob("python*/site-packages")
    return {
        str(file.relative_to(site)): file.read_bytes()
        for file in site.glob("sim/**/*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def answers_by_name(bin_folder: Path, version: str, folder: Path) -> None:
    """Give the commands that a stranger's first minutes are made of, in an empty folder."""
    toolate = bin_folder / "toolate"
    assert f"Python {version}" in run(bin_folder / "python", "--version")
    assert "linkedin_dm" in run(toolate, "scenarios", "LinkedIn", folder=folder)
    few = ("--replications", "2", "--no-doubt")
    engines = ("simpy", "compiled") if version == HERE else ("simpy",)  # compiling takes a minute
    ran = [
        run(toolate, "run", "linkedin_dm", *few, "--engine", engine, folder=folder)
        for engine in engines
    ]
    assert "were read despite the deletion" in ran[0]
    assert ran[0] == ran[-1]
    assert "24,333 real texts" in run(toolate, "explain", "texts", folder=folder)
    assert not list(folder.iterdir()), "nothing is written that nobody asked for"
