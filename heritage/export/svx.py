"""A tour of a release as a folder that Smithsonian's Voyager opens."""

from __future__ import annotations

from pathlib import Path

from heritage.export.outgoing import outgoing, write_folder
from heritage.formats.svx_write import write_svx
from heritage.model.errors import Problem


def export_svx(site: Path, tour: str, target: Path) -> tuple[Problem, ...]:
    """Write ``scene.svx.json`` with models, articles and recordings into the new folder ``target``.

    Returns what could not be carried. Raises InputError for a tour that is not there and a target that is.
    """
    out = outgoing(site, tour)
    svx = write_svx(
        out.tour, centre_m=out.centre_m, copyright_notice=out.notice, generator=out.release.generator
    )
    write_folder(target, {"scene.svx.json": svx.document, **svx.articles, **out.models}, out.files)
    return (*out.problems, *svx.problems)
