"""A table of PostGIS as a layer of footprints, over a connection that somebody else has made."""

from __future__ import annotations

import os
import re
import socket
import ssl
import stat
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pyproj
import shapely

from heritage.formats.vector_layer import Layer, Row
from heritage.model.documents import Footprints
from heritage.model.errors import InputError
from heritage.model.limits import VERTICES

SCHEMES: Final = ("postgresql://", "postgres://")
SSL_MODES: Final = ("disable", "prefer", "require", "verify-full")
_ALLOWED: Final = "postgresql://user@host:5432/database#schema.table is allowed"
_NAME: Final = re.compile(r"[^\x00-\x1f\"]{1,63}")
_BROKEN_S: Final = 30.0  # the server ends a statement; only a broken connection is silent for longer
_REFUSED: Final = {
    "28000": ("the database refuses the user", "correct it, or ask for access"),
    "28P01": (
        "the database refuses the password",
        "give the right one in PGPASSWORD or in a password file (.pgpass)",
    ),
    "3D000": ("there is no such database", "correct its name in footprints.source"),
    "42501": ("the user may not read the table", "grant SELECT on it"),
    "57014": (
        "it does not answer in time",
        "make the table smaller, or a view of it",
    ),
}


@dataclass(frozen=True)
class Table:
    """A table and how to reach it. Its ``repr`` and ``shown`` hold neither user nor password."""

    host: str
    port: int
    database: str
    schema: str
    name: str
    ssl_mode: str
    user: str | None = field(repr=False)
    password: str | None = field(repr=False)

    @property
    def shown(self) -> str:
        """Its address without user and password."""
        return f"postgresql://{self.host}:{self.port}/{self.database}#{self.schema}.{self.name}"

    @property
    def url(self) -> str:
        """What `table_of` makes this of, less user and password."""
        place = f"{quote(self.database, safe='')}?sslmode={self.ssl_mode}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"postgresql://{host}:{self.port}/{place}#{quote(f'{self.schema}.{self.name}')}"

    @property
    def label(self) -> Path:
        """What messages call it where they would name a file."""
        return Path(f"{self.schema}.{self.name}".replace("/", "_"))


def is_table(source: str) -> bool:
    """Whether ``footprints.source`` names a table instead of a file."""
    return source.startswith(SCHEMES)


def table_of(source: str, layer: str | None = None) -> Table:
    """The table that a URL names, in its fragment or as ``layer``; the schema is public where none is said.

    Raises InputError, which never quotes the URL: it may hold a password.
    """
    try:
        parts = urlsplit(source)
        port = parts.port or 5432
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise _url("it is no address of a database") from None
    database, named = unquote(parts.path.removeprefix("/")), unquote(parts.fragment) or layer or ""
    schema, _, name = named.rpartition(".")
    if not parts.hostname or not database or "/" in database:
        raise _url("host or database are missing")
    if not _NAME.fullmatch(name) or (schema and not _NAME.fullmatch(schema)):
        raise _url("it names no table")
    ssl_mode = query.pop("sslmode", ["prefer"])[-1]
    if ssl_mode not in SSL_MODES or query:
        raise _url("it has options of another kind", f"?sslmode={'|'.join(SSL_MODES)} is allowed")
    user, password = (unquote(text) if text else None for text in (parts.username, parts.password))
    return Table(parts.hostname, port, database, schema or "public", name, ssl_mode, user, password)


def credentials(table: Table) -> tuple[str, str | None]:
    """User and password as PostgreSQL's own programs find them: the URL, PGUSER and PGPASSWORD, the password file.

    Raises InputError where no user is named.
    """
    user = table.user or os.environ.get("PGUSER")
    if not user:
        raise _url("it names no user", "one is needed, there or in PGUSER")
    return user, table.password or os.environ.get("PGPASSWORD") or _from_passfile(table, user)


def _from_passfile(table: Table, user: str) -> str | None:
    """The first line of the password file that fits; a file that others may read is not used, as PostgreSQL has it."""
    path = Path(os.environ.get("PGPASSFILE") or Path.home() / ".pgpass")
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            return None
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    wanted = (table.host, str(table.port), table.database, user)
    for line in lines:
        fields = [re.sub(r"\\(.)", r"\1", part) for part in re.split(r"(?<!\\):", line)]
        if line.startswith("#") or len(fields) != 5:
            continue
        if all(given in ("*", is_) for given, is_ in zip(fields, wanted, strict=False)):
            return fields[4]
    return None


def read_table(
    connection: socket.socket,
    table: Table,
    user: str,
    password: str | None,
    spec: Footprints,
    *,
    seconds: float = 60.0,
) -> Layer:
    """The rows of ``table`` over ``connection``, a TCP connection to its server, in the order of their ids.

    Nothing is written: the session is read-only, and no statement may take longer than ``seconds``. Raises InputError
    for a table that cannot be read, one without or with several geometry columns, and one beyond the ceilings.
    """
    from pg8000.exceptions import DatabaseError, InterfaceError
    from pg8000.native import Connection

    connection.settimeout(seconds + _BROKEN_S)
    try:
        server = Connection(
            user, table.host, table.database, password=password, sock=connection, ssl_context=_ssl(table),
            application_name="heritage",
        )  # fmt: skip
        server.run(f"SET statement_timeout = {int(1000 * seconds)}")
        server.run("SET default_transaction_read_only = on")
        return _layer(server, table, spec)
    except DatabaseError as error:
        raise _refused(table, error.args[0] if error.args else {}) from None
    except InterfaceError as error:
        raise _unread(table, f"no session: {str(error)[:120]}", f"sslmode is {table.ssl_mode}") from None
    except (ssl.SSLError, ssl.CertificateError) as error:
        raise _unread(
            table, f"no encrypted connection: {str(error)[:120]}", "a certificate that this machine trusts"
        ) from None
    except OSError as error:
        raise _unread(table, f"the connection broke: {error.strerror or error}", "a whole answer") from None


def _layer(server: Any, table: Table, spec: Footprints) -> Layer:
    names = {"s": table.schema, "t": table.name}
    columns = [
        str(row[0])
        for row in server.run(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = :s AND table_name = :t "
            "ORDER BY ordinal_position", **names,
        )
    ]  # fmt: skip
    if not columns:
        raise _unread(
            table, "there is no such table, or the user may not see it", "an existing one is needed"
        )
    if not server.run("SELECT 1 FROM pg_extension WHERE extname = 'postgis'"):
        raise _unread(table, "the database has no PostGIS", "CREATE EXTENSION postgis makes it one")
    shapes = server.run(
        "SELECT f_geometry_column, srid FROM geometry_columns WHERE f_table_schema = :s AND f_table_name = :t",
        **names,
    )
    if len(shapes) != 1:
        found = f"it has {len(shapes)} geometry columns"
        raise _unread(table, found, "one is needed", "make a view with one, and name the view")
    geometry, srid = quoted(str(shapes[0][0])), int(shapes[0][1])
    wanted = [c for c in dict.fromkeys((spec.id, spec.name, spec.height_m, spec.ground_m)) if c in columns]
    place = f"{quoted(table.schema)}.{quoted(table.name)}"
    size = f"SELECT count(*), coalesce(sum(ST_NPoints({geometry})), 0) FROM {place}"  # noqa: S608  names are quoted
    count, vertices = server.run(size)[0]
    if max(int(count), int(vertices)) > VERTICES:
        raise _unread(table, f"{count} rows of {vertices} vertices", f"up to {VERTICES} are allowed")
    shape = f"ST_AsBinary(ST_CurveToLine(ST_Force2D({geometry})))"
    order = quoted(spec.id) if spec.id in columns else "1"
    chosen = ", ".join([shape, *map(quoted, wanted)])
    every = f"SELECT {chosen} FROM {place} ORDER BY {order}, 1 LIMIT {VERTICES}"  # noqa: S608  names are quoted
    answer = server.run(every)
    rows = tuple(
        _row(shape, dict(zip(wanted, map(_plain, values), strict=True))) for shape, *values in answer
    )
    return Layer(table.label.name, tuple(columns), rows, _crs(server, srid))


def _row(wkb: bytes | None, values: dict[str, Any]) -> Row:
    if wkb is None:
        return Row(values, None, "it has no geometry")
    try:
        geometry = shapely.from_wkb(bytes(wkb))
    except shapely.errors.ShapelyError as error:
        return Row(values, None, f"its geometry is no polygon: {str(error)[:100]}")
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return Row(values, None, f"its geometry is a {geometry.geom_type}", geometry.geom_type)
    if geometry.is_empty:
        return Row(values, None, "it has no geometry")
    return Row(values, geometry)


def _crs(server: Any, srid: int) -> pyproj.CRS | None:
    """What the table's SRID means: by its authority's code, else by the text that the database keeps."""
    found = server.run("SELECT auth_name, auth_srid, srtext FROM spatial_ref_sys WHERE srid = :n", n=srid)
    for authority, code, text in found:
        try:
            return pyproj.CRS.from_authority(authority, code) if authority else pyproj.CRS.from_wkt(text)
        except (pyproj.exceptions.CRSError, TypeError):
            try:
                return pyproj.CRS.from_wkt(str(text))
            except pyproj.exceptions.CRSError:
                return None
    return None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str, dict, list)):
        return value
    return float(value) if isinstance(value, Decimal) else str(value)


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def _ssl(table: Table) -> ssl.SSLContext | bool | None:
    """As PostgreSQL's modes: only ``verify-full`` looks at the certificate; ``prefer`` does without where it must."""
    if table.ssl_mode == "verify-full":
        return ssl.create_default_context()
    return {"disable": False, "prefer": None, "require": True}[table.ssl_mode]


def _refused(table: Table, told: Any) -> InputError:
    code = str(told.get("C", "")) if isinstance(told, dict) else ""
    if code in _REFUSED:
        found, remedy = _REFUSED[code]
        return _unread(table, found, "a table that can be read", remedy)
    # The server's own words name the user in some cases; its code says as much to who looks it up.
    return _unread(
        table, f"the database answers with SQLSTATE {code[:5] or 'unknown'}", "a table that can be read"
    )


def _unread(table: Table, found: str, allowed: str, remedy: str = "") -> InputError:
    return InputError(table.shown, found, allowed, remedy, code="footprints-database")


def _url(found: str, allowed: str = _ALLOWED) -> InputError:
    return InputError("footprints.source", found, allowed, code="footprints-database")
