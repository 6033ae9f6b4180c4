"""A5 for the studio: a disk that is really full, of 3 MB, under a site that people save to."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from studio_site import HERE, client_of, write_site
from test_studio_documents import _get
from werkzeug.test import TestResponse

KEY = "tours/walk"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_saving_until_the_disk_is_full_and_beyond(small_disk: Path) -> None:
    """Whatever was acknowledged is there, nothing half written; with room, the same save goes through, once."""
    (small_disk / "site").mkdir()
    (small_disk / "ballast").write_bytes(bytes(1_500_000))
    client = client_of(write_site(small_disk / "site"))

    def save(number: int) -> TestResponse:
        read = _get(client, KEY)
        read["value"]["words"]["en"]["introduction"] = "x" * 30_000 + str(number)
        headers = HERE | {"If-Match": f'"{read["revision"]}"', "Idempotency-Key": f"save-{number}"}
        return client.put(f"/studio/api/documents/{KEY}", json={"value": read["value"]}, headers=headers)

    acknowledged = 0
    while (answer := save(acknowledged)).status_code == 200:
        acknowledged += 1
    assert (answer.status_code, answer.json["error"]["code"]) == (507, "store-full")
    assert acknowledged > 5
    now = _get(client, KEY)
    assert now["value"]["words"]["en"]["introduction"].endswith(f"x{acknowledged - 1}")
    media = {"file": (io.BytesIO(b"ID3" + bytes(300_000)), "a.mp3")}
    assert client.post("/studio/api/media", data=media, headers=HERE).status_code == 507
    (small_disk / "ballast").unlink()
    assert save(acknowledged).status_code == 200
    saves = [one for one in client.get(f"/studio/api/history/{KEY}").json if one["what"] == "save"]
    assert len(saves) == acknowledged + 1
    assert client.get("/studio/api/journal").json["problems"] == []
    assert list((small_disk / "site").rglob(".tmp*")) == []
