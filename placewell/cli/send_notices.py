"""`placewell send-notices`: send what was published and not yet sent to the notice board, oldest first."""

import argparse
import os

from placewell.cli import django_ready
from placewell.kernel.errors import Refused


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the council and in whose name."""
    parser.add_argument("--council", default="", help="the council's name; the only one when left out")
    parser.add_argument("--as", dest="email", default="", help="in whose name; else the council's own worker")


def run(args: argparse.Namespace) -> int:
    """Send each notice by itself and keep what the board answered before the next is sent."""
    django_ready.start()
    from placewell.gateways.notice_board import NoticeBoard

    address = os.environ.get("NOTICE_BOARD_URL", "").strip()
    if not address:
        raise Refused("NOTICE_BOARD_URL is not set: notices are files (`placewell export ocds DIR`) until it is.")
    count = send(NoticeBoard(address, os.environ.get("NOTICE_BOARD_KEY", "")), council=args.council, email=args.email)
    print(f"{count:,} notices were sent.")
    return 0


def send(board, *, council: str = "", email: str = "") -> int:
    """Send every notice that was not sent yet through *board*; return how many."""
    from django.utils import timezone

    from placewell.accounts import queries as accounts
    from placewell.storage.context import Scope, acting
    from placewell.tenders import actions, ocds, queries

    found = accounts.council_named(name=council)
    by = accounts.colleague(council=found, email=email) if email else accounts.worker(council=found)
    sent = 0
    while True:
        with acting(Scope.of_council(found.pk)):
            notice = queries.next_to_send()
            package = ocds.release_package([notice]) if notice else None
        if notice is None or package is None:
            return sent
        taken = board.send(package)
        with acting(Scope.of_council(found.pk)):
            given = {"notice_id": notice.pk, "reference": taken.reference, "ocid": taken.ocid}
            actions.record_sending(**given, by=by, now=timezone.now())
        sent += 1
