"""`placewell demo`: build the made-up council when it isn't there, and serve it with its worker until told to stop."""

import argparse
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from placewell.cli import django_ready
from placewell.cli.progress import Progress
from placewell.config import lifeline
from placewell.gateways import postgres
from placewell.kernel.errors import Refused

HOST = "127.0.0.1"
MOST_DEATHS = 5  # in a minute
STOP_SECONDS = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the port, and whether to build the council anew."""
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default 8000)")
    parser.add_argument("--rebuild", action="store_true", help="build the made-up council anew")
    parser.add_argument("--build-only", action="store_true", help="build, and serve nothing")
    parser.add_argument("--stop", action="store_true", help="stop a demo of this folder, and its PostgreSQL")


def run(args: argparse.Namespace) -> int:
    """Build and serve, or stop."""
    os.environ["PLACEWELL_MODE"] = "demo"
    os.environ.setdefault("PLACEWELL_DATABASE", "placewell_demo")
    if args.stop:
        return stop()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # while it builds, too, it leaves nothing running
    with only_one():
        if not args.build_only:
            refuse_a_taken_port(args.port)
        personas = build(rebuild=args.rebuild)
        if args.build_only:
            return 0
        welcome(args.port, personas)
        return serve(args.port)


def build(*, rebuild: bool):
    """Bring the database up to date, build the council where it is missing or cut off; return whom to sign in as."""
    if rebuild:
        postgres.drop_database(os.environ["PLACEWELL_DATABASE"])
        postgres.urls.cache_clear()
        postgres.urls()  # makes it anew, also where the settings have been read already
    django_ready.start()
    from django.core.management import call_command
    from django.db import connections

    print("Placewell: bringing the database up to date …", flush=True)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    from placewell.demo import build as council

    if not council.is_current():
        if council.people.exists():  # an earlier build was cut off: start from an empty database
            if rebuild:
                raise Refused("Another process builds this council. Wait for it, then run this again.")
            connections.close_all()
            return build(rebuild=True)
        print("Placewell: building a made-up council (about a minute, once) …", flush=True)
        progress = Progress()
        council.build(progress=progress)
        progress.close()
    connections.close_all()
    return council.PERSONAS


def refuse_a_taken_port(port: int) -> None:
    """Refuse when somebody listens on *port* already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise Refused(f"Port {port} is taken. Choose another: make demo PORT={port + 1}") from None


def welcome(port: int, personas) -> None:
    """Say where it is and whom to sign in as."""
    print(f"\nPlacewell's made-up council is at http://{HOST}:{port}/\nSign in there with one click as:\n")
    for persona in personas:
        print(f"  {persona.name:<22} {persona.office}")
    print("\nStop it with Ctrl+C.\n", flush=True)


def serve(port: int) -> int:
    """Run the server and the worker until told to stop, and bring back what dies: either, or their PostgreSQL."""
    kept = Kept(os.environ | {"HOST": HOST, "PORT": str(port), "WORKERS": "1", lifeline.PARENT: str(os.getpid())})
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, kept.stop)
    return kept.run()


class Kept:
    """The processes of a demo: the server, the worker, and the PostgreSQL of this folder."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.cluster = None if os.environ.get("DATABASE_URL") else postgres.Cluster(postgres.home())
        self.url = self.cluster.start() if self.cluster else ""
        self.running: dict[str, subprocess.Popen] = {}
        self.deaths: list[float] = []
        self.is_stopping = False

    def run(self) -> int:
        """Start each, look after them, and end them; return the exit code."""
        try:
            while not self.is_stopping and len(self.deaths) <= MOST_DEATHS:
                self._look_after()
                time.sleep(0.2)
        finally:
            self._end()
        if not self.is_stopping:
            print("Placewell: stopped, since its processes keep ending. See the lines above.", file=sys.stderr)
        return 0 if self.is_stopping else 1

    def stop(self, *_) -> None:
        """Ask for the end."""
        self.is_stopping = True

    def _look_after(self) -> None:
        if self.cluster and not self._has_database(self.cluster):
            return
        for name in ("serve", "worker"):
            child = self.running.get(name)
            if child is not None and child.poll() is None:
                continue
            if child is not None:
                print(f"Placewell: its {name} process ended; starting it again.", file=sys.stderr)
                self._pause()
            if self.is_stopping:
                return
            command = [sys.executable, "-m", "placewell.cli.main", name]
            self.running[name] = subprocess.Popen(command, env=self.environment)

    def _has_database(self, cluster: postgres.Cluster) -> bool:
        """Tell whether PostgreSQL runs, after bringing it back; whoever used the old one starts anew."""
        was_there = False
        try:
            if was_there := cluster.is_ready() and cluster.is_running():
                url = cluster.url()
            else:
                print("Placewell: PostgreSQL ended; starting it again.", file=sys.stderr)
                url = cluster.start()
        except (postgres.NoDatabase, OSError, IndexError) as failed:
            print(f"Placewell: PostgreSQL does not start yet. {failed}", file=sys.stderr)
            self._pause()
            return False
        if url != self.url or not was_there:  # a server's pool may not find its way back by itself
            self.url = url
            for child in self.running.values():
                child.kill()
        return True

    def _pause(self) -> None:
        """Count a death, and wait the longer the more there were within a minute."""
        now = time.monotonic()
        self.deaths = [then for then in self.deaths if then > now - 60] + [now]
        time.sleep(len(self.deaths) - 1)

    def _end(self) -> None:
        for child in self.running.values():
            child.terminate()
        for child in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=30)
            child.kill()


@contextlib.contextmanager
def only_one():
    """Hold this folder's demo for as long as it runs: two would look after the same processes."""
    with pid_file().open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("A demo of this folder runs already. Stop it first: make stop") from None
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        try:
            yield
        finally:
            held.truncate(0)  # the number may become another's


def stop() -> int:
    """Stop a demo that this folder runs, then its PostgreSQL."""
    if pid_file().exists():
        with pid_file().open("r+") as held:
            until, is_told = time.monotonic() + STOP_SECONDS, False
            while not _gained(held):  # as long as the demo that wrote the number lives, it holds the lock
                if not is_told and (number := held.read()):
                    with contextlib.suppress(ProcessLookupError, ValueError):
                        os.kill(int(number), signal.SIGTERM)
                    is_told = True
                time.sleep(0.2)
                if time.monotonic() > until:
                    raise Refused("The demo does not stop. End its process by hand.")
    if not os.environ.get("DATABASE_URL"):
        postgres.Cluster(postgres.home()).stop()
    return 0


def _gained(held) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def pid_file() -> Path:
    """Return where the running demo writes its process number."""
    postgres.home().mkdir(parents=True, exist_ok=True)
    return postgres.home() / "demo.pid"
