"""`placewell export`: write data out as files that open anywhere, without formulae: reports, returns, data for analysts."""

import argparse
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from placewell.cli import django_ready
from placewell.kernel.errors import Refused

REPORTS = ("commitments", "decisions", "envelopes", "outcomes", "placements", "providers")  # of `overview.reports`


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to write, where, and in which form."""
    parser.add_argument(
        "what",
        choices=[*REPORTS, "algorithms", "analytical", "ocds", "regional-census", "ssda903"],
        help="what to write",
    )
    parser.add_argument(
        "out", type=Path, help="the file to write; for algorithms, analytical, ocds and ssda903 the folder of its files"
    )
    parser.add_argument("--year", type=int, help="of ssda903: the collection, by the year in which it ends")
    parser.add_argument(
        "--as",
        dest="email",
        default="",
        help="of analytical, ssda903 and regional-census: in whose name; else the council's own worker",
    )
    parser.add_argument("--years", type=int, help="of analytical and the reports: the last so many years; else all")
    parser.add_argument("--on", type=dt.date.fromisoformat, help="of regional-census: its day; else today")
    parser.add_argument("--council", default="", help="the council's name; the only one when left out")
    parser.add_argument("--format", choices=("csv", "json"), default="csv", help="csv (default) or json")
    parser.add_argument("--json", action="store_true", help="report as JSON")


def run(args: argparse.Namespace) -> int:
    """Write the file, whole or not at all, and say how many rows it has."""
    django_ready.start()
    if args.what == "ssda903":
        return _return(args)
    if args.what == "analytical":
        return _analytical(args)
    if args.what == "algorithms":
        return _algorithms(args)
    if args.what == "ocds":
        return _ocds(args)
    if args.what == "regional-census":
        return _census(args)
    return _report(args)


def _report(args: argparse.Namespace) -> int:
    """Write a standard report, a row at a time."""
    from django.utils import timezone

    from placewell.accounts.queries import council_named
    from placewell.overview.reports import REPORTS
    from placewell.storage.context import Scope, acting

    years = getattr(args, "years", None)
    if not args.out.parent.is_dir():
        raise Refused(f"There is no folder {args.out.parent}.")
    if years is not None and years < 1:
        raise Refused("Say how many years: one or more.")
    council = council_named(name=args.council)
    part = args.out.with_name(args.out.name + ".part")
    count = 0

    def counted(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        nonlocal count
        for row in rows:
            count += 1
            yield row

    try:
        with acting(Scope.of_council(council.pk)), part.open("w", newline="", encoding="utf-8") as file:
            titles, rows = REPORTS[args.what].rows(on=timezone.localdate(), years=years, council=council)
            file.writelines(_lines(titles, counted(rows), args.format))
        part.replace(args.out)
    finally:
        part.unlink(missing_ok=True)
    print(json.dumps({"rows": count}) if args.json else f"{count:,} rows written to {args.out.name}.")
    return 0


def _lines(titles: Sequence[str], rows: Iterable[Sequence[Any]], form: str) -> Iterator[str]:
    """Yield the file in parts: its head, then each row (the last one of JSON closes the list)."""
    from placewell.web.tables_out import csv_lines

    if form == "csv":
        lines = csv_lines(titles, rows)
        yield "\ufeff" + next(lines)
        yield from lines
        return
    before = ""
    yield "["
    for row in rows:
        if before:
            yield before + ","
        before = "\n" + json.dumps(dict(zip(titles, row, strict=True)), default=str)
    yield before + "\n]\n"


def _analytical(args: argparse.Namespace) -> int:
    """Write the analytical export into a folder, Parquet and CSV, and record that it was written."""
    from django.utils import timezone

    from placewell.accounts import queries as accounts
    from placewell.outcomes import actions, analytical
    from placewell.storage.context import Scope, acting

    if args.out.exists() and not args.out.is_dir():
        raise Refused(f"{args.out} is a file: name a folder.")
    council = accounts.council_named(name=args.council)
    by = accounts.colleague(council=council, email=args.email) if args.email else accounts.worker(council=council)
    with acting(Scope.of_council(council.pk)):
        export = actions.export_analytical(years=args.years, by=by, now=timezone.now())
        counts = analytical.write(export, args.out, progress=None if args.json else _say)
    if args.json:
        print(json.dumps({"rows": counts}))
        return 0
    print(
        f"{sum(counts.values()):,} rows of {len(counts)} tables written to {args.out}. README.txt says what they are."
    )
    return 0


def _say(table: str, rows: int) -> None:
    """Say how many rows a table has, as it is written."""
    print(f"{rows:>10,}  {table}", flush=True)


def _algorithms(args: argparse.Namespace) -> int:
    """Write the public record of each algorithm, as a page of text and as JSON."""
    from placewell.overview import atrs

    if not args.out.is_dir():
        raise Refused(f"There is no folder {args.out}.")
    records = [atrs.record(slug) for slug in atrs.SLUGS]
    _write({args.out / f"record-{one.slug}.md": atrs.as_markdown(one).encode() for one in records})
    _write({args.out / f"record-{one.slug}.json": atrs.as_json(one).encode() for one in records})
    print(json.dumps({"records": len(records)}) if args.json else f"{len(records)} records written to {args.out}.")
    return 0


def _ocds(args: argparse.Namespace) -> int:
    """Write one release package for each procurement of which something is published, and one package of their records."""
    from placewell.accounts.queries import council_named
    from placewell.storage.context import Scope, acting
    from placewell.tenders import ocds, queries

    if args.out.exists() and not args.out.is_dir():
        raise Refused(f"{args.out} is a file: name a folder.")
    with acting(Scope.of_council(council_named(name=args.council).pk)):
        found = queries.processes()
    packages = {
        f"{each[0].release['tender']['id']}": package for each in found if (package := ocds.release_package(each))
    }
    records = ocds.record_package(found)
    wrong = [fault for package in packages.values() for one in package["releases"] for fault in ocds.faults(one)]
    wrong += ocds.record_faults(records) if records else []
    if wrong:
        raise Refused("\n".join(["Nothing was written: this is not valid OCDS.", *wrong]))
    files = {args.out / f"{_file_name(name)}.json": ocds.written(each).encode() for name, each in packages.items()}
    if records:
        files[args.out / "records.json"] = ocds.written(records).encode()
    args.out.mkdir(parents=True, exist_ok=True)
    _write(files)
    releases = sum(len(each["releases"]) for each in packages.values())
    if args.json:
        print(json.dumps({"procurements": len(packages), "releases": releases}))
        return 0
    print(f"{releases:,} releases of {len(packages):,} procurements, all valid, written to {args.out}.")
    if any(each["releases"][0]["ocid"].startswith("not-issued") for each in packages.values()):
        print("  look at: some have no identifier of the central platform yet; their ocid says so.")
    return 0


def _census(args: argparse.Namespace) -> int:
    """Write the regional placement census of a day, and record that it was written."""
    from django.utils import timezone

    from placewell.accounts import queries as accounts
    from placewell.outcomes import actions
    from placewell.storage.context import Scope, acting
    from placewell.web.tables_out import csv_lines

    if not args.out.parent.is_dir():
        raise Refused(f"There is no folder {args.out.parent}.")
    council = accounts.council_named(name=args.council)
    by = accounts.colleague(council=council, email=args.email) if args.email else accounts.worker(council=council)
    with acting(Scope.of_council(council.pk)):
        written = actions.export_census(on=args.on or timezone.localdate(), by=by, now=timezone.now())
        if args.format == "csv":
            text = "\ufeff" + "".join(csv_lines(list(written.columns), [list(row) for row in written.rows]))
        else:
            rows = [dict(zip(written.columns, row, strict=True)) for row in written.rows]
            text = json.dumps(rows, default=str, indent=2)
        _write({args.out: text.encode()})  # before the trail says that it was
    if args.json:
        print(json.dumps({"rows": len(written.rows), "notes": written.notes}, indent=2))
        return 0
    print(f"{len(written.rows):,} children of {written.on:%-d %B %Y} written to {args.out.name}.")
    for note in written.notes:
        print(f"  look at: {note}")
    return 0


def _file_name(reference: str) -> str:
    """Return a reference as a file's name: two references never share one."""
    return quote(reference, safe=" ").replace("%", "_") if reference != "records" else "records_"


def _write(files: dict[Path, bytes]) -> None:
    """Write each file beside its place, and put them there once all are whole."""
    unfinished = {path: path.with_name(path.name + ".part") for path in files}
    for path, data in files.items():
        unfinished[path].write_bytes(data)
    for path, part in unfinished.items():
        part.replace(path)


def _return(args: argparse.Namespace) -> int:
    """Write the children looked after return of a year into a folder, and record that it was written."""
    from django.utils import timezone

    from placewell.accounts import queries as accounts
    from placewell.children import actions
    from placewell.storage.context import Scope, acting

    if args.year is None:
        raise Refused("Say which collection: --year 2026 is the one that ends on 31 March 2026.")
    if args.out.exists() and not args.out.is_dir():
        raise Refused(f"{args.out} is a file: name a folder.")
    council = accounts.council_named(name=args.council)
    by = accounts.colleague(council=council, email=args.email) if args.email else accounts.worker(council=council)
    with acting(Scope.of_council(council.pk)):
        written = actions.export_return(year=args.year, by=by, now=timezone.now())
        args.out.mkdir(parents=True, exist_ok=True)
        _write({args.out / file.name: file.data for file in written.files})  # before the trail says that it was
    if args.json:
        print(json.dumps({"year": written.year, "rows": written.counts, "notes": written.notes}, indent=2))
        return 0
    for table, count in written.counts.items():
        print(f"{count:>8,}  {table.replace('_', ' ')}")
    for note in written.notes:
        print(f"  look at: {note}")
    print(f"The return of {written.year} was written to {args.out}.")
    return 0
