"""Executed notebooks as pages, with the outputs and pictures that stand in them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat


def pages(folder: Path) -> dict[str, str | bytes]:
    """Give the page of every notebook of a folder, and its pictures, by name."""
    found: dict[str, str | bytes] = {}
    for file in sorted(folder.glob("*.ipynb")):
        pictures: dict[str, bytes] = {}
        cells = nbformat.read(file, as_version=4).cells
        text = "\n\n".join(part for cell in cells for part in _cell(cell, file.stem, pictures))
        note = f"*An executed notebook: [{file.name}]({file.name}).*"
        first, _, rest = text.partition("\n")
        found[f"{folder.name}/{file.stem}.md"] = f"{first}\n\n{note}\n{rest}\n"
        found |= {f"{folder.name}/{name}": picture for name, picture in pictures.items()}
    return found


def _cell(cell: Any, stem: str, pictures: dict[str, bytes]) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield cell.source
        return
    yield f"```python\n{cell.source}\n```"
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if "image/png" in data:
            name = f"{stem}-{len(pictures) + 1}.png"
            pictures[name] = base64.b64decode(data["image/png"])
            yield f"![]({name})"
        elif "text/html" in data:
            table = re.sub(r"<style.*?</style>|\n\s*", "", data["text/html"], flags=re.DOTALL)
            plain = table.replace('border="1" class="dataframe"', 'class="docutils"')
            yield f'<div class="table-wrapper">{plain}</div>'
        else:
            yield f"```text\n{output.get('text') or data.get('text/plain', '')}\n```"
