"""Databases for tests: migrated once for each state of the migrations, then copied, which takes a moment.

`python -m tests.databases` makes the template ahead of those who will ask for it.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from placewell.gateways import postgres

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "placewell_template"
# What decides how a migrated database looks: the migrations, what they build on, and the packages with theirs.
SOURCES = (
    "placewell/*/migrations/*.py",
    "placewell/storage/*.py",
    "placewell/gateways/postgres.py",
    "requirements/*.txt",
)


def copy(name: str) -> None:
    """Make the database *name*, a copy of the template, which is made first where it is missing."""
    with _alone():
        template = _template()
        with _server() as server:
            server.execute(
                sql.SQL("create database {} owner {} template {}").format(
                    sql.Identifier(name), sql.Identifier(postgres.OWNER), sql.Identifier(template)
                )
            )


@contextmanager
def used(name: str) -> Iterator[None]:
    """Let Django's connections use the database *name* from here on, and close them at the end."""
    from django.conf import settings
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
    try:
        yield
    finally:
        for alias in ("default", "owner"):
            connections[alias].close()


def _template() -> str:
    """Return the name of the migrated database, which nobody changes; those of other migrations are dropped."""
    name = f"{PREFIX}_{_state()}"
    with _server() as server:
        found = {row[0] for row in server.execute("select datname from pg_database where datname ~ %s", [f"^{PREFIX}"])}
        for other in found - {name}:
            with contextlib.suppress(psycopg.errors.ObjectInUse):
                server.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(other)))
    if name not in found:
        _make(name)
    return name


def _make(name: str) -> None:
    """Migrate a new database beside its place and rename it: what bears the name is whole."""
    from django.core.management import call_command

    making = f"{PREFIX}_making_{os.getpid()}"
    postgres.ensure_database(making)
    with used(making):
        call_command("migrate", database="owner", verbosity=0)
    with _server() as server:
        server.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(making), sql.Identifier(name)))


def _state() -> str:
    found = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:12]


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time make the template or copy it: PostgreSQL copies only what nobody uses."""
    with (postgres.home() / ".template").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def server(name: str) -> psycopg.Connection:
    """Connect to the database *name* as the administrator, whom row security does not bind."""
    return psycopg.connect(postgres._with_database(postgres.admin_url(), name), autocommit=True)


def _server() -> psycopg.Connection:
    return postgres._connect_as(postgres.admin_url())


def carry(to: postgres.Cluster, name: str, source: str = "") -> None:
    """Fill the database *name* of the embedded cluster *to* with what *source* holds here, else with the template."""
    with _alone():
        dumped = _program("pg_dump", postgres._with_database(postgres.admin_url(), source or _template()))
    _program("psql", "-q", "-v", "ON_ERROR_STOP=1", postgres._with_database(to.start(), name), told=dumped)


def _program(name: str, *arguments: str, told: bytes | None = None) -> bytes:
    command = [str(postgres.Cluster(postgres.home()).bin / name), *arguments]
    return subprocess.run(command, input=told, stdout=subprocess.PIPE, check=True).stdout


def main() -> None:
    """Make the template."""
    os.environ["PLACEWELL_MODE"] = "test"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "placewell.config.settings")
    import django

    django.setup()
    with _alone():
        _template()


if __name__ == "__main__":
    main()
