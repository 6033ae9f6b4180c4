"""Photos of reports: made anew from their pixels, seen by nobody before a person releases them, and never lost."""

from __future__ import annotations

import io
import struct
import threading
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageCms, PngImagePlugin
from studio_site import HERE, TOKEN
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from heritage.model.errors import HeritageError
from heritage.model.limits import REPORT_PHOTO_BYTES, REPORT_PHOTO_SIDE_PX, REPORTS_OF_ADDRESS
from heritage.people.database import Database
from heritage.people.reports import queue
from heritage.store import fs, photos
from heritage.store.backup import back_up
from heritage.store.photos import Photos
from heritage.store.restore import restore
from heritage.web import photo as module
from heritage.web.app import create_app
from heritage.web.photo import clean
from heritage.web.report_options import ReportOptions, report_options
from heritage.web.studio.options import StudioOptions

BASE = "http://localhost:8000"
GOOD = {"monument": "gate", "text": "Một viên ngói rơi", "language": "vi"}
SECRET = b"A name in the metadata"


@pytest.fixture
def client(tmp_path: Path, db: Database) -> FlaskClient:
    options = ReportOptions(db, Photos(tmp_path), 14)
    return create_app(tmp_path, studio=StudioOptions(token=TOKEN), reports=options).test_client()


def _quarters(size: int = 64) -> Image.Image:
    """Red, green / blue, white: upright only one way."""
    colours = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
    return Image.fromarray(colours.repeat(size // 2, 0).repeat(size // 2, 1))


def _jpeg(image: Image.Image | None = None, **more: Any) -> bytes:
    """With a name in every place that a JPEG has for words, and the position 16°28'12" N, 107°34'30" E."""
    exif = Image.Exif()
    exif[0x013B] = SECRET.decode()
    exif[0x8825] = {1: "N", 2: (16.0, 28.0, 12.0), 3: "E", 4: (107.0, 34.0, 30.0)}
    if "orientation" in more:
        exif[0x0112] = more.pop("orientation")
    out = io.BytesIO()
    (image or _quarters()).save(out, "JPEG", quality=95, exif=exif, comment=SECRET, **more)
    return out.getvalue()


def _png(image: Image.Image, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **more)
    return out.getvalue()


def _decoded(jpeg: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(jpeg)) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert not image.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp", "photoshop"} & image.info.keys()
        return np.asarray(image).astype(int)


def _corners(pixels: np.ndarray) -> list[list[int]]:
    h, w, _ = pixels.shape
    return [pixels[y, x].tolist() for y in (h // 4, 3 * h // 4) for x in (w // 4, 3 * w // 4)]


def _send(client: FlaskClient, photo: bytes, **more: str) -> TestResponse:
    body = GOOD | more | {"photo": FileStorage(io.BytesIO(photo), filename="../../etc/x.html")}
    boundary, content = encode_multipart(body)  # as bytes: the test client leaves a long file open
    kind = f"multipart/form-data; boundary={boundary}"
    headers = HERE | {"Accept": "application/json"}
    return client.post("/reports/", data=content, content_type=kind, headers=headers, base_url=BASE)


def _studio(client: FlaskClient) -> FlaskClient:
    studio = client.application.test_client()
    studio.post("/studio/api/session", json={"token": TOKEN}, headers=HERE, base_url=BASE)
    return studio


@pytest.mark.parametrize("orientation", [1, 3, 6, 8, 9])
def test_upright_and_nothing_but_pixels(orientation: int) -> None:
    """The stored pixels are turned so that the note turns them back; one that means nothing is none."""
    turns = {1: 0, 3: 180, 6: 90, 8: 270, 9: 0}[orientation]
    content = _jpeg(_quarters().rotate(turns), orientation=orientation)
    assert content.count(SECRET) == 2
    made = clean(content, position=False)
    assert SECRET not in made.jpeg
    assert made.position is None
    expected = _corners(np.asarray(_quarters()).astype(int))
    assert np.abs(np.array(_corners(_decoded(made.jpeg))) - expected).max() < 12


def test_the_position_only_where_it_is_wished() -> None:
    found = clean(_jpeg(), position=True).position
    assert found == pytest.approx((107 + 34 / 60 + 30 / 3600, 16 + 28 / 60 + 12 / 3600))
    assert clean(_jpeg(), position=False).position is None
    assert clean(_png(_quarters()), position=True).position is None


def _sixteen(width: int = 64) -> bytes:
    """A 16-bit grey PNG, 0x1234 to 0xF234; Pillow's own conversion would clip it to white."""
    return _png(Image.fromarray(np.linspace(0x1234, 0xF234, width * 64).reshape(64, width).astype(np.uint16)))


def _cmyk() -> bytes:
    out = io.BytesIO()
    Image.new("CMYK", (64, 64), (255, 0, 0, 0)).save(out, "JPEG", quality=95)
    return out.getvalue()


def _swapped() -> bytes:
    """A profile in which the file's red is sRGB's green, and the other way round."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"tmp!").replace(b"gXYZ", b"rXYZ").replace(b"tmp!", b"gXYZ")
    assert swapped != profile
    return _jpeg(Image.new("RGB", (64, 64), (255, 0, 0)), icc_profile=swapped)


@pytest.mark.parametrize(
    ("content", "middle"),
    [
        (_sixteen(), (0x12 + 0xF2) // 2),
        (_cmyk(), (0, 255, 255)),
        (_png(Image.new("RGBA", (64, 64), (255, 0, 0, 0))), 255),
        (_png(Image.new("LA", (64, 64), (0, 128))), 127),
        (_png(_quarters().quantize(4)), None),
        (_jpeg(icc_profile=b"no profile at all"), None),
        (_jpeg() + b"PK\x03\x04<script>alert(1)</script>", None),
    ],
    ids=["16-bit", "CMYK", "transparent", "half-transparent", "palette", "broken profile", "polyglot"],
)
def test_other_kinds_of_pixels(content: bytes, middle: Any) -> None:
    pixels = _decoded(clean(content, position=True).jpeg)
    assert pixels.shape == (64, 64, 3)
    assert b"script" not in clean(content, position=False).jpeg
    if middle is not None:
        assert np.abs(pixels[32, 32] - middle).max() < 4
    else:
        assert np.abs(np.array(_corners(pixels)) - _corners(np.asarray(_quarters()).astype(int))).max() < 12


def test_another_profiles_colours_become_srgb() -> None:
    red, green, blue = _decoded(clean(_swapped(), position=False).jpeg)[32, 32]
    assert green > 250
    assert max(red, blue) < 8


def test_a_large_one_is_made_smaller() -> None:
    content = _jpeg(_quarters().resize((5000, 2500)))
    with Image.open(io.BytesIO(clean(content, position=False).jpeg)) as image:
        assert image.size == (REPORT_PHOTO_SIDE_PX, REPORT_PHOTO_SIDE_PX // 2)


def _claims(width: int, height: int) -> bytes:
    """A PNG that is all right but for its pixels, of which it has none."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _moving() -> bytes:
    out = io.BytesIO()
    _quarters().save(out, "WEBP", save_all=True, append_images=[_quarters().rotate(90)])
    return out.getvalue()


def _text_bomb() -> bytes:
    more = PngImagePlugin.PngInfo()
    more.add_text("Comment", "x" * 80_000_000, zip=True)
    return _png(_quarters(), pnginfo=more)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", 415, "photo-kind"),
        (b"GIF89a" + bytes(100), 415, "photo-kind"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), 415, "photo-kind"),
        (b"RIFF\x00\x00\x00\x00WAVE" + bytes(100), 415, "photo-kind"),
        (_moving(), 415, "photo-kind"),
        (b"", 422, "photo-damaged"),
        (_jpeg()[:-200], 422, "photo-damaged"),
        (_jpeg()[:100], 422, "photo-damaged"),
        (_claims(3000, 3000), 422, "photo-damaged"),
        (_claims(16_000, 16_000), 413, "photo-too-large"),
        (_claims(2**31 - 1, 2**31 - 1), 413, "photo-too-large"),
        (_jpeg().replace(struct.pack(">HH", 64, 64), struct.pack(">HH", 7000, 7000), 1), 422, "photo-damaged"),
        (_text_bomb(), 422, "photo-damaged"),
        (b"\xff\xd8\xff" + bytes(REPORT_PHOTO_BYTES), 413, "photo-too-large"),
    ],
    ids=["SVG", "GIF", "HEIC", "WAVE", "animated", "empty", "truncated", "head only", "no pixels", "bomb", "huge", "JPEG bomb",
         "text bomb", "too long"],
)  # fmt: skip
def test_what_is_no_photo(
    client: FlaskClient, db: Database, tmp_path: Path, content: bytes, status: int, code: str
) -> None:
    """E6: refused in one line; neither a report nor a file is there, and the words can be sent without it."""
    answer = _send(client, content)
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)
    assert queue(db) == ()
    assert not list((tmp_path / ".heritage" / "photos").glob("*"))


def test_one_that_takes_too_much_memory() -> None:
    """The ceiling is the child's: here it is so low that an honest photo does not fit."""
    with pytest.raises(HeritageError) as caught:
        clean(_png(_quarters().resize((6000, 6000))), position=False, memory_bytes=400 * 2**20)
    assert caught.value.problems[0].code == "photo-too-large"


def test_one_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PROGRAM", ("-c", "while True: pass"))
    monkeypatch.setattr(module, "REPORT_PHOTO_CPU_S", 0.1)
    with pytest.raises(HeritageError) as caught:
        clean(_jpeg(), position=False)
    assert caught.value.problems[0].code == "photo-too-large"


def test_who_waits_leaves_the_site_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are decoded and two wait; the others are told at once to come again, and the next ones are taken."""
    go, codes = threading.Event(), []

    def held(*_: Any) -> tuple[dict[str, Any], bytes]:
        assert go.wait(10)
        return {"position": None}, b""

    def send() -> None:
        try:
            clean(b"\xff\xd8\xff", position=False)
        except HeritageError as error:
            codes.append(error.problems[0].code)

    monkeypatch.setattr(module, "_made", held)
    people = [threading.Thread(target=send) for _ in range(8)]
    for one in people:
        one.start()
    deadline = time.monotonic() + 10
    while len(codes) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert codes == ["photo-busy"] * 4
    go.set()
    for one in people:
        one.join()
    send()
    assert len(codes) == 4


def test_seen_by_nobody_before_it_is_released(client: FlaskClient, db: Database) -> None:
    sent = _send(client, _jpeg(), photo_place="1", at="1.5,-2,3.25")
    assert (sent.status_code, sent.json["located"]) == (201, True)
    [one] = queue(db)
    public, own = f"/reports/photos/{one.id}", f"/studio/api/reports/{one.id}"
    assert client.get(public, base_url=BASE).status_code == 404
    assert client.get(f"{own}/photo", base_url=BASE).status_code == 401
    assert (
        client.get("/reports/answer", query_string={"code": sent.json["code"]}, base_url=BASE).json["photo"]
        is True
    )
    studio = _studio(client)
    with studio.get(f"{own}/photo", base_url=BASE) as photo:
        assert _decoded(photo.data).shape == (64, 64, 3)
    told = {
        "Content-Type": "image/jpeg",
        "Content-Disposition": "attachment",
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: photo.headers[name] for name in told} == told
    [listed] = studio.get("/studio/api/reports", base_url=BASE).json["reports"]
    assert (listed["photo"], listed["shown"]) == (True, "nothing")
    assert listed["position"] == pytest.approx([107.575, 16.47])

    state = {"status": "accepted", "assignee": "Mai", "due": 2_000_000_000, "answer": None}
    for shown, status, texts in (("words", 404, 1), ("all", 200, 1), ("nothing", 404, 0)):
        [read] = studio.get("/studio/api/reports", base_url=BASE).json["reports"]
        match = HERE | {"If-Match": f'"{read["revision"]}"'}
        assert studio.put(own, json=state | {"shown": shown}, headers=match, base_url=BASE).status_code == 200
        with client.get(public, base_url=BASE) as answer:
            assert answer.status_code == status
        found = client.get("/reports/released", base_url=BASE).json["reports"]
        assert [r["text"] for r in found] == [GOOD["text"]] * texts
        assert not found or found[0].keys() == {
            "monument", "text", "language", "status", "answer", "made", "photo"
        }  # fmt: skip
        page = client.get("/reports/released?lang=en", headers={"Accept": "text/html"}, base_url=BASE).text
        assert (public in page) == (shown == "all")
        assert (GOOD["text"] in page) == bool(texts)
    steps = studio.get(f"{own}/history", base_url=BASE).json
    assert [step["shown"] for step in steps] == ["words", "all", "nothing"]
    assert studio.put(own, json=state | {"shown": "x"}, headers=match, base_url=BASE).status_code == 400
    assert studio.delete(f"{own}/photo", headers=HERE, base_url=BASE).status_code == 204
    assert studio.get(f"{own}/photo", base_url=BASE).status_code == 404
    assert studio.delete(f"{own}/photo", headers=HERE, base_url=BASE).status_code == 404


def test_what_was_written_stands_in_the_form_again(client: FlaskClient) -> None:
    """Without a script, too, nobody writes twice because of a photo."""
    body = GOOD | {"text": "\n<b>hai</b> dòng", "language": "en", "at": "1,2,3"}
    answer = client.post(
        "/reports/", data=body | {"photo": (io.BytesIO(b"GIF89a"), "x.jpg")}, headers=HERE, base_url=BASE
    )
    assert answer.status_code == 415
    assert "no JPEG, PNG or WebP" in answer.text
    assert "\n\n&lt;b&gt;hai&lt;/b&gt; dòng</textarea>" in answer.text
    assert 'value="1,2,3"' in answer.text
    empty = client.post(
        "/reports/",
        data=GOOD | {"photo": (io.BytesIO(b""), ""), "photo_place": "1"},
        headers=HERE,
        base_url=BASE,
    )
    assert empty.status_code == 201


def test_nothing_is_decoded_for_who_may_send_no_more(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(REPORTS_OF_ADDRESS):
        client.post("/reports/", json=GOOD, headers=HERE, base_url=BASE)
    monkeypatch.setattr(module, "_made", None)
    assert _send(client, _jpeg()).status_code == 429
    assert not (tmp_path / ".heritage" / "photos").exists()


def test_nothing_is_decoded_with_words_that_are_refused(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_made", None)
    refused = _send(client, _jpeg(), text=" ")
    assert (refused.status_code, refused.json["error"]["code"]) == (400, "report-text")


def test_a_full_room_and_a_full_disk_lose_nothing(
    client: FlaskClient, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words can be sent without the photo; what was there before is there."""
    assert _send(client, _jpeg()).status_code == 201
    [kept] = (tmp_path / ".heritage" / "photos").iterdir()
    before = kept.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(photos, "REPORT_PHOTOS_BYTES", len(before) + 100)
        full = _send(client, _jpeg())
    assert (full.status_code, full.json["error"]["code"]) == (507, "photos-full")

    def no_room(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(fs, "sync", no_room)
        assert _send(client, _jpeg()).status_code == 507
    alone = client.post("/reports/", data=GOOD, headers=HERE, base_url=BASE)
    assert alone.status_code == 201
    assert [p.read_bytes() for p in (tmp_path / ".heritage" / "photos").iterdir()] == [before]
    assert len(queue(db)) == 2


def test_a_report_that_fails_leaves_no_photo(client: FlaskClient, tmp_path: Path) -> None:
    assert _send(client, _jpeg(), at="1e12,0,0").status_code == 400
    assert not list((tmp_path / ".heritage" / "photos").iterdir())


def test_what_a_crash_left_is_swept(
    client: FlaskClient, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo without a report, an hour old; one that is just being sent stays."""
    _send(client, _jpeg())
    [known] = (tmp_path / ".heritage" / "photos").iterdir()
    store = Photos(tmp_path)
    store.keep(b"orphan")
    site = tmp_path / "site.yaml"
    site.write_text(site.read_text() + "reports: {answer_days: 7}\n")

    def open_again() -> list[Path]:
        options = report_options(tmp_path, None)
        assert options is not None
        options.database.close()
        return list((tmp_path / ".heritage" / "photos").iterdir())

    assert len(open_again()) == 2
    monkeypatch.setattr(photos, "_ORPHAN_S", -1.0)
    assert open_again() == [known]
    store.sweep(frozenset())  # by a database that has none of the reports
    assert list((tmp_path / ".heritage" / "photos").iterdir()) == [known]


def test_a_backup_has_them(
    client: FlaskClient, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    _send(client, _jpeg())
    [kept] = (tmp_path / ".heritage" / "photos").iterdir()
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    back_up(tmp_path, elsewhere / "backup.tar", {})
    restore(elsewhere / "backup.tar", elsewhere / "again")
    assert (elsewhere / "again" / ".heritage" / "photos" / kept.name).read_bytes() == kept.read_bytes()


def test_a_table_that_no_spreadsheet_computes(client: FlaskClient, db: Database) -> None:
    """OWASP's list of what begins a formula, with blanks before it, and what looks the same in full width."""
    evil = ["=1+1", "+1", "-1", "@SUM(1)", "  =1", "\uff1d1"]
    for k, text in enumerate(evil):
        body = GOOD | {"text": text}
        environ = {"REMOTE_ADDR": f"192.0.2.{k}"}
        client.post("/reports/", json=body, headers=HERE, base_url=BASE, environ_base=environ)
    table = _studio(client).get("/studio/api/reports.csv", base_url=BASE)
    assert table.headers["Content-Disposition"].startswith("attachment")
    lines = table.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("id,monument,status")
    cells = {line.split(",")[9].strip('"') for line in lines[1:]}
    assert cells == {f"'{text.strip()}" for text in evil}
