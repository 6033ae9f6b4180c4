"""The main job: check a site, run what is missing, publish a release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from heritage import __version__
from heritage.formats.postgis import is_table
from heritage.model.errors import InputError, Problem
from heritage.model.report import Report
from heritage.pipeline.built import Built
from heritage.pipeline.check.site import check_site
from heritage.pipeline.corrections import idle_corrections
from heritage.pipeline.ground import Ground, footprints_digest, read_ground
from heritage.pipeline.lint.tours import lint_tours
from heritage.pipeline.map.kept import MAP_VERSION, map_fingerprint
from heritage.pipeline.map.kept import STAGE as MAP
from heritage.pipeline.plan import Planned, fingerprinted, library_versions, source_digest
from heritage.pipeline.reading.verdicts import Verdicts
from heritage.pipeline.release import write_release
from heritage.pipeline.run import Event, read_report, run
from heritage.pipeline.stages import BY_NAME, STAGES
from heritage.pipeline.tasks import site_tasks
from heritage.store import Store
from heritage.store.drafts import Drafts
from heritage.store.fsck import gc
from heritage.text.site import VOCABULARY, LoadedSite, load_site

RELEASE_VERSION = 11  # raise when the same inputs make other release files


@dataclass(frozen=True)
class BuildResult:
    """``release`` is the current one's id, ``fresh`` whether this build made it."""

    release: str | None
    fresh: bool
    warnings: tuple[Problem, ...]
    reports: tuple[Report, ...]


def load_checked(
    site: Path, *, every_point: bool = False, verdicts: Verdicts | None = None
) -> tuple[LoadedSite, tuple[Problem, ...]]:
    """The site's documents and every problem across them; ``every_point`` also reads sources to their end.

    Files with one of ``verdicts`` are not opened again. Raises InputError where a document cannot be read.
    """
    with Drafts(site).settled():
        loaded = load_site(site)
    return loaded, check_site(loaded, stages=STAGES, every_point=every_point, verdicts=verdicts)


def build_site(
    site: Path,
    *,
    monuments: Iterable[str] = (),
    until: str | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    review: bool = False,
    watch: Callable[[Event, int], None] = lambda event, total: None,
) -> BuildResult:
    """Build ``site`` and publish a release, unless ``monuments`` or ``until`` limit the build.

    For ``review`` the release is made and not shown: whoever looked at it publishes it. Raises InputError before
    anything is written when the site has errors; the last release stays. BusyError when another build runs.
    """
    store = Store(site)
    verdicts = Verdicts(store.verdicts())
    with Drafts(site).settled():
        # Read in one go with the documents: what is saved from here on belongs to the next release.
        loaded, digests = load_site(site), _document_digests(site)
    problems = check_site(loaded, stages=STAGES, verdicts=verdicts)
    errors = [p for p in problems if p.severity == "error"]
    if errors:
        raise InputError.of(errors)
    chosen = _chosen(loaded, monuments)
    if until is not None and until not in BY_NAME:
        raise InputError(
            "--until", f"{until!r} is no stage", f"{', '.join(BY_NAME)} are allowed", code="option-invalid"
        )
    with store.writer("build"):
        store.set_verdicts(verdicts.content)
        ground = read_ground(loaded)
        plan = fingerprinted(site_tasks(loaded, ground, monuments=chosen))
        if until is not None:
            plan = _until(plan, until)
        reports = run(
            site, plan, workers=workers, cluster=cluster, watch=lambda event: watch(event, len(plan))
        )
        everything = tuple(reports.values())
        problems += tuple(idle_corrections(loaded, store, plan))
        if chosen or until is not None:
            return BuildResult(None, False, problems, everything)
        fingerprint = _release_fingerprint(loaded, digests, ground, plan)
        for same in _releases_of(store, fingerprint):
            if not review and same != store.current():
                _publish(store, same)
            return BuildResult(same, False, problems, everything)
        sequence = store.next_sequence()
        release_id = f"{sequence:04d}-{fingerprint[:8]}"
        built = Built(store, {planned.task.key: planned for planned in plan}, reports)
        map_name = map_fingerprint(loaded, ground, plan)
        if review:
            store.hide(release_id)
        with store.release(release_id, provenance=_provenance(plan, fingerprint, map_name)) as folder:
            today = datetime.now(UTC).date()
            write_release(folder, loaded, ground, built, map_name, release_id, sequence, today)
        if review:
            store.journal("build", "make", {"release": release_id})
        else:
            _publish(store, release_id)
    seen = lint_tours(loaded, store.release_path(release_id))
    return BuildResult(release_id, True, problems + seen, everything)


def _chosen(loaded: LoadedSite, monuments: Iterable[str]) -> tuple[str, ...]:
    chosen = tuple(monuments)
    for id in chosen:
        _demand_monument("--monument", id, loaded.monuments)
    return chosen


def _demand_monument(where: str, id: str, known: Iterable[str]) -> None:
    if id not in (allowed := sorted(known)):
        found = f"{id!r} is no monument of this site"
        raise InputError(where, found, f"{', '.join(allowed)} are allowed", code="option-invalid")


def _until(plan: Sequence[Planned], until: str) -> tuple[Planned, ...]:
    """The tasks of a stage and everything they need."""
    by_key = {planned.task.key: planned for planned in plan}
    wanted = [planned for planned in plan if planned.task.stage.name == until]
    keys: set[str] = set()
    while wanted:
        planned = wanted.pop()
        if planned.task.key not in keys:
            keys.add(planned.task.key)
            wanted += [by_key[key] for key in planned.task.needs.values()]
    return tuple(planned for planned in plan if planned.task.key in keys)


def _publish(store: Store, release_id: str) -> None:
    store.set_current(release_id)
    store.journal("build", "publish", {"release": release_id})


def _releases_of(store: Store, fingerprint: str) -> Iterator[str]:
    """The current release and the newest one, where they are made from the same."""
    newest = store.releases()[-1:]
    current = store.current()
    for release_id in (*newest, *((current,) if current is not None else ())):
        if _fingerprint_of(store, release_id) == fingerprint:
            yield release_id


def _document_digests(root: Path) -> dict[str, str]:
    """SHA-256 of the curators' documents, by path."""
    documents = [path for name in ("site.yaml", VOCABULARY) if (path := root / name).is_file()]
    for folder in ("monuments", "tours"):
        documents += [p for p in (root / folder).rglob("*") if p.suffix in {".yaml", ".md"}]
    return {p.relative_to(root).as_posix(): source_digest(p) for p in sorted(documents)}


def _release_fingerprint(
    loaded: LoadedSite, documents: dict[str, str], ground: Ground, plan: Sequence[Planned]
) -> str:
    """SHA-256 of all that a release is made from: tasks, the curators' documents, media."""
    media = sorted(p for p in (loaded.root / "media").rglob("*") if p.is_file())
    content: dict[str, object] = {
        "version": RELEASE_VERSION,
        "heritage": __version__,
        "tasks": sorted(planned.fingerprint for planned in plan),
        "documents": documents | {p.relative_to(loaded.root).as_posix(): source_digest(p) for p in media},
        "map": {name: source_digest(loaded.root / name) for name in _map_sources(loaded)},
    }
    if loaded.site.footprints is not None and is_table(loaded.site.footprints.source):
        content["database"] = footprints_digest(ground)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _map_sources(loaded: LoadedSite) -> list[str]:
    """The files, relative to the site's folder, that its map is made from."""
    site = loaded.site
    named = [layer.source for layer in site.base_map]
    named += [site.footprints.source] if site.footprints else []
    named += [name for name in (site.ground.dem, site.ground.photo) if name] if site.ground else []
    return sorted({name for name in named if (loaded.root / name).is_file()})


def _provenance(plan: Sequence[Planned], fingerprint: str, map_name: str) -> tuple[dict[str, object], ...]:
    stages = tuple(
        {
            "stage": planned.task.stage.name,
            "fingerprint": planned.fingerprint,
            "monument": planned.task.monument,
            "subject": planned.task.subject,
            "version": planned.task.stage.version,
            "options": planned.task.options.model_dump(mode="json"),
            "sources": dict(planned.digests),
            "libraries": library_versions(planned.task.stage.libraries),
        }
        for planned in plan
    )
    release = {"stage": "release", "fingerprint": fingerprint, "version": RELEASE_VERSION}
    return (release, {"stage": MAP, "fingerprint": map_name, "version": MAP_VERSION}, *stages)


def _fingerprint_of(store: Store, release: str) -> str | None:
    entries = store.manifest(release).provenance
    return next((str(e["fingerprint"]) for e in entries if e.get("stage") == "release"), None)


def planned(site: Path) -> tuple[Planned, ...]:
    """What a build of ``site`` would consist of now."""
    loaded, problems = load_checked(site, verdicts=Verdicts(Store(site).verdicts()))
    errors = [p for p in problems if p.severity == "error"]
    if errors:
        raise InputError.of(errors)
    return fingerprinted(site_tasks(loaded, read_ground(loaded)))


def reports_of(site: Path, monument: str | None = None) -> tuple[tuple[Report, ...], tuple[str, ...]]:
    """The reports of what is built of the site as its files are now, and the tasks that are not.

    Raises InputError for a monument that the site has not.
    """
    store = Store(site)
    plan = planned(site)
    if monument is not None:
        _demand_monument("MONUMENT", monument, {p.task.monument for p in plan})
    asked = [p for p in plan if monument in (None, p.task.monument)]
    built = [p for p in asked if store.has_stage(p.task.stage.name, p.fingerprint)]
    return tuple(read_report(store, p) for p in built), tuple(
        f"{p.task.stage.name} {p.task.monument} {p.task.subject}".strip() for p in asked if p not in built
    )


def collect(site: Path, keep: int) -> int:
    """Delete stage folders and releases that neither the present files nor the newest ``keep`` releases need; bytes freed."""
    store = Store(site)
    with store.writer("gc"):
        return gc(store, {p.fingerprint for p in planned(site)}, set(store.releases()[-keep:]))
