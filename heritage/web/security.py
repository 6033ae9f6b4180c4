"""Who may ask, and the headers of every answer."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from typing import Final

from flask import Request, Response

from heritage.model.limits import HTTP_BODY_BYTES
from heritage.page.page import CONTENT_POLICY
from heritage.web.errors import refused

HEADERS: Final = {
    "Content-Security-Policy": f"{CONTENT_POLICY}; frame-ancestors 'self'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), fullscreen=(self), geolocation=(self), microphone=(), payment=(), usb=(), "
        "xr-spatial-tracking=(self)"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
_OF_THE_STUDIO: Final = {
    # Its page holds the visitor's in a frame, and records narration where its user allows it.
    "Content-Security-Policy": f"{CONTENT_POLICY}; frame-src 'self'; frame-ancestors 'self'",
    "Permissions-Policy": HEADERS["Permissions-Policy"].replace("microphone=()", "microphone=(self)"),
}
STUDIO: Final = "/studio/"
REPORTS: Final = "/reports/"
AHEAD: Final = "heritage.ahead"
"""In the environment of a request that is only asked about, while its body is still to come: who checks it writes nothing."""
_DATA_OF_RELEASE = re.compile(r"/r/[^/]+/data/")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


class Hosts:
    """The names this server answers to.

    By default those of this machine: ``localhost``, its host name (also with ``.local``), and any address in
    digits. A page elsewhere can make its own name point here, but not one of these (DNS rebinding). Given
    names replace the default; one that begins with a dot stands for all its subdomains.
    """

    def __init__(self, trusted: Sequence[str] | None = None) -> None:
        self._by_default = not trusted
        if trusted:
            self._names = {name.lower() for name in trusted}
        else:
            own = socket.gethostname().lower()
            self._names = {"localhost", ".localhost", own, f"{own}.local", socket.getfqdn().lower()}

    def trust(self, host: str) -> bool:
        """Whether a Host header's value is one of the names; the port does not matter."""
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match[1].strip("[]").lower()
        if self._by_default and _is_address(name):
            return True
        return name in self._names or any(n.startswith(".") and name.endswith(n) for n in self._names)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def check_request(request: Request, hosts: Hosts, *, most_bytes: int = HTTP_BODY_BYTES) -> None:
    """Raise InputError for a strange Host, or a body that the address has no use for."""
    if not hosts.trust(request.headers.get("Host", "")):
        raise refused(
            400,
            "host-unknown",
            "the request's Host",
            "a name this server does not answer to",
            "the names it was started with",
            "ask by one of them, or start the server with --trusted-host",
        )
    if request.content_length is not None and request.content_length > most_bytes:
        raise refused(
            413,
            "body-too-large",
            "the request's body",
            f"{request.content_length} bytes",
            f"up to {most_bytes} bytes",
            "send less",
        )


def demand_own(request: Request, origin: str | None) -> None:
    """Raise InputError (403) unless the browser tells that a page of this server sent the request.

    ``origin`` is what browsers call this server, None for the request's own Host.
    """
    own = origin or request.host_url.rstrip("/").lower()
    site, sender = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    told = site is not None or sender is not None
    if not told or site not in (None, "same-origin") or (sender is not None and sender.lower() != own):
        raise refused(
            403,
            "cross-site",
            "the request",
            "no page of this server sent it",
            "those of its own pages, with Origin or Sec-Fetch-Site",
            "open the page anew, at the address the server was started for",
        )


def is_shared(path: str) -> bool:
    """Whether an address is open data, which the pages of any site may read."""
    # Without its final slash an address leads to the one with it: a page elsewhere may only follow what it may read.
    return f"{path}/".startswith(("/api/", "/data/")) or _DATA_OF_RELEASE.match(path) is not None


def add_headers(response: Response, *, secure: bool, path: str = "") -> Response:
    """The headers every answer carries, errors included; what `is_shared` may be read by other sites' pages."""
    response.headers.update(HEADERS)
    if path == STUDIO:
        response.headers.update(_OF_THE_STUDIO)
    if path.startswith(REPORTS):
        # The one place of the public side with a form.
        policy = HEADERS["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = policy.replace(
            "form-action 'none'", "form-action 'self'"
        )
    if path.startswith(STUDIO):
        response.headers["Cache-Control"] = "no-store"
    if is_shared(path):
        # Nothing here depends on who asks: no cookie, no login. So any origin may read it, without credentials.
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
