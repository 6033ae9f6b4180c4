"""F10: requests made from the description of the API, by everybody who may ask; the answers are as it says.

Each operation by itself, with what it allows and with what it does not; and sequences of operations that follow from
each other, as a save from a reading. Nothing is built and no child looks at geometry meanwhile; all else is real.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import schemathesis
from fuzz_site import BUILD, MULTIPART, PASSWORD, Furnished, furnish, whole, write
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks
from small_release import build_viewer
from watching import watched

from heritage.page import page
from heritage.people import accounts, sessions
from heritage.people.database import Database
from heritage.store.jobs import Job, Jobs
from heritage.store.photos import Photos
from heritage.web.app import create_app
from heritage.web.described import describe
from heritage.web.report_options import ReportOptions
from heritage.web.studio.child import Child
from heritage.web.studio.options import StudioOptions
from heritage.web.studio.table import routes

WHO = ("administrator", "curator", "translator", None)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.allow_header_conformance,
    checks.negative_data_rejection,
]

_PLAIN = {"Accept-Encoding": "identity"}


@dataclass
class Found:
    """``answers`` by status; operations that were asked, and that did what was asked; ``failures`` by operation and
    what was wrong, with the first example."""

    answers: Counter[int] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    sequences: int = 0


class Fuzzed:
    """A site with accounts and reports, and its application's description."""

    def __init__(self, root: Path, outside: list[str]) -> None:
        root.mkdir()
        self._root, self._outside = root, outside
        furnish(root)
        self.database = Database(root)
        self.people = {
            role: accounts.add(self.database, f"the {role}", [role], PASSWORD, by="fuzzing")
            for role in WHO
            if role
        }
        self._there = Furnished(root, self.database, self.people)
        self._asked: Counter[str] = Counter()
        self._cookies: dict[str, str] = {}
        self._app = app = create_app(
            root,
            studio=StudioOptions(accounts=self.database),
            reports=ReportOptions(self.database, Photos(root), 14),
        )
        self.described = describe(routes(app))
        self.schema = schemathesis.openapi.from_dict(self.described)
        # Who asks is said by `headers`; made-up sessions are the authorisation table's tests.
        self.schema.config.generation.with_security_parameters = False
        # 412 and 413 refuse as well.
        rejection = self.schema.config.checks.negative_data_rejection
        rejection.expected_statuses = [*rejection.expected_statuses, "412", "413"]
        self.schema.app = whole(app)
        self.found = Found()

    def acquaint(self, case: Any) -> None:
        """Let half of the requests that are as described name what there is: made-up names meet nothing."""
        label = case.operation.label
        self._asked[label] += case.meta.generation.mode.is_positive
        if not case.meta.generation.mode.is_positive or self._asked[label] % 2 == 0:
            return
        names = self._there.names(case.operation.path)
        case.path_parameters |= {key: names[key] for key in case.path_parameters if key in names}
        if "/api/documents/" in case.path and case.method in ("PUT", "DELETE"):
            self._as_read(case)
        body = self._there.body(label)
        if body is not None:
            case.body = body
        if isinstance(body, bytes):
            case.headers["Content-Type"] = MULTIPART
        if label == "PUT /studio/api/reports/{id}":
            case.headers["If-Match"] = self._there.tag()
        if label == "GET /reports/answer":
            case.query["code"] = self._there.code()

    def _as_read(self, case: Any) -> None:
        """Save, or delete, what stands there now."""
        client = self._app.test_client()
        client.set_cookie("heritage-studio", self.asking("administrator")["cookies"]["heritage-studio"])
        read = client.get(case.path.format(**case.path_parameters))
        if read.status_code == 200 and read.json["value"] is not None:
            case.headers.pop("If-None-Match", None)
            case.headers["If-Match"] = read.headers["ETag"]
            if case.method == "PUT":
                case.body = {"value": read.json["value"]}

    def asking(self, who: str | None) -> dict[str, Any]:
        """How a call tells who asks. A session that a request before has ended is begun anew."""
        if who is None:
            return {"headers": _PLAIN}
        if who not in self._cookies or sessions.find(self.database, self._cookies[who]) is None:
            person = self.people[who]
            accounts.reopen(self.database, person.name, by="fuzzing")
            accounts.set_roles(self.database, person.name, [who], by="fuzzing")
            self._cookies[who] = sessions.start(self.database, person, "127.0.0.1", "")
        return {"headers": _PLAIN, "cookies": {"heritage-studio": self._cookies[who]}}

    def ask(self, case: Any, who: str | None) -> Any:
        """Send a request and look at the answer."""
        response = case.call(**self.asking(who))
        self.judge(case, response)
        return response

    def judge(self, case: Any, response: Any) -> None:
        """Count an answer, and note what is wrong with it."""
        label = case.operation.label
        self.found.answers[response.status_code] += 1
        self.found.operations.add(label)
        if response.status_code < 400:
            self.found.done.add(label)
        while self._outside:
            self.found.failures.setdefault((label, "it led out of the site"), self._outside.pop())
        if response.status_code == 204 and "/api/documents/" in case.path:
            write(self._root)  # somebody writes it anew by hand, so that others find it
        try:
            # A file's name is in no schema: with one, schemathesis takes the body for another than described.
            asked = CHECKS[:-1] if isinstance(case.body, bytes) else CHECKS
            case.validate_response(response, checks=asked, headers=_PLAIN)
        except (Failure, FailureGroup) as error:
            for one in getattr(error, "exceptions", [error]):
                answer = f"{response.status_code} {response.content[:300]!r}"
                example = f"{one.title}: {one.message}\n{case.as_curl_command()}\n{answer}"
                self.found.failures.setdefault((label, one.title), example)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


@contextmanager
def fuzzed(root: Path) -> Iterator[Fuzzed]:
    """A site to ask; nothing is built meanwhile."""
    dist = build_viewer(root / "viewer")
    for name in ("index.html", "scene.html"):
        (dist / "studio").mkdir(exist_ok=True)
        (dist / "studio" / name).write_text("<!doctype html>")
    with (
        watched() as outside,
        mock.patch.object(page, "DIST", dist),
        mock.patch.object(Jobs, "start", return_value=Job(BUILD, {}, False, ())),
        mock.patch.object(Jobs, "stop", lambda _, id: id == BUILD),
        mock.patch.object(Child, "printed", lambda _, command, given: {} if command[0] == "place" else []),
    ):
        made = Fuzzed(root / "site", outside)
        try:
            yield made
        finally:
            made.close()


_SILENT = {
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.generate],
}


def every_operation(site: Fuzzed, examples: int, number: int, until: float = math.inf) -> None:
    """Each operation ``examples`` times for everybody and in both ways, as long as there is time."""
    operations = [one.ok() for one in site.schema.get_all_operations()]
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if time.monotonic() > until:
                return

            @seed(number)
            @settings(max_examples=examples, **_SILENT)
            @given(case=operation.as_strategy(mode))
            def asked(case: Any) -> None:
                site.acquaint(case)
                for who in WHO:
                    site.ask(case, who)

            try:
                asked()
            except Exception as error:  # a schema that cannot be negated has no such cases
                if "Unsatisfiable" not in type(error).__name__ and "negat" not in str(error).lower():
                    raise


def sequences(site: Fuzzed, count: int, steps: int, number: int, until: float = math.inf) -> None:
    """``count`` sequences of up to ``steps`` operations that follow from each other, each by one of everybody."""

    class Machine(site.schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.who = WHO[site.found.sequences % len(WHO)]
            site.found.sequences += 1

        def before_call(self, case: Any) -> None:
            site.acquaint(case)

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return site.asking(self.who)

        def validate_response(self, response: Any, case: Any, **_: Any) -> None:
            site.judge(case, response)

    while site.found.sequences < count and time.monotonic() < until:
        number += 1
        left = settings(max_examples=count - site.found.sequences, stateful_step_count=steps, **_SILENT)
        # A site that remembers answers otherwise the second time, which Hypothesis takes for an inconsistent test.
        with suppress(Flaky):
            seed(number)(Machine).run(settings=left)
