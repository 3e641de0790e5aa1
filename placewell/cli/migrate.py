"""`placewell migrate`: bring the database up to this version, as the owner of its tables."""

import argparse

from placewell.cli import django_ready


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take nothing."""


def run(_args: argparse.Namespace) -> int:
    """Run the migrations that are missing."""
    django_ready.start()
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=1, interactive=False)
    return 0
