"""What a stage is: a frozen value. What a stage gets (a job) and gives (an outcome)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from heritage.model.documents import Document
from heritage.model.report import Counts, Figure

OptionsT = TypeVar("OptionsT", bound=Document)


class NoOptions(Document):
    """For a stage with nothing to choose."""


@dataclass(frozen=True)
class Job:
    """One stage's work on one subject.

    ``folder`` is the stage's own empty folder; ``inputs`` maps a role to the folder of the stage it needs;
    ``sources`` maps a role to a file of the site; ``facts`` are the documents' values that matter to the
    result. ``threads`` is how many cores the stage may use: it must not change the result.
    """

    folder: Path
    monument: str
    subject: str
    options: Document
    inputs: Mapping[str, Path]
    sources: Mapping[str, Path]
    facts: Mapping[str, object]
    threads: int = 1

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
