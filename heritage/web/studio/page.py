"""The studio's pages: its own, and the visitor's in a frame of it, both of the viewer's build."""

from __future__ import annotations

from flask import Blueprint, Response

from heritage.page import page as viewer
from heritage.page.page import ViewerNotBuilt


def register(studio: Blueprint) -> None:
    """Serve the pages; who is not signed in gets the same ones, of which the first asks."""

    @studio.get("/")
    def studio_page() -> Response:
        return _page("index.html")

    @studio.get("/scene.html")
    def scene_page() -> Response:
        return _page("scene.html")


def _page(name: str) -> Response:
    try:
        content = (viewer.DIST / "studio" / name).read_bytes()
    except OSError as error:
        raise ViewerNotBuilt(
            "heritage/web/dist",
            "the viewer is not built",
            f"its studio/{name}",
            f"run `{viewer.BUILD_COMMAND}`",
            code="viewer-not-built",
        ) from error
    return Response(content, content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})
