"""A whole site folder as documents: ``site.yaml``, the monuments' and the tours' files, each with lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from heritage.model.documents import (
    LANGUAGE_PATTERN,
    Annotations,
    Corrections,
    Document,
    Monument,
    Site,
    Tour,
    Vocabulary,
)
from heritage.model.errors import HeritageError, InputError, Problem
from heritage.model.limits import MARKDOWN_BYTES
from heritage.model.paths import demand_site
from heritage.text.files import file_problem, id_folders
from heritage.text.lines import Lines, visible
from heritage.text.words import Words, parse_words
from heritage.text.yaml import Loaded, read_text, read_yaml

VOCABULARY = "vocabulary.yaml"
CORRECTIONS = "corrections"
"""The folder of a monument that has one file for each epoch whose cleaning a person corrected."""
D = TypeVar("D", bound=Document)
T = TypeVar("T")


@dataclass(frozen=True)
class LoadedMonument:
    """``monuments/<id>/``. Paths in its documents are relative to ``folder``."""

    id: str
    folder: Path
    monument: Monument
    lines: Lines
    annotations: Annotations
    annotation_lines: Lines
    corrections: Mapping[str, Loaded[Corrections]] = field(default_factory=dict)
    """By epoch, as far as there are any."""


@dataclass(frozen=True)
class LoadedTour:
    """``tours/<id>/``, its words by language. Paths in its documents are relative to the site's folder."""

    id: str
    folder: Path
    tour: Tour
    lines: Lines
    words: Mapping[str, Words]


@dataclass(frozen=True)
class LoadedSite:
    """Everything the curators wrote. Paths in ``site`` are relative to ``root``."""

    root: Path
    site: Site
    lines: Lines
    monuments: Mapping[str, LoadedMonument]
    tours: Mapping[str, LoadedTour]
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    vocabulary_lines: Lines = field(default_factory=lambda: Lines(VOCABULARY, {}))


def load_site(root: Path) -> LoadedSite:
    """The documents of the site in the folder ``root``; nothing is checked across files yet.

    Raises InputError with all problems of all files, each ``where`` relative to ``root``.
    """
    demand_site(root)
    loader = _Loader(root)
    site = loader.yaml(root / "site.yaml", Site)
    vocabulary = loader.optional(root / VOCABULARY, Vocabulary)
    monuments = [loader.monument(folder) for folder in id_folders(root, "monuments", loader.problems)]
    tours = [loader.tour(folder) for folder in id_folders(root, "tours", loader.problems)]
    if site is None or loader.problems:
        raise InputError.of(loader.problems)
    return LoadedSite(
        root,
        site.document,
        site.lines,
        {monument.id: monument for monument in monuments if monument},
        {tour.id: tour for tour in tours if tour},
        vocabulary.document,
        vocabulary.lines,
    )


class _Loader:
    """Goes on after a bad file, so that all problems are found in one go."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []

    def shown(self, path: Path) -> str:
        return visible(path.relative_to(self.root).as_posix(), 200)

    def attempt(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except HeritageError as error:
            self.problems += error.problems
            return None

    def yaml(self, path: Path, model: type[D]) -> Loaded[D] | None:
        shown = self.shown(path)
        problem = file_problem(self.root, path, shown, "a document")
        if problem:
            self.problems.append(problem)
            return None
        return self.attempt(lambda: read_yaml(path, model, shown))

    def optional(self, path: Path, model: type[D]) -> Loaded[D]:
        """As `yaml`; an empty document where there is no file, or a bad one."""
        found = self.yaml(path, model) if path.exists() or path.is_symlink() else None
        return found or Loaded(model(), Lines(self.shown(path), {}))

    def monument(self, folder: Path) -> LoadedMonument | None:
        self.only(folder, {"monument.yaml", "annotations.yaml"})
        loaded = self.yaml(folder / "monument.yaml", Monument)
        annotations = self.optional(folder / "annotations.yaml", Annotations)
        if loaded is None:
            return None
        return LoadedMonument(
            folder.name,
            folder,
            loaded.document,
            loaded.lines,
            annotations.document,
            annotations.lines,
            self.corrections(folder / CORRECTIONS, [epoch.id for epoch in loaded.document.epochs]),
        )

    def corrections(self, folder: Path, epochs: list[str]) -> dict[str, Loaded[Corrections]]:
        if not folder.is_dir():
            return {}
        self.only(folder, {f"{epoch}.yaml" for epoch in epochs})
        found = {
            epoch: self.yaml(path, Corrections)
            for epoch in epochs
            if (path := folder / f"{epoch}.yaml").exists()
        }
        return {epoch: document for epoch, document in found.items() if document is not None}

    def tour(self, folder: Path) -> LoadedTour | None:
        self.only(folder, {"tour.yaml"})
        loaded = self.yaml(folder / "tour.yaml", Tour)
        if loaded is None:
            return None
        stops = [stop.id for stop in loaded.document.stops]
        words = {}
        for path in sorted(folder.glob("*.md")):
            found = self.words(path, stops)
            if found:
                words[path.stem] = found
        return LoadedTour(folder.name, folder, loaded.document, loaded.lines, words)

    def words(self, path: Path, stops: list[str]) -> Words | None:
        shown = self.shown(path)
        problem = file_problem(self.root, path, shown, "a tour's words")
        if not problem and not re.fullmatch(LANGUAGE_PATTERN.strip("^$"), path.stem):
            allowed = "a language tag (BCP 47) and .md are allowed, such as vi.md"
            problem = Problem("words-language", shown, "the file's name is no language", allowed, "rename it")
        if problem:
            self.problems.append(problem)
            return None
        return self.attempt(lambda: parse_words(read_text(path, shown, MARKDOWN_BYTES), stops, shown))

    def only(self, folder: Path, names: set[str]) -> None:
        """A YAML file under another name would be passed over in silence; its author expects it to count."""
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in {".yaml", ".yml"} and path.name not in names:
                allowed = f"{' and '.join(sorted(names))} are read here"
                found = "a file that would not be read"
                self.problems.append(
                    Problem("file-unknown", self.shown(path), found, allowed, "rename it or move it away")
                )
