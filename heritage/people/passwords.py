"""Passwords: argon2id (RFC 9106, the profile for little memory), and how long they must be."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import Final

import argon2

from heritage.model.errors import InputError
from heritage.model.limits import PASSWORD_LENGTH, SIGN_IN_AT_ONCE
from heritage.people.person import name_key

_HASHER: Final = argon2.PasswordHasher.from_parameters(argon2.profiles.RFC_9106_LOW_MEMORY)
_AT_ONCE: Final = threading.BoundedSemaphore(SIGN_IN_AT_ONCE)


def hashed(password: str, name: str) -> str:
    """What is stored for ``password`` of ``name``. Raises InputError (``password-weak``): too short or too long,
    one sign over and over, or the name itself."""
    text = _normal(password)
    low, high = PASSWORD_LENGTH
    if not low <= len(text) <= high or len(set(text)) < low // 3 or name_key(text) == name_key(name):
        raise InputError(
            "the password",
            "it is too short, too long or too plain",
            f"{low} to {high} characters of any kind, at least {low // 3} different ones, and not the name",
            "take some words that do not belong together",
            code="password-weak",
        )
    with _AT_ONCE:
        return _HASHER.hash(_bytes(text))


def is_right(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one of ``stored``; for None (nobody of that name) it takes as long and is False."""
    with _AT_ONCE:
        try:
            _HASHER.verify(stored or _nobody(), _bytes(_normal(password)[: PASSWORD_LENGTH[1] + 1]))
        except argon2.exceptions.VerifyMismatchError:
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether ``stored`` was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _normal(password: str) -> str:
    # The same keys give composed or decomposed letters on different systems (RFC 8265, OpaqueString).
    return unicodedata.normalize("NFC", password)


def _bytes(text: str) -> bytes:
    return text.encode(
        "utf-8", "surrogatepass"
    )  # JSON can carry half a character; it is a wrong password, no failure


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")
