"""What is built works without a checkout: wheel and sdist, and an answer in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import sim

ROOT = Path(sim.__file__).parents[1]
ENTRY = "import sys; from sim.cli import main; sys.exit(main())"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel from the sdist, as a release does."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheel into a folder of its own, as an installation does."""
    site = tmp_path_factory.mktemp("site")
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(site)
    return site


def toolate(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command of an installed wheel in a folder that knows no checkout."""
    return subprocess.run(
        [sys.executable, "-c", ENTRY, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_sdist_leaves_out_the_published_results(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = [name.partition("/")[2] for name in tar.getnames()]
    assert "scenarios/linkedin_dm.toml" in names
    assert not [name for name in names if name.startswith("results/published")]


def test_the_wheel_answers_by_name_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    listed = toolate(installed, tmp_path, "scenarios", "LinkedIn")
    assert "linkedin_dm" in listed.stdout, listed.stderr
    ran = toolate(
        installed,
        tmp_path,
        "run",
        "linkedin_dm",
        "--replications",
        "2",
        "--no-doubt",
        "--engine",
        "simpy",
    )
    assert "were read despite the deletion" in ran.stdout, ran.stderr
    texts = toolate(installed, tmp_path, "explain", "texts")
    assert "24,333 real texts" in texts.stdout, texts.stderr
    assert not list(tmp_path.iterdir()), "nothing is written that nobody asked for"
