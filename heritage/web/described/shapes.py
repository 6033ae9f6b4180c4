"""The shapes of what is sent and answered, as JSON Schema: those of documents and records are made of their own types."""

from __future__ import annotations

import re
from typing import Any, Final

from pydantic import TypeAdapter

from heritage.model.documents import ID_PATTERN, Document, PlacementOrder
from heritage.model.errors import Problem
from heritage.page.reports import Released
from heritage.people.events import Event
from heritage.people.handling import Step
from heritage.people.invitations import Invitation
from heritage.people.person import ROLES
from heritage.people.punctuality import Figures
from heritage.people.reports import Report
from heritage.people.sessions import Session
from heritage.text.document import MODELS

Schema = dict[str, Any]
TEXT: Final[Schema] = {"type": "string"}
WHOLE: Final[Schema] = {"type": "integer"}
TRUTH: Final[Schema] = {"type": "boolean"}
ANY: Final[Schema] = {}
ROLE: Final[Schema] = {"enum": list(ROLES)}
REVISION: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def ref(component: str) -> Schema:
    """A component by its name."""
    return {"$ref": f"#/components/schemas/{component}"}


def record(optional: tuple[str, ...] = (), /, **fields: Schema) -> Schema:
    """An object with these keys, no others, and all of them but ``optional``."""
    needed = [key for key in fields if key not in optional]
    return {"type": "object", "properties": fields, "required": needed, "additionalProperties": False}


def listed(one: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": one}


def maybe(one: Schema) -> Schema:
    """Or null."""
    return {"anyOf": [one, {"type": "null"}]}


def by_name(one: Schema) -> Schema:
    """A mapping from names."""
    return {"type": "object", "additionalProperties": one}


def path_parameter(name: str, kind: str) -> Schema:
    """``kind`` is the route's converter, or key for the part of a document's key."""
    schema: Schema = {"type": "string", "minLength": 1}
    if kind == "int":
        schema = {"type": "integer", "minimum": 0}
    elif kind == "key":
        schema = {"type": "string", "pattern": ID_PATTERN}
    more = {"description": "May have slashes."} if kind == "path" else {}
    return {"name": name, "in": "path", "required": True, "schema": schema, **more}


def name(method: str, address: str) -> str:
    """An operation's name: ``put-studio-api-documents-tours-id``."""
    return "-".join([method.lower(), *re.findall(r"[a-z0-9]+", address.lower())]) or method.lower()


def _made_of(kind: Any) -> dict[str, Schema]:
    """What ``asdict`` of a record gives, as JSON; and the records in it."""
    schema = TypeAdapter(kind).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    found = {**schema.pop("$defs", {}), kind.__name__: schema}
    return {name: {**one, "required": list(one["properties"])} for name, one in found.items()}


def _document(model: type[Document]) -> dict[str, Schema]:
    """A document's own schema and those of its parts."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), model.__name__: schema}


def _components() -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for kind, model in MODELS.items():
        found |= _document(model)
        whole = ref(model.__name__)
        found[f"{kind}-value"] = record(tour=whole, words=by_name(ref("Words"))) if kind == "tour" else whole
        found[f"{kind}-read"] = record(
            key=TEXT,
            kind={"const": kind},
            revision=REVISION,
            # What stands in the files where it can be read; it may be of an older version than its schema.
            value=maybe({"type": "object"}),
            files=by_name(TEXT),
            problems=listed(ref("Problem")),
        )
    found["Words"] = record(
        title=TEXT, introduction=TEXT, stops=by_name(record(title=maybe(TEXT), text=TEXT))
    )
    error = record(code=TEXT, where=TEXT, found=TEXT, allowed=TEXT, remedy=TEXT)
    found["Refusal"] = record(error=error)
    clash = record(field=TEXT, base=ANY, mine=ANY, theirs=ANY, who=TEXT)
    found["Changed"] = record(
        ("clashes", "revision", "theirs"),
        error=error,
        clashes=listed(clash),
        revision=maybe(REVISION),
        theirs=maybe({"type": "object"}),
    )
    found["Unprocessable"] = record(("problems",), error=error, problems=listed(ref("Problem")))
    found["Me"] = record(name=TEXT, roles=listed(ROLE), mode={"enum": ["local", "accounts"]})
    for record_of in (Problem, Session, Event, Invitation, Report, Figures, Step, Released):
        found |= _made_of(record_of)
    found["Report"]["properties"]["photo"] = TRUTH
    found |= _document(PlacementOrder)
    found["Saved"] = record(
        revision=REVISION, value=maybe({"type": "object"}), merged=TRUTH, problems=listed(ref("Problem"))
    )
    found["Build"] = record(
        id=TEXT,
        who=maybe(TEXT),
        started=maybe(TEXT),
        monument=maybe(TEXT),
        status={"enum": ["running", "done", "failed", "stopped"]},
        done=WHOLE,
        total=WHOLE,
        stage=maybe(TEXT),
        release=maybe(TEXT),
        problems=listed(ref("Problem")),
        message=maybe(TEXT),
    )
    found["Release"] = record(id=TEXT, current=TRUTH, published=TRUTH, who=maybe(TEXT), when=maybe(TEXT))
    found["Place"] = record(name=TEXT, page=TEXT, key=TEXT, stop=maybe(TEXT))
    return {name: _evenly(one) for name, one in sorted(found.items())}


def _evenly(schema: Any) -> Any:
    """A tuple of equals as a list of so many: many tools do not know ``prefixItems``."""
    if isinstance(schema, list):
        return [_evenly(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _evenly(value) for key, value in schema.items()}
    first, *others = found.get("prefixItems") or [None]
    if first is not None and all(one == first for one in others) and found.get("maxItems") == 1 + len(others):
        del found["prefixItems"]
        found["items"] = first
    return found


COMPONENTS: Final = _components()
