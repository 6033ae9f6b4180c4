"""Who did what: JSON lines, each carrying the SHA-256 of the line before it.

The chain shows an edited, removed or moved record and names its place. Cutting whole records off the end
leaves a chain that holds, so `journal.head` remembers the last record. A crash leaves the last record whole
or torn; the next append removes a torn one, which nobody was told had been written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from heritage.model.errors import Problem, StoreError
from heritage.store import fs
from heritage.store.publish import publish_bytes

JOURNAL = "journal"
HEAD = "journal.head"
_START = "0" * 64
_FIELDS = {"sequence", "time", "who", "action", "details", "previous"}


@dataclass(frozen=True)
class Record:
    """One line. ``sequence`` counts from 1 and is the order; ``time`` is the clock's, in UTC."""

    sequence: int
    time: str
    who: str
    action: str
    details: Mapping[str, Any]
    previous: str


def append(root: Path, who: str, action: str, details: Mapping[str, object]) -> None:
    """Add one record, durably. The caller holds the writer's lock.

    Raises StoreError, having written nothing, where the end of the journal is damaged: what follows would
    hide it.
    """
    path = root / JOURNAL
    lines, torn, head = _stored(root)
    last = _parse(lines[-1]) if lines else None
    problem = _head_problem(root, head, lines)
    if lines and last is None:
        problem = _problem(f"{path}:{len(lines)}", "it is no record")
    if problem:
        raise StoreError.of([problem])
    if last and head != _head(last.sequence, lines[-1]):
        # A crash came between a record and its head; another one now would leave the head two behind.
        publish_bytes(root / HEAD, _head(last.sequence, lines[-1]))
    sequence = last.sequence + 1 if last else 1
    record = {
        "sequence": sequence,
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "who": who,
        "action": action,
        "details": dict(details),
        "previous": _digest(lines[-1]) if lines else _START,
    }
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    end = sum(len(each) + 1 for each in lines)
    with fs.told(path):
        if torn:
            fs.truncate(path, end)
        fs.write_at(path, end, line + b"\n")
        fs.sync(path)
        if not lines:
            fs.sync(root)
    publish_bytes(root / HEAD, _head(sequence, line))


def read(root: Path) -> tuple[Record, ...]:
    """All whole records. Raises StoreError where the chain does not hold."""
    records, problems = _checked(root)
    if problems:
        raise StoreError.of(problems)
    return records


def last(root: Path) -> Record | None:
    """The newest whole record; the chain before it is not verified. Raises StoreError where it is no record."""
    lines, _, _ = _stored(root)
    return _record(root, lines, len(lines) - 1) if lines else None


def tail(root: Path, most: int) -> tuple[Record, ...]:
    """The newest whole records, at most ``most``, in their order, as far as they are records; nothing is verified."""
    lines, _, _ = _stored(root)
    return tuple(record for line in lines[-most:] if (record := _parse(line)) is not None)


def find(root: Path, name: str, value: str) -> Record | None:
    """The newest record whose detail ``name`` is ``value``; the chain is not verified."""
    lines, _, _ = _stored(root)
    sought = json.dumps({name: value}, ensure_ascii=False, separators=(",", ":"))[1:-1].encode()
    for at in range(len(lines) - 1, -1, -1):
        if sought in lines[at]:
            record = _record(root, lines, at)
            if record.details.get(name) == value:
                return record
    return None


def _record(root: Path, lines: list[bytes], at: int) -> Record:
    record = _parse(lines[at])
    if record is None:
        raise StoreError.of([_problem(f"{root / JOURNAL}:{at + 1}", "it is no record")])
    return record


def verify(root: Path) -> tuple[Problem, ...]:
    """Where the chain does not hold; nothing is raised or written. A torn last line is no damage."""
    return _checked(root)[1]


def at_one_moment(root: Path) -> tuple[bytes, bytes | None]:
    """The content of the journal and of its head, None where there is none; no lock is needed."""
    path, head = root / JOURNAL, root / HEAD
    with fs.told(path):
        while True:
            before = _content(head)
            content = _content(path) or b""
            if before == _content(head):  # nobody has added a record meanwhile, or its head is still to come
                return content, before


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _checked(root: Path) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
    lines, _, head = _stored(root)
    records: list[Record] = []
    previous = _START
    for number, line in enumerate(lines, 1):
        record = _parse(line)
        where = f"{root / JOURNAL}:{number}"
        if record is None:
            return tuple(records), (_problem(where, "it is no record"),)
        if (record.sequence, record.previous) != (number, previous):
            return tuple(records), (_problem(where, "it does not follow the record before it"),)
        records.append(record)
        previous = _digest(line)
    problem = _head_problem(root, head, lines)
    return tuple(records), (problem,) if problem else ()


def _stored(root: Path) -> tuple[list[bytes], bytes, bytes | None]:
    """The journal's whole lines, what stands after the last line end, and the head."""
    content, head = at_one_moment(root)
    *lines, torn = content.split(b"\n")
    return lines, torn, head


def _head(sequence: int, line: bytes) -> bytes:
    return json.dumps({"sequence": sequence, "sha256": _digest(line)}).encode()


def _head_problem(root: Path, head: bytes | None, lines: list[bytes]) -> Problem | None:
    """The head names the last record or, after a crash between the two writes, the one before it."""
    try:
        values: Any = json.loads(head) if head is not None else {"sequence": 0, "sha256": _START}
        sequence, sha256 = int(values["sequence"]), values["sha256"]
    except (ValueError, KeyError, TypeError):
        return _problem(str(root / HEAD), "it cannot be read")
    if sequence > len(lines):
        found = f"it is missing: {sequence} records were written"
        return _problem(f"{root / JOURNAL}:{len(lines) + 1}", found)
    if sequence < len(lines) - 1:
        return _problem(str(root / HEAD), f"it names record {sequence} of {len(lines)}")
    if sha256 != (_digest(lines[sequence - 1]) if sequence else _START):
        return _problem(f"{root / JOURNAL}:{sequence}", f"it is not the record that {HEAD} names")
    return None


def _problem(where: str, found: str) -> Problem:
    return Problem(
        "journal-damaged",
        where,
        found,
        "the records as they were written",
        "restore the journal from a backup, or move it away with its head to start a new one",
    )


def _parse(line: bytes) -> Record | None:
    try:
        values = json.loads(line)
    except ValueError:
        return None
    if not isinstance(values, dict) or values.keys() != _FIELDS or type(values["sequence"]) is not int:
        return None
    return Record(**values)


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
