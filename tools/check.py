"""Run every check that needs no browser and no time; all of them, even when one fails."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
CHECKS = {
    "format": [str(BIN / "ruff"), "format", "--check", "-q", "."],
    "lint": [str(BIN / "ruff"), "check", "-q", "."],
    "types": [str(BIN / "mypy"), "--no-error-summary"],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "dependencies": [str(BIN / "deptry"), "placewell", "tests"],
    "migrations": [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
    "shape and locks": [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/shape"],
}


def main() -> int:
    """Run the checks, show what those say that fail, and return 1 when one did."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "placewell.config.settings", "PLACEWELL_MODE": "test"}
    failed = []
    for name, command in CHECKS.items():
        start = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - start:.0f} s)", flush=True)
        if done.returncode:
            failed.append(name)
            print((done.stdout + done.stderr)[-6000:], flush=True)
    print(
        f"{len(CHECKS) - len(failed)} of {len(CHECKS)} checks passed."
        + (f" Failed: {', '.join(failed)}." if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
