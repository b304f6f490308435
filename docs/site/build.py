"""Build the documentation site: `python docs/site/build.py [FOLDER]`, by default `build/site`.

The repository's own pages are laid out at their own paths, so that their links hold as they do in the
repository; pages that are made from the code stand beside them. Any warning, such as a broken link,
ends with exit 1. Nothing is fetched, neither when it is built nor when it is read.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import flow
import keys
import made
from sphinx.cmd.build import build_main

import notebooks

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = (
    "*.md",
    "docs/*.md",
    "docs/changes/*.md",
    "docs/decisions/*.md",
    "docs/sessions/*.md",
    "scenarios/**/*.md",
    "results/*.md",
)
"""Pages that are there."""
BESIDE = (
    *("LICENSE", "CITATION.cff", "docs/*.json", "docs/sessions/*.png", "notebooks/*.ipynb"),
    *("scenarios/*.toml", "scenarios/*/*.toml", "results/*/*/*.png", "results/*/*/*.csv"),
)
"""Files that pages link to or show."""


def lay_out(folder: Path) -> None:
    """Copy the pages and files of the repository into a folder, and write those that are made."""
    for pattern in (*PAGES, *BESIDE):
        for file in ROOT.glob(pattern):
            to = folder / file.relative_to(ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, to)
    (folder / "README.md").rename(folder / "index.md")
    for page, doors in (("index.md", "index.md"), ("docs/decisions/README.md", "decisions.md")):
        with (folder / page).open("a", encoding="utf-8") as text:
            text.write((HERE / doors).read_text(encoding="utf-8"))
    about = (HERE / "how_it_works.md").read_text(encoding="utf-8")
    pages = {
        "how_it_works.md": about.replace("<!-- the picture -->", flow.picture()),
        "keys.md": keys.page(),
        "commands.md": made.commands(),
        "api.md": made.api(),
        "records.md": made.records(),
        **notebooks.pages(ROOT / "notebooks"),
    }
    for name, content in pages.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(data)


def build(site: Path) -> int:
    """Build the site into a folder; 0 if there was nothing to warn of."""
    with tempfile.TemporaryDirectory() as scratch:
        lay_out(Path(scratch))
        return made_of(Path(scratch), site)


def made_of(pages: Path, site: Path) -> int:
    """Make a site of a folder of pages; 0 if there was nothing to warn of."""
    with tempfile.TemporaryDirectory() as scratch:
        options = ["-q", "-W", "--keep-going", "-c", str(HERE), "-d", scratch]
        return build_main(["-b", "html", *options, str(pages), str(site)])


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "site")))
