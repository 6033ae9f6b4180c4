"""A tour of a release as a IIIF manifest with its models and recordings."""

from __future__ import annotations

import re
from pathlib import Path

from heritage.export.outgoing import outgoing, write_folder
from heritage.formats.iiif_write import write_iiif
from heritage.formats.kml_pose import place_of
from heritage.model.errors import InputError, Problem

_LICENCES = re.compile(r"^https?://(creativecommons\.org|rightsstatements\.org)/")


def export_iiif(site: Path, tour: str, target: Path, *, base: str | None) -> tuple[Problem, ...]:
    """Write ``manifest.json`` with models and recordings into the new folder ``target``.

    ``base`` is the web address at which that folder will be served: everything in a manifest is named by one.
    Returns what could not be carried. Raises InputError for an address that is none, a tour that is not there
    and a target that is.
    """
    if base is None or not re.match(r"^https?://[^\s/@\\?#]+(/[^\s?#\\]*)?$", base):
        found = "no web address" if base is None else f"the address {ascii(base)[:80]}"
        remedy = "give --base, the address at which the folder will be served"
        raise InputError("IIIF", found, "an https:// address is needed", remedy, code="export-base")
    out = outgoing(site, tour)
    lon, lat, _ = place_of(out.ecef_from_monument.apply(out.centre_m[None])[0])
    url = out.release.rights.url
    manifest, problems = write_iiif(
        out.tour,
        base=base.rstrip("/") + "/",
        rights=url if url and _LICENCES.match(url) else None,
        statement={"none": out.notice},
        nav=(lon, lat) if out.monument.placement.settled else None,
    )
    write_folder(target, {"manifest.json": manifest, **out.models}, out.files)
    return (*out.problems, *problems)
