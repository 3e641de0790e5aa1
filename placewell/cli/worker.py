"""`placewell worker`: run the jobs until told to stop; the job under way ends first."""

import argparse
import threading

from placewell.cli import django_ready
from placewell.config import lifeline


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take how many jobs may run side by side."""
    parser.add_argument("--concurrency", type=int, default=2, help="jobs side by side (default 2)")


def run(args: argparse.Namespace) -> int:
    """Run jobs; SIGTERM and SIGINT end it within thirty seconds."""
    django_ready.start()
    lifeline.stop_with_starter()
    from procrastinate.contrib.django import app

    from placewell.visits.jobs import warm_up

    # beside the jobs: what the first plan would otherwise load while somebody waits for it
    threading.Thread(target=warm_up, daemon=True, name="warm-up").start()

    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(concurrency=args.concurrency, shutdown_graceful_timeout=30, install_signal_handlers=True)
    return 0
