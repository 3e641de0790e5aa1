"""Keep what a forecast has learnt as bytes: frozen dataclasses of the engine, arrays, numbers, lists; nothing executable."""

import base64
import dataclasses
import gzip
import importlib
import io
import json
from typing import Any

import numpy as np

ENGINE = "placewell.engines.forecast."


def pack(value: Any) -> bytes:
    """Return *value* as bytes."""
    return gzip.compress(json.dumps(_plain(value)).encode(), 5, mtime=0)


def unpack(data: bytes) -> Any:
    """Return what `pack` was given.

    Raises:
        ValueError: the engine has changed since, so that it can't be read.
    """
    try:
        return _whole(json.loads(gzip.decompress(data)))
    except (KeyError, TypeError, AttributeError, ImportError, OSError) as changed:
        raise ValueError("this was kept by another version of the engine") from changed


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        kind = type(value)
        fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"class": [kind.__module__, kind.__qualname__], "fields": fields}
    if isinstance(value, np.ndarray):
        buffer = io.BytesIO()
        np.save(buffer, value, allow_pickle=False)
        return {"array": base64.b64encode(buffer.getvalue()).decode()}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return {"tuple" if isinstance(value, tuple) else "list": [_plain(each) for each in value]}
    if isinstance(value, dict):
        return {"dict": [[_plain(key), _plain(each)] for key, each in value.items()]}
    return value


def _whole(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, inside),) = [(k, v) for k, v in value.items() if k != "fields"]
    if kind == "class":
        module, name = inside
        if not module.startswith(ENGINE):
            raise TypeError(module)
        made: Any = getattr(importlib.import_module(module), name)
        if not (isinstance(made, type) and dataclasses.is_dataclass(made)):
            raise TypeError(name)
        return made(**{key: _whole(each) for key, each in value["fields"].items()})
    if kind == "array":
        return np.load(io.BytesIO(base64.b64decode(inside)), allow_pickle=False)
    if kind == "dict":
        return {_whole(key): _whole(each) for key, each in inside}
    return (tuple if kind == "tuple" else list)(_whole(each) for each in inside)
