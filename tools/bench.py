"""Run the benchmarks, each in a process of its own: all of them, even when one fails, or those that the arguments name."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Those that take longer alone than all the others together: smaller here, whole when run by themselves.
SMALLER = {"forecast": ["--councils", "1", "--kinds", "smooth", "hard_drift"], "routing": ["--seeds", "1", "2"]}
DEMO = [str(Path(sys.executable).parent / "placewell"), "demo", "--build-only"]
NEEDS = dict.fromkeys(("exports", "fairness", "outcomes", "pages", "reconcile", "visits"), DEMO)
MINUTES = 10


def benches() -> list[str]:
    """Return the names of the modules in bench/ that can be run."""
    return sorted(path.stem for path in (ROOT / "bench").glob("*.py") if "__main__" in path.read_text())


def main(wanted: list[str]) -> int:
    """Run the benchmarks and return 1 when one failed."""
    if unknown := set(wanted) - set(benches()):
        print(
            f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(benches())}.", file=sys.stderr
        )
        return 2
    failed = []
    for name in wanted or benches():
        command = [sys.executable, "-m", f"bench.{name}", *SMALLER.get(name, [])]
        print(f"\n== {' '.join(command[1:])}", flush=True)
        start = time.monotonic()
        try:
            for each in (NEEDS.get(name), command):
                if each:
                    subprocess.run(each, cwd=ROOT, env=os.environ, check=True, timeout=MINUTES * 60)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as wrong:
            failed.append(name)
            print(f"FAILED: {wrong}", flush=True)
        print(f"({time.monotonic() - start:.0f} s)", flush=True)
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
