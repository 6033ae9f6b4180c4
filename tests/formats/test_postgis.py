"""Footprints of a real PostGIS: Debian's server, started for these tests, read in the confined child."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import shapely
from pg8000.native import Connection
from postgres import postgres

from heritage.formats.postgis import credentials, table_of
from heritage.model.documents import Footprints
from heritage.model.errors import InputError
from heritage.pipeline.ground import footprints_digest, read_ground
from heritage.pipeline.reading.guard_table import guarded_table
from heritage.text.site import load_site

SECRET = "s3cr3t:/@word"
IN_URL = "s3cr3t%3A%2F%40word"
PLANS = {
    "gate": "POLYGON ((774000 1822000, 774020 1822000, 774020 1822010, 774000 1822010, 774000 1822000))",
    "hall": "POLYGON ((774050 1822000, 774060 1822000, 774060 1822008, 774050 1822008, 774050 1822000))",
}


@dataclass(frozen=True)
class Server:
    """A running server: its port; user ``reader`` may read ``gis.plots`` but not ``gis.locked``."""

    port: int
    admin: Connection

    def url(
        self, table: str = "gis.plots", *, user: str = f"reader:{IN_URL}@", database: str = "monuments"
    ) -> str:
        return f"postgresql://{user}127.0.0.1:{self.port}/{database}#{table}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Skipped, loudly, where Debian's PostGIS is not installed; `scripts/test` installs it."""
    if not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        pytest.skip("no PostgreSQL with PostGIS: apt-get install postgresql-postgis (scripts/test does)")
    with postgres() as running:
        running.make_database("monuments")
        with contextlib.closing(running.connect("monuments")) as admin:
            _filled(admin)
            yield Server(running.port, admin)


def _filled(admin: Connection) -> None:
    admin.run("CREATE EXTENSION postgis")
    admin.run(f"CREATE ROLE reader LOGIN PASSWORD '{SECRET}'")
    admin.run("CREATE SCHEMA gis; GRANT USAGE ON SCHEMA gis TO reader")
    admin.run(
        'CREATE TABLE gis.plots (id text, "Tên" text, height numeric(6,2), geom geometry(Geometry, 32648));'
        "CREATE TABLE gis.two (id text, a geometry(Polygon, 4326), b geometry(Point, 4326));"
        "CREATE TABLE gis.locked (id text, geom geometry(Polygon, 4326));"
        "CREATE TABLE gis.bare (id text);"
        "GRANT SELECT ON gis.plots, gis.two, gis.bare TO reader"
    )
    for id, plan in PLANS.items():
        admin.run(
            "INSERT INTO gis.plots VALUES (:i, 'Ngọ Môn', 12.50, ST_GeomFromText(:g, 32648))", i=id, g=plan
        )


def _spec(url: str) -> Footprints:
    return Footprints(source=url, name="Tên", height_m="height")


def _refusal(url: str) -> str:
    with pytest.raises(InputError) as caught:
        guarded_table(url, _spec(url))
    text = str(caught.value)
    assert "\n" not in text
    assert SECRET not in text
    assert IN_URL not in text
    return text


def test_a_table_is_read_as_it_is(server: Server) -> None:
    table = guarded_table(server.url(), _spec(server.url()))

    assert [f.id for f in table.features] == ["gate", "hall"]
    assert {f.name for f in table.features} == {"Ngọ Môn"}
    assert {f.height_m for f in table.features} == {12.5}
    assert [shapely.equals_exact(f.geometry, shapely.from_wkt(PLANS[f.id])) for f in table.features] == [
        True,
        True,
    ]
    assert table.crs.to_epsg() == 32648
    assert table.problems == ()


def test_what_is_no_polygon_is_named(server: Server) -> None:
    server.admin.run(
        "INSERT INTO gis.plots VALUES ('dot', '', 1, ST_SetSRID(ST_Point(774000, 1822000), 32648))"
    )
    server.admin.run("INSERT INTO gis.plots VALUES ('none', '', 1, NULL)")
    try:
        table = guarded_table(server.url(), _spec(server.url()), used=["dot"])
    finally:
        server.admin.run("DELETE FROM gis.plots WHERE id IN ('dot', 'none')")

    assert [(p.severity, p.where) for p in table.problems] == [
        ("error", "gis.plots, feature 0 (dot)"),
        ("warning", "gis.plots, feature 3 (none)"),
    ]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("gis.nothing", "there is no such table"),
        ("gis.locked", "may not"),
        ("gis.two", "it has 2 geometry columns"),
        ("gis.bare", "it has 0 geometry columns"),
    ],
)
def test_a_table_that_cannot_be_used_is_named(server: Server, table: str, words: str) -> None:
    assert words in _refusal(server.url(table))


def test_a_refusal_keeps_the_password_to_itself(server: Server) -> None:
    assert "refuses the password" in _refusal(server.url(user=f"reader:{IN_URL}x@"))
    assert "no such database" in _refusal(server.url(database="elsewhere"))
    assert "sslmode is require" in _refusal(server.url().replace("#", "?sslmode=require#"))
    assert "nobody answers" in _refusal(f"postgresql://reader:{IN_URL}@127.0.0.1:1/monuments#gis.plots")


def test_a_statement_that_takes_too_long_is_ended(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.admin.run(
        "CREATE VIEW gis.slow AS SELECT id, geom FROM gis.plots WHERE pg_sleep(20) IS NOT NULL;"
        "GRANT SELECT ON gis.slow TO reader"
    )
    monkeypatch.setattr("heritage.pipeline.reading.guard_table._ANSWER_S", 0.5)
    try:
        assert "does not answer in time" in _refusal(server.url("gis.slow"))
    finally:
        server.admin.run("DROP VIEW gis.slow")


def test_the_password_comes_from_where_postgresql_has_it(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.url(user="reader@")
    passfile = tmp_path / "pgpass"
    escaped = SECRET.replace(":", "\\:")
    passfile.write_text(
        f"# ours\nelsewhere:*:*:*:wrong\n127.0.0.1:{server.port}:monuments:reader:{escaped}\n"
    )
    passfile.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passfile))
    monkeypatch.delenv("PGPASSWORD", raising=False)

    assert credentials(table_of(url)) == ("reader", SECRET)
    assert len(guarded_table(url, _spec(url)).features) == 2
    passfile.chmod(0o644)  # others may read it: not used, as PostgreSQL does not
    assert credentials(table_of(url)) == ("reader", None)
    monkeypatch.setenv("PGPASSWORD", SECRET)
    assert len(guarded_table(url, _spec(url)).features) == 2


def test_the_content_of_the_table_is_what_a_release_is_made_from(server: Server, tmp_path: Path) -> None:
    (tmp_path / "monuments" / "gate").mkdir(parents=True)
    (tmp_path / "site.yaml").write_text(
        f"title: {{en: Hue}}\nlanguages: [en]\ncrs: EPSG:32648\nfootprints: {{source: '{server.url()}', height_m: height}}\n"
        "rights: {licence: CC0-1.0, holder: us}\n"
    )
    (tmp_path / "monuments" / "gate" / "monument.yaml").write_text(
        "title: {en: Gate}\nfootprint: gate\nepochs: [{id: '2019', source: scan.laz}]\n"
    )
    loaded = load_site(tmp_path)
    first = footprints_digest(read_ground(loaded))

    assert footprints_digest(read_ground(loaded)) == first
    server.admin.run("UPDATE gis.plots SET height = 13 WHERE id = 'hall'")
    try:
        assert footprints_digest(read_ground(loaded)) != first
    finally:
        server.admin.run("UPDATE gis.plots SET height = 12.5 WHERE id = 'hall'")


@pytest.mark.parametrize(
    ("url", "table"),
    [
        ("postgresql://u:p@h/d#t", ("h", 5432, "d", "public", "t", "prefer", "u", "p")),
        ("postgres://h:5433/d%20b?sslmode=verify-full#s.T%C3%AAn", ("h", 5433, "d b", "s", "Tên", "verify-full", None, None)),
        ("postgresql://u@[::1]/d#a.b", ("::1", 5432, "d", "a", "b", "prefer", "u", None)),
    ],
)  # fmt: skip
def test_addresses(url: str, table: tuple[object, ...]) -> None:
    read = table_of(url)

    assert (
        read.host,
        read.port,
        read.database,
        read.schema,
        read.name,
        read.ssl_mode,
        read.user,
        read.password,
    ) == table
    again = table_of(read.url)
    assert (again.host, again.database, again.schema, again.name, again.ssl_mode) == (
        read.host, read.database, read.schema, read.name, read.ssl_mode,
    )  # fmt: skip
    assert "u:p" not in repr(read) + read.shown + read.url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hidden@h/d",
        "postgresql://u:hidden@/d#t",
        "postgresql://u:hidden@h/#t",
        "postgresql://u:hidden@h:port/d#t",
        "postgresql://u:hidden@h/d?sslmode=maybe#t",
        "postgresql://u:hidden@h/d?options=-c#t",
        'postgresql://u:hidden@h/d#a"b',
    ],
)
def test_wrong_addresses_are_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(InputError) as caught:
        table_of(url)
    assert "hidden" not in str(caught.value)
