"""`placewell check`: settings, the database's safety, the invariants, the trail. Exit code 1 when something is found."""

import argparse
import json
from dataclasses import asdict, dataclass

from placewell.cli import django_ready
from placewell.kernel.errors import Refused


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be."""

    check: str
    what: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take which checks to run, and how to report."""
    parser.add_argument("which", nargs="?", choices=list(CHECKS), help="one check; without it, all")
    parser.add_argument("--json", action="store_true", help="report as JSON")


def run(args: argparse.Namespace) -> int:
    """Run the checks, print what they found."""
    django_ready.start()
    names = [args.which] if args.which else list(CHECKS)
    from django.db import DatabaseError

    try:
        found = [Finding(name, what) for name in names for what in CHECKS[name]()]
    except DatabaseError as error:
        raise Refused(
            f"The database is not set up or does not answer ({type(error).__name__}). Run: placewell migrate"
        ) from None
    if args.json:
        print(json.dumps({"checked": names, "found": [asdict(finding) for finding in found]}, indent=2))
    else:
        for name in names:
            mine = [finding.what for finding in found if finding.check == name]
            print(f"{name}: {'nothing found' if not mine else ''}".rstrip(" "))
            for what in mine:
                print(f"  {what}")
    return 1 if found else 0


def settings_found() -> list[str]:
    """Return what Django's own deployment checks say of the settings."""
    from django.conf import settings
    from django.core import checks

    wanted = checks.run_checks(include_deployment_checks=settings.PRODUCTION)
    return [f"{message.id}: {message.msg}" for message in wanted if message.level >= checks.WARNING]


# Setting, the value that keeps what was saved, and what goes wrong otherwise.
SAFE = {
    "fsync": ("on", "a power cut may destroy the database"),
    "full_page_writes": ("on", "a power cut may destroy the database"),
    "synchronous_commit": ("on", "work that a person was told is saved may be lost"),
    "row_security": ("on", "queries over protected tables fail"),
    "data_checksums": ("on", "damage on the disk goes unnoticed"),
}
ROLE = (
    "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb, "
    "exists (select 1 from pg_class where relowner = r.oid) from pg_roles r where rolname = current_user"
)


def database_found() -> list[str]:
    """Return which of the database's safety settings are off, and whether the application's role may do too much."""
    from django.db import connections

    found = []
    with connections["default"].cursor() as cursor:
        for name, (wanted, why) in SAFE.items():
            cursor.execute(f"show {name}")
            if (value := cursor.fetchone()[0]) != wanted:
                found.append(f"{name} is {value}, not {wanted}: {why}.")
        cursor.execute(ROLE)
        powerful, owns = cursor.fetchone()
    if powerful or owns:
        found.append("the application's role may do too much: it must own nothing and bypass nothing.")
    return found


def invariants_found() -> list[str]:
    """Return every row, of any council, that breaks a promise."""
    from placewell.overview.queries import broken_promises

    return [str(broken) for broken in broken_promises()]


def audit_found() -> list[str]:
    """Return where the trail was tampered with; keep a new checkpoint when it holds."""
    from django.conf import settings
    from django.utils import timezone

    from placewell.audit import chain

    path = settings.CHECKPOINTS
    found = [
        f"place {finding.seq}: {finding.what}" if finding.seq else finding.what
        for finding in chain.findings(chain.read_checkpoints(path))
    ]
    if not found:
        chain.keep_checkpoint(path, now=timezone.now())
    return found


CHECKS = {
    "settings": settings_found,
    "database": database_found,
    "invariants": invariants_found,
    "audit": audit_found,
}
