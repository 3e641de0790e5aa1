"""Run the tests: all of them, in three processes, or the part that the arguments name."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Files in the order of `tests/conftest.py`: the slowest first, so that no process waits long for the other at the end.
ALL = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
# The shell is Chromium without its windows: the same pages for two thirds of the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser() -> str | None:
    """Return the path of a browser to test with: CHROMIUM, or the first one found."""
    return os.environ.get("CHROMIUM") or next((found for name in BROWSERS if (found := shutil.which(name))), None)


def main(arguments: list[str]) -> int:
    """Run pytest and return its exit code."""
    command = [sys.executable, "-m", "pytest", "-q", *(arguments or ALL)]
    environment = os.environ | {"PLACEWELL_MODE": "test"}
    if found := browser():
        environment["CHROMIUM"] = found
    else:
        print(
            "No browser here, so the tests that need one are left out. To run them too, install Chromium "
            "(on Debian: apt-get install chromium-headless-shell, or chromium) or set CHROMIUM to a browser's path.\n",
            flush=True,
        )
        command += ["-m", "not browser"]
    # The migrated database that the tests copy is made while they are being collected.
    ahead = (
        None if arguments else subprocess.Popen([sys.executable, "-m", "tests.databases"], cwd=ROOT, env=environment)
    )
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    if ahead:
        ahead.wait()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
