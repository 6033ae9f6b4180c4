"""What a child is asked: one at a time, kept for as long as its key is the same, and never what was refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from studio_site import write_site

from heritage.web.studio import child as module
from heritage.web.studio.answers import Refusal
from heritage.web.studio.child import Child


def test_what_was_answered_is_asked_again_only_under_another_key(tmp_path: Path) -> None:
    heard: list[Any] = []

    def sound(printed: Any) -> list[Any]:
        heard.append(printed)
        if len(heard) == 1:
            raise ValueError("refused")
        return list(printed)

    checker = Child("the check", sound)
    command = ["check", str(write_site(tmp_path)), "--json"]
    with pytest.raises(ValueError, match="refused"):
        checker.ask(command, key="a")
    first = checker.ask(command, key="a")
    assert checker.ask(["nothing"], key="a") is first
    assert len(heard) == 2
    with pytest.raises(Refusal) as refused:
        checker.ask(["nothing"], key="b")
    assert refused.value.error.problems[0].code == "child-failed"


def test_who_comes_while_another_is_worked_out_is_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE_S", 0.01)
    codes = []

    def sound(printed: Any) -> Any:
        with pytest.raises(Refusal) as refused:
            outer.ask(["nothing"])
        codes.append(refused.value.error.problems[0].code)
        return printed

    outer = Child("the check", sound)
    monkeypatch.setattr(Child, "printed", lambda *_: [])
    assert outer.ask(["anything"]) == []
    assert codes == ["store-busy"]
