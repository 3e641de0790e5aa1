"""Make the schema that releases are held against: the standard under Find a Tender's profile, with the UK extension applied.

    python tools/ocds_schema.py PROFILE/release-schema.json UK_EXTENSION/release-schema.json STANDARD/record-package-schema.json

PROFILE is the European Union profile's patched release schema (open-contracting-extensions/european-union, Apache-2.0), which
Find a Tender declares; UK_EXTENSION is cabinetoffice/ocds_uk_extension (MIT). Titles and descriptions are left out.
"""

import json
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "placewell/tenders/tables"
SAID = {"title", "description", "deprecated", "wholeListMerge", "omitWhenMerged", "versionId", "mergeStrategy"}


def merged(base, patch):
    """Return *base* with *patch* applied: JSON Merge Patch, RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    made = dict(base) if isinstance(base, dict) else {}
    for name, value in patch.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = merged(made.get(name), value)
    return made


def bare(schema, *, names=False):
    """Return *schema* without what is said for people; *names*: its keys are the names of properties."""
    if isinstance(schema, list):
        return [bare(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {"properties", "patternProperties", "definitions"}
    return {
        name: bare(value, names=name in inner and not names)
        for name, value in schema.items()
        if names or name not in SAID
    }


def main(profile: str, extension: str, records: str) -> None:
    """Write both schemas."""
    release = bare(merged(json.loads(Path(profile).read_text()), json.loads(Path(extension).read_text())))
    (OUT / "ocds_release.json").write_text(json.dumps(release, separators=(",", ":")) + "\n")
    package = bare(json.loads(Path(records).read_text()))
    (OUT / "ocds_records.json").write_text(json.dumps(package, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
