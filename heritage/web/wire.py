"""What is decided while a request still arrives: whether a long body is kept, how slowly it may come, who gives way.

waitress keeps a body on disk before the application sees the request, so a stranger could fill the disk. Here the
application is asked as soon as the headers are there, with its own checks: a body longer than a document is kept only
for who may send one. Of all others nothing is kept; the application refuses them in its own words when they have ended.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from io import BytesIO
from typing import Any
from weakref import WeakSet

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.proxy_headers import MalformedProxyHeader, parse_proxy_headers
from waitress.receiver import FixedStreamReceiver
from waitress.task import ErrorTask
from waitress.utilities import Error, RequestEntityTooLarge
from werkzeug.exceptions import HTTPException

from heritage.model.errors import HeritageError
from heritage.model.limits import (
    HTTP_BODY_BYTES,
    LONG_REPORT_BYTES_PER_S,
    LONG_REPORT_GRACE_S,
    LONG_REPORTS_AT_ONCE,
    LONG_REPORTS_OF_ADDRESS,
    REQUEST_BYTES_PER_S,
    REQUEST_GRACE_S,
)
from heritage.people.network import network_of
from heritage.web.errors import REFUSALS
from heritage.web.security import AHEAD, HEADERS, REPORTS


def channels(app: Flask) -> type[HTTPChannel]:
    """The class of connections to ``app``."""
    found: type[HTTPChannel] = type("Channel", (_Channel,), {"app": app})
    return found


class _Channel(HTTPChannel):  # type: ignore[misc]
    app: Flask
    request: _Parser | None

    def parser_class(self, adjustments: Any) -> _Parser:
        """A request that begins to arrive."""
        return _Parser(self, adjustments)

    def error_task_class(self, channel: HTTPChannel, request: _Parser) -> _Refusal:
        """The answer to a request that was refused here."""
        return _Refusal(channel, request)

    def give_way(self) -> None:
        """Answer what is arriving with 408 at once, and keep nothing of it. Called where bytes are moved."""
        with self.requests_lock:
            arriving, self.request = self.request, None
            if arriving is None:
                return
            arriving.close()
            arriving.body_rcv = None
            arriving.error, arriving.completed = _TooSlow(""), True
            self.requests.append(arriving)
            if len(self.requests) == 1:
                self.server.add_task(self)

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
_counting = threading.Lock()  # they begin where bytes are moved, and end where they are answered


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    completed: bool = False
    expect_continue: bool = False

    def __init__(self, channel: _Channel, adjustments: Any) -> None:
        super().__init__(adjustments)
        self.channel = channel
        self.sender = ""
        self._begun = time.monotonic()

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if not self.completed:
            if self.late_s(REQUEST_GRACE_S, REQUEST_BYTES_PER_S) > 0:
                self.error, self.completed = _TooSlow(""), True
            elif self.chunked and self.body_bytes_received > HTTP_BODY_BYTES:
                # Without a length nobody could be asked; browsers state it.
                self.error, self.completed = RequestEntityTooLarge(""), True
        return consumed

    def late_s(self, grace_s: float, bytes_per_s: float) -> float:
        """How far it is behind a sender of that rate; negative: ahead."""
        came: int = self.header_bytes_received + self.body_bytes_received
        return time.monotonic() - self._begun - grace_s - came / bytes_per_s

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            # A length of more digits than Python reads: waitress would hang up without a word.
            raise ParsingError("it cannot be read") from error
        if self.content_length <= HTTP_BODY_BYTES:
            return
        environ = self._environ()
        self.sender = network_of(environ["REMOTE_ADDR"])
        if self._is_wanted(environ):
            if self.path == REPORTS and not _room_for(self.sender):
                # Anybody may send one: together they must not fill the folder they wait in.
                self.error, self.completed = _Busy(""), True
            elif self.path == REPORTS:
                with _counting:
                    _arriving.add(self)
        elif self.expect_continue:
            # Who asks before sending is answered before sending.
            self.body_rcv, self.expect_continue = None, False
            self.headers["CONNECTION"] = "close"
        else:
            self.body_rcv = _Nowhere(self.content_length)

    def close(self) -> None:
        with _counting:
            _arriving.discard(self)
        super().close()

    def _environ(self) -> dict[str, Any]:
        """What the headers tell, as the application will be told it."""
        environ = {
            "REMOTE_ADDR": self.channel.addr[0],
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
        if self.adj.trusted_proxy == environ["REMOTE_ADDR"]:
            with suppress(MalformedProxyHeader):  # it is refused when the body has ended
                parse_proxy_headers(environ, self.adj.trusted_proxy_count, self.adj.trusted_proxy_headers)
        return environ

    def _is_wanted(self, environ: dict[str, Any]) -> bool:
        """Whether the application would take this body."""
        app = self.channel.app
        with app.request_context(environ):
            try:
                return app.preprocess_request() is None
            except (HeritageError, HTTPException):
                return False


def _room_for(sender: str) -> bool:
    """Whether a long report may begin to arrive. Where all places are taken, the slowest gives way, if it is slow."""
    with _counting:
        taken = list(_arriving)
    if sum(one.sender == sender for one in taken) >= LONG_REPORTS_OF_ADDRESS:
        return False
    if len(taken) < LONG_REPORTS_AT_ONCE:
        return True
    late = {
        one: one.late_s(LONG_REPORT_GRACE_S, LONG_REPORT_BYTES_PER_S) for one in taken if not one.completed
    }
    slowest = max(late, key=late.__getitem__, default=None)
    if slowest is None or late[slowest] <= 0:
        return False
    slowest.channel.give_way()
    return True


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
