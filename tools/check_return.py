"""Put an SSDA903 export to `csc-validator-be-903`, the sector's own validator. Run with the Python of its virtual environment:

    python3.11 -m venv var/validator && var/validator/bin/pip install csc-validator-be-903
    placewell export ssda903 var/return --year 2026
    var/validator/bin/python tools/check_return.py var/return --year 2026 --area E06000034

`--providers FILE` names the regulator's list as CSV (URN, PLACE_CODES, PROVIDER_CODES, REG_END, POSTCODE, LA_CODE_INFERRED,
LA_NAME_INFERRED, LA_NAME_FROM_FILE); without it the rules that look a URN up cannot run, and are named. See docs/ssda903.md.
"""

import argparse
import importlib
import logging
import sys
from pathlib import Path


def main() -> int:
    """Print each rule that flags rows, each that failed to run and how many ran; return 1 when a rule flags something."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path, help="what `placewell export ssda903` wrote")
    options.add_argument("--year", type=int, required=True, help="collection year: 2026 is the year to 31 March 2026")
    options.add_argument("--area", required=True, help="the council's area code, E06000034 for one")
    options.add_argument("--providers", type=Path, help="the regulator's list as CSV")
    args = options.parse_args()
    logging.disable(logging.CRITICAL)
    import pandas as pd  # the validator's, not ours
    from lac_validator.lac_validator import LacValidator

    rules = importlib.import_module(f"lac_validator.rules.lac{args.year - 1}_{args.year % 100}").registry
    files = [
        {"name": path.name, "description": "This year", "file_content": path.read_bytes()}
        for path in sorted(args.folder.glob("*.csv"))
    ]
    metadata = {"collectionYear": str(args.year), "localAuthority": args.area}
    if args.providers:
        kept = pd.read_csv(args.providers, dtype=str, keep_default_na=True)
        metadata["provider_info"] = kept.assign(REG_END=pd.to_datetime(kept["REG_END"], format="%d/%m/%Y"))
    found = LacValidator(metadata=metadata, files=files, registry=rules)
    flagged = 0
    for code, rule in rules.items():
        for table, rows in found.ds_results.items():
            if f"ERR_{code}" in getattr(rows, "columns", ()):
                hit = rows[rows[f"ERR_{code}"] == True]  # noqa: E712 - a column of pandas
                flagged += len(hit)
                print(f"{code}  {table}: {len(hit)} rows. {rule.message}")
                print(hit.drop(columns=[name for name in hit.columns if name.startswith("ERR_")]).head(5).to_string())
    print(
        f"{len(found.dones)} rules ran, {len(found.skips)} had no table to look at, {len(found.fails)} could not run."
    )
    if found.fails:
        print(f"Could not run: {', '.join(found.fails)}")
    return 1 if flagged else 0


if __name__ == "__main__":
    sys.exit(main())
