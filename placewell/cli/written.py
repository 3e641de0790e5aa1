"""Write an answer whole or not at all."""

import json
from pathlib import Path
from typing import Any

from placewell.kernel.errors import BadInput, Fault


def write_json(path: Path, what: dict[str, Any]) -> None:
    """Write *what* to *path*; raises BadInput when it cannot be written, and leaves what stood there."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(json.dumps(what, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadInput([Fault(str(path), f"cannot be written: {error.strerror}")]) from error
