"""Small stages for testing the runner: they need no geometry, but files, options and failures like real ones."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import distributed

from heritage.model.documents import Document
from heritage.model.errors import InputError
from heritage.model.report import Figure, balanced
from heritage.pipeline.plan import Planned, Task, fingerprinted
from heritage.pipeline.stage import Job, Outcome, Stage


class LetterOptions(Document):
    """How the letters are treated."""

    upper: bool = False
    repeat: int = 1


def _letters(job: Job) -> Outcome:
    options = job.chosen(LetterOptions)
    text = job.sources["source"].read_text()
    if "!" in text:
        raise InputError(
            f"{job.sources['source'].name}, byte {text.index('!')}", "an exclamation mark", "letters"
        )
    (job.folder / "letters.txt").write_text((text.upper() if options.upper else text) * options.repeat)
    return Outcome(
        (balanced("letters", len(text), len(text), {}),),
        (Figure(name="length", value=len(text), unit="letters"),),
    )


def _joined(job: Job) -> Outcome:
    pieces = [(folder / "letters.txt").read_text() for _, folder in sorted(job.inputs.items())]
    (job.folder / "letters.txt").write_text("+".join(pieces))
    return Outcome()


def _dies(job: Job) -> Outcome:
    os.kill(os.getpid(), signal.SIGKILL)
    return Outcome()


def _slow(job: Job) -> Outcome:
    """Waits until somebody makes the file `go` beside the source: a test decides when this stage may end."""
    (job.folder / "half.txt").write_text("half")
    (job.sources["source"].parent / "started").touch()
    while not (job.sources["source"].parent / "go").exists():
        time.sleep(0.05)
    (job.folder / "letters.txt").write_text("slow")
    return Outcome()


LETTERS = Stage("letters", 1, LetterOptions, _letters, ("numpy",))
JOINED = Stage("joined", 1, LetterOptions, _joined)
DIES = Stage("dies", 1, LetterOptions, _dies)
SLOW = Stage("slow", 1, LetterOptions, _slow)


def letter_task(source: Path, subject: str, stage: Stage = LETTERS, **options: object) -> Task:
    """One source through one stage."""
    return Task(stage, "m", subject, LetterOptions.model_validate(options), {}, {}, {"source": source})


def joined_task(*subjects: str, stage: str = "letters") -> Task:
    """What several letter tasks made, joined."""
    return Task(JOINED, "m", "all", LetterOptions(), {}, {s: f"{stage}:m:{s}" for s in subjects}, {})


def small_plan(site: Path, **options: object) -> tuple[Planned, ...]:
    """Two sources, joined. Writes the sources where they are missing."""
    for name in ("a", "b"):
        if not (site / name).exists():
            (site / name).write_text(name * 3)
    return fingerprinted(
        [joined_task("a", "b"), letter_task(site / "a", "a", **options), letter_task(site / "b", "b")]
    )


def _shout(text: str) -> str:
    profiled = "profile" in distributed.get_worker().periodic_callbacks
    return f"{text.upper()} {os.getpid()} {os.environ.get('MALLOC_TRIM_THRESHOLD_')} {profiled}"


def _refuse(text: str) -> str:
    raise InputError("letters.txt", f"{text!r}", "no letters at all are allowed", code="letters")


def _spread(job: Job) -> Outcome:
    (job.folder / "letters.txt").write_text("\n".join(job.map(_shout, list("abcdefgh"))))
    return Outcome()


_PINNED: list[bytearray] = []


def _hoard(_: int) -> str:
    """Hold 300 MB in pieces too small to be mapped on their own, and let go of all but the last."""
    held = [bytearray(b"1" * 100_000) for _ in range(3_000)]
    _PINNED.append(held[-1])
    return ""


def _resident(_: int) -> str:
    return Path("/proc/self/statm").read_text().split()[1]


def _spread_much(job: Job) -> Outcome:
    before = job.map(_resident, [0])
    job.map(_hoard, [0])
    (job.folder / "pages.txt").write_text(" ".join(before + job.map(_resident, [0])))
    return Outcome()


def _spread_badly(job: Job) -> Outcome:
    job.map(_refuse, ["a"])
    return Outcome()


def _note(where: tuple[Path, str]) -> None:
    path, what = where
    with path.open("a") as file:
        file.write(f"{what}\n")


def _in_rounds(job: Job) -> Outcome:
    """Three rounds of pieces, each noted in the file `order` beside the source as it is done."""
    for number in range(3):
        job.map(_note, [(job.sources["source"].parent / "order", f"{job.subject} {number}")] * 6)
    return Outcome()


IN_ROUNDS = Stage("in-rounds", 1, LetterOptions, _in_rounds)
SPREAD = Stage("spread", 1, LetterOptions, _spread)
SPREAD_MUCH = Stage("spread-much", 1, LetterOptions, _spread_much)
SPREAD_BADLY = Stage("spread-badly", 1, LetterOptions, _spread_badly)
