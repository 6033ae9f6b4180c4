"""What a stage is: a frozen value. What a stage gets (a job) and gives (an outcome)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from heritage.model.documents import Document
from heritage.model.report import Counts, Figure

OptionsT = TypeVar("OptionsT", bound=Document)
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


def in_turn(function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """``function`` of every item, one after the other, in this process."""
    return [function(item) for item in items]


@dataclass(frozen=True)
class Job:
    """One stage's work on one subject.

    ``folder`` is the stage's own empty folder; ``inputs`` maps a role to the folder of the stage it needs;
    ``sources`` maps a role to a file of the site; ``facts`` are the documents' values that matter to the
    result. ``threads`` is how many cores the stage may use: it must not change the result. ``mapper`` does
    many pieces of work; the runner's spreads them over the cluster.
    """

    folder: Path
    monument: str
    subject: str
    options: Document
    inputs: Mapping[str, Path]
    sources: Mapping[str, Path]
    facts: Mapping[str, object]
    threads: int = 1
    mapper: Callable[[Callable[[Any], Any], Sequence[Any]], list[Any]] = in_turn

    def map(self, function: Callable[[ItemT], ResultT], items: Sequence[ItemT]) -> list[ResultT]:
        """``function`` of every item, in their order; each may run on another worker, with one thread.

        ``function`` and items must pickle: a function of a module (or a `partial` of one), and paths and small
        values rather than arrays. Data goes through files: those of ``inputs``, and ``folder``, where every
        piece may write its own files.
        """
        return self.mapper(function, items)

    def chosen(self, kind: type[OptionsT]) -> OptionsT:
        """The options as the stage's own type."""
        if not isinstance(self.options, kind):
            raise TypeError(f"options are {type(self.options).__name__}, not {kind.__name__}")
        return self.options


@dataclass(frozen=True)
class Outcome:
    """What a stage says of its work; its data is in the job's folder."""

    counts: tuple[Counts, ...] = ()
    figures: tuple[Figure, ...] = ()
    warnings: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """A named, versioned function. Raising ``version`` reruns it and everything that depends on it."""

    name: str
    version: int
    options: type[Document]
    run: Callable[[Job], Outcome]
    libraries: tuple[str, ...] = field(default=())
    """Distributions whose version is part of the fingerprint, because another one may give another result."""
