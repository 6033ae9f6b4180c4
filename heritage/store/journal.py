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
    """Add one record, durably. The caller holds the writer's lock. Raises StoreError."""
    path = root / JOURNAL
    with fs.told(path):
        content = path.read_bytes() if path.exists() else b""
        lines, torn = _split(content)
        if torn:
            fs.truncate(path, len(content) - len(torn))
        last = _parse(lines[-1]) if lines else None
        if lines and last is None:
            raise StoreError(
                f"{path}:{len(lines)}",
                "the last record is damaged",
                "a record as it was written",
                "restore the journal from a backup, or move it away to start a new one",
                code="journal-damaged",
            )
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
        fs.write_at(path, len(content) - len(torn), line + b"\n")
        fs.sync(path)
        if not lines:
            fs.sync(root)
    publish_bytes(root / HEAD, json.dumps({"sequence": sequence, "sha256": _digest(line)}).encode())


def read(root: Path) -> tuple[Record, ...]:
    """All whole records. Raises StoreError where the chain does not hold."""
    records, problems = _checked(root)
    if problems:
        raise StoreError.of(problems)
    return records


def verify(root: Path) -> tuple[Problem, ...]:
    """Where the chain does not hold; nothing is raised or written. A torn last line is no damage."""
    return _checked(root)[1]


def _checked(root: Path) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
    path = root / JOURNAL
    with fs.told(path):
        content = path.read_bytes() if path.exists() else b""
        head_bytes = (root / HEAD).read_bytes() if (root / HEAD).exists() else None
    lines, _ = _split(content)
    records: list[Record] = []
    previous = _START
    for number, line in enumerate(lines, 1):
        record = _parse(line)
        if record is None:
            return tuple(records), (_problem(f"{path}:{number}", "it is no record"),)
        if (record.sequence, record.previous) != (number, previous):
            return tuple(records), (_problem(f"{path}:{number}", "it does not follow the record before it"),)
        records.append(record)
        previous = _digest(line)
    if problem := _head_problem(root / HEAD, head_bytes, lines):
        return tuple(records), (problem,)
    return tuple(records), ()


def _head_problem(path: Path, content: bytes | None, lines: list[bytes]) -> Problem | None:
    """The head names the last record or, after a crash between the two writes, the one before it."""
    try:
        head: Any = json.loads(content) if content is not None else {"sequence": 0, "sha256": _START}
        sequence, sha256 = int(head["sequence"]), head["sha256"]
    except (ValueError, KeyError, TypeError):
        return _problem(str(path), "it cannot be read")
    if sequence > len(lines):
        found = f"it is missing: {sequence} records were written"
        return _problem(f"{path.parent / JOURNAL}:{len(lines) + 1}", found)
    if sequence < len(lines) - 1:
        return _problem(str(path), f"it names record {sequence} of {len(lines)}")
    if sha256 != (_digest(lines[sequence - 1]) if sequence else _START):
        return _problem(f"{path.parent / JOURNAL}:{sequence}", f"it is not the record that {path.name} names")
    return None


def _problem(where: str, found: str) -> Problem:
    return Problem(
        "journal-damaged",
        where,
        found,
        "the records as they were written",
        "restore the journal from a backup, or move it away with its head to start a new one",
    )


def _split(content: bytes) -> tuple[list[bytes], bytes]:
    """Whole lines, and what stands after the last line end."""
    *lines, torn = content.split(b"\n")
    return lines, torn


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
