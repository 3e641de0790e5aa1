"""Put releases into packages: one of releases for each procurement, and one of records that compiles them."""

import json
import re
from collections.abc import Sequence
from copy import deepcopy

from .. import models

EXTENSIONS = [
    "https://standard.open-contracting.org/profiles/eu/latest/en/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_suitability_extension/master/extension.json",
    "https://raw.githubusercontent.com/cabinetoffice/ocds_uk_extension/main/extension.json",
]
LICENCE = "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
# Find a Tender's and Contracts Finder's own prefixes: an identifier is theirs to issue.
OCID = re.compile(r"ocds-(h6vhtk|b5fd17)-[0-9a-z][0-9a-z-]{2,39}")
WHOLE = {"suppliers", "tenderers"}  # replaced and not merged, as the schema's wholeListMerge says


def is_ocid(text: str) -> bool:
    """Tell whether *text* reads like an identifier that Find a Tender or Contracts Finder issues."""
    return OCID.fullmatch(text) is not None


def ocid_of(notice: models.Notice) -> str:
    """Return the identifier that was issued; a local placeholder, which nobody could take for one, before that."""
    return getattr(notice, "ocid", "") or f"not-issued:{notice.procurement_id}"


def releases(notices: Sequence[models.Notice]) -> list[dict]:
    """Return the releases of one procurement's *notices* (as `queries.notices` gives them), oldest first."""
    found = sorted(notices, key=lambda each: each.number)
    return [{"ocid": ocid_of(each), **each.release} for each in found if each.release]


def _package(uri: str, found: Sequence[dict]) -> dict:
    return {
        "uri": uri,
        "version": "1.1",
        "extensions": EXTENSIONS,
        "publisher": {"name": found[0]["buyer"]["name"]},
        "license": LICENCE,
        "publishedDate": max(each["date"] for each in found),
    }


def release_package(notices: Sequence[models.Notice]) -> dict | None:
    """Return the package of the releases of one procurement's *notices*; None when there is none."""
    found = releases(notices)
    if not found:
        return None
    return _package(f"urn:uuid:{notices[0].procurement_id}", found) | {"releases": found}


def record_package(processes: Sequence[Sequence[models.Notice]]) -> dict | None:
    """Return the package of records of several procurements' notices, each with what its releases come to; None for none."""
    packages = [found for each in processes if each and (found := release_package(each))]
    if not packages:
        return None
    every = [release for package in packages for release in package["releases"]]
    uris = [package["uri"] for package in packages]
    uri = uris[0] if len(uris) == 1 else f"urn:placewell:records:{max(each['date'] for each in every)}"
    records = [
        {
            "ocid": package["releases"][0]["ocid"],
            "releases": package["releases"],
            "compiledRelease": compiled(package["releases"]),
        }
        for package in packages
    ]
    return _package(uri, every) | {"packages": uris, "records": records}


def compiled(found: Sequence[dict]) -> dict:
    """Return what *found* (one process's releases, oldest first) come to: a later word stands over an earlier one.

    Objects are merged by name, arrays of things with an `id` by that, and any other array is taken whole (OCDS 1.1, Merging).
    """
    made: dict = {}
    for each in found:
        _merge(made, deepcopy(each))
    return made | {"tag": ["compiled"], "id": f"{made['ocid']}-{made['date']}"}


def _merge(into: dict, new: dict) -> None:
    for name, value in new.items():
        before = into.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            _merge(before, value)
        elif name not in WHOLE and _has_ids(value) and _has_ids(before):
            by_id = {each["id"]: each for each in before}  # type: ignore[union-attr]
            for each in value:
                if each["id"] in by_id:
                    _merge(by_id[each["id"]], each)
                else:
                    before.append(each)  # type: ignore[union-attr]
        else:
            into[name] = value


def _has_ids(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) and "id" in each for each in value)


def written(package: dict) -> str:
    """Return a package as text, for people and machines."""
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"
