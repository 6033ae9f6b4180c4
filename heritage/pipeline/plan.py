"""From documents to tasks with fingerprints: what a build consists of, before anything runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from heritage.formats.cloud import sidecar
from heritage.model.documents import Document
from heritage.pipeline.stage import Stage


@dataclass(frozen=True)
class Task:
    """One stage on one subject. ``key`` is unique in a plan; ``needs`` maps a role to another task's key."""

    stage: Stage
    monument: str
    subject: str
    options: Document
    facts: Mapping[str, object]
    needs: Mapping[str, str]
    sources: Mapping[str, Path]

    @property
    def key(self) -> str:
        """``stage:monument:subject``."""
        return f"{self.stage.name}:{self.monument}:{self.subject}"


@dataclass(frozen=True)
class Planned:
    """A task whose output has a name."""

    task: Task
    fingerprint: str
    inputs: Mapping[str, tuple[str, str]]
    """Role to (stage, fingerprint) of what it needs."""

    digests: Mapping[str, str]
    """Role to SHA-256 of the source file (of every file beside it, for formats that refer to others)."""


def fingerprinted(tasks: Iterable[Task]) -> tuple[Planned, ...]:
    """Tasks in an order in which every need comes first, each with its fingerprint.

    A fingerprint is the SHA-256 of everything that may change the result: stage, version, options, facts,
    inputs' fingerprints, source bytes (never their time stamps) and the versions of the declared libraries.
    """
    waiting = {task.key: task for task in tasks}
    done: dict[str, Planned] = {}
    while waiting:
        ready = [task for task in waiting.values() if all(need in done for need in task.needs.values())]
        if not ready:
            raise ValueError(f"tasks need each other or something absent: {sorted(waiting)}")
        for task in ready:
            inputs = {
                role: (done[key].task.stage.name, done[key].fingerprint) for role, key in task.needs.items()
            }
            digests = {role: source_digest(path) for role, path in task.sources.items()}
            done[task.key] = Planned(task, _fingerprint(task, inputs, digests), inputs, digests)
            del waiting[task.key]
    return tuple(done.values())


def _fingerprint(task: Task, inputs: Mapping[str, tuple[str, str]], digests: Mapping[str, str]) -> str:
    content = {
        "stage": task.stage.name,
        "version": task.stage.version,
        "options": task.options.model_dump(mode="json"),
        "facts": task.facts,
        "inputs": {role: fingerprint for role, (_, fingerprint) in inputs.items()},
        "sources": dict(digests),
        "libraries": library_versions(task.stage.libraries),
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def library_versions(names: tuple[str, ...]) -> dict[str, str]:
    """Installed versions of distributions."""
    return {name: version(name) for name in names}


# An OBJ names an MTL which names pictures; a glTF names buffers: any file beside them may be part of the model.
_REFERRING = {".obj", ".gltf"}


def source_digest(path: Path) -> str:
    """SHA-256 of a source file's bytes; and of a ``.prj`` that says its CRS; of all files beside it
    where the format refers to others."""
    if path.suffix.lower() not in _REFERRING:
        beside = sidecar(path)
        return _digest(path) + (_digest(beside) if beside != path and beside.is_file() else "")
    whole = hashlib.sha256()
    for other in sorted(p for p in path.parent.rglob("*") if p.is_file() and not p.is_symlink()):
        whole.update(f"{other.relative_to(path.parent).as_posix()}\0{_digest(other)}\n".encode())
    return whole.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
