"""`placewell demo`: build the made-up council when it isn't there, and serve it with its worker until told to stop."""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from placewell.cli import django_ready
from placewell.cli.progress import Progress
from placewell.kernel.errors import Refused

HOST = "127.0.0.1"


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
    if not args.build_only:
        refuse_a_taken_port(args.port)
    if args.rebuild:
        from placewell.gateways import postgres

        postgres.drop_database(os.environ["PLACEWELL_DATABASE"])
        postgres.urls.cache_clear()
    django_ready.start()
    from django.core.management import call_command
    from django.db import connections

    print("Placewell: bringing the database up to date …", flush=True)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    from placewell.demo import build

    if not build.is_current():
        if build.people.exists():  # an earlier build was cut off: start from an empty database
            return run(argparse.Namespace(**{**vars(args), "rebuild": True})) if not args.rebuild else 1
        print("Placewell: building a made-up council (under a minute, once) …", flush=True)
        progress = Progress()
        build.build(progress=progress)
        progress.close()
    for connection in connections.all():
        connection.close()
    if args.build_only:
        return 0
    welcome(args.port, build.PERSONAS)
    return serve(args.port)


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
    """Run the server and the worker; pass a signal to stop on to both, and end when they have."""
    environment = os.environ | {"HOST": HOST, "PORT": str(port), "WORKERS": "1"}
    command = [sys.executable, "-m", "placewell.cli.main"]
    children = [subprocess.Popen([*command, name], env=environment) for name in ("serve", "worker")]
    pid_file().write_text(str(os.getpid()))

    def pass_on(number, _frame) -> None:
        for child in children:
            child.send_signal(signal.SIGTERM if number == signal.SIGTERM else signal.SIGINT)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    while children[0].poll() is None:
        time.sleep(0.2)
    for child in children:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=30)
        child.kill()
    pid_file().unlink(missing_ok=True)
    return 0 if children[0].returncode in (0, -signal.SIGTERM, -signal.SIGINT, 130) else 1


def stop() -> int:
    """Stop a demo that this folder runs, then its PostgreSQL."""
    from placewell.gateways import postgres

    with contextlib.suppress(FileNotFoundError, ProcessLookupError, ValueError):
        os.kill(int(pid_file().read_text()), signal.SIGTERM)
        time.sleep(2)
    if not os.environ.get("DATABASE_URL"):
        postgres.Cluster(postgres.home()).stop()
    return 0


def pid_file() -> Path:
    """Return where the running demo writes its process number."""
    from placewell.gateways import postgres

    return postgres.home() / "demo.pid"
