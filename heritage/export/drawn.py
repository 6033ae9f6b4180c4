"""Take annotations that were drawn in the viewer into a monument's ``annotations.yaml``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from heritage.model.documents import Annotation, Annotations, Document, Id
from heritage.model.errors import InputError, Problem
from heritage.model.limits import YAML_BYTES
from heritage.pipeline.check.annotations import annotation_problems
from heritage.store import publish_bytes
from heritage.text.append import appended
from heritage.text.explain import explained
from heritage.text.lines import Lines
from heritage.text.site import load_site
from heritage.text.yaml import parse_yaml


class Drawn(Document):
    """The file that the viewer gives: ``heritage-annotations.json``."""

    format: Literal["heritage-annotations-1"]
    monument: Id
    annotations: Annotated[tuple[Annotation, ...], Field(strict=False, min_length=1)]


def import_annotations(site: Path, file: Path) -> tuple[str, int]:
    """Add the annotations in ``file`` to those of its monument; the monument, and how many.

    One that is there already under the same id stops the import: nobody's work is overwritten. Raises InputError with
    all that is wrong, and then writes nothing.
    """
    drawn = _read(file)
    loaded = load_site(site)
    monument = loaded.monuments.get(drawn.monument)
    if monument is None:
        known = ", ".join(loaded.monuments)
        raise InputError(
            file.name,
            f"there is no monument {drawn.monument}",
            f"{known} are allowed",
            code="monument-unknown",
        )
    there = {annotation.id for annotation in monument.annotations.annotations}
    twice = [a.id for a in drawn.annotations if a.id in there]
    if twice:
        raise InputError(
            file.name,
            f"{', '.join(twice)} stand in {monument.annotation_lines.shown} already",
            "new ids are allowed",
            "give them other ids, or take those out there",
            code="id-repeated",
        )
    path = monument.folder / "annotations.yaml"
    text = path.read_text("utf-8") if path.exists() else ""
    items = [a.model_dump(mode="json", exclude_none=True) for a in drawn.annotations]
    new = appended(text, "annotations", items)
    _refuse_wrong(site, monument.id, path, new, file)
    publish_bytes(path, new.encode())
    return monument.id, len(items)


def _refuse_wrong(site: Path, monument: str, path: Path, text: str, file: Path) -> None:
    """Check the file as it would be, before it is written."""
    loaded = load_site(site)
    parsed = parse_yaml(text, Annotations, path.relative_to(site).as_posix())
    changed = replace(loaded.monuments[monument], annotations=parsed.document, annotation_lines=parsed.lines)
    errors = [p for p in annotation_problems(loaded, changed) if p.severity == "error"]
    if errors:
        raise InputError.of([Problem(p.code, file.name, p.found, p.allowed, p.remedy) for p in errors])


def _read(file: Path) -> Drawn:
    try:
        with file.open("rb") as stream:
            data = stream.read(YAML_BYTES + 1)
        if len(data) > YAML_BYTES:
            raise InputError(
                file.name,
                f"more than {YAML_BYTES} bytes",
                f"up to {YAML_BYTES} are allowed",
                code="text-too-big",
            )
        value: Any = json.loads(data)
    except OSError as error:
        raise InputError(
            str(file), f"it cannot be read ({error.strerror})", "a file", code="file-missing"
        ) from None
    except ValueError:
        raise InputError(
            file.name, "it is no JSON", "a file that the viewer saved", code="annotation-file"
        ) from None
    try:
        return Drawn.model_validate(value)
    except ValidationError as error:
        raise InputError.of(explained(error, Drawn, Lines(file.name, {}))) from None
