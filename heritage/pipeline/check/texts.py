"""Words in every language of the site, and nothing in them that may not be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from heritage.model.documents import Basis
from heritage.model.errors import HeritageError, Problem
from heritage.pipeline.tours.questions import question_problems
from heritage.text.explain import nearest
from heritage.text.files import file_problem
from heritage.text.lines import Key, Lines, visible
from heritage.text.markdown import references
from heritage.text.media import is_picture
from heritage.text.site import LoadedMonument, LoadedSite, LoadedTour
from heritage.text.words import refused


def site_texts(loaded: LoadedSite) -> Iterator[Problem]:
    """Title and description of the site."""
    yield from _languages(loaded, loaded.site.title, loaded.lines, "title")
    yield from _markdown(loaded, loaded.site.description, loaded.lines, "description")


def monument_texts(loaded: LoadedSite, monument: LoadedMonument) -> Iterator[Problem]:
    """Title and description of a monument; titles of its epochs and states."""
    document, lines = monument.monument, monument.lines
    yield from _languages(loaded, document.title, lines, "title")
    yield from _markdown(loaded, document.description, lines, "description")
    if isinstance(document.type, dict):
        yield from _languages(loaded, document.type, lines, "type")
    for at, epoch in enumerate(document.epochs):
        yield from _languages(loaded, epoch.title, lines, "epochs", at, "title")
    for at, state in enumerate(document.states):
        yield from _languages(loaded, state.title, lines, "states", at, "title")
        yield from _grounds(loaded, monument, state, "states", at)
        for k, part in enumerate(state.parts):
            yield from _languages(loaded, part.title, lines, "states", at, "parts", k, "title")
            yield from _grounds(loaded, monument, part, "states", at, "parts", k)


def _grounds(loaded: LoadedSite, monument: LoadedMonument, basis: Basis, *path: Key) -> Iterator[Problem]:
    """Words on what an interpretation rests, where they are per language."""
    for k, evidence in enumerate(basis.evidence):
        if isinstance(evidence.label, dict):
            yield from _languages(loaded, evidence.label, monument.lines, *path, "evidence", k, "label")
    if isinstance(basis.without_evidence, dict):
        yield from _languages(loaded, basis.without_evidence, monument.lines, *path, "without_evidence")


def annotation_texts(loaded: LoadedSite, monument: LoadedMonument) -> Iterator[Problem]:
    """Titles and texts of a monument's annotations."""
    for at, annotation in enumerate(monument.annotations.annotations):
        yield from _languages(loaded, annotation.title, monument.annotation_lines, "annotations", at, "title")
        yield from _markdown(loaded, annotation.text, monument.annotation_lines, "annotations", at, "text")


def vocabulary_texts(loaded: LoadedSite) -> Iterator[Problem]:
    """Labels and definitions of the vocabulary's terms."""
    for at, term in enumerate(loaded.vocabulary.terms):
        yield from _languages(loaded, term.label, loaded.vocabulary_lines, "terms", at, "label")
        yield from _languages(loaded, term.definition, loaded.vocabulary_lines, "terms", at, "definition")


def tour_texts(loaded: LoadedSite, tour: LoadedTour) -> Iterator[Problem]:
    """A file of words for every language of the site, and for no other; its pictures exist, its questions agree."""
    untranslated = tour.tour.untranslated
    for language in loaded.site.languages:
        if language not in tour.words and (
            language not in untranslated or language == loaded.site.languages[0]
        ):
            yield _missing(loaded, language, tour.lines.where(), _file(loaded, language), "words")
    for language in untranslated:
        where = tour.lines.where("untranslated", language)
        yield from unlisted(loaded, language, where)
        if language in tour.words:
            found = f"{language} is accepted as untranslated, and {language}.md is there"
            allowed = "what is missing can be accepted"
            yield Problem("accept-idle", where, found, allowed, "remove it", "warning")
    yield from question_problems(tour)
    for language, words in tour.words.items():
        yield from unlisted(loaded, language, words.shown)
        for passage in (words.tour, *words.stops.values()):
            for reference in references(passage.markdown):
                if reference.kind == "picture":
                    where = f"{words.shown}:{passage.line}"
                    yield from _picture(loaded, reference.address, where)


def _file(loaded: LoadedSite, language: str) -> str:
    """The file to add for a language, or how to do without it."""
    accept = f", or write untranslated: {{{language}: why}} in tour.yaml"
    return f"{language}.md" + (accept if language != loaded.site.languages[0] else "")


def _markdown(
    loaded: LoadedSite, texts: Mapping[str, str] | None, lines: Lines, *path: Key
) -> Iterator[Problem]:
    yield from _languages(loaded, texts, lines, *path)
    for language, text in (texts or {}).items():
        where = lines.where(*path, language)
        try:
            found = references(text)
        except HeritageError as error:
            problem = error.problems[0]
            yield Problem(problem.code, where, problem.found, problem.allowed, problem.remedy)
            continue
        for reference in found:
            if not reference.kept:
                yield refused(reference.kind, reference.address, where)
            elif reference.kind == "picture":
                yield from _picture(loaded, reference.address, where)


def _languages(
    loaded: LoadedSite, texts: Mapping[str, str] | None, lines: Lines, *path: Key
) -> Iterator[Problem]:
    if texts is None:
        return
    for language in loaded.site.languages:
        if language not in texts:
            yield _missing(loaded, language, lines.where(*path), f"{language}: …", str(path[-1]))
    for language in texts:
        yield from unlisted(loaded, language, lines.where(*path, language))


def _missing(loaded: LoadedSite, language: str, where: str, remedy: str, what: str) -> Problem:
    first = loaded.site.languages[0]
    found = f"the {what} in {language} {'are' if what == 'words' else 'is'} missing"
    if language == first:
        allowed = "it is the site's first language, shown where another is missing"
        return Problem("language-missing", where, found, allowed, f"add {remedy}")
    return Problem("language-missing", where, found, f"{first} is shown instead", f"add {remedy}", "warning")


def unlisted(loaded: LoadedSite, language: str, where: str) -> Iterator[Problem]:
    """A problem where ``language`` is none of the site's."""
    known = loaded.site.languages
    if language not in known:
        allowed = f"{', '.join(known)} (languages of site.yaml)"
        remedy = nearest(language, known) or f"add {language} to languages"
        yield Problem("language-unlisted", where, f"{language} is no language of the site", allowed, remedy)


def _picture(loaded: LoadedSite, address: str, where: str) -> Iterator[Problem]:
    path = loaded.root / address
    problem = file_problem(loaded.root, path, where, "a picture")
    if problem:
        yield problem
    elif not is_picture(path):
        found = f"a picture: {visible(address, 200)} holds none that browsers show"
        allowed = "AVIF, GIF, JPEG, PNG, WebP are allowed"
        yield Problem(
            "picture-kind", where, found, allowed, "save it as JPEG, under a name that ends in .jpg"
        )
