"""A file with tours of another system, read in a confined child process: see `guard`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from heritage.model import limits
from heritage.model.errors import Problem
from heritage.model.exchange import ExchangedStop, ExchangedTour
from heritage.pipeline.reading.confined import Allowance, Confined
from heritage.pipeline.reading.guard import PROGRAM
from heritage.pipeline.reading.wire import Message

_TOUR: Final = TypeAdapter(ExchangedTour)
_STOP: Final = TypeAdapter(ExchangedStop)
_PROBLEM: Final = TypeAdapter(Problem)


@dataclass(frozen=True)
class ReadTours:
    """The tours of a file, their words as Markdown; what they do not hold; recordings by the path that names them."""

    format: str
    tours: tuple[ExchangedTour, ...]
    problems: tuple[Problem, ...]
    media: Mapping[str, bytes]


def guarded_tours(
    path: Path, *, allowed: Allowance | None = None, program: Sequence[str] = PROGRAM
) -> ReadTours:
    """The tours of an SVX, KML, KMZ or IIIF file.

    Raises the reader's own InputError, else one with a code ``reader-…`` where the child died, took too long or
    too much memory.
    """
    allowed = allowed or Allowance.of(path, limits.READER_MEMORY_BYTES)
    read = Parts()
    with Confined("tour", path, allowed, program) as child:
        for message in child.messages("part"):
            child.sound(partial(read.add, message))
    return read.together()


class Parts:
    """Puts together what comes part by part."""

    def __init__(self) -> None:
        self.format = ""
        self.problems: list[Problem] = []
        self.tours: list[tuple[ExchangedTour, list[ExchangedStop]]] = []
        self.media: dict[str, bytes] = {}

    def add(self, message: Message) -> None:
        """One message. Raises ValueError, KeyError or TypeError for nonsense."""
        document = message.document
        self.problems += [_PROBLEM.validate_python(one) for one in document.get("problems", ())]
        if "format" in document:
            self.format = str(document["format"])
        elif "tour" in document:
            self.tours.append((_TOUR.validate_python(document["tour"]), []))
        elif "stop" in document and self.tours:
            self.tours[-1][1].append(_STOP.validate_python(document["stop"]))
        else:
            self.media[str(document["media"])] = message.arrays["content"].tobytes()

    def together(self) -> ReadTours:
        """All that came."""
        tours = tuple(replace(tour, stops=tuple(stops)) for tour, stops in self.tours)
        return ReadTours(self.format, tours, tuple(self.problems), self.media)
