"""``monuments/<id>/annotations.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from heritage.model.documents.base import Document, Id, LangText, Vec3
from heritage.model.limits import ANNOTATION_VERTICES


class Annotation(Document):
    """Content anchored to the monument: a point, a line or an area on its surface, with words."""

    id: Id = Field(description="unique among the monument's annotations")
    title: LangText = Field(description="its name")
    text: LangText | None = Field(None, description="what it says; Markdown")
    position_m: Vec3 | None = Field(None, description="a point: x y z in the monument frame, metres")
    line_m: (
        Annotated[tuple[Vec3, ...], Field(strict=False, min_length=2, max_length=ANNOTATION_VERTICES)] | None
    ) = Field(None, description="a line: two or more points on the surface, in their order")
    area_m: (
        Annotated[tuple[Vec3, ...], Field(strict=False, min_length=3, max_length=ANNOTATION_VERTICES)] | None
    ) = Field(
        None, description="an area: its outline, three or more points on the surface; it closes by itself"
    )
    normal: Vec3 | None = Field(None, description="the direction the surface faces there")
    epoch: Id | None = Field(
        None,
        description="the survey it was seen in; default: every condition, measured on the reference epoch",
    )
    term: Id | None = Field(None, description="a term of `vocabulary.yaml`")

    @model_validator(mode="after")
    def _one(self) -> Annotation:
        if sum(shape is not None for shape in (self.position_m, self.line_m, self.area_m)) != 1:
            raise ValueError("exactly one of position_m, line_m and area_m")
        return self

    @property
    def shape(self) -> tuple[Literal["position_m", "line_m", "area_m"], tuple[Vec3, ...]]:
        """The key that is set, and its points."""
        if self.area_m is not None:
            return "area_m", self.area_m
        if self.line_m is not None:
            return "line_m", self.line_m
        assert self.position_m is not None  # noqa: S101 - the validator has seen to it
        return "position_m", (self.position_m,)


class Annotations(Document):
    """``monuments/<id>/annotations.yaml``."""

    annotations: Annotated[tuple[Annotation, ...], Field(strict=False)] = Field(
        (), description="the annotations"
    )
