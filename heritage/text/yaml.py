"""YAML files as documents: strict YAML 1.2, the line of every key, and all problems of a file at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from heritage.model.documents import Document
from heritage.model.errors import InputError
from heritage.model.limits import YAML_BYTES
from heritage.text.compose import Composer
from heritage.text.explain import explained
from heritage.text.lines import Lines, in_order

D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class Loaded(Generic[D]):
    """A document and the lines of its keys."""

    document: D
    lines: Lines


def read_yaml(path: Path, model: type[D], shown: str) -> Loaded[D]:
    """The document of type ``model`` in the file ``path``, which messages call ``shown``.

    Raises InputError with all problems of the file: those of its YAML (encoding, syntax, repeated keys,
    anchors, tags, several documents, size, depth) and those of its values.
    """
    return parse_yaml(read_text(path, shown, YAML_BYTES), model, shown)


def read_text(path: Path, shown: str, most_bytes: int) -> str:
    """A text file as str. Raises InputError where it is missing, too big, or no UTF-8 without BOM and NUL."""
    try:
        with path.open("rb") as stream:
            content = stream.read(most_bytes + 1)
    except FileNotFoundError:
        raise InputError(
            shown, "the file is missing", "it is needed", "write it", code="file-missing"
        ) from None
    except OSError as error:
        raise InputError(
            shown, f"the file cannot be read ({error.strerror})", "a readable file", code="file-unreadable"
        ) from None
    return decoded(content, shown, most_bytes)


def decoded(content: bytes, shown: str, most_bytes: int) -> str:
    """As `read_text`, from a file's content."""
    if len(content) > most_bytes:
        raise InputError(
            shown,
            f"more than {most_bytes} bytes",
            f"up to {most_bytes} bytes are allowed",
            code="text-too-big",
        )
    utf8 = "UTF-8 without a byte order mark is allowed"
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        name = "UTF-8 with a byte order mark" if content.startswith(b"\xef") else "UTF-16 or UTF-32"
        raise InputError(f"{shown}:1", f"the text is {name}", utf8, "save it as UTF-8", code="text-encoding")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{shown}:{line}",
            f"byte 0x{content[error.start]:02x} is no UTF-8",
            utf8,
            "save it as UTF-8",
            code="text-encoding",
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(
            f"{shown}:{line}", "a NUL character", utf8, "save it as UTF-8 text", code="text-encoding"
        )
    return text


def parse_yaml(text: str, model: type[D], shown: str) -> Loaded[D]:
    """As `read_yaml`, from text."""
    composer = Composer(text, shown)
    value = composer.document()
    lines = Lines(shown, composer.lines)
    problems = list(composer.problems)
    document = None
    try:
        document = model.model_validate(value)
    except ValidationError as error:
        problems += explained(error, model, lines, written=composer.written, besides=composer.broken)
    if document is None or problems:
        raise InputError.of(in_order(problems))
    return Loaded(document, lines)
