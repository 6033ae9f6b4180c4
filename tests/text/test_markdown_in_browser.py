"""The vectors of battery E3 in a real browser: no script runs, nothing is asked of another host."""

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from test_text_markdown import VECTORS

from heritage.text.markdown import render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PAGE = (
    "<!doctype html><meta charset=utf-8><html data-ran=0><body><script>"
    "window.alert = () => {{ document.documentElement.dataset.ran++ }}"
    "</script>{}</body></html>"
)


class Proxy(BaseHTTPRequestHandler):
    """Serves the page as http://site.test/ and notes everything else the browser asks for."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        page = self.server.page if self.path == "http://site.test/" else b""
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def do_CONNECT(self) -> None:
        self.server.asked.append(self.path)
        self.send_error(502)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def proxy(page: str) -> Iterator[ThreadingHTTPServer]:
    """A proxy that is the whole network of a browser."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.page, server.asked = page.encode(), []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def visit(body: str, profile: Path) -> tuple[int, list[str]]:
    """Scripts run and addresses asked for, the page and the site's own pictures left out."""
    with proxy(PAGE.format(body)) as server:
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000"]
        command += [f"--user-data-dir={profile}", f"--proxy-server=http://127.0.0.1:{server.server_port}"]
        command += ["--no-first-run", "--disable-background-networking", "--disable-component-update"]
        run = subprocess.run(
            [*command, "--dump-dom", "http://site.test/"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    ran = re.search(r'data-ran="(\d+)"', run.stdout)
    assert ran, run.stdout[:500]
    return int(ran[1]), [path for path in server.asked if "evil.example" in path or "a.example" in path]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_nothing_runs_and_nothing_is_fetched(tmp_path: Path) -> None:
    body = "\n".join(f"<section>{render(vector)}</section>" for vector in VECTORS)

    assert visit(body, tmp_path) == (0, [])


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_browser_notices_what_is_not_made_safe(tmp_path: Path) -> None:
    ran, asked = visit("<img src=x onerror=alert(1)><img src=//evil.example/x.png>", tmp_path)

    assert ran > 0
    assert any("evil.example" in path for path in asked)
