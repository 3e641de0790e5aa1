"""Fields of a release that neither the standard nor an extension knows: a schema allows them, and no reader looks for them."""

import json
from collections.abc import Iterator
from functools import cache

from placewell.tenders.ocds import schema


@cache
def _release() -> dict:
    return json.loads((schema.TABLES / "ocds_release.json").read_text())


def _kinds(node: dict) -> Iterator[dict]:
    """Yield what *node* may be: what it refers to, and each of its alternatives."""
    if "$ref" in node:
        yield from _kinds(_release()["definitions"][node["$ref"].rsplit("/", 1)[1]])
        return
    yield node
    for name in ("oneOf", "anyOf", "allOf"):
        for each in node.get(name, ()):
            yield from _kinds(each)


def strange(value, node: dict | None = None, path: str = "") -> list[str]:
    """Return the path of each field of *value* that the schema *node* (of a whole release) does not name."""
    kinds = list(_kinds(_release() if node is None else node))
    if isinstance(value, list):
        items = {"anyOf": [each["items"] for each in kinds if "items" in each]}
        return [one for at, each in enumerate(value) for one in strange(each, items, f"{path}[{at}]")]
    if not isinstance(value, dict):
        return []
    known: dict = {}
    for each in kinds:
        for name, inner in each.get("properties", {}).items():
            known.setdefault(name, {"anyOf": []})["anyOf"].append(inner)
    found = [f"{path}.{name}" for name in value if name not in known]
    return found + [
        one for name, each in value.items() if name in known for one in strange(each, known[name], f"{path}.{name}")
    ]
