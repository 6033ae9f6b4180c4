"""A fingerprint holds the versions of the libraries that compute: what a stage's operations import, it declares."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import heritage
from heritage.pipeline.stage import Stage
from heritage.pipeline.stages import STAGES

ROOT = Path(heritage.__file__).parent.parent
NOT_COMPUTING = {"pydantic", "heritage"}


def _file(module: str) -> Path | None:
    path = ROOT / Path(*module.split("."))
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


def _imports(module: str) -> Iterator[str]:
    path = _file(module)
    assert path is not None
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _reached(module: str) -> set[str]:
    """The libraries that a module and the operations under it import."""
    seen, waiting, libraries = {module}, [module], set()
    while waiting:
        for name in _imports(waiting.pop()):
            library = name.split(".")[0]
            if library not in NOT_COMPUTING | sys.stdlib_module_names:
                libraries.add(library)
            elif name.startswith("heritage.ops.") and name not in seen and _file(name):
                seen.add(name)
                waiting.append(name)
    return libraries


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_declares_what_it_computes_with(stage: Stage) -> None:
    distributions = packages_distributions()
    declared = {name.lower() for name in stage.libraries}
    absent = {
        library
        for library in _reached(stage.run.__module__)
        if not declared & {name.lower() for name in distributions[library]}
    }
    assert not absent, (
        f"{stage.name} computes with {sorted(absent)}, whose versions its fingerprint does not hold"
    )


def test_no_stage_declares_what_nothing_imports() -> None:
    everything = {
        name.split(".")[0]
        for path in (ROOT / "heritage").rglob("*.py")
        for name in _imports(".".join(path.relative_to(ROOT).with_suffix("").parts))
    } | {"lazrs"}  # by laspy, which finds it by itself
    distributions = packages_distributions()
    known = {name.lower() for library in everything for name in distributions.get(library, ())}
    assert {name for stage in STAGES for name in stage.libraries if name.lower() not in known} == set()
