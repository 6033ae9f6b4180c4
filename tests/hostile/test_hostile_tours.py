"""Every hostile file of a tour ends in one clear line or in a harmless tour, within 2 seconds of CPU."""

from __future__ import annotations

import io
import json
import os
import socket
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from heritage.formats.beside import InFolder
from heritage.formats.tour_file import read_tour_file
from heritage.model.errors import InputError
from heritage.pipeline.reading.guard_tours import guarded_tours

SECONDS = 2.0
KML = '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">{}</kml>'
FLY = "<gx:Tour><name>t</name><gx:Playlist>{}</gx:Playlist></gx:Tour>"
LOOK = "<gx:FlyTo><LookAt><longitude>1</longitude><latitude>2</latitude><range>{}</range></LookAt></gx:FlyTo>"
ASSET = {"type": "application/si-dpo-3d.document+json", "version": "1.0"}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing named in a file is ever fetched."""

    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def svx(**more: Any) -> dict[str, Any]:
    """The least document, with one tour of one step."""
    return {
        "asset": ASSET,
        "scene": 0,
        "scenes": [{"units": "m", "nodes": [0], "setup": 0}],
        "nodes": [{"name": "Gate", "model": 0}],
        "models": [
            {"units": "m", "derivatives": [{"assets": [{"uri": "models/gate.glb", "type": "Model"}]}]}
        ],
        "setups": [
            {
                "tours": [{"titles": {"EN": "T"}, "steps": [{"id": "a", "titles": {"EN": "A"}}]}],
                "snapshots": {
                    "targets": ["scenes/0/setup/navigation/orbit", "scenes/0/setup/navigation/offset"],
                    "states": [{"id": "a", "values": [[0, 0, 0], [0, 0, 5]]}],
                },
            }
        ],
    } | more


def iiif(*paintings: Any, **more: Any) -> dict[str, Any]:
    scene = {
        "id": "https://e.org/s",
        "type": "Scene",
        "items": [{"type": "AnnotationPage", "items": list(paintings)}],
    }
    return {"type": "Manifest", "id": "https://e.org/m", "items": [scene]} | more


def camera(**more: Any) -> dict[str, Any]:
    return {"id": "https://e.org/c", "type": "Annotation", "motivation": ["painting"], "target": "https://e.org/s",
            "body": {"type": "PerspectiveCamera"} | more}  # fmt: skip


def orbit(value: Any) -> dict[str, Any]:
    document = svx()
    document["setups"][0]["snapshots"]["states"][0]["values"][0] = value
    return document


def packed(*files: tuple[str, bytes], lie: int | None = None) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    data = held.getvalue()
    # The directory says another size than there is.
    return (
        data
        if lie is None
        else data.replace(len(files[0][1]).to_bytes(4, "little"), lie.to_bytes(4, "little"))
    )


def secret(archive: bytes) -> bytes:
    """The archive with its first file said to be encrypted, in its own head and in the directory."""
    directory = archive.index(b"PK\x01\x02")
    head = archive[:6] + b"\x01\x00" + archive[8:directory]
    return head + archive[directory : directory + 8] + b"\x01\x00" + archive[directory + 10 :]


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
) + "]><kml>&i;</kml>"  # fmt: skip
DEEP = 200_000
AT_A_WORD = {"selector": {"type": "PointSelector", "x": "1"}}
REFUSED: dict[str, Callable[[], bytes]] = {
    "entities that multiply": lambda: LAUGHS.encode(),
    "an entity of a file": lambda: b'<!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml>&x;</kml>',
    "a document type elsewhere": lambda: b'<!DOCTYPE kml SYSTEM "https://evil.example/x.dtd"><kml/>',
    "UTF-16": lambda: ('<?xml version="1.0" encoding="UTF-16"?>' + LAUGHS).encode("utf-16"),
    "an encoding that hides it": lambda: b'<?xml version="1.0" encoding="utf-7"?><kml/>',
    "deep XML": lambda: b"<kml>" + b"<Folder>" * DEEP + b"</Folder>" * DEEP + b"</kml>",
    "deep JSON": lambda: b'{"asset":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep JSON of SVX": lambda: json.dumps(svx()).encode()[:-1] + b',"x":' + b'{"a":' * DEEP,
    "a hundred megabytes of JSON": lambda: b'{"a":"' + b"x" * 100_000_000 + b'"}',
    "a hundred megabytes of XML": lambda: b"<kml>" + b" " * 100_000_000 + b"</kml>",
    "a hundred megabytes of nothing": lambda: bytes(100_000_000),
    "NaN": lambda: json.dumps(orbit([float("nan"), 0, 0])).encode(),
    "infinity": lambda: json.dumps(svx()).encode().replace(b"[0, 0, 5]", b"[0, 0, Infinity]"),
    "beyond all numbers": lambda: json.dumps(svx()).encode().replace(b"[0, 0, 5]", b"[0, 0, 1e999]"),
    "a number of a million digits": lambda: json.dumps(svx()).encode().replace(b"5]", b"5" * 1_000_000 + b"]"),
    "text for a number": lambda: json.dumps(orbit(["12", 0, 0])).encode(),
    "true for a number": lambda: json.dumps(orbit([True, 0, 0])).encode(),
    "two numbers for three": lambda: json.dumps(orbit([1, 2])).encode(),
    "a list for an object": lambda: json.dumps(svx(setups=[[]])).encode(),
    "an object for a list": lambda: json.dumps(svx(nodes={"0": 1})).encode(),
    "an index past the end": lambda: json.dumps(svx(scene=7)).encode(),
    "an index below zero": lambda: json.dumps(svx(scene=-1)).encode(),
    "nodes in a circle": lambda: json.dumps(svx(nodes=[{"children": [0]}])).encode(),
    "a rotation of nothing": lambda: json.dumps(svx(nodes=[{"model": 0, "rotation": [0, 0, 0, 0]}])).encode(),
    "a title that is a number": lambda: json.dumps(svx(setups=[{"tours": [{"titles": {"EN": 5}, "steps": [{}]}]}])).encode(),
    "no tour type": lambda: b'{"asset": {"type": "application/zip"}}',
    "a manifest without a scene": lambda: json.dumps(iiif() | {"items": []}).encode(),
    "a scene without anything": lambda: json.dumps(iiif()).encode(),
    "a camera at a word": lambda: json.dumps(iiif(camera() | {"target": AT_A_WORD})).encode(),
    "a view of a word": lambda: json.dumps(iiif(camera(fieldOfView="wide"))).encode(),
    "KML without a tour": lambda: KML.format("<Document/>").encode(),
    "KML with NaN": lambda: KML.format(FLY.format(LOOK.format("NaN"))).encode(),
    "KML with a word": lambda: KML.format(FLY.format(LOOK.format("far"))).encode(),
    "KML beyond the poles": lambda: KML.format(FLY.format(LOOK.format(9).replace(">2<", ">200<"))).encode(),
    "KML cut off": lambda: KML.format(FLY.format(LOOK.format(9))).encode()[:-20],
    "other XML": lambda: b"<svg/>",
    "an archive without KML": lambda: packed(("a.txt", b"x")),
    "an archive that swells": lambda: packed(("doc.kml", b"<kml>" + b" " * 60_000_000)),
    "an archive that lies": lambda: packed(("doc.kml", b"<kml>" + b" " * 20_000_000), lie=100),
    "an archive cut off": lambda: packed(("doc.kml", KML.encode()))[:60],
    "an archive of a secret": lambda: secret(packed(("doc.kml", KML.format("").encode()))),
    "an archive in an archive": lambda: packed(("doc.kmz", packed(("doc.kml", KML.format("").encode())))),
    "an archive with two documents of one name": lambda: packed(
        *((name, KML.format(FLY.format(LOOK.format(9))).encode()) for name in ("doc.kml", "cod.kml"))
    ).replace(b"cod.kml", b"doc.kml"),
    "an archive of many": lambda: packed(*((f"{k}.kml", b"") for k in range(11_000))),
    "nothing that is known": lambda: b"\x7fELF" + bytes(range(256)),
    "not UTF-8": lambda: b'{"a": "\xff"}',
}  # fmt: skip


# What the line says, where another refusal would have the same code.
SAID = {
    "entities that multiply": "DOCTYPE",
    "an entity of a file": "DOCTYPE",
    "a document type elsewhere": "DOCTYPE",
    "deep XML": "nesting deeper",
    "deep JSON": "nesting deeper",
    "deep JSON of SVX": "nesting deeper",
    "a hundred megabytes of JSON": "more than 8388608 bytes",
    "a hundred megabytes of XML": "more than 8388608 bytes",
    "NaN": "NaN where a number belongs",
    "infinity": "Infinity where a number belongs",
    "beyond all numbers": "beyond all bounds",
    "text for a number": 'the text "12" where a number belongs',
    "true for a number": "true or false where a number belongs",
    "nodes in a circle": "hold each other",
    "KML with NaN": "<range> is 'NaN'",
    "KML beyond the poles": "<latitude> is 200",
    "an archive that swells": "damaged or too large",
    "an archive of many": "11000 files",
    "an archive with two documents of one name": "two files of one name",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_one_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / "tour.file"
    path.write_bytes(REFUSED[name]())
    before = time.process_time()
    with pytest.raises(InputError) as caught:
        read_tour_file(path)
    assert time.process_time() - before < SECONDS
    (problem,) = caught.value.problems
    assert problem.code in {"exchange-invalid", "exchange-format"}
    assert problem.where.startswith("tour.file")
    assert SAID.get(name, "") in problem.found
    assert len(str(problem)) < 300
    assert str(problem).isprintable()
    assert str(tmp_path) not in str(problem)


def test_the_child_gives_the_same_line(tmp_path: Path) -> None:
    path = tmp_path / "tour.kml"
    path.write_bytes(REFUSED["entities that multiply"]())
    with pytest.raises(InputError) as caught:
        guarded_tours(path)
    assert caught.value.problems[0].code == "exchange-invalid"


def test_the_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "tour.kml").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        guarded_tours(tmp_path / "tour.kml")
    assert caught.value.problems[0].code == "file-empty"


WAYS_OUT = [
    "../secret.html", "/etc/passwd", "file:///etc/passwd", "https://evil.example/x", "a/../../secret.html",
    "%2e%2e/secret.html", "link.html", "C:\\secret", "..\\secret.html", "folder", "pipe", "\0",
]  # fmt: skip


@pytest.mark.parametrize("uri", WAYS_OUT)
def test_no_way_leads_out_of_the_folder(uri: str, tmp_path: Path) -> None:
    """Articles, recordings and models are looked for in the document's own folder; nothing else is opened."""
    (tmp_path / "secret.html").write_text("<p>SECRET</p>")
    folder = tmp_path / "bundle"
    (folder / "folder").mkdir(parents=True)
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    (folder / "inside.html").write_text("<p>inside</p>")
    os.mkfifo(folder / "pipe")
    assert InFolder(folder).read(uri, 1000) is None
    assert InFolder(folder).read("./inside.html", 1000) == b"<p>inside</p>"
    assert InFolder(folder).read("inside.html", 3) is None
    document = svx(metas=[{"articles": [{"id": "r", "uris": {"EN": uri}}]}])
    document["models"][0]["derivatives"][0]["assets"][0]["uri"] = uri
    state = document["setups"][0]["snapshots"]
    state["targets"] += ["scenes/0/setup/reader/enabled", "scenes/0/setup/reader/articleId"]
    state["states"][0]["values"] += [True, "r"]
    (folder / "scene.svx.json").write_text(json.dumps(document))
    read = read_tour_file(folder / "scene.svx.json")
    assert read.tours[0].stops[0].html == {}
    assert "lost-article" in {problem.code for problem in read.problems}
    assert all(str(problem).isprintable() for problem in read.problems)


def test_words_cannot_write_lines_of_their_own(tmp_path: Path) -> None:
    """Line ends, escapes and turned writing in names come out as marks in messages."""
    evil = "a\nerror: done\x1b[2J\u202e"
    document = svx()
    document["nodes"][0]["name"] = evil
    document["setups"][0]["tours"][0]["steps"][0] = {"id": evil, "titles": {"EN": evil}}
    (tmp_path / "scene.svx.json").write_text(json.dumps(document))
    read = guarded_tours(tmp_path / "scene.svx.json")
    assert all(str(problem).isprintable() for problem in read.problems)


def test_an_article_of_tags_only_ends(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>" + "</b><b>" * 10_000 + "<a href=x>" * 10_000)
    document = svx(metas=[{"articles": [{"id": "r", "uris": {"EN": "a.html"}}]}])
    state = document["setups"][0]["snapshots"]
    state["targets"] += ["scenes/0/setup/reader/enabled", "scenes/0/setup/reader/articleId"]
    state["states"][0]["values"] += [True, "r"]
    (tmp_path / "scene.svx.json").write_text(json.dumps(document))
    (stop,) = guarded_tours(tmp_path / "scene.svx.json").tours[0].stops
    assert not stop.html["en"].strip("* \\")
