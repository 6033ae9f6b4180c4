"""What is decided while a request still arrives: whether a long body is kept, and how slowly it may come.

waitress keeps a body on disk before the application sees the request, so a stranger could fill the disk. Here the
application is asked as soon as the headers are there, with its own checks: a body longer than a document is kept only
for who may send one. Of all others nothing is kept; the application refuses them in its own words when they have ended.
"""

from __future__ import annotations

import json
import time
from functools import partial
from io import BytesIO
from typing import Any
from weakref import WeakSet

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.task import ErrorTask
from waitress.utilities import Error, RequestEntityTooLarge
from werkzeug.exceptions import HTTPException

from heritage.model.errors import HeritageError
from heritage.model.limits import HTTP_BODY_BYTES, LONG_REPORTS_AT_ONCE, REQUEST_BYTES_PER_S, REQUEST_GRACE_S
from heritage.web.errors import REFUSALS
from heritage.web.security import AHEAD, HEADERS, REPORTS


def channels(app: Flask) -> type[HTTPChannel]:
    """The class of connections to ``app``."""
    found: type[HTTPChannel] = type(
        "Channel", (_Channel,), {"parser_class": partial(_Parser, app), "error_task_class": _Refusal}
    )
    return found


class _Channel(HTTPChannel):  # type: ignore[misc]
    def handle_close(self) -> None:
        """As waitress does, and what was still arriving is let go at once."""
        if self.request is not None:
            self.request.close()
        super().handle_close()


class _TooSlow(Error):  # type: ignore[misc]
    code = 408
    reason = "Request Timeout"


class _Busy(Error):  # type: ignore[misc]
    code = 503
    reason = "Service Unavailable"


_arriving: WeakSet[_Parser] = WeakSet()
"""Visitors' reports with a photo that have begun and have neither been answered nor broken off."""


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    completed: bool = False
    expect_continue: bool = False

    def __init__(self, app: Flask, adjustments: Any) -> None:
        super().__init__(adjustments)
        self._app = app
        self._begun = time.monotonic()

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if not self.completed:
            came = self.header_bytes_received + self.body_bytes_received
            if time.monotonic() - self._begun > REQUEST_GRACE_S + came / REQUEST_BYTES_PER_S:
                self.error, self.completed = _TooSlow(""), True
            elif self.chunked and self.body_bytes_received > HTTP_BODY_BYTES:
                # Without a length nobody could be asked; browsers state it.
                self.error, self.completed = RequestEntityTooLarge(""), True
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.content_length <= HTTP_BODY_BYTES:
            return
        if self._is_wanted():
            if self.path == REPORTS and len(_arriving) >= LONG_REPORTS_AT_ONCE:
                # Anybody may send one: together they must not fill the folder they wait in.
                self.error, self.completed = _Busy(""), True
            elif self.path == REPORTS:
                _arriving.add(self)
        elif self.expect_continue:
            # Who asks before sending is answered before sending.
            self.body_rcv, self.expect_continue = None, False
            self.headers["CONNECTION"] = "close"
        else:
            self.body_rcv = _Nowhere(self.content_length)

    def close(self) -> None:
        _arriving.discard(self)
        super().close()

    def _is_wanted(self) -> bool:
        """Whether the application would take this body, as far as the headers tell."""
        environ = {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "",
            "wsgi.url_scheme": self.url_scheme,
            "wsgi.input": BytesIO(),
            AHEAD: True,
            **{
                key if key in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{key}": value
                for key, value in self.headers.items()
            },
        }
        with self._app.request_context(environ):
            try:
                return self._app.preprocess_request() is None
            except (HeritageError, HTTPException):
                return False


class _Nowhere(FixedStreamReceiver):  # type: ignore[misc]
    """Counts a body of known length and keeps nothing: an answer before its end would be lost on the way."""

    def __init__(self, length: int) -> None:
        super().__init__(length, None)

    def __len__(self) -> int:
        return 0

    def received(self, data: bytes) -> int:
        taken: int = min(self.remain, len(data))
        self.remain -= taken
        self.completed = self.remain == 0
        return taken

    def getfile(self) -> BytesIO:
        return BytesIO()

    def getbuf(self) -> BytesIO:
        return BytesIO()


class _Refusal(ErrorTask):  # type: ignore[misc]
    """What waitress itself refuses, in the shape and with the headers of every other refusal."""

    def execute(self) -> None:
        error = self.request.error
        code, found, allowed, remedy = REFUSALS.get(error.code, REFUSALS[400])
        where = "the request"
        shape = {"code": code, "where": where, "found": found, "allowed": allowed, "remedy": remedy}
        body = json.dumps({"error": shape}).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
            *HEADERS.items(),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)
