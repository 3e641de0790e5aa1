"""Time the forecast: loading 25,000 and 630,000 episodes, 1,000 six-year futures, the expected-value grid, the command.

python -m bench.forecast_speed
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from placewell.engines.forecast.expected import expected_census
from placewell.engines.forecast.fit import fit
from placewell.engines.forecast.load import Source, read_tables
from placewell.engines.forecast.problem import Limits, Problem
from placewell.engines.forecast.scenarios import BASELINE
from placewell.engines.forecast.solve import futures_of
from placewell.engines.forecast.spells import build_spells
from tests.engines.forecast.world import SMOOTH, World


def copies(folder: Path, episodes: int) -> list[Source]:
    """Return a return of so many episodes: one council's rows under new child numbers."""
    rows = (folder / "episodes.csv").read_text().splitlines()
    heads = (folder / "header.csv").read_text().splitlines()
    times = -(-episodes // (len(rows) - 1))
    text = "\n".join([rows[0], *(f"{k}A{row}" for k in range(times) for row in rows[1:])][: episodes + 1]).encode()
    head = "\n".join([heads[0], *(f"{k}A{row}" for k in range(times) for row in heads[1:])]).encode()
    return [Source("header.csv", "header", 1, lambda: head), Source("episodes.csv", "episodes", 1, lambda: text)]


def main() -> None:
    """Run and print seconds of CPU."""
    with tempfile.TemporaryDirectory() as name:
        World(SMOOTH, 1).write(Path(name), by_year=False)
        for size in (1000, 25_000, 630_000):
            sources = copies(Path(name), size)
            began = time.process_time()
            spells, _ = build_spells(read_tables(sources))
            took = time.process_time() - began
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{size:7,} episodes: {took:.2f} s, {len(spells.child):,} spells, peak {peak:.0f} MB")
    for entries in (68, 680):
        world = World(replace(SMOOTH, entries=float(entries)), 2)
        problem = Problem(world.spells(), world.window, world.as_of, Limits())
        for again in (False, True):
            began = time.process_time()
            fitted = fit(problem)
            between = time.process_time()
            futures_of(fitted, BASELINE, 1, 1000)
            after = time.process_time()
            expected_census(fitted)
            if again:
                print(
                    f"{len(fitted.people)} children: fit {between - began:.2f} s, 1,000 six-year futures "
                    f"{after - between:.2f} s, grid {time.process_time() - after:.2f} s"
                )
    command(World(replace(SMOOTH, entries=68.0), 2))


def command(world: World) -> None:
    """Run the whole command with nothing compiled yet, and again."""
    with tempfile.TemporaryDirectory() as name:
        world.write(Path(name) / "in")
        words = [sys.executable, "-m", "placewell.cli.main", "forecast", f"{name}/in", "--out", f"{name}/out"]
        for said in ("nothing compiled", "compiled"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(words, env=os.environ | {"NUMBA_CACHE_DIR": f"{name}/cache"}, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"the command, {said}: {took:.1f} s")


if __name__ == "__main__":
    main()
