"""Run what is missing of a plan on Dask: one local cluster that we start, or an existing one."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from heritage.model.errors import HeritageError, InputError, MethodError, Problem, StoreError
from heritage.model.report import Report
from heritage.pipeline.cluster import cluster_client
from heritage.pipeline.measure import Cost, measured
from heritage.pipeline.plan import Planned, library_versions
from heritage.pipeline.stage import Job, in_turn
from heritage.store import Store

REPORT = "report.json"
_LATEST = 1e11  # seconds since 1970: no task begins later


@dataclass(frozen=True)
class Event:
    """Progress for whoever watches."""

    kind: Literal["kept", "done", "failed", "skipped"]
    planned: Planned
    report: Report | None = None


@dataclass(frozen=True)
class _Done:
    report: str


@dataclass(frozen=True)
class _Failed:
    kind: type[HeritageError]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Skipped:
    because: str


_Result = _Done | _Failed | _Skipped


def read_report(store: Store, planned: Planned) -> Report:
    """The report of a finished task."""
    path = store.stage_path(planned.task.stage.name, planned.fingerprint) / REPORT
    try:
        return Report.model_validate_json(path.read_bytes(), strict=False)
    except (OSError, ValueError) as error:
        raise StoreError(
            str(path),
            f"no readable report ({type(error).__name__})",
            "a report as the stage wrote it",
            "run `heritage store fsck`, delete the folder it names and build again",
            code="report-damaged",
        ) from None


def execute(site: Path, planned: Planned, threads: int, *, spread: bool = False) -> Report:
    """Run one task here and publish its folder. Used inside workers and by tests.

    ``spread`` lets the task's pieces run on other workers; it needs to be called inside one.
    """
    store, task = Store(site), planned.task
    with store.stage(task.stage.name, planned.fingerprint) as folder:
        with measured() as cost:
            job = Job(
                folder,
                task.monument,
                task.subject,
                task.options,
                {role: store.stage_path(*where) for role, where in planned.inputs.items()},
                task.sources,
                task.facts,
                threads,
                partial(_over_workers, cost) if spread else in_turn,
            )
            outcome = task.stage.run(job)
            _give_back()
        report = Report(
            stage=task.stage.name,
            version=task.stage.version,
            fingerprint=planned.fingerprint,
            monument=task.monument,
            subject=task.subject,
            options=task.options.model_dump(mode="json"),
            counts=outcome.counts,
            figures=outcome.figures,
            warnings=outcome.warnings,
            pictures=outcome.pictures,
            seconds=cost.seconds,
            cpu_seconds=cost.cpu_seconds,
            peak_memory_bytes=cost.peak_memory_bytes,
            versions=library_versions(task.stage.libraries),
        )
        (folder / REPORT).write_text(report.model_dump_json(indent=1), encoding="utf-8")
    return report


def _over_workers(cost: Cost, function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """``function`` of every item, spread over the cluster; this worker meanwhile takes its share of other work."""
    import distributed

    with cost.waiting(), distributed.worker_client() as client:
        # Ahead of tasks that have not begun, and the sooner the earlier its task did: what has begun ends, and holds nothing
        # any more. Were all alike, every task would be under way at once.
        ahead = _LATEST - cost.begun
        futures = client.map(partial(_piece, function), items, pure=False, retries=0, priority=ahead)
        done = client.gather(futures)
    for _, spent in done:
        cost.add(spent)
    return [value for value, _ in done]


def _piece(function: Callable[[Any], Any], item: Any) -> tuple[Any, Cost]:
    with measured() as cost:
        value = function(item)
        _give_back()
    return value, cost


def _give_back() -> None:
    """Free memory back to the system, where the C library is asked to: between pieces, not between arrays."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _work(site: str, planned: Planned, threads: int, needs: Sequence[_Result]) -> _Result:
    """What a worker does: failures are values, so that one monument's failure does not hide another's."""
    for result in needs:
        if isinstance(result, _Failed):
            return _Skipped(str(result.problems[0]))
        if isinstance(result, _Skipped):
            return result
    try:
        return _Done(execute(Path(site), planned, threads, spread=True).model_dump_json())
    except HeritageError as error:
        where = f"{planned.task.key}"
        problems = tuple(
            Problem(
                p.code,
                p.where if "/" in p.where or "." in p.where else f"{where}: {p.where}",
                p.found,
                p.allowed,
                p.remedy,
            )
            for p in error.problems
        )
        return _Failed(type(error), problems)
    except MemoryError:
        return _Failed(
            MethodError,
            (
                Problem(
                    "out-of-memory",
                    where=planned.task.key,
                    found="not enough memory",
                    remedy="use fewer --workers or a machine with more memory",
                ),
            ),
        )


def run(
    site: Path,
    plan: Sequence[Planned],
    *,
    workers: int | None = None,
    cluster: str | None = None,
    watch: Callable[[Event], None] = lambda event: None,
) -> Mapping[str, Report]:
    """Run every task of ``plan`` whose folder is not there yet; the reports of all, by task key.

    Raises the most severe kind of error of the tasks that failed, carrying every failure's problems. Tasks
    that could run did run: a second build starts from there.
    """
    store = Store(site)
    reports: dict[str, Report] = {}
    missing: list[Planned] = []
    for planned in plan:
        if store.has_stage(planned.task.stage.name, planned.fingerprint):
            reports[planned.task.key] = read_report(store, planned)
            watch(Event("kept", planned, reports[planned.task.key]))
        else:
            missing.append(planned)
    if not missing:
        return reports
    failures: list[_Failed] = []
    for planned, result in _distributed(site, missing, workers, cluster):
        if isinstance(result, _Done):
            reports[planned.task.key] = Report.model_validate_json(result.report, strict=False)
            watch(Event("done", planned, reports[planned.task.key]))
        elif isinstance(result, _Failed):
            failures.append(result)
            watch(Event("failed", planned))
        else:
            watch(Event("skipped", planned))
    if failures:
        # An input error is the user's to mend and names how; it leads.
        kind = InputError if any(issubclass(f.kind, InputError) for f in failures) else failures[0].kind
        raise kind.of([problem for failure in failures for problem in failure.problems])
    return reports


def _distributed(
    site: Path, missing: Sequence[Planned], workers: int | None, cluster: str | None
) -> Iterator[tuple[Planned, _Result]]:
    import distributed  # slow, and not needed when nothing is missing

    cores = len(os.sched_getaffinity(0))
    count = workers or cores
    with cluster_client(count, cluster) as client:
        futures: dict[str, Any] = {}
        by_key = {}
        for planned in missing:
            needs = [futures[key] for key in planned.task.needs.values() if key in futures]
            future = client.submit(
                _work,
                str(site),
                planned,
                max(1, cores // min(count, len(missing))),
                needs,
                key=f"{planned.task.key}-{planned.fingerprint[:12]}",
                pure=False,
                retries=0,
            )
            futures[planned.task.key] = future
            by_key[future.key] = planned
        as_completed: Any = distributed.as_completed  # untyped
        for future in as_completed(futures.values()):
            planned = by_key[future.key]
            error = future.exception()
            if error is None:
                yield planned, future.result()
            elif type(error).__name__ == "KilledWorker":
                # A reader that crashes takes its worker with it, not the build.
                yield (
                    planned,
                    _Failed(
                        MethodError,
                        (
                            Problem(
                                "worker-died",
                                planned.task.key,
                                "the process that did this work died",
                                "work that fits in memory and files its libraries can read",
                                "try --workers 1; if it dies again the source file is likely damaged",
                            ),
                        ),
                    ),
                )
            else:
                raise error
