"""The prior of a monument, positions of its survey's photos included. Photos are opened in the confined child."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from heritage.formats.exif import PhotoPosition
from heritage.model import limits
from heritage.model.areas import counted
from heritage.model.documents import Prior
from heritage.model.errors import InputError
from heritage.model.frames import WGS84_3D, SiteFrame
from heritage.model.placement_reason import PlacementReason, because
from heritage.ops.placement.photo_prior import photo_prior
from heritage.pipeline.reading.confined import Allowance, Confined
from heritage.pipeline.reading.guard import PROGRAM
from heritage.pipeline.reading.wire import Message
from heritage.text.site import LoadedMonument

_PER_PHOTO_S: Final = 0.1


def guarded_photos(folder: Path) -> tuple[tuple[PhotoPosition, ...], int]:
    """Positions in the EXIF of the pictures in ``folder``, and how many pictures there are.

    Raises InputError where none has a position, and as `heritage.formats.exif.read_photo_position` does.
    """
    count = sum(1 for _ in folder.iterdir())
    if count > limits.PHOTOS:
        raise InputError(f"{folder.name}/", f"{count} files", f"up to {limits.PHOTOS}", code="photo-invalid")
    allowed = Allowance(limits.READER_BASE_S + _PER_PHOTO_S * count, limits.READER_MEMORY_BYTES)
    with Confined("photos", folder, allowed, PROGRAM) as child:
        answers = [child.sound(partial(_position, message)) for message in child.messages("photo")]
    found = tuple(answer for answer in answers if answer is not None)
    if not found:
        raise InputError(
            f"{folder.name}/", f"{len(answers)} pictures, none with a GPS position in its EXIF", "one at least",
            "give lon and lat under registration.prior", code="photos-no-position",
        )  # fmt: skip
    return found, len(answers)


def prior_of(monument: LoadedMonument) -> tuple[Prior | None, tuple[PlacementReason, ...]]:
    """The monument's prior with the photos' position where it names photos and no lon and lat, and what was done."""
    prior = monument.monument.registration.prior
    if prior is None or prior.photos is None or prior.lon is not None or prior.lat is not None:
        return prior, ()
    found, pictures = guarded_photos(monument.folder / prior.photos)
    places = np.array([[p.lon_deg, p.lat_deg, 0.0] for p in found])
    frame = SiteFrame(float(np.median(counted(places[:, 0]))), float(np.median(places[:, 1])))
    errors = np.array([np.nan if p.error_m is None else p.error_m for p in found])
    fitted = photo_prior(frame.site_from_crs(WGS84_3D, places)[:, :2], errors)
    there = frame.crs_from_site(WGS84_3D, np.array([[fitted.east_m, fitted.north_m, 0.0]]))[0]
    reasons = [because("photos", used=fitted.photos, photos=pictures, sigma_m=fitted.sigma_m)]
    if fitted.left_out:
        reasons.append(because("photos-left-out", left_out=fitted.left_out))
    update = {"lon": float(there[0]), "lat": float(there[1]), "position_sigma_m": fitted.sigma_m}
    return prior.model_copy(update=update), tuple(reasons)


def _position(message: Message) -> PhotoPosition | None:
    document = message.document
    if document["lon"] is None:
        return None
    error = document["error"]
    return PhotoPosition(
        str(document["name"])[:100],
        float(document["lon"]),
        float(document["lat"]),
        None if error is None else float(error),
    )
