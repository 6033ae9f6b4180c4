"""Compiled code is that of the present sources, of all of them."""

import os
import subprocess
import sys
from pathlib import Path

import heritage.ops
from heritage.ops import compiled_folder

CALLER = "import numba\nfrom callee import f\n\n@numba.njit(cache=True)\ndef g(x):\n    return f(x)\n"
CALLEE = "import numba\n\n@numba.njit(cache=True)\ndef f(x):\n    return x + {}\n"


def test_a_change_of_a_called_function_is_not_missed(tmp_path: Path) -> None:
    (tmp_path / "caller.py").write_text(CALLER)
    found = []
    for added in (1, 2):
        (tmp_path / "callee.py").write_text(CALLEE.format(added))
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(compiled_folder(tmp_path))}
        run = [sys.executable, "-c", "import caller; print(caller.g(40))"]
        found.append(
            subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True).stdout
        )
    assert found == ["41\n", "42\n"]


def test_the_folder_is_used_and_holds_for_the_same_sources() -> None:
    room = Path(heritage.ops.__file__).parent
    assert compiled_folder(room) == compiled_folder(room)
    assert os.environ["NUMBA_CACHE_DIR"]
