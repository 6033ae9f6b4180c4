from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_release import RELEASE, build_viewer, client_of, publish
from studio_site import write_site
from watching import watched

from heritage.page import page
from heritage.people.database import Database
from heritage.store import fs


@pytest.fixture(scope="session")
def built_viewer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_viewer(tmp_path_factory.mktemp("viewer") / "dist")


@pytest.fixture(autouse=True)
def _viewer(built_viewer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build of the viewer; the real one needs Node and is tested in a browser."""
    monkeypatch.setattr(page, "DIST", built_viewer)


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Durability is proven in tests/store; here it only costs time."""

    def sync(path: Path) -> None:
        pass

    monkeypatch.setattr(fs, "sync", sync)


@pytest.fixture
def peers() -> tuple[str, ...]:
    """Hosts that the server may call in a test."""
    return ()


@pytest.fixture(autouse=True)
def _contained(peers: tuple[str, ...]) -> Iterator[None]:
    """E9, in every test of this folder: no request leads out of the site."""
    with watched(peers) as found:
        yield
    assert found == []


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with one release, for tests that change nothing."""
    site = tmp_path_factory.mktemp("published")
    publish(site, RELEASE)
    return site


@pytest.fixture
def client(published: Path) -> FlaskClient:
    return client_of(published)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with one release, to change."""
    publish(tmp_path, RELEASE)
    return tmp_path


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """The accounts and reports of a site with one release, which the studio can edit."""
    publish(write_site(tmp_path), RELEASE)
    database = Database(tmp_path)
    yield database
    database.close()
