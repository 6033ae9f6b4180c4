"""A condition report of the current release as one file: pictures and style in it."""

from __future__ import annotations

import base64
import posixpath
import re
from pathlib import Path

from heritage.export.current import released_monument
from heritage.model.errors import InputError
from heritage.store import publish_bytes
from heritage.store.manifest import content_type

_REFERENCE = re.compile(r'(?<= )(src|href)="([^"#:]+)"')
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)">')


def export_condition_report(
    site: Path, monument: str, reference: str, compared: str, *, language: str | None, target: Path | None
) -> Path:
    """Write the report of one comparison in ``language``, by default the site's first; where it is.

    Raises InputError where the monument, the comparison or the language is none of the release's.
    """
    folder, entry = released_monument(site, monument)
    pairs = {(c.reference, c.compared): c for c in entry.comparisons}
    found = pairs.get((reference, compared))
    if found is None:
        known = ", ".join(f"{a} {b}" for a, b in pairs) or "there is none yet"
        turned = (compared, reference) in pairs
        raise InputError(
            "COMPARED",
            f"{monument} has no comparison of {reference} with {compared}",
            f"allowed: {known}",
            "exchange the two" if turned else "add the pair to compare in its monument.yaml, and build",
            code="compare-not-computed",
        )
    wanted = language or next(iter(found.reports))
    if wanted not in found.reports:
        allowed = f"{', '.join(found.reports)} are allowed"
        raise InputError("language", f"{wanted!r}", allowed, "add it to site.yaml", code="option-invalid")
    page = found.reports[wanted]
    target = target or Path(f"{monument}-{reference}-{compared}.{wanted}.html")
    text = (folder / page).read_text("utf-8")

    def style(match: re.Match[str]) -> str:
        return f"<style>{(folder / _inside(page, match[1])).read_text('utf-8')}</style>"

    def carried(match: re.Match[str]) -> str:
        path = _inside(page, match[2])
        data = base64.b64encode((folder / path).read_bytes()).decode()
        return f'{match[1]}="data:{content_type(path)};base64,{data}"'

    publish_bytes(target, _REFERENCE.sub(carried, _STYLE.sub(style, text)).encode())
    return target


def _inside(page: str, reference: str) -> str:
    """A reference of a page as a path of the release."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), reference))
