"""`placewell import`: a statutory return, or the regulator's register; `--dry-run` says what would change."""

import argparse
import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

from placewell.cli import django_ready

SHOWN = 20  # rows set aside that are listed; --json lists all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to bring in, for which council, in whose name."""
    kinds = parser.add_subparsers(dest="kind", metavar="WHAT", required=True)
    a_return = kinds.add_parser(
        "ssda903", help="the children looked after return: a folder, a ZIP, CSV files, Excel or XML"
    )
    a_return.add_argument("paths", nargs="+", type=Path, metavar="DIR|ZIP|XML|CSV|XLSX")
    a_return.add_argument("--year", type=int, help="the collection of files that don't say theirs: 2026")
    a_register = kinds.add_parser("providers", help="the regulator's provider-level file, as published")
    a_register.add_argument("paths", nargs="+", type=Path, metavar="FILE")
    a_register.add_argument(
        "--as-at", required=True, type=dt.date.fromisoformat, help="the date of the file: 2025-03-31"
    )
    a_register.add_argument("--part", action="store_true", help="the files are a part of the register: close nothing")
    the_past = kinds.add_parser(
        "visits", help="visits and health assessments of the past: child,kind,date,seen,seen_alone"
    )
    the_past.add_argument("paths", nargs="+", type=Path, metavar="FILE")
    for kind in (a_return, a_register, the_past):
        kind.add_argument("--council", default="", help="the council's name; not needed when there is one only")
        kind.add_argument("--as", dest="email", default="", help="in whose name; without it, the council's own worker")
        kind.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
        kind.add_argument("--json", action="store_true", help="report as JSON")


def run(args: argparse.Namespace) -> int:
    """Bring the files in and report; exit code 1 when rows were set aside."""
    django_ready.start()
    from django.utils import timezone

    from placewell.accounts import queries as accounts
    from placewell.gateways import given_files
    from placewell.storage import context

    council = accounts.council_named(name=args.council)
    by = accounts.colleague(council=council, email=args.email) if args.email else accounts.worker(council=council)
    files = given_files.from_paths(args.paths)
    with context.acting(context.Scope.of_council(council.pk)):
        report, set_aside = _IMPORTS[args.kind](args, files=files, by=by, now=timezone.now())
    if args.json:
        print(json.dumps(dataclasses.asdict(report), indent=2, default=str))
    else:
        _tell(report, set_aside)
    return 1 if set_aside else 0


def _return(args: argparse.Namespace, **given: Any) -> tuple[Any, list[str]]:
    from placewell.children import actions

    report = actions.import_return(**given, year=args.year, dry_run=args.dry_run)
    lines = [
        f"{fault.at.file}, row {fault.at.row}: {fault.field or 'row'}: {fault.why} (rule {fault.rule})"
        for fault in report.quarantined
    ]
    return report, lines


def _register(args: argparse.Namespace, **given: Any) -> tuple[Any, list[str]]:
    from placewell.market import actions

    report = actions.import_register(**given, as_at=args.as_at, dry_run=args.dry_run, is_part=args.part)
    lines = [f"{fault.file}, row {fault.row}: {fault.field or 'row'}: {fault.why}" for fault in report.left_out]
    return report, lines


def _past(args: argparse.Namespace, **given: Any) -> tuple[Any, list[str]]:
    from placewell.visits import actions

    report = actions.import_past(**given, dry_run=args.dry_run)
    return report, [f"{fault.file}, row {fault.row}: {fault.field}: {fault.why}" for fault in report.left_out]


_IMPORTS = {"ssda903": _return, "providers": _register, "visits": _past}


def _tell(report: Any, set_aside: list[str]) -> None:
    if report.already_in:
        print("These files were brought in before: nothing changes.")
        return
    for what, count in report.counts.items():
        print(f"{count:>8,}  {what}")
    for line in set_aside[:SHOWN]:
        print(f"  set aside: {line}")
    if len(set_aside) > SHOWN:
        print(f"  and {len(set_aside) - SHOWN:,} more; --json lists them all")
    print("Brought in." if report.was_written else "Nothing was changed: this was a preview.")
