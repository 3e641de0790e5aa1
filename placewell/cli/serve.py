"""`placewell serve`: the application in production, or refused with advice."""

import argparse
import os

from placewell.cli import django_ready
from placewell.config import lifeline
from placewell.kernel.errors import Refused

STOP_SECONDS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take where to listen and with how many processes; the environment's HOST, PORT and WORKERS are the defaults."""
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="address to listen on")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="port to listen on")
    parser.add_argument("--workers", type=int, default=int(os.environ.get("WORKERS", "2")), help="processes")


def run(args: argparse.Namespace) -> int:
    """Check the settings and the database, collect the static files, and serve until told to stop."""
    os.environ.setdefault("PLACEWELL_MODE", "production")
    if os.environ["PLACEWELL_MODE"] == "production" and not os.environ.get("DATABASE_URL"):
        raise Refused("DATABASE_URL is not set. In production, name a server: see docs/settings.md.")
    django_ready.start()
    lifeline.stop_with_starter()
    from django.core.management import call_command

    refuse_when_behind()
    refuse_when_unsafe()
    call_command("collectstatic", interactive=False, verbosity=0)
    leave_the_pool()
    listen(host=args.host, port=args.port, workers=args.workers)
    return 0


def refuse_when_behind() -> None:
    """Refuse when migrations are missing: half an upgrade serves nobody."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["default"])
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Refused(f"{len(missing)} migrations have not been applied. Run: placewell migrate")


def refuse_when_unsafe() -> None:
    """Refuse, in production, a database that may lose what was saved or that the application may change too much."""
    from django.conf import settings

    from placewell.cli import check

    found = check.database_found() if settings.PRODUCTION else []
    if grave := [what for what in found if "data_checksums" not in what]:
        raise Refused("\n  ".join(["The database is not safe to serve from:", *grave]))


def leave_the_pool() -> None:
    """Close this process's connections: the processes that it forks would have a pool that nothing fills again."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.pool is not None:
            connection.close_pool()


def listen(*, host: str, port: int, workers: int) -> None:
    """Serve with granian; it lets requests under way end when told to stop, and logs no addresses."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "placewell.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_access=False,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
    ).serve()
