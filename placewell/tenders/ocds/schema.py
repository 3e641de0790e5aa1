"""Hold a package against the official schema with the extension applied (`tools/ocds_schema.py` makes the tables)."""

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT4

OFFICIAL = "https://standard.open-contracting.org/schema/1__1__5/release-schema.json"
TABLES = Path(__file__).parents[1] / "tables"


@cache
def _validator(name: str) -> Draft4Validator:
    schema = json.loads((TABLES / f"ocds_{name}.json").read_text())
    release = json.loads((TABLES / "ocds_release.json").read_text())
    registry: Registry = Registry()
    for address in (
        release["id"],
        OFFICIAL,
    ):  # the package of records asks for the standard's: it gets the extended one
        registry = registry.with_resource(address, DRAFT4.create_resource(release | {"id": address}))
    return Draft4Validator(schema, registry=registry, format_checker=FormatChecker())


def faults(release: dict) -> list[str]:
    """Return what of a release the schema does not allow, with where it stands; nothing when it is valid."""
    return _told(_validator("release"), release)


def record_faults(package: dict) -> list[str]:
    """Return what of a record package the schema does not allow."""
    return _told(_validator("records"), package)


def _told(validator: Draft4Validator, document: dict) -> list[str]:
    found = sorted(validator.iter_errors(document), key=lambda each: each.json_path)
    return [f"{each.json_path}: {each.message[:200]}" for each in found]
