"""Put an OCDS export to `libcoveocds`, the standard's own checker. Run with the Python of its virtual environment:

    python3.11 -m venv var/ocds && var/ocds/bin/pip install libcoveocds
    placewell export ocds var/notices
    var/ocds/bin/python tools/check_ocds.py var/notices --standard ocds-1.1.5.zip --codelists ocds_uk_extension/codelists

`--standard` is the standard's archive of that version, `--codelists` the folder of the UK extension's code lists. The extensions that
a package names are on the network; in their place the checker is given, from this machine alone, the schema that Placewell holds
its releases against. See docs/ocds.md.
"""

import argparse
import functools
import json
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SCHEMA = Path(__file__).resolve().parents[1] / "placewell/tenders/tables/ocds_release.json"
ABOUT = {"name": {"en": "As Placewell"}, "description": {"en": "As Placewell"}, "compatibility": ["1.1"]}
# What the checker finds wrong; it exits 0 whatever it finds.
FINDINGS = (
    "validation_errors", "additional_fields", "additional_closed_codelist_values", "additional_open_codelist_values",
    "additional_checks", "conformance_errors", "structure_warnings", "deprecated_fields",
)  # fmt: skip


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it."""

    def log_message(self, *_):
        """Say nothing."""


def main() -> int:
    """Print what the checker finds in each package of releases; return 1 when it finds anything."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path, help="what `placewell export ocds` wrote")
    options.add_argument("--standard", type=Path, required=True, help="the standard's archive (ZIP)")
    options.add_argument("--codelists", type=Path, help="the folder of the UK extension's code lists")
    args = options.parse_args()
    from libcoveocds.api import ocds_json_output  # the checker's, not ours
    from libcoveocds.config import LibCoveOCDSConfig

    found = 0
    with tempfile.TemporaryDirectory() as folder:
        lists = (
            {"+" + each.name.rpartition("+")[2]: each for each in args.codelists.glob("*+*.csv")}
            if args.codelists
            else {}
        )
        (Path(folder) / "codelists").mkdir()
        for name, path in lists.items():
            (Path(folder) / "codelists" / name).write_bytes(path.read_bytes())
        given = {"schemas": ["release-schema.json"], "codelists": sorted(lists)}
        (Path(folder) / "extension.json").write_text(json.dumps(ABOUT | given))
        (Path(folder) / "release-schema.json").write_bytes(SCHEMA.read_bytes())
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for path in sorted(args.folder.glob("*.json")):
            package = json.loads(path.read_text())
            if "releases" not in package:
                continue
            package["extensions"] = [f"http://127.0.0.1:{server.server_port}/extension.json"]
            config = LibCoveOCDSConfig()
            config.config |= {"standard_zip": args.standard.resolve().as_uri(), "context": "api"}
            told = ocds_json_output(folder, None, None, json_data=package, lib_cove_ocds_config=config)
            for name in FINDINGS:
                if told.get(name):
                    found += 1
                    print(f"{path.name}: {name}: {json.dumps(told[name])[:2000]}")
        server.shutdown()
    print(f"{found} findings")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
