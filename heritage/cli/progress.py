"""What a build shows while it runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from heritage.model.errors import HeritageError
from heritage.pipeline.run import Event


@contextmanager
def watching(quiet: bool) -> Iterator[Callable[[Event, int], None]]:
    """A callback for finished tasks, with the number of tasks in all."""
    if quiet:
        yield lambda event, total: None
        return
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("building", total=None)

        def watch(event: Event, total: int) -> None:
            task = event.planned.task
            progress.update(
                bar,
                total=total,
                advance=1,
                description=f"{task.stage.name} {task.monument} {task.subject}".rstrip(),
            )
            if event.kind == "done" and event.report is not None:
                console.print(
                    f"  {task.stage.name:9} {task.monument} {task.subject}  {event.report.seconds:.1f} s",
                    highlight=False,
                )

        yield watch


@contextmanager
def telling() -> Iterator[Callable[[Event, int], None]]:
    """As `watching`, for programs: one JSON object a line for every finished task, and for what ends the build."""
    done = 0

    def watch(event: Event, total: int) -> None:
        nonlocal done
        done += 1
        task = event.planned.task
        place = {"stage": task.stage.name, "monument": task.monument, "subject": task.subject}
        click.echo(
            json.dumps({"event": event.kind, "done": done, "total": total, **place}, ensure_ascii=False)
        )

    try:
        yield watch
    except HeritageError as error:
        problems = [p.__dict__ for p in error.problems]
        click.echo(json.dumps({"event": "refused", "problems": problems}, ensure_ascii=False))
        raise
