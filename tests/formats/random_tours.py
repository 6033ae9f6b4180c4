"""Random tours as the release makes them: every language everywhere, a pose at every stop."""

from __future__ import annotations

import html
import random

import numpy as np
from hypothesis import strategies as st

from heritage.model.exchange import Condition, ExchangedStop, ExchangedTour, Mark, Pose, Recording

LANGUAGES = ("vi", "en", "fr", "ar", "zh-Hant", "pt-BR")
# Scripts, and signs that mean something in HTML, XML, Markdown, JSON, web addresses.
_LETTERS = "abc XYZ 0189 ếệđ ÀÉ 金碑 اب שָׁ 🏯 <>&\"' <b></b> &amp; &lt; #*_`[]() ]]> <!-- --> {}\\/ %20 ?=+~|:;,.!@$^-"


def _title(draw: random.Random) -> str:
    text = "".join(draw.choices(_LETTERS, k=draw.randint(1, 40)))
    return " ".join(text.split()) or "x"


def _id(draw: random.Random) -> str:
    return "".join(draw.choices("abcxyz0189-", k=draw.randint(1, 20)))


def _ids(draw: random.Random, least: int, most: int) -> list[str]:
    return list(dict.fromkeys(_id(draw) for _ in range(draw.randint(least, most))))


def _point(draw: random.Random) -> tuple[float, float, float]:
    return (draw.uniform(-300, 300), draw.uniform(-300, 300), draw.uniform(-300, 300))


def _pose(draw: random.Random) -> Pose:
    """Eye and target 1 to 100 m apart, straight up and straight down among them."""
    eye = np.array(_point(draw))
    along = np.array([draw.gauss(0, 1) for _ in range(3)])
    along = draw.choice([along, along, along, np.array([0, 0, 1.0]), np.array([0, 0, -1.0])])
    target = eye + along / np.linalg.norm(along) * draw.uniform(1, 100)
    return Pose(tuple(map(float, eye)), tuple(map(float, target)), draw.uniform(10, 120))


def random_tour(seed: int) -> ExchangedTour:
    """One to six stops, one to four languages, up to three conditions; the same for the same seed."""
    draw = random.Random(seed)
    languages = draw.sample(LANGUAGES, draw.randint(1, 4))

    def words() -> dict[str, str]:
        return {language: _title(draw) for language in languages}

    def told() -> dict[str, str]:
        if draw.random() < 0.5:
            return {}
        return {one: f"<p>{html.escape(text, quote=False)}</p>" for one, text in words().items()}

    conditions = [Condition(f"epoch-{n}", f"models/gate/epoch-{n}.glb", words(), 9) for n in _ids(draw, 1, 3)]
    marks = [Mark(one, _point(draw), words(), told()) for one in _ids(draw, 0, 2)]

    def stop(one: str) -> ExchangedStop:
        easing = draw.choice(["smooth", "linear", "cut"])
        spoken = draw.choice([languages, []])
        said = {k: Recording(f"media/{one}.{k}.mp3", f"media/{one}.{k}.vtt") for k in spoken}
        return ExchangedStop(
            id=one,
            title=words(),
            html=told(),
            pose=_pose(draw),
            move_s=0.0 if easing == "cut" else draw.uniform(0.1, 60),
            easing=easing,
            dwell_s={language: draw.choice([0.0, draw.uniform(0, 600)]) for language in languages},
            shows=draw.choice(conditions).name,
            narration=said,
            annotations=(marks[0].id,) if marks and draw.random() < 0.5 else (),
        )

    return ExchangedTour(
        title=words(),
        stops=tuple(stop(one) for one in _ids(draw, 1, 6)),
        html=told(),
        monument="gate",
        conditions=tuple(conditions),
        marks=tuple(marks),
        scale=draw.choice([1.0, 0.9996, 0.04, 12.5]),
    )


def tours() -> st.SearchStrategy[ExchangedTour]:
    """Tours by seed: drawn by hypothesis letter by letter they would take a hundred times as long."""
    return st.integers(0, 2**32).map(random_tour)


def poses() -> st.SearchStrategy[Pose]:
    """Poses by seed."""
    return st.integers(0, 2**32).map(lambda seed: _pose(random.Random(seed)))
