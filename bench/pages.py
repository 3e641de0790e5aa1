"""Time the pages of the demo council: milliseconds at the median and the 95th percentile, and questions to the database.

    placewell demo --build-only && python -m bench.pages [--times 20]

Through the whole application (row security, templates), without the network.
"""

import argparse
import os
import time

PAGES = {
    "placements": (
        "/",
        "/placements/",
        "/placements/referrals/",
        "/children/",
        "/market/",
        "/market/vacancies/",
        "/contracts/",
    ),
    "finance": ("/", "/budget/", "/budget/commitments/", "/governance/"),
    "provider": ("/", "/placements/sent-to-us/"),
}


def main() -> None:
    """Run and print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--times", type=int, default=20)
    times = words.parse_args().times
    os.environ |= {"PLACEWELL_MODE": "demo", "PLACEWELL_DATABASE": "placewell_demo"}
    from placewell.cli import django_ready

    django_ready.start()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from placewell.accounts.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    print(f"{'who':12} {'page':28} {'status':>6} {'questions':>9} {'median ms':>9} {'p95 ms':>7}")
    for who, paths in PAGES.items():
        client = Client()
        client.force_login(User.objects.get(email=f"{who}@demo.example"))
        for path in paths:
            took = []
            for _ in range(times):
                with CaptureQueriesContext(connection) as asked:
                    began = time.perf_counter()
                    answer = client.get(path)
                    b"".join(answer.streaming_content) if answer.streaming else answer.content
                    took.append((time.perf_counter() - began) * 1000)
            took.sort()
            print(
                f"{who:12} {path:28} {answer.status_code:6} {len(asked):9} {took[len(took) // 2]:9.0f} "
                f"{took[int(len(took) * 0.95) - 1]:7.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
