"""The production server: waitress, one process, several threads."""

from __future__ import annotations

import errno
import resource
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import waitress
from waitress import wasyncore

from heritage.model.errors import BusyError, InputError
from heritage.model.limits import CONNECTION_IDLE_S, CONNECTIONS, HTTP_BODY_BYTES, MEDIA_UPLOAD_BYTES
from heritage.web.app import create_app
from heritage.web.report_options import ReportOptions
from heritage.web.studio.options import StudioOptions
from heritage.web.wire import channels

THREADS = 8  # whole files are sent without one; pages and ranges hold one for milliseconds

_OTHER_FILES = 200  # listening, logs, databases, bodies that are being received


class Server:
    """A running server. A context manager: leaving it stops the server."""

    def __init__(
        self,
        waiting: socket.socket,
        site: Path,
        trusted_hosts: Sequence[str] | None,
        public_url: str | None,
        studio: StudioOptions | None,
        proxy: str | None,
        reports: ReportOptions | None,
    ) -> None:
        host, port = waiting.getsockname()[:2]
        shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)  # noqa: S104
        self.url = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"
        self._map: dict[int, Any] = {}
        app = create_app(
            site, trusted_hosts=trusted_hosts, public_url=public_url, studio=studio, reports=reports
        )
        self._server = waitress.create_server(
            app,
            map=self._map,
            sockets=[waiting],
            threads=THREADS,
            ident=None,
            connection_limit=_connections(),
            channel_timeout=CONNECTION_IDLE_S,
            asyncore_use_poll=True,  # select ends at 1,024 files
            max_request_header_size=32_768,
            clear_untrusted_proxy_headers=True,
            # Only who asks is taken from it; the address by which they ask is the caller's to know.
            trusted_proxy=proxy,
            trusted_proxy_headers={"x-forwarded-for"} if proxy else set(),
            # The application refuses a long body in its own words; far beyond that, the server hangs up itself.
            max_request_body_size=2 * (MEDIA_UPLOAD_BYTES if studio else HTTP_BODY_BYTES),
        )
        self._server.channel_class = channels(app)
        self._thread = threading.Thread(target=self._server.run, name="heritage-web", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Return when the server has stopped; an interrupt reaches the caller."""
        self._thread.join()

    def close(self) -> None:
        """Stop: requests that are being answered are finished first, up to a few seconds."""
        self._server.task_dispatcher.shutdown()
        if self._thread.is_alive():
            # Sockets belong to the server's own thread; it ends when it has none left.
            self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._map))
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(
    site: Path,
    host: str,
    port: int,
    *,
    trusted_hosts: Sequence[str] | None = None,
    public_url: str | None = None,
    studio: StudioOptions | None = None,
    proxy: str | None = None,
    reports: ReportOptions | None = None,
) -> Server:
    """Serve ``site`` at ``host``:``port`` (0 = any free port) until the returned Server is closed.

    ``public_url`` is the address that visitors use where a proxy stands before the server. With ``studio`` the
    site can be edited below ``/studio/``. ``proxy`` is the address of a proxy whose X-Forwarded-For is believed.
    With ``reports`` visitors may report damage.

    Raises BusyError where the port is taken, InputError where there is no such address here or the port is not for
    everybody.
    """
    waiting = _listening(host, port)
    return Server(waiting, site, trusted_hosts, public_url, studio, proxy, reports)


def _listening(host: str, port: int) -> socket.socket:
    """Raises as `serve` does; OSError for what no other address or port would help with."""
    where = f"{host}:{port}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:  # the latter: a name that none can be
        raise _no_address(where) from error
    # Of a name with both, IPv4 is what everything else here reaches it by.
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    try:
        return socket.create_server(address, family=family)
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            raise _no_address(where) from error
        if error.errno == errno.EACCES:
            raise InputError(
                where,
                "whoever starts the server may not listen there",
                "ports from 1024 need no permission",
                "choose another --port and put a proxy before it",
                code="port-not-permitted",
            ) from error
        if error.errno == errno.EADDRINUSE:
            raise BusyError(
                where,
                "something listens there already",
                "a free port",
                "stop what uses it, or choose another --port",
                code="port-taken",
            ) from error
        raise


def _no_address(where: str) -> InputError:
    return InputError(
        where,
        "this machine has no such address",
        "one of its own",
        "try --host 127.0.0.1",
        code="address-unknown",
    )


def _connections() -> int:
    """How many may be open: each takes a file for itself and one that it sends. As many files are asked for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS + _OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(CONNECTIONS, (soft - _OTHER_FILES) // 2)
