"""Pure functions: values and options in, values with their figures out. A room for each thing that is done."""

import hashlib
import os
from pathlib import Path


def compiled_folder(room: Path) -> Path:
    """Where what numba compiles of the sources in ``room`` is kept: a folder for each state of all of them.

    Numba's own index knows the file of a function, not those of the functions it calls and has compiled into it: after an
    update of one of these it would go on with the old one.
    """
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(room.rglob("*.py")):
        text = path.read_bytes()
        digest.update(f"{path.relative_to(room)} {len(text)}\n".encode() + text)
    return room / "__pycache__" / f"numba-{digest.hexdigest()}"


# Before anything here imports numba. Where the folder cannot be written, numba takes one in the user's own cache.
os.environ.setdefault("NUMBA_CACHE_DIR", str(compiled_folder(Path(__file__).parent)))
