"""What the confined child sends of a file with tours: the file, each tour, each of its stops, their recordings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from heritage.formats.tour_file import read_tour_file
from heritage.model.limits import EXCHANGE_MEDIA_BYTES
from heritage.pipeline.reading.tour_words import in_markdown


def serve_tour(path: Path, send: Callable[..., None]) -> None:
    """Read the file at ``path`` and send it in parts, each of which is bounded. Raises the readers' InputError."""
    file = read_tour_file(path)
    send("part", {"format": file.format, "problems": [asdict(p) for p in file.problems]})
    left, sent = EXCHANGE_MEDIA_BYTES, set()
    for tour in file.tours:
        told, problems = in_markdown(tour, path.name)
        send("part", {"tour": asdict(replace(told, stops=())), "problems": [asdict(p) for p in problems]})
        for stop in told.stops:
            send("part", {"stop": asdict(stop)})
            for said in stop.narration.values():
                for uri in filter(None, (said.audio, said.captions)):
                    content = file.beside.read(uri, left) if uri not in sent else None
                    if content is not None:
                        sent.add(uri)
                        left -= len(content)
                        send("part", {"media": uri}, {"content": np.frombuffer(content, np.uint8)})
