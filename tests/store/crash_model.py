"""A disk that forgets: records the effects of `heritage.store.fs` and gives every state a crash could leave.

The model is POSIX at its least kind. An effect is certain once its file (content) or folder (names) was
synced after it; any subset of the others may have happened, whatever their order, and a write by half.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from heritage.store import fs

ORIGINAL = {
    name: getattr(fs, name)
    for name in ("mkdir", "create", "copy", "write_at", "truncate", "sync", "rename", "remove")
}
Node = Any  # dict[str, int] of a folder, bytes of a file
State = frozenset[tuple[str, bytes | None]]


@dataclass(frozen=True)
class Effect:
    """One change. ``names``: (folder, name, node or None) entries set; ``write``: (node, offset, data)."""

    kind: str
    folder: int = -1
    names: tuple[tuple[int, str, int | None], ...] = ()
    node: int = -1
    offset: int = 0
    data: bytes = b""


class Disk:
    """Records what happens below ``root``; ``skip`` leaves out one sync or rename, by its number."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.nodes: list[Node] = []
        self.effects: list[Effect] = []
        self.live: list[Node] = []
        self.numbered = 0
        self.skip: int | None = None
        self._load(root)
        self.nodes = [dict(n) if isinstance(n, dict) else n for n in self.live]

    def _load(self, path: Path) -> int:
        number = len(self.live)
        if path.is_dir():
            entries: dict[str, int] = {}
            self.live.append(entries)
            entries |= {
                child.name: self._load(child) for child in sorted(path.iterdir()) if child.name != "lock"
            }
        else:
            self.live.append(path.read_bytes())
        return number

    def _find(self, path: Path) -> int:
        number = 0
        for part in path.relative_to(self.root).parts:
            number = self.live[number][part]
        return number

    def _name(self, kind: str, *names: tuple[int, str, int | None]) -> None:
        self.effects.append(Effect(kind, folder=names[-1][0], names=names))
        for folder, name, node in names:
            if node is None:
                del self.live[folder][name]
            else:
                self.live[folder][name] = node

    def _new(self, path: Path, node: Node) -> int:
        self.live.append(node)
        self.nodes.append(dict(node) if isinstance(node, dict) else node)
        number = len(self.live) - 1
        self._name("link", (self._find(path.parent), path.name, number))
        return number

    def mkdir(self, path: Path) -> None:
        ORIGINAL["mkdir"](path)
        self._new(path, {})

    def create(self, path: Path, data: bytes) -> None:
        ORIGINAL["create"](path, data)
        self.effects.append(Effect("write", node=self._new(path, b""), data=data))

    def copy(self, source: Path, target: Path) -> None:
        ORIGINAL["copy"](source, target)
        self.effects.append(Effect("write", node=self._new(target, b""), data=target.read_bytes()))

    def write_at(self, path: Path, offset: int, data: bytes) -> None:
        is_new = not path.exists()
        ORIGINAL["write_at"](path, offset, data)
        if path.name != "lock":
            node = self._new(path, b"") if is_new else self._find(path)
            self.effects.append(Effect("write", node=node, offset=offset, data=data))

    def truncate(self, path: Path, size: int) -> None:
        ORIGINAL["truncate"](path, size)
        if path.name != "lock":
            self.effects.append(Effect("truncate", node=self._find(path), offset=size))

    def sync(self, path: Path) -> None:
        self.numbered += 1
        if self.numbered - 1 != self.skip:
            self.effects.append(Effect("sync", node=self._find(path)))

    def rename(self, old: Path, new: Path) -> None:
        self.numbered += 1
        if self.numbered - 1 != self.skip:
            ORIGINAL["rename"](old, new)
            moved = (self._find(new.parent), new.name, self._find(old))
            self._name("rename", (self._find(old.parent), old.name, None), moved)

    def remove(self, path: Path) -> None:
        ORIGINAL["remove"](path)
        self._name("unlink", (self._find(path.parent), path.name, None))

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand between the store and the operating system from now on."""
        for name in ORIGINAL:
            monkeypatch.setattr(fs, name, getattr(self, name))

    def states(self) -> Iterator[tuple[bool, State]]:
        """(whether all effects were issued, content by path) after every crash, the latest first."""
        seen: set[tuple[bool, State]] = set()
        for end in reversed(range(len(self.effects) + 1)):
            issued = self.effects[:end]
            choices = [self._choices(effect, issued[i + 1 :]) for i, effect in enumerate(issued)]
            for chosen in itertools.product(*choices):
                state = (end == len(self.effects), self._after(issued, chosen))
                if state not in seen:
                    seen.add(state)
                    yield state

    @staticmethod
    def _choices(effect: Effect, later: list[Effect]) -> tuple[float, ...]:
        """Which parts of an effect may have reached the disk."""
        if effect.kind == "sync":
            return (0,)
        inode = effect.folder if effect.names else effect.node
        if any(e.kind == "sync" and e.node == inode for e in later):
            return (1,)
        return (0, 0.5, 1) if effect.kind == "write" else (0, 1)

    def _after(self, issued: list[Effect], parts: tuple[float, ...]) -> State:
        nodes: list[Node] = [dict(n) if isinstance(n, dict) else n for n in self.nodes]
        for effect, part in zip(issued, parts, strict=True):
            if not part:
                continue
            for folder, name, node in effect.names:
                if node is None:
                    nodes[folder].pop(name, None)
                else:
                    nodes[folder][name] = node
            if effect.kind == "write":
                data = effect.data[: int(len(effect.data) * part)]
                old = nodes[effect.node].ljust(effect.offset, b"\0")
                nodes[effect.node] = old[: effect.offset] + data + old[effect.offset + len(data) :]
            elif effect.kind == "truncate":
                nodes[effect.node] = nodes[effect.node][: effect.offset].ljust(effect.offset, b"\0")
        return frozenset(_paths(nodes, 0, ""))


def _paths(nodes: list[Node], number: int, at: str) -> Iterator[tuple[str, bytes | None]]:
    node = nodes[number]
    if isinstance(node, bytes):
        yield at, node
    else:
        yield at, None
        for name, child in node.items():
            yield from _paths(nodes, child, f"{at}/{name}" if at else name)


def laid_out(state: State, root: Path) -> Path:
    """The state as real files below the new folder ``root``, for the store's own readers to look at."""
    for path, content in sorted(state):
        if content is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(content)
    return root


class Failing:
    """Makes the ``k``-th effect fail with ``number``; a write has then half happened."""

    def __init__(self, k: int, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = k
        self.number = number
        self.failed: str | None = None
        for name, original in ORIGINAL.items():
            monkeypatch.setattr(fs, name, self._wrap(name, original))

    def _wrap(self, name: str, original: Callable[..., None]) -> Callable[..., None]:
        def call(path: Path, *arguments: object) -> None:
            self.left -= 1
            if self.left != -1:
                return original(path, *arguments)
            self.failed = name
            if arguments and isinstance(arguments[-1], bytes):
                half = arguments[-1][: len(arguments[-1]) // 2]
                original(path, *arguments[:-1], half)
            raise OSError(self.number, os.strerror(self.number), str(path))

        return call
