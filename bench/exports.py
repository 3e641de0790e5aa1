"""Time the analytical export of the demo council by years, and say how fast its rows are read and written: `placewell demo` first.

Run: `.venv/bin/python -m bench.exports`. CPU time of this process; the database's own is beside it.
"""

import os
import resource
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Write the last one, three and six years."""
    os.environ["PLACEWELL_MODE"] = "demo"
    os.environ.setdefault("PLACEWELL_DATABASE", "placewell_demo")
    from placewell.cli import django_ready

    django_ready.start()
    from django.utils import timezone

    from placewell.accounts import queries as accounts
    from placewell.outcomes import actions, analytical
    from placewell.storage.context import Scope, acting

    council = accounts.council_named(name="")
    for years in (1, 3, 6):
        with tempfile.TemporaryDirectory() as folder, acting(Scope.of_council(council.pk)):
            spent, clock = time.process_time(), time.monotonic()
            export = actions.export_analytical(years=years, by=accounts.worker(council=council), now=timezone.now())
            counts = analytical.write(export, Path(folder) / "export")
            spent, clock = time.process_time() - spent, time.monotonic() - clock
            size = sum(path.stat().st_size for path in (Path(folder) / "export").iterdir())
        rows = sum(counts.values())
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{years} years: {rows:>7,} rows of {len(counts)} tables, {size / 1e6:.1f} MB: {spent:.2f} s of CPU "
            f"({clock:.1f} s by the clock), {1e6 * spent / max(1, rows):.0f} µs a row, at most {most:.0f} MB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
