"""How every page that Heritage writes is made from a template: escaped, and strict about what it names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def templates(folder: Path) -> Environment:
    """The templates in ``folder``: all values are escaped, and one that is missing raises."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["holder"] = holder
    return environment


def holder(name: str) -> str:
    """The holder of rights with the sign before the name, which many write themselves: OpenStreetMap asks for it."""
    return name if name.startswith("©") else f"© {name}"
