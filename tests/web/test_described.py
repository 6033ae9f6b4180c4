"""F10: the description of the API is of what there is, is valid, and the server keeps to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fuzzing import every_operation, fuzzed, sequences
from studio_site import client_of, write_site

from heritage.people.database import Database
from heritage.store.photos import Photos
from heritage.web.app import create_app
from heritage.web.described import describe
from heritage.web.described.operations import OPERATIONS
from heritage.web.report_options import ReportOptions
from heritage.web.studio.options import StudioOptions
from heritage.web.studio.table import EVERY, OPENID, routes

NEVER = {
    "DELETE /studio/api/documents/monuments/{id}",
    "DELETE /studio/api/documents/site",
    "DELETE /studio/api/documents/vocabulary",
}
"""What is there only to be refused (405)."""


def test_every_route_is_described_and_nothing_else(tmp_path: Path) -> None:
    with Database(write_site(tmp_path)) as database:
        studio, reports = StudioOptions(accounts=database), ReportOptions(database, Photos(tmp_path), 14)
        there = routes(create_app(tmp_path, studio=studio, reports=reports))
    provider = {(row.method, row.rule) for row in OPENID}
    open_data = {route for route in there if route[1].startswith("/api/")}
    assert set(OPERATIONS) == (there - open_data) | provider
    assert {(row.method, row.rule) for row in EVERY} <= set(OPERATIONS)


def test_a_route_of_which_nothing_is_said_is_named() -> None:
    with pytest.raises(KeyError, match="/studio/api/everything"):
        describe({("GET", "/studio/api/everything")})


def test_who_is_signed_in_can_read_it_and_it_names_this_servers_routes(tmp_path: Path) -> None:
    client = client_of(write_site(tmp_path))
    said = client.get("/studio/api/openapi.json").json
    assert "/studio/api/documents/tours/{id}" in said["paths"]
    assert "/studio/api/people" not in said["paths"]  # there are no accounts here
    assert said["paths"]["/studio/api/releases"]["post"]["x-roles"] == ["administrator", "curator"]
    assert client.application.test_client().get("/studio/api/openapi.json").status_code == 401


def test_it_is_openapi() -> None:
    """By the schema of OpenAPI 3.1 that schemathesis brings, and every reference leads somewhere."""
    import schemathesis

    said = describe(OPERATIONS)
    schemathesis.openapi.from_dict(said).validate()
    names = [o["operationId"] for path in said["paths"].values() for o in path.values()]
    assert len(names) == len(set(names))
    for name in json.dumps(said).split('"#/components/schemas/')[1:]:
        assert name.split('"')[0] in said["components"]["schemas"]
    for path in said["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                for link in answer.get("links", {}).values():
                    assert link["operationId"] in names


def test_the_server_answers_as_described(tmp_path: Path) -> None:
    """Every operation for everybody with what it allows and what it does not, then sequences: no 5xx, no surprise."""
    with fuzzed(tmp_path) as site:
        every_operation(site, 1, 1)
        sequences(site, 25, 8, 1)
        assert site.found.failures == {}
        assert site.found.operations - site.found.done == NEVER
        assert site.found.answers[412] + site.found.answers[428] > 0
