"""What pydantic found wrong with a document, in the words of the person who wrote the file."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from heritage.model.documents import HOUR_PATTERN, ID_PATTERN, LANGUAGE_PATTERN, TEXT_KINDS
from heritage.model.errors import Contradiction, Problem
from heritage.text.lines import Lines, Path, dotted, visible

_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping (key: value)",
}
_PATTERNS = {
    ID_PATTERN: "1 to 64 of the characters a-z, 0-9 and - are allowed",
    LANGUAGE_PATTERN: "a language tag (BCP 47) such as vi, en or pt-BR is allowed",
    HOUR_PATTERN: 'an hour such as "07:30" is allowed',
}


def explained(
    error: ValidationError,
    model: type[BaseModel],
    lines: Lines,
    *,
    base: Path = (),
    written: Mapping[Path, str] | None = None,
    besides: Collection[Path] = (),
) -> tuple[Problem, ...]:
    """One Problem per error, each at its line.

    ``model`` is what was validated and ``base`` the path of its value in the file; ``written`` holds what
    stands in the file for values that are not text; errors at or below ``besides`` are left out.
    """
    schema = model.model_json_schema()
    problems = []
    for detail in error.errors(include_url=False):
        path = (*base, *detail["loc"])
        # A list whose items are wrong is also called too short by pydantic: it counts the good ones.
        echo = detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]
        if not echo and not any(path[: len(known)] == known for known in besides):
            problems.append(_problem(detail, schema, lines, base, written or {}))
    return tuple(problems)


def nearest(wrong: str, allowed: Iterable[str]) -> str:
    """``did you mean x?`` where something allowed is spelt nearly like ``wrong``, else an empty string."""
    close = difflib.get_close_matches(wrong, list(allowed), n=1)
    return f'did you mean "{close[0]}"?' if close else ""


def _problem(
    detail: ErrorDetails, schema: dict[str, Any], lines: Lines, base: Path, written: Mapping[Path, str]
) -> Problem:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    loc: Path = detail["loc"]
    # Pydantic also names the kind of a text, which is no key of the file; an unknown key is one, whatever its name.
    end = len(loc) - (kind == "extra_forbidden")
    loc = (*(key for key in loc[:end] if key not in TEXT_KINDS), *loc[end:])
    about_key = loc[-1:] == ("[key]",)
    if about_key:
        loc = loc[:-1]
    path = (*base, *loc)
    name, where = dotted(path) or "the file", lines.where(*path)
    shown = written.get(path) or _shown(value)
    here = _schema_at(schema, loc)
    allowed = _allowed(here)

    if kind == "extra_forbidden":
        keys = list(_schema_at(schema, loc[:-1]).get("properties", {}))
        return Problem(
            "yaml-unknown-key",
            where,
            f"unknown key {name}",
            f"{', '.join(keys)} are allowed",
            nearest(str(loc[-1]), keys),
        )
    if kind == "missing" and isinstance(loc[-1], int):
        return Problem(
            "yaml-value",
            where,
            f"{dotted(path[:-1])} has {len(value)} items",
            _allowed(_schema_at(schema, loc[:-1])),
        )
    if kind == "missing":
        return Problem("yaml-missing-key", where, f"{name} is missing", allowed, f"add {loc[-1]}: …")
    if kind == "string_pattern_mismatch":
        allowed = _PATTERNS[context["pattern"]]
        subject = f"the key {name}" if about_key else f"{name} is {shown}"
        return Problem(
            "yaml-value",
            where,
            subject + (" is no language" if about_key else ""),
            allowed,
            _lower_hint(value),
        )
    if kind == "string_type" and written.get(path):
        return Problem(
            "yaml-type",
            where,
            f"{name} is {shown}, which YAML does not read as text",
            allowed,
            f'write it in quotes: "{shown}"',
        )
    if kind == "literal_error":
        return Problem(
            "yaml-value",
            where,
            f"{name} is {shown}",
            allowed,
            nearest(str(value), map(str, here.get("enum", ()))),
        )
    if kind in {"float_type", "int_type", "bool_type", "date_type"} and isinstance(value, str):
        return Problem(
            "yaml-type", where, f"{name} is {shown}, which is text", allowed, _as_meant(kind, value)
        )
    if kind.endswith("_type"):
        return Problem("yaml-type", where, f"{name} is {shown}", allowed)
    if kind in {"too_short", "too_long"}:
        return Problem("yaml-value", where, f"{name} has {_count(value)}", allowed)
    if kind == "string_too_long":
        return Problem(
            "yaml-value",
            where,
            f"{name} has {len(value)} characters",
            f"up to {context['max_length']} are allowed",
        )
    if kind == "value_error" and isinstance(context["error"], Contradiction):
        said = context["error"]
        return Problem("yaml-contradiction", where, f"{name}: {said.found}", said.allowed, said.remedy)
    if kind == "value_error":
        rule = str(context["error"])
        if isinstance(value, dict):
            return Problem("yaml-value", where, f"{name} has {_keys(value)}", rule)
        return Problem("yaml-value", where, f"{name} is {shown}", f"{rule} is allowed")
    return Problem("yaml-value", where, f"{name} is {shown}", allowed or detail["msg"])


def _shown(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, str):
        return json.dumps(visible(value), ensure_ascii=False).replace("\\\\", "\\") if value else "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return visible(str(value))


def _keys(value: dict[str, object]) -> str:
    return ", ".join(visible(str(key)) for key in value) or "no keys"


def _count(value: Any) -> str:
    return f"{len(value)} item{'' if len(value) == 1 else 's'}"


def _lower_hint(value: object) -> str:
    return "use small letters" if isinstance(value, str) and value != value.lower() else ""


def _as_meant(kind: str, value: str) -> str:
    """What helps where the text says what is wanted, but as text; nothing where it says something else."""
    if kind == "date_type":
        says = re.fullmatch(r"\d{4}-\d\d-\d\d", value)
    elif kind == "bool_type":
        says = re.fullmatch("true|false", value)
    elif re.fullmatch(r"[-+]?\d+,\d+", value):
        return f"write it with a point: {value.replace(',', '.')}"
    else:
        says = re.fullmatch(r"[-+]?\d+(\.\d*)?", value)
    return "write it without quotes" if says else ""


def _schema_at(schema: dict[str, Any], loc: Path) -> dict[str, Any]:
    """The JSON Schema of the value at ``loc``; empty where the schema says nothing of it."""
    definitions = schema.get("$defs", {})

    def plain(node: dict[str, Any]) -> dict[str, Any]:
        while True:
            if "$ref" in node:
                extra = {key: value for key, value in node.items() if key != "$ref"}
                node = {**definitions[node["$ref"].rpartition("/")[2]], **extra}
            elif "anyOf" in node:
                node = next(option for option in node["anyOf"] if option.get("type") != "null")
            elif "oneOf" in node:
                node = node["oneOf"][-1]  # text, or text per language: there keys lead on
            else:
                return node

    here = plain(schema)
    for key in loc:
        if isinstance(key, int):
            prefix = here.get("prefixItems", [])
            here = prefix[key] if key < len(prefix) else here.get("items", {})
        elif key in here.get("properties", {}):
            here = here["properties"][key]
        else:
            here = next(iter(here.get("patternProperties", {}).values()), {})
        here = plain(here)
    return here


def _allowed(schema: Mapping[str, Any]) -> str:
    """What a JSON Schema allows, in words."""
    if "enum" in schema or "const" in schema:
        return f"{', '.join(map(str, schema.get('enum', [schema.get('const')])))} {_are(schema)} allowed"
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f"{_number(low)}..{_number(high)} is allowed"
    bounds = {"at least": low, "more than": above, "at most": high, "less than": below}
    limits = [f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None]
    if limits:
        return f"{' and '.join(limits)} is allowed"
    if "minItems" in schema or "maxItems" in schema:
        least, most = schema.get("minItems"), schema.get("maxItems")
        if least == most:
            return f"a list of {least} is allowed"
        span = f"{least} to {most}" if least and most else f"at least {least}" if least else f"up to {most}"
        return f"a list of {span} is allowed"
    if schema.get("format") == "date":
        return f"a date such as {date(2019, 3, 14)} is allowed"
    if "patternProperties" in schema:
        return "text per language (en: …) is allowed"
    kind = _KINDS.get(str(schema.get("type")), "")
    return f"{kind} is allowed" if kind else ""


def _number(value: float) -> str:
    """As people write it: a large one in full, never as a power of ten."""
    return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:g}"


def _are(schema: Mapping[str, Any]) -> str:
    return "are" if len(schema.get("enum", ())) > 1 else "is"
