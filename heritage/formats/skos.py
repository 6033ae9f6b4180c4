"""Read a SKOS vocabulary (Turtle, RDF/XML, JSON-LD): its concepts with their labels, and what is wider than what.

https://www.w3.org/TR/skos-reference/. Nothing is fetched: a context or a document type that points elsewhere is refused.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import rdflib
from rdflib.namespace import RDF, SKOS

from heritage.model.errors import InputError
from heritage.model.limits import VOCABULARY_BYTES

_FORMATS = {".ttl": "turtle", ".rdf": "xml", ".xml": "xml", ".jsonld": "json-ld", ".json": "json-ld"}


@dataclass(frozen=True)
class Concept:
    """``labels`` and ``definitions`` by language, '' where the file says none; ``broader``: the address of a wider one."""

    uri: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    broader: str | None


def read_skos(data: bytes, name: str) -> tuple[Concept, ...]:
    """The concepts of a file, by address. Raises InputError for what is no SKOS, and for what would have to be fetched.

    Of several wider concepts the first by address is taken: a term here has one.
    """
    kind = _FORMATS.get(PurePath(name).suffix.lower())
    if kind is None:
        raise _invalid(name, "an ending nobody knows", f"{', '.join(_FORMATS)} are allowed")
    if len(data) > VOCABULARY_BYTES:
        raise _invalid(name, f"{len(data)} bytes", f"up to {VOCABULARY_BYTES} are allowed")
    plain = data.replace(b"\0", b"")  # of UTF-16, too
    if kind == "xml" and (b"<!DOCTYPE" in plain or b"<!ENTITY" in plain):
        raise _invalid(name, "XML with a DOCTYPE", "plain RDF/XML without declarations")
    if kind == "json-ld":
        _no_remote_context(data, name)
    graph = rdflib.Graph()
    try:
        with warnings.catch_warnings():
            # rdflib's own parsers use what it has deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            graph.parse(data=data, format=kind, publicID="urn:heritage:vocabulary/")
    except Exception as error:  # each parser of rdflib raises its own kinds, none of a common base
        words = " ".join(str(error).split())[:120]
        raise _invalid(name, f"no {kind} that can be read ({words})", "a SKOS file is allowed") from None
    concepts = sorted({s for s in graph.subjects(RDF.type, SKOS.Concept) if isinstance(s, rdflib.URIRef)})
    if not concepts:
        raise _invalid(name, "no skos:Concept in it", "a SKOS vocabulary is allowed")
    above: dict[rdflib.term.Node, set[str]] = {concept: set() for concept in concepts}
    for lower, upper in [
        *graph.subject_objects(SKOS.broader),
        *((b, a) for a, b in graph.subject_objects(SKOS.narrower)),
    ]:
        if lower in above and upper in above:
            above[lower].add(str(upper))
    return tuple(
        Concept(
            str(concept),
            _texts(graph, concept, SKOS.prefLabel),
            _texts(graph, concept, SKOS.definition),
            min(above[concept], default=None),
        )
        for concept in concepts
    )


def _texts(graph: rdflib.Graph, concept: rdflib.URIRef, of: rdflib.URIRef) -> dict[str, str]:
    found = sorted((o for o in graph.objects(concept, of) if isinstance(o, rdflib.Literal)), key=str)
    return {(literal.language or "").lower(): str(literal) for literal in reversed(found)}


def _no_remote_context(data: bytes, name: str) -> None:
    try:
        document = json.loads(data)
    except ValueError as error:
        raise _invalid(name, f"it is no JSON ({error})", "JSON-LD is allowed") from None

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for one in value:
                walk(one)
        elif isinstance(value, dict):
            contexts = value.get("@context", [])
            for one in contexts if isinstance(contexts, list) else [contexts]:
                if isinstance(one, str) or (isinstance(one, dict) and "@import" in one):
                    found = f"a context at {str(one)[:80]}, which would have to be fetched"
                    raise _invalid(name, found, "contexts inside the file are allowed")
            for one in value.values():
                walk(one)

    try:
        walk(document)
    except RecursionError:
        raise _invalid(name, "JSON nested too deep", "a SKOS file is allowed") from None


def _invalid(where: str, found: str, allowed: str) -> InputError:
    return InputError(where, found, allowed, "save it as Turtle (.ttl)", code="vocabulary-invalid")
