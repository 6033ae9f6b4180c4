"""Every way Heritage says no: one line, with where, what was found, what is allowed and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """One finding about the user's input.

    ``where`` is a file with line or byte (``tours/gate/tour.yaml:12``), ``found`` what stands there,
    ``allowed`` what may stand there, ``remedy`` what to do. ``code`` is stable and documented
    (kebab-case, for instance ``yaml-unknown-key``).
    """

    code: str
    where: str
    found: str
    allowed: str = ""
    remedy: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        tail = "; ".join(part for part in (self.allowed, self.remedy) if part)
        return f"{self.where}: {self.found}" + (f"; {tail}" if tail else "")


class Contradiction(ValueError):
    """What the keys of one document say together and may not; the reader of the file adds where it stands."""

    def __init__(self, found: str, allowed: str, remedy: str = "") -> None:
        super().__init__(f"{found}; {allowed}")
        self.found, self.allowed, self.remedy = found, allowed, remedy


class HeritageError(Exception):
    """Base of all expected failures. ``exit_code`` is the command line's, ``status`` the web's."""

    exit_code = 1
    status = 500

    def __init__(
        self,
        where: str,
        found: str,
        allowed: str = "",
        remedy: str = "",
        *,
        code: str = "failed",
        status: int | None = None,
    ) -> None:
        self.problems: tuple[Problem, ...] = (Problem(code, where, found, allowed, remedy),)
        if status is not None:
            self.status = status
        super().__init__(str(self.problems[0]))

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> HeritageError:
        """One error that carries several problems; its text is one line per problem."""
        first = problems[0]
        error = cls(first.where, first.found, first.allowed, first.remedy, code=first.code)
        error.problems = tuple(problems)
        error.args = ("\n".join(map(str, problems)),)
        return error

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders (worker to command line); rebuild from the problems, not from args.
        return (_rebuild, (type(self), self.problems))


def _rebuild(kind: type[HeritageError], problems: tuple[Problem, ...]) -> HeritageError:
    return kind.of(problems)


class MethodError(HeritageError):
    """The input is well formed but the method cannot give a trustworthy result (exit 1)."""

    exit_code = 1
    status = 422


class InputError(HeritageError):
    """A file or value of the user's is wrong (exit 2)."""

    exit_code = 2
    status = 400


class StoreError(HeritageError):
    """Derived data is damaged or cannot be written (exit 3)."""

    exit_code = 3
    status = 500


class BusyError(HeritageError):
    """Somebody else holds what is needed, or has changed it meanwhile (exit 4)."""

    exit_code = 4
    status = 409


class ThrottledError(HeritageError):
    """Too much was asked of late (exit 4); ``retry_after_s`` says when it may be asked again."""

    exit_code = 4
    status = 429
    retry_after_s = 60
