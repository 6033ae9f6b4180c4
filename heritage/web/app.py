"""The web application: one page, the viewer's files, and the files of releases. GET and HEAD only, no cookies.

Where they are asked for, two more stand beside them: the studio below ``/studio/``, with methods and a cookie of its
own, and the form for visitors' reports below ``/reports/``, which may be sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from flask import Flask, Response, request
from werkzeug.routing import RequestRedirect

from heritage.model.limits import HTTP_BODY_BYTES, MEDIA_UPLOAD_BYTES
from heritage.page.page import SERVICE_WORKER, render_message, service_worker, stylesheet
from heritage.page.words import WORDS, words
from heritage.store import Store
from heritage.web import catalogue, errors, features
from heritage.web.files import IMMUTABLE, REVALIDATE, send_bytes, send_file
from heritage.web.releases import DOCUMENT, Releases, viewer_file
from heritage.web.report_options import BODY_BYTES as REPORT_BYTES
from heritage.web.report_options import ENDPOINT as REPORT
from heritage.web.report_options import ReportOptions
from heritage.web.reports import register as take_in_reports
from heritage.web.security import Hosts, add_headers, check_request
from heritage.web.strict_json import StrictJson
from heritage.web.studio.media import ENDPOINT as UPLOADS
from heritage.web.studio.options import StudioOptions, origin_of


def create_app(
    site: Path,
    *,
    trusted_hosts: Sequence[str] | None = None,
    public_url: str | None = None,
    studio: StudioOptions | None = None,
    reports: ReportOptions | None = None,
) -> Flask:
    """The WSGI application for ``site``; reads its releases, and writes nothing but for ``studio`` and ``reports``.

    ``trusted_hosts`` are the host names it answers to; by default any name of this machine. ``public_url``
    is the address visitors use where it is not the server's own, for the links of the API.
    """
    app = Flask(
        __name__, static_folder=None, template_folder=None, instance_path=str(site.absolute().resolve())
    )
    app.config.update(MAX_CONTENT_LENGTH=HTTP_BODY_BYTES, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.json = StrictJson(app)
    app.url_map.merge_slashes = False  # it would answer `//elsewhere` with a redirect
    hosts = Hosts(trusted_hosts)
    releases = Releases(Store(site), reports=reports is not None)
    errors.register(app)
    origin = (studio.origin if studio else None) or origin_of(public_url)

    @app.before_request
    def check() -> Response | None:
        longer = {UPLOADS: MEDIA_UPLOAD_BYTES, REPORT: REPORT_BYTES}
        check_request(request, hosts, most_bytes=longer.get(request.endpoint or "", HTTP_BODY_BYTES))
        return _to_the_final_slash()

    @app.after_request
    def finish(response: Response) -> Response:
        secure = request.is_secure or (origin or "").startswith("https://")
        return add_headers(response, secure=secure, path=request.path)

    @app.get("/")
    def first_page() -> Response:
        current = releases.current()
        if current is None:
            return _nothing_published()
        language = errors.choose_language(request, releases.languages(current))
        page, digest = releases.page(current, language)
        return send_bytes(
            request,
            page,
            digest=digest,
            kind="text/html; charset=utf-8",
            cache=REVALIDATE,
            vary=("Accept-Language",),
        )

    @app.get("/assets/<path:name>")
    def viewer_asset(name: str) -> Response:
        if name == stylesheet()[0]:
            content = stylesheet()[1]
            digest = hashlib.sha256(content).hexdigest()
            return send_bytes(
                request, content, digest=digest, kind="text/css; charset=utf-8", cache=IMMUTABLE
            )
        path, folder, entry = viewer_file(name)
        return send_file(
            request, path, folder, digest=entry.sha256, size=entry.bytes, kind=entry.type, cache=IMMUTABLE
        )

    @app.get(f"/{SERVICE_WORKER}")
    def offline_worker() -> Response:
        content = service_worker()
        digest = hashlib.sha256(content).hexdigest()
        kind = "text/javascript; charset=utf-8"
        return send_bytes(request, content, digest=digest, kind=kind, cache=REVALIDATE)

    @app.get("/r/current/release.json")
    def current_document() -> Response:
        current = releases.current()
        if current is None:
            raise errors.not_found()
        return _release_file(current, DOCUMENT, REVALIDATE)

    @app.get("/r/<release_id>/<path:name>")
    def release_file(release_id: str, name: str) -> Response:
        return _release_file(release_id, name, IMMUTABLE)

    @app.get("/data/")
    @app.get("/data/<path:name>")
    def current_data(name: str = "") -> Response:
        """An address to keep: it leads to the current release's file, or to the page in the visitor's language."""
        current = releases.current()
        if current is None:
            raise errors.not_found()
        if not name:
            language = errors.choose_language(request, releases.languages(current))
            name = releases.data_page(current, language)
        releases.file(current, f"data/{name}")
        target = f"/r/{current}/data/{quote(name)}"
        headers = {"Location": target, "Cache-Control": REVALIDATE, "Vary": "Accept-Language"}
        return Response(status=302, headers=headers)

    catalogue.register(app, releases, public_url)
    features.register(app, releases, public_url)

    if studio is not None:
        from heritage.web.studio import register

        register(app, site, studio, reports)

    if reports is not None:
        take_in_reports(app, releases, reports, origin)

    @app.get("/healthz")
    def health() -> Response:
        body = json.dumps({"status": "ok", "release": releases.current()})
        return Response(body, content_type="application/json", headers={"Cache-Control": "no-store"})

    def _release_file(release_id: str, name: str, cache: str) -> Response:
        path, folder, entry = releases.file(release_id, name)
        return send_file(
            request, path, folder, digest=entry.sha256, size=entry.bytes, kind=entry.type, cache=cache
        )

    def _nothing_published() -> Response:
        language = errors.choose_language(request, tuple(WORDS))
        say = words(language)
        texts = [say["empty-text"], say["empty-curator"]]
        page = render_message(language, say["empty"], texts, command="heritage build", home=False)
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
        return Response(page, 503, content_type="text/html; charset=utf-8", headers=headers)

    return app


def _to_the_final_slash() -> Response | None:
    """Where an address lacks only that: the way there, by its path alone.

    Flask would name a scheme and a host of its own accord; of a proxy before it, it knows neither.
    """
    meant = request.routing_exception
    if not isinstance(meant, RequestRedirect):
        return None
    path = meant.new_url.partition("://")[2].partition("/")[2]
    return Response(status=meant.code, headers={"Location": f"/{path}", "Cache-Control": REVALIDATE})
