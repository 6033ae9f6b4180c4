"""The studio's page: the second entry of the viewer's build."""

from __future__ import annotations

from flask import Blueprint, Response

from heritage.page import page as viewer
from heritage.page.page import ViewerNotBuilt

PAGE = "studio.html"


def register(studio: Blueprint) -> None:
    """Serve the page; who is not signed in gets the same one, which asks."""

    @studio.get("/")
    def studio_page() -> Response:
        try:
            content = (viewer.DIST / PAGE).read_bytes()
        except OSError as error:
            raise ViewerNotBuilt(
                "heritage/web/dist",
                "the viewer is not built",
                f"its {PAGE}",
                f"run `{viewer.BUILD_COMMAND}`",
                code="viewer-not-built",
            ) from error
        return Response(
            content, content_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"}
        )
