"""Annotations and the vocabulary their terms are from, as far as no surface is needed to judge them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from heritage.model.errors import InputError, Problem
from heritage.ops.annotation.outline import outline_of
from heritage.pipeline.check.ids import repeated, unknown
from heritage.text.site import VOCABULARY, LoadedMonument, LoadedSite


def vocabulary_problems(loaded: LoadedSite) -> Iterator[Problem]:
    """Each term once, under a wider one that exists, and under itself by no way round."""
    terms, lines = loaded.vocabulary.terms, loaded.vocabulary_lines
    yield from repeated("term", [term.id for term in terms], lines, "terms")
    broader = {term.id: term.broader for term in terms}
    for at, term in enumerate(terms):
        if term.broader is None:
            continue
        where = lines.where("terms", at, "broader")
        yield from unknown("term", term.broader, broader, where)
        way: list[str] = [term.id]
        while (above := broader.get(way[-1])) is not None and above not in way:
            way.append(above)
        # Of a circle every member is reported once; who merely leads into it is not.
        if above == term.id:
            found = f"{' is under '.join([*way, term.id])}: a circle"
            yield Problem("term-circle", where, found, "a term has no way back to itself", "take one out")


def annotation_problems(loaded: LoadedSite, monument: LoadedMonument) -> Iterator[Problem]:
    """Ids, epochs and terms that exist, and outlines that are rings."""
    lines = monument.annotation_lines
    epochs = [epoch.id for epoch in monument.monument.epochs]
    terms = {term.id for term in loaded.vocabulary.terms}
    annotations = monument.annotations.annotations
    yield from repeated("annotation", [annotation.id for annotation in annotations], lines, "annotations")
    for at, annotation in enumerate(annotations):
        if annotation.epoch is not None:
            yield from unknown("epoch", annotation.epoch, epochs, lines.where("annotations", at, "epoch"))
        if annotation.term is not None:
            where = lines.where("annotations", at, "term")
            yield from unknown("term", annotation.term, terms, where, VOCABULARY)
        if annotation.area_m is not None:
            yield from _outline(np.array(annotation.area_m), lines.where("annotations", at, "area_m"))


def _outline(vertices: np.ndarray, where: str) -> Iterator[Problem]:
    try:
        outline_of(vertices)
    except InputError as error:
        problem = error.problems[0]
        yield Problem(problem.code, where, problem.found, problem.allowed, problem.remedy)
