"""A site to begin with: valid as it stands, and commented so that the next step needs no manual."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from heritage.model.errors import InputError

SITE: Final = """\
# The site as a whole. Check every file with `heritage check`, make it with `heritage build`.
title: {en: A new site}
# description: {en: What the visitor reads first. Markdown is allowed.}

# Languages of titles and tours; the first is shown where another is missing.
languages: [en]

# The working coordinate reference system: projected and in metres, such as the UTM zone of the site.
# EPSG:32648 is UTM zone 48 north (Hue). https://epsg.io finds others.
crs: EPSG:32648

# Ground plans of the monuments: any vector file in this folder, with the names of its columns.
# footprints: {source: footprints.gpkg, id: id, name: name, height_m: height}

# The ground and what is drawn on it, from files in this folder; see docs/how-to/make-a-map.md.
# ground: {dem: dem.tif}
# base_map: [{source: rivers.gpkg, kind: water}, {source: roads.gpkg, kind: street, width_m: 5}]

# Under what terms the site is shown.
rights: {licence: CC-BY-4.0, holder: Your institution}
# credits:
#   - {role: survey, name: Whoever made the scans}
"""

MONUMENT: Final = """\
# Copy this file to monuments/<id>/monument.yaml; <id> is yours to choose: a-z, 0-9 and hyphens.
# Paths in it are relative to that folder.
title: {en: The gate}
# footprint: gate                 # its id in the footprints

# Measured conditions, one per survey. The first is the frame in which views and annotations are given.
epochs:
  - id: "2024"
    source: scans/2024.laz          # LAS, LAZ, PLY, E57; or a textured mesh: GLB, glTF, OBJ
    captured: 2024-05-02
    method: photogrammetry          # photogrammetry | laser | mixed | unknown
    # up: z                         # the file's up axis, where it is not the format's own
    # units: m                      # the file's unit, where the file does not say it
    # crs: EPSG:32648               # the file's CRS, where it has one and does not say it

# Interpreted conditions: reconstructions and plans, never drawn as if they were measured.
# states:
#   - id: "1885"
#     source: models/1885.glb
#     frame: "2024"
#     certainty: probable           # documented | probable | conjectural
#     evidence: [{label: Photograph of 1886, url: "https://example.org/1886"}]
#     parts:                        # where parts are not equally sure; what a part leaves out is its state's
#       - {id: walls, named: ["Wall*"]}               # names of nodes, meshes or materials in the model
#       - {id: roof, named: [Roof], certainty: conjectural, without_evidence: Like the roofs around it}

# Which surveys to compare; needs two epochs.
# compare: [{reference: "2019", compared: "2024"}]

# How the monument gets its place on the map.
registration:
  method: none                      # auto | footprint | gcp | crs | prior | hand | none
  # gcp: gcp.csv
  # prior: {lon: 107.578, lat: 16.469, heading_deg: 153}
"""

TOUR: Final = """\
# Copy this file to tours/<id>/tour.yaml, and its words beside it: en.md, one file per language.
# Paths in it are relative to the site's folder; positions are metres in the monument's frame, z up.
monument: gate
stops:
  - id: approach
    show: {epoch: "2024"}
    view: {eye_m: [12, -40, 1.7], target_m: [0, 0, 6], fov_deg: 50}
    # narration: {en: media/approach.en.mp3}
  # - id: then-and-now
  #   compare: {left: {epoch: "2019"}, right: {epoch: "2024"}, mode: swipe}   # swipe | side | blend | overlay | change
"""

WORDS: Final = """\
# A walk to the gate

What the tour is about.

## approach

### Across the moat

What the visitor sees from here.
"""

_FILES: Final = {
    "templates/monument.yaml": MONUMENT,
    "templates/tour.yaml": TOUR,
    "templates/en.md": WORDS,
    ".gitignore": ".heritage/\n",
    "site.yaml": SITE,
}


def write_new_site(directory: Path) -> None:
    """Write a commented site without monuments into ``directory``, which must be empty or not there yet.

    Raises InputError where something stands there already (nobody's work is overwritten) and where nothing can be written.
    """
    where = str(directory)
    if directory.exists() and not directory.is_dir():
        raise InputError(where, "this is a file", "a new or empty folder is allowed", code="folder-expected")
    if directory.is_dir() and any(directory.iterdir()):
        remedy = "choose another folder"
        raise InputError(
            where, "the folder is not empty", "a new one is allowed", remedy, code="folder-not-empty"
        )
    try:
        for name in ("monuments", "tours", "media", "templates"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        for name, text in _FILES.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        found = f"the operating system refused to write here ({error.strerror})"
        raise InputError(
            where, found, "a folder of yours is allowed", "choose another place", code="folder-expected"
        ) from None
