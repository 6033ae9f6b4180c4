"""JSON that somebody else wrote: bounded in size and depth, and read value by value with a path for messages."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from heritage.formats.printable import printable
from heritage.model.errors import InputError
from heritage.model.limits import EXCHANGE_BYTES, EXCHANGE_DEPTH

Object = dict[str, Any]
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_BRACKET = re.compile(r"[\[\]{}]")


class Reading:
    """What stands in one file. Every method takes a value and the path to it, ``setups[0].tours``, for messages."""

    def __init__(self, name: str) -> None:
        self.name = name

    def refuse(self, at: str, found: str, allowed: str, remedy: str = "export it anew") -> NoReturn:
        """Raises InputError for what stands at a path."""
        where = printable(f"{self.name}, {at}" if at else self.name)
        raise InputError(where, found, allowed, remedy, code="exchange-invalid")

    def document(self, data: bytes) -> Object:
        """The object in ``data``. Raises InputError for what is no JSON, too large, too deep, or holds NaN."""
        if len(data) > EXCHANGE_BYTES:
            self.refuse("", f"{len(data)} bytes", f"up to {EXCHANGE_BYTES} are allowed", "split it")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.refuse("", f"byte {error.start} is no UTF-8", "UTF-8 is allowed", "save it as UTF-8")
        if _depth(text) > EXCHANGE_DEPTH:
            self.refuse("", f"nesting deeper than {EXCHANGE_DEPTH}", "a tour is not nested so deep")
        try:
            value = json.loads(text, parse_constant=self._no_number)
        except json.JSONDecodeError as error:
            self.refuse(f"line {error.lineno}", f"it is no JSON: {error.msg}", "JSON is allowed")
        except ValueError:  # an integer of thousands of digits
            self.refuse("", "a number too long to read", "numbers are allowed")
        if not isinstance(value, dict):
            self.refuse("", "it is no JSON object", "an object is allowed")
        return value

    def _no_number(self, word: str) -> NoReturn:
        self.refuse("", f"{word} where a number belongs", "finite numbers are allowed")

    def object(self, value: Any, at: str) -> Object:
        """``value``, which must be an object; None is an empty one."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.refuse(at, f"{_kind(value)}", "an object is allowed")
        return value

    def objects(self, value: Any, at: str) -> list[Object]:
        """``value``, which must be a list of objects; None is an empty one."""
        return [self.object(one, f"{at}[{k}]") for k, one in enumerate(self.items(value, at))]

    def items(self, value: Any, at: str) -> list[Any]:
        """``value``, which must be a list; None is an empty one."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(at, f"{_kind(value)}", "a list is allowed")
        return value

    def text(self, value: Any, at: str) -> str:
        """``value``, which must be text; None is empty."""
        if value is None:
            return ""
        if not isinstance(value, str):
            self.refuse(at, f"{_kind(value)}", "text is allowed")
        return value

    def number(self, value: Any, at: str, default: float | None = None) -> float:
        """``value`` as a finite number; None is ``default`` where there is one."""
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(at, f"{_kind(value)} where a number belongs", "finite numbers are allowed")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.refuse(at, "a number beyond all bounds", "finite numbers are allowed")
        return number

    def numbers(self, value: Any, count: int, at: str) -> tuple[float, ...]:
        """``value`` as ``count`` finite numbers."""
        held = self.items(value, at)
        if len(held) != count:
            self.refuse(at, f"{len(held)} numbers", f"{count} are needed")
        return tuple(self.number(one, f"{at}[{k}]") for k, one in enumerate(held))

    def index(self, value: Any, held: list[Object], at: str) -> Object:
        """The element of ``held`` that ``value`` counts to."""
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(held):
            self.refuse(at, f"{str(value)[:20]} counts to nothing", f"0 to {len(held) - 1} are allowed")
        return held[value]


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return f"the text {json.dumps(value[:40], ensure_ascii=True)}"
    names = {bool: "true or false", dict: "an object", list: "a list", type(None): "nothing"}
    return names.get(type(value), "a number")


def _depth(text: str) -> int:
    """How deep brackets are nested, those in quotes left out."""
    deepest = depth = 0
    for bracket in _BRACKET.findall(_QUOTED.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest
