"""Time the sealing and the opening of a tender with many bids, each with files, on an empty council.

    python -m bench.opening [--bids 200] [--files 5] [--kilobytes 100]

Prints seconds of the clock for the bids, for the first holder's act and for the second's, which opens everything.
"""

import argparse
import os
import time
from decimal import Decimal

NAME = "placewell_bench_opening"


def main() -> None:
    """Run and print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--bids", type=int, default=200)
    words.add_argument("--files", type=int, default=5)
    words.add_argument("--kilobytes", type=int, default=100)
    wanted = words.parse_args()
    os.environ |= {"PLACEWELL_MODE": "development", "PLACEWELL_DATABASE": NAME}
    from placewell.gateways import postgres

    postgres.drop_database(NAME)
    postgres.urls.cache_clear()
    from placewell.cli import django_ready

    django_ready.start()
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0, interactive=False)
    try:
        _run(wanted.bids, wanted.files, b"%PDF-" + os.urandom(wanted.kilobytes * 1024))
    finally:
        from django.db import connections

        connections.close_all()
        postgres.drop_database(NAME)


def _run(bids: int, files: int, data: bytes) -> None:
    from placewell.storage import context
    from placewell.tenders import actions, models
    from tests.conftest import NOW
    from tests.factories import accounts, tenders

    council = accounts.council()
    scope = context.Scope.of_council(council.pk)
    seconds = bids * (2 + files)  # time enough to bid, cut short below
    with context.acting(scope):
        tender = tenders.publish(tenders.give_keys(tenders.plan(council)), closes_in=seconds)
        people = [tenders.bidder() for _ in range(bids)]
    pk, start = tender.procurement.pk, time.perf_counter()
    for by in people:
        with context.acting(by.scope):
            code = tenders.begin(tender, by)
            tenders.fill(tender, by, code, fee=str(Decimal(800)))
            for number in range(files):
                actions.attach_file(
                    procurement_id=pk, code=code, question=4, name=f"{number}.pdf", data=data, by=by, now=NOW
                )
            actions.submit_bid(procurement_id=pk, code=code, by=by, now=NOW)
    print(f"{bids} bids of {files} files sealed in {time.perf_counter() - start:.1f} s")
    _pass_deadline(pk)
    for number, words in enumerate(("first act", "second act, everything open")):
        start = time.perf_counter()
        with context.acting(scope):
            on = {"procurement_id": pk, "code": tender.codes[number], "by": tender.holders[number]}
            outcome = actions.open_bids(**on, now=NOW)
        print(f"{words}: {time.perf_counter() - start:.1f} s ({outcome})")
    with context.acting(scope):
        counts = models.Bid.objects.count(), models.BidFile.objects.count(), models.Piece.objects.count()
    print(f"{counts[0]} bids, {counts[1]} files, {counts[2]} pieces")


def _pass_deadline(procurement_id) -> None:
    """Let the deadline pass at once: only the tables' owner can, with the guard off."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table tenders_procurement disable trigger guard")
        cursor.execute("alter table tenders_procurement no force row level security")
        cursor.execute(
            "update tenders_procurement set tenders_by_at = clock_timestamp() where id = %s", [procurement_id]
        )
        cursor.execute("alter table tenders_procurement force row level security")
        cursor.execute("alter table tenders_procurement enable trigger guard")


if __name__ == "__main__":
    main()
