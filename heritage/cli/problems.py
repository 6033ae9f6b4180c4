"""How problems are told: a line each, or JSON."""

from __future__ import annotations

import json

import click

from heritage.model.errors import Problem


def show_problems(problems: tuple[Problem, ...], *, as_json: bool = False) -> None:
    """Print problems, one line each, or all as one JSON array."""
    if as_json:
        click.echo(json.dumps([p.__dict__ for p in problems], ensure_ascii=False, indent=1))
        return
    for problem in problems:
        click.echo(f"{problem.severity}: {problem} [{problem.code}]", err=True)
