"""A file with a tour of another system, whatever its format: SVX, KML, IIIF, or a ZIP with one of them."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from heritage.formats.beside import Beside, InArchive, InFolder
from heritage.formats.iiif_read import read_iiif
from heritage.formats.kml_read import read_kml
from heritage.formats.svx_read import Article, read_svx
from heritage.model.errors import InputError, Problem
from heritage.model.exchange import ExchangedTour
from heritage.model.limits import EXCHANGE_ARTICLES_BYTES, EXCHANGE_BYTES

_ENTRIES_MOST = 10_000
_DOCUMENTS = (".kml", ".svx.json", "manifest.json")
_SVX = re.compile(rb"application\\?/si-dpo-3d\.document\+json")


@dataclass(frozen=True)
class TourFile:
    """What was read: ``format`` svx, kml or iiif; the tours; what they do not hold; the files beside it."""

    format: str
    tours: tuple[ExchangedTour, ...]
    problems: tuple[Problem, ...]
    beside: Beside


def read_tour_file(path: Path) -> TourFile:
    """The tours of a file. Its content says the format, not its ending.

    Raises InputError for what is none of the formats, damaged, hostile or too large.
    """
    name = path.name
    data = _content(path)
    if data.startswith(b"PK\x03\x04"):
        data, beside = _packed(path)
    else:
        beside = InFolder(path.absolute().parent)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        return TourFile("kml", *read_kml(data, name), beside)
    if start == b"{":
        if _SVX.search(data):
            return TourFile("svx", *read_svx(data, name, _articles(beside)), beside)
        return TourFile("iiif", *read_iiif(data, name), beside)
    raise _unknown(name, "neither JSON nor XML")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
            data = head if head.startswith(b"PK\x03\x04") else head + stream.read(EXCHANGE_BYTES)
    except OSError as error:
        raise InputError(
            path.name, f"it cannot be read ({error.strerror})", "a readable file", code="file-unreadable"
        ) from None
    if len(data) > EXCHANGE_BYTES:
        raise InputError(
            path.name, f"more than {EXCHANGE_BYTES} bytes", f"up to {EXCHANGE_BYTES} are allowed",
            "export the tour alone", code="exchange-invalid",
        )  # fmt: skip
    return data


def _packed(path: Path) -> tuple[bytes, Beside]:
    """A KMZ, or a packed folder: `doc.kml`, another KML, an SVX document or a manifest, whichever comes first."""
    try:
        archive = zipfile.ZipFile(path)
        names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise _unknown(path.name, f"a damaged archive ({type(error).__name__})") from None
    if len(names) > _ENTRIES_MOST:
        raise _unknown(path.name, f"an archive of {len(names)} files")
    if len(set(names)) < len(names):
        raise _unknown(path.name, "an archive with two files of one name")
    documents = [name for name in names if name.lower().endswith(_DOCUMENTS)]
    if not documents:
        raise _unknown(path.name, "an archive without KML, SVX or manifest")
    chosen = min(documents, key=lambda one: (one != "doc.kml", _kind(one), one.count("/")))
    folder, slash, name = chosen.rpartition("/")
    beside = InArchive(archive, folder + slash)
    content = beside.read(name, EXCHANGE_BYTES)
    if content is None:
        raise _unknown(path.name, "an archive whose document is damaged or too large")
    return content, beside


def _kind(name: str) -> int:
    return next(k for k, ending in enumerate(_DOCUMENTS) if name.lower().endswith(ending))


def _articles(beside: Beside) -> Article:
    """Reads texts beside a document, together no more than is allowed."""
    left = EXCHANGE_ARTICLES_BYTES

    def article(uri: str) -> str | None:
        nonlocal left
        content = beside.read(uri, left)
        if content is None:
            return None
        left -= len(content)
        return content.decode("utf-8", errors="replace").removeprefix("\ufeff")

    return article


def _unknown(name: str, found: str) -> InputError:
    return InputError(
        name,
        found,
        "Voyager SVX, KML, KMZ and IIIF manifests are allowed",
        "export it anew",
        code="exchange-format",
    )
