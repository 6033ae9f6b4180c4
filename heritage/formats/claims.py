"""Which part of a state each surface of a model belongs to, by the names it has in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from heritage.model.errors import InputError

_LISTED = 12


@dataclass(frozen=True, eq=False)
class Claims:
    """``named``: the patterns of each part, by its number; ``rest``: the part that takes what none of them names.

    A pattern is a name in which ``*`` stands for any letters. Case counts.
    """

    named: Mapping[int, Sequence[str]] = field(default_factory=dict)
    rest: int | None = None
    _owners: dict[tuple[str, ...], int] = field(default_factory=dict, repr=False)

    def owner(self, where: str, names: tuple[str, ...]) -> int:
        """The part of a surface with ``names``: of its nodes, mesh and material, or of its object, groups and material.

        Raises InputError where two parts name it, or none does and there is no rest.
        """
        if names not in self._owners:
            self._owners[names] = self._settled(where, names)
        return self._owners[names]

    def _settled(self, where: str, names: tuple[str, ...]) -> int:
        owners = [
            part
            for part, patterns in self.named.items()
            if any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
        ]
        called = " / ".join(names)[:200] or "(no name)"
        if len(owners) > 1:
            raise InputError(
                where,
                f"the surface {called} is named by {len(owners)} parts of the state",
                "one part is allowed",
                "name it in one of them",
                code="part-claimed-twice",
            )
        if owners:
            return owners[0]
        if self.rest is None:
            raise InputError(
                where,
                f"the surface {called} belongs to no part of the state",
                "every surface needs one",
                "name it in a part, or add a part without named for the rest",
                code="part-unclaimed",
            )
        return self.rest

    def finish(self, where: str) -> None:
        """All surfaces were asked for. Raises InputError where a pattern named none of them, or the rest is nothing."""
        names = sorted({name for held in self._owners for name in held})
        for patterns in self.named.values():
            for pattern in patterns:
                if not any(fnmatchcase(name, pattern) for name in names):
                    more = ", …" if len(names) > _LISTED else ""
                    raise InputError(
                        where,
                        f"no surface is named {pattern!r}",
                        f"its names are {', '.join(names[:_LISTED]) or 'none'}{more}",
                        "correct named of the part",
                        code="part-name-unknown",
                    )
        if self.rest is not None and self.rest not in self._owners.values():
            raise InputError(
                where,
                "no surface is left for the part without named",
                "a part needs a surface",
                "remove the part, or name less in the others",
                code="part-empty",
            )
