"""I3: a backup made while people save, restored elsewhere: everything that was acknowledged before it is there."""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from small_release import RELEASE, _Client, publish
from studio_site import HERE, write_site

from heritage.cli.main import cli
from heritage.model.errors import HeritageError, InputError, StoreError
from heritage.people import accounts
from heritage.people.database import Database
from heritage.people.signing_in import sign_in
from heritage.store import Store, fs
from heritage.store.backup import back_up
from heritage.store.drafts import Change, Drafts, Snapshot, Unit
from heritage.store.fsck import fsck
from heritage.store.photos import Photos
from heritage.store.restore import restore
from heritage.text.site import load_site
from heritage.web.app import create_app
from heritage.web.report_options import ReportOptions
from heritage.web.studio.options import StudioOptions

WORDS = "chín con rồng vàng"
UNIT = Unit("tours/walk", "tours/walk", re.compile(r"tour\.yaml|[a-z]+\.md"))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    publish(write_site(tmp_path / "site"), RELEASE)
    return tmp_path / "site"


def _files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _number(files: Mapping[str, bytes]) -> int:
    first = files["tour.yaml"].split(b"\n")[0]
    return int(first.removeprefix(b"# save ")) if first.startswith(b"# save ") else 0


def _save(site: Path) -> int:
    """Count one further in the tour's first line; the number that was acknowledged."""
    saved = 0

    def change(now: Snapshot) -> Change:
        nonlocal saved
        saved = _number(now.files) + 1
        tour = re.sub(rb"(?m)^# save \d+\n", b"", now.files["tour.yaml"])
        return Change({**now.files, "tour.yaml": b"# save %d\n" % saved + tour})

    Drafts(site).save(UNIT, change, who="An")
    return saved


def test_all_that_is_not_derived(site: Path, tmp_path: Path) -> None:
    """Byte for byte; not what is rebuilt, nor what belongs to a moment, nor what a link out of the site leads to."""
    _save(site)
    for name in ("stages/ingest/1/x", "jobs/000001/log", "presence/1", "lock", ".tmp-1"):
        (site / ".heritage" / name).parent.mkdir(parents=True, exist_ok=True)
        (site / ".heritage" / name).write_bytes(b"x")
    (tmp_path / "secret").write_bytes(b"x")
    (site / "media").mkdir(exist_ok=True)
    (site / "media" / "link").symlink_to(tmp_path / "secret")
    (site / "media" / "Ngọ Môn, đẹp.bin").write_bytes(bytes(3_000_000))
    target = tmp_path / "backup.tar"
    made = back_up(site, target, {"accounts.jsonl": b"{}"})
    assert target.stat().st_mode & 0o777 == 0o600
    kept, more = restore(target, tmp_path / "again")
    assert (kept, more) == (made, {"accounts.jsonl": b"{}"})
    left_out = re.compile(r"\.heritage/(stages|jobs|presence|lock$|\.tmp-|history/locks)|media/link")
    wanted = {n: c for n, c in _files(site).items() if not left_out.match(n)}
    assert _files(tmp_path / "again") == wanted
    assert f".heritage/releases/{RELEASE}/release.json" in wanted
    assert made.files == len(wanted) + 1
    assert load_site(tmp_path / "again").tours["walk"].tour == load_site(site).tours["walk"].tour


def test_links_inside_the_site_are_kept_as_what_they_lead_to(site: Path, tmp_path: Path) -> None:
    """A scan that was delivered elsewhere in the site, and a folder of photos: `heritage check` accepts both."""
    (site / "deliveries" / "photos").mkdir(parents=True)
    (site / "deliveries" / "scan.las").write_bytes(bytes(range(256)) * 8000)
    (site / "deliveries" / "photos" / "1.jpg").write_bytes(b"photo")
    (site / "scans").mkdir()
    (site / "scans" / "2024.las").symlink_to("../deliveries/scan.las")
    (site / "scans" / "again.las").symlink_to("2024.las")
    (site / "scans" / "photos").symlink_to("../deliveries/photos")

    made = back_up(site, tmp_path / "backup.tar", {})
    restore(tmp_path / "backup.tar", tmp_path / "again")

    assert made.left_out == ()
    again = tmp_path / "again" / "scans"
    assert not any(path.is_symlink() for path in again.rglob("*"))
    scan = (site / "deliveries" / "scan.las").read_bytes()
    assert _files(again) == {"2024.las": scan, "again.las": scan, "photos/1.jpg": b"photo"}


def test_what_cannot_be_kept_is_named(site: Path, tmp_path: Path) -> None:
    """Never in silence: links out of the site, to nothing, in rings, to what is derived; pipes."""
    odd = site / "odd"
    (odd / "deep").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"x")
    (site / ".heritage" / "stages").mkdir()
    for name, leads in {
        "derived": "../.heritage/stages", "nothing": "gone", "out": "../../secret", "ring": "ring", "up": "..",
        "deep/up": "../deep",
    }.items():  # fmt: skip
        (odd / name).symlink_to(leads)
    os.mkfifo(odd / "pipe")

    said = CliRunner().invoke(cli, ["backup", str(site), str(tmp_path / "backup.tar")])

    assert said.exit_code == 0, said.output
    assert said.stdout.endswith("MiB, 7 left out\n")
    lines = dict(
        re.findall(r"warning: odd/(\S+): it (.*?); it is left out;.*\[backup-left-out\]", said.stderr)
    )
    assert lines == {
        "deep/up": "is a link to a folder that it lies in itself",
        "derived": "leads to what is never backed up",
        "nothing": "is a link that leads to nothing",
        "out": "is a link that leads out of the site's folder",
        "pipe": "is neither a file nor a folder",
        "ring": "is a link that leads to nothing",
        "up": "is a link to a folder that it lies in itself",
    }
    restore(tmp_path / "backup.tar", tmp_path / "again")
    assert not (tmp_path / "again" / "odd").exists()


def test_folders_that_link_to_each_other_end(site: Path, tmp_path: Path) -> None:
    for here, there in (("a", "b"), ("b", "a")):
        (site / here).mkdir()
        (site / here / "own").write_bytes(here.encode())
        (site / here / "other").symlink_to(f"../{there}")

    made = back_up(site, tmp_path / "backup.tar", {})
    restore(tmp_path / "backup.tar", tmp_path / "again")

    assert [one.where for one in made.left_out] == ["a/other/other", "b/other/other"]
    assert _files(tmp_path / "again" / "a") == {"own": b"a", "other/own": b"b"}


def test_a_store_that_is_a_link_out_of_the_site_is_refused(site: Path, tmp_path: Path) -> None:
    (site / ".heritage").rename(tmp_path / "store")
    (site / ".heritage").symlink_to(tmp_path / "store")

    with pytest.raises(
        InputError, match=r"\.heritage: it is a link that leads out of the site's folder"
    ) as caught:
        back_up(site, tmp_path / "backup.tar", {})

    assert caught.value.problems[0].code == "backup-left-out"
    assert not (tmp_path / "backup.tar").exists()


def test_while_people_save(site: Path, tmp_path: Path) -> None:
    """Four people save without a pause: each of five backups has one whole revision, none older than its beginning."""
    done, stop = [0], threading.Event()

    def work() -> None:
        while not stop.is_set():
            done[0] = max(done[0], _save(site))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    try:
        for n in range(5):
            before = done[0]
            back_up(site, tmp_path / f"{n}.tar", {})
            restore(tmp_path / f"{n}.tar", tmp_path / f"{n}")
            assert fsck(Store(tmp_path / f"{n}")).sound
            drafts = Drafts(tmp_path / f"{n}")
            found, entries = drafts.read(UNIT), drafts.entries(UNIT)
            # The files as they were before the first save; half a save would be another revision from outside.
            assert [entry.what for entry in entries] == ["outside"] + ["save"] * (len(entries) - 1)
            assert entries[-1].revision == found.revision
            assert _number(found.files) >= before
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    assert done[0] >= 5


def test_from_the_command_line_with_accounts(site: Path, tmp_path: Path) -> None:
    """What the how-to says: backup, a new machine, restore; the same people sign in."""
    db = Database(site)
    accounts.add(db, "Lê Mai", ["administrator"], WORDS, by="test")
    db.close()

    def run(*words: str) -> str:
        made = CliRunner().invoke(cli, words)
        if isinstance(made.exception, HeritageError):
            raise made.exception
        assert made.exit_code == 0, made.output
        return made.output

    target, again = tmp_path / "backup.tar", tmp_path / "again"
    run("backup", str(site), str(target))
    said = run("restore", str(target), str(again))
    assert said.endswith("1 account(s)\n")
    assert "0 damaged" not in said
    assert "sound" in said
    restored = Database(again)
    assert sign_in(restored, "Lê Mai", WORDS, "127.0.0.1").roles == ("administrator",)
    restored.close()
    with pytest.raises(InputError, match="it exists"):
        run("restore", str(target), str(again))
    run("restore", str(target), str(tmp_path / "bare"), "--without-accounts")
    assert not (tmp_path / "bare" / ".heritage" / "people.sqlite").exists()
    with pytest.raises(InputError, match="inside the site"):
        run("backup", str(site), str(site / "tours" / "backup.tar"))


def _open(site: Path, database: Database) -> FlaskClient:
    """The studio of ``site``, signed in by password."""
    studio = StudioOptions(accounts=database)
    app = create_app(site, studio=studio, reports=ReportOptions(database, Photos(site), 14))
    app.test_client_class = _Client
    client = app.test_client()
    signed = client.post("/studio/api/session", json={"name": "Lê Mai", "password": WORDS}, headers=HERE)
    assert signed.status_code == 200
    return client


def test_all_that_people_did_is_there_on_an_empty_machine(site: Path, tmp_path: Path) -> None:
    """Over HTTP, before and after: every revision, who made it, recordings, reports with their answers, accounts, and
    the journals' chains; and life goes on."""
    with Database(site) as database:
        accounts.add(database, "Lê Mai", ["administrator"], WORDS, by="test")
        client = _open(site, database)
        url = "/studio/api/documents/tours/walk"
        for k in (1, 2):
            read = client.get(url).json
            read["value"]["tour"]["stops"][0]["dwell_s"] = k
            headers = HERE | {"If-Match": f'"{read["revision"]}"'}
            assert client.put(url, json={"value": read["value"]}, headers=headers).status_code == 200
        media = {"file": (io.BytesIO(b"ID3\x04voice"), "a.mp3")}
        path = client.post("/studio/api/media", data=media, headers=HERE).json["path"]
        told = {"monument": "gate", "text": "Một viên ngói rơi"}
        code = client.post("/reports/", json=told, headers=HERE).json["code"]
        report = client.get("/studio/api/reports").json["reports"][0]
        state = {"status": "answered", "assignee": "Lê Mai", "due": report["due"], "answer": "Đã sửa"}
        read = {"If-Match": f'"{report["revision"]}"'}
        assert (
            client.put(f"/studio/api/reports/{report['id']}", json=state, headers=HERE | read).status_code
            == 200
        )
        seen = _seen(client, path, code)
    run = CliRunner().invoke
    assert run(cli, ["backup", str(site), str(tmp_path / "b.tar")]).exit_code == 0
    (tmp_path / "b.tar").rename(tmp_path / "carried.tar")
    site.rename(tmp_path / "lost")
    assert run(cli, ["restore", str(tmp_path / "carried.tar"), str(site)]).exit_code == 0
    with Database(site) as database:
        client = _open(site, database)
        assert _seen(client, path, code) == seen
        read = client.get(url).json
        headers = HERE | {"If-Match": f'"{read["revision"]}"'}
        read["value"]["tour"]["stops"][0]["dwell_s"] = 3
        assert client.put(url, json={"value": read["value"]}, headers=headers).status_code == 200
        assert len(client.get("/studio/api/history/tours/walk").json) == len(seen["history"]) + 1
        assert client.get("/studio/api/journal").json["problems"] == []


def _seen(client: FlaskClient, path: str, code: str) -> dict[str, Any]:
    """What people see of all that may not be lost."""
    history = client.get("/studio/api/history/tours/walk").json
    assert len(history) >= 2
    past = [client.get(f"/studio/api/history/tours/walk/{one['revision']}").json for one in history]
    journal = client.get("/studio/api/journal").json
    assert journal["problems"] == []
    events = client.get("/studio/api/people-events").json
    assert events["broken_at"] is None
    answer = client.get(f"/reports/answer?code={code}").json
    assert answer["answer"] == "Đã sửa"
    return {
        "history": history,
        "past": past,
        "journal": journal,
        "people": [(one["name"], one["roles"]) for one in client.get("/studio/api/people").json],
        "media": client.get(f"/studio/files/{path}").data,
        "answer": answer,
        "reports": client.get("/studio/api/reports").json["reports"],
        "page": client.get(f"/r/{RELEASE}/release.json").data,
    }


def test_a_backup_that_failed_leaves_the_old_one(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup.tar"
    back_up(site, target, {})
    before = target.read_bytes()

    def fail(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fs, "sync", fail)
    with pytest.raises(StoreError, match="the disk is full"):
        back_up(site, target, {})
    assert target.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] in (["backup.tar", "site"], ["site", "backup.tar"])


def _tar(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(content), kind, "/etc/passwd"
            tar.addfile(info, io.BytesIO(content))
    return file.getvalue()


LIST = json.dumps({"format": 1, "made": "", "files": {}}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"x" * 2000, _tar(), _tar(("site/a", b"")), _tar(("backup.json", b"x")), _tar(("backup.json", b"{}")),
        _tar(("backup.json", LIST), ("site/a", b"")), _tar(("site/../a", b""), ("backup.json", LIST)),
        _tar(("/site/a", b""), ("backup.json", LIST)), _tar(("site//a", b""), ("backup.json", LIST)),
        _tar(("site/./a", b""), ("backup.json", LIST)), _tar(("site/a\\b", b""), ("backup.json", LIST)),
        _tar(("site/a", b""), ("site/a", b""), ("backup.json", LIST)),
        _tar(("site/a", b""), kind=tarfile.SYMTYPE), _tar(("site/a", b""), kind=tarfile.LNKTYPE),
        _tar(("site/a", b""), kind=tarfile.FIFOTYPE), _tar(("site/a", b""), kind=tarfile.DIRTYPE),
    ],
)  # fmt: skip
def test_archives_that_are_no_backup(tmp_path: Path, content: bytes) -> None:
    """D6: nothing is written outside, nothing stays."""
    (tmp_path / "x.tar").write_bytes(content)
    with pytest.raises(InputError) as caught:
        restore(tmp_path / "x.tar", tmp_path / "again")
    assert caught.value.problems[0].code == "backup-strange"
    assert [p.name for p in tmp_path.iterdir()] == ["x.tar"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda files: files.pop("site/site.yaml"),
        lambda files: files.update({"site/site.yaml": files["site/site.yaml"].replace(b"H", b"h", 1)}),
        lambda files: files.update({"accounts.jsonl": b"other"}),
        lambda files: files.update({"site/more.yaml": b"x"}),
    ],
)
def test_a_damaged_backup_makes_nothing(
    site: Path, tmp_path: Path, spoil: Callable[[dict[str, bytes]], Any]
) -> None:
    """Missing, changed, added: the file is named."""
    target = tmp_path / "backup.tar"
    back_up(site, target, {"accounts.jsonl": b"own"})
    with tarfile.open(target) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    spoil(files)
    listed = files.pop("backup.json")
    target.write_bytes(_tar(*files.items(), ("backup.json", listed)))
    with pytest.raises(StoreError, match=r"not what was written \(1 of"):
        restore(target, tmp_path / "again")
    assert not (tmp_path / "again").exists()
