"""The catalogue of platforms: cited data only, one TOML file each in `data/`, used through `extends = "platform:ID"`."""

from __future__ import annotations

from importlib.resources import files


def names() -> list[str]:
    """List the platforms of the catalogue.

    >>> "linkedin-dm" in names()
    True
    """
    return sorted(
        f.name.removesuffix(".toml") for f in files(__package__).joinpath("data").iterdir() if f.name.endswith(".toml")
    )


def text(name: str) -> str | None:
    """Give the TOML text of a platform, or None if the catalogue does not have it."""
    return files(__package__).joinpath("data", f"{name}.toml").read_text(encoding="utf-8") if name in names() else None
