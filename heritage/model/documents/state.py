"""Interpreted conditions of a monument: what is claimed, how sure it is, and on what grounds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from heritage.model.documents.base import (
    Certainty,
    Document,
    Id,
    LangText,
    RelativePath,
    Text,
    Url,
    Words,
)
from heritage.model.errors import Contradiction


class Evidence(Document):
    """What an interpretation rests on."""

    label: Words = Field(description="the source in words: a photograph, a drawing, a text")
    url: Url | None = Field(None, description="where it can be seen")


class Basis(Document):
    """What is claimed of an interpretation, by whom, and on what grounds."""

    certainty: Certainty | None = Field(None, description="how sure the interpretation is; shown with it")
    evidence: Annotated[tuple[Evidence, ...], Field(strict=False)] = Field((), description="what it rests on")
    without_evidence: Words | None = Field(
        None,
        description="why there is no source to name; shown in its place, and allowed for what is conjectural only",
    )
    author: Text | None = Field(None, description="who made the interpretation")
    period: Text | None = Field(None, description="EDTF, for instance '1885~'")


class Part(Basis):
    """A part of a state with a certainty of its own; what it does not say, it takes from its state."""

    id: Id = Field(description="unique among the state's parts")
    title: LangText | None = Field(None, description="what visitors read; default: the id")
    source: RelativePath | None = Field(
        None, description="the part's own model, relative to the monument's folder; default: the state's"
    )
    named: Annotated[tuple[Text, ...], Field(strict=False)] = Field(
        (),
        description="the names of its nodes, meshes, materials, objects or groups in the state's model, "
        "with * for any letters; without names and source: all that no other part names",
    )


class StatePlacement(Document):
    """How a state's model comes into the monument frame."""

    method: Literal["frame", "gcp", "footprint"] = Field(
        "frame",
        description="frame: it is in an epoch's frame; gcp: by control points; footprint: on the plan",
    )
    gcp: RelativePath | None = Field(
        None,
        description="CSV in the monument's folder: name,role,x,y,z,X,Y,Z; x y z in the model, z up, metres; X Y Z in "
        "the epoch's frame",
    )
    scale: Literal["known", "unknown"] = Field("known", description="unknown: the scale is searched for, too")
    heading_deg: Annotated[float, Field(ge=-360, le=360)] | None = Field(
        None, description="on the plan: clockwise angle from north to the model's +y axis, where it is known"
    )
    settled: bool = Field(
        False, description="true: size, place and turn are as they shall be, a person has looked"
    )

    @model_validator(mode="after")
    def _points(self) -> StatePlacement:
        if (self.method == "gcp") != (self.gcp is not None):
            raise Contradiction(
                "method gcp without a file, or a file without it", "both are needed, or neither"
            )
        return self


class State(Basis):
    """An interpreted condition: a reconstruction or a planned restoration. Never drawn as if measured."""

    id: Id = Field(description="unique among the monument's states")
    title: LangText | None = Field(None, description="what visitors read; default: the id")
    source: RelativePath | None = Field(
        None,
        description="the model, relative to the monument's folder; not needed where every part has its own",
    )
    frame: Id | None = Field(
        None, description="the epoch whose frame the model is in; default: the reference epoch"
    )
    up: Literal["x", "-x", "y", "-y", "z", "-z"] = Field("y", description="the model's up axis; glTF is y up")
    units: Literal["m", "mm", "cm", "km", "ft", "us-ft", "in"] = Field(
        "m", description="the model's unit; glTF is in metres"
    )
    parts: Annotated[tuple[Part, ...], Field(strict=False, max_length=250)] = Field(
        (), description="parts of different certainty; without: the state is one part"
    )
    placement: StatePlacement = Field(
        StatePlacement(), description="how the model comes into the monument frame"
    )

    @model_validator(mode="after")
    def _claimed(self) -> State:
        ids = [part.id for part in self.parts]
        if len(set(ids)) < len(ids):
            again = next(one for one in ids if ids.count(one) > 1)
            raise Contradiction(f"the part {again} stands here twice", "each id is allowed once")
        for part in self.parts:
            if part.source is not None and part.named:
                raise Contradiction(
                    f"the part {part.id} has source and named",
                    "a model of its own is wholly its own",
                    "drop named",
                )
        inside = [part for part in self.parts if part.source is None]
        if self.source is None and (inside or not self.parts):
            raise Contradiction("no source", "a model is needed, or one for every part")
        if self.source is not None and self.parts and not inside:
            raise Contradiction(
                "the state's source belongs to no part",
                "every part has its own",
                "drop it, or add a part without source",
            )
        rest = [part.id for part in inside if not part.named]
        if len(rest) > 1:
            raise Contradiction(
                f"the parts {', '.join(rest)} have neither named nor source",
                "one part may take what the others leave",
            )
        for whole in self.whole:
            _well_founded(whole, f"the part {whole.id}" if self.parts else "the state")
        return self

    @property
    def whole(self) -> tuple[Part, ...]:
        """The parts with all that they take from the state; one, `whole`, where none is named."""
        parts = self.parts or (Part(id="whole"),)
        given = {name: getattr(self, name) for name in ("certainty", "author", "period")}
        return tuple(part.model_copy(update=_inherited(part, self, given)) for part in parts)


def _inherited(part: Part, state: State, given: dict[str, object]) -> dict[str, object]:
    found = {name: value for name, value in given.items() if getattr(part, name) is None}
    if not part.evidence and part.without_evidence is None:
        found |= {"evidence": state.evidence, "without_evidence": state.without_evidence}
    return found


def _well_founded(part: Part, what: str) -> None:
    if part.certainty is None:
        raise Contradiction(
            f"{what} has no certainty", "documented, probable or conjectural is needed", "add certainty: …"
        )
    if part.evidence and part.without_evidence is not None:
        raise Contradiction(f"{what} has evidence and without_evidence", "one of them is allowed")
    if part.evidence or (part.without_evidence is not None and part.certainty == "conjectural"):
        return
    if part.without_evidence is not None:
        raise Contradiction(
            f"{what} is {part.certainty} and has no source",
            "without evidence it is conjectural",
            "name its sources under evidence, or write certainty: conjectural",
        )
    raise Contradiction(
        f"{what} has no evidence",
        "what an interpretation rests on is needed",
        "name its sources under evidence, or say under without_evidence why there are none",
    )
