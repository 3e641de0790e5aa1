"""`placewell export`: write data out as files that open anywhere, without formulae."""

import argparse
import json
from pathlib import Path

from placewell.cli import django_ready
from placewell.kernel.errors import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to write, where, and in which form."""
    parser.add_argument("what", choices=list(EXPORTS), help="what to write")
    parser.add_argument("out", type=Path, help="the file to write")
    parser.add_argument("--council", default="", help="the council's name; the only one when left out")
    parser.add_argument("--format", choices=("csv", "json"), default="csv", help="csv (default) or json")
    parser.add_argument("--json", action="store_true", help="report as JSON")


def run(args: argparse.Namespace) -> int:
    """Write the file, whole or not at all, and say how many rows it has."""
    django_ready.start()
    from placewell.accounts.queries import council_named
    from placewell.storage.context import Scope, acting
    from placewell.web.tables_out import csv_lines

    if not args.out.parent.is_dir():
        raise Refused(f"There is no folder {args.out.parent}.")
    with acting(Scope.of_council(council_named(name=args.council).pk)):
        titles, rows = EXPORTS[args.what]()
    if args.format == "csv":
        text = "\ufeff" + "".join(csv_lines(titles, rows))
    else:
        text = json.dumps([dict(zip(titles, row, strict=True)) for row in rows], default=str, indent=2)
    unfinished = args.out.with_name(args.out.name + ".part")
    unfinished.write_text(text, encoding="utf-8", newline="")
    unfinished.replace(args.out)
    print(json.dumps({"rows": len(rows)}) if args.json else f"{len(rows):,} rows written to {args.out.name}.")
    return 0


def decisions() -> tuple[list[str], list[list]]:
    """Return the public register of decisions."""
    from placewell.governance.queries import public_register

    names = ["number", "body", "taken_on", "published_on", "item", "title", "text", "reasons", "alternatives", "state"]
    return names, [[getattr(row, name) for name in names] for row in public_register()]


def commitments() -> tuple[list[str], list[list]]:
    """Return the live commitments, with no child in them."""
    from placewell.budget.queries import commitments as live

    titles = ["provider", "category", "weekly_fee", "start_on", "end_on", "total"]
    return titles, [[r.provider.name, r.category, r.weekly_fee, r.start_on, r.end_on, r.total] for r in live()]


def envelopes() -> tuple[list[str], list[list]]:
    """Return the envelope by year, what is committed and what is left."""
    from django.utils import timezone

    from placewell.budget.queries import position

    titles = ["year", "envelope", "allowed_beyond", "committed", "left"]
    return titles, [
        [y.words, y.envelope, y.allowed_beyond, y.committed, y.left] for y in position(on=timezone.localdate())
    ]


EXPORTS = {"decisions": decisions, "commitments": commitments, "envelopes": envelopes}
