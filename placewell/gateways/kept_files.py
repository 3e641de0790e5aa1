"""Small files that are made once and then kept: everybody reads the same words, whoever is first."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def kept_once(path: Path, make: Callable[[], str]) -> str:
    """Return what *path* holds, writing what *make* returns when it is missing; only its owner may read it.

    It appears whole or not at all, and of many who make it at once one is first.
    """
    with contextlib.suppress(FileNotFoundError):
        return path.read_text()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.") as made:  # mode 0600
        made.write(make())
        made.flush()
        os.fsync(made.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(made.name, path)
    return path.read_text()
