"""Progress for long work, on the terminal's error stream and only when a person is there to see it."""

import sys


class Progress:
    """Call with (done, total, words); writes one line that replaces itself."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()

    def __call__(self, done: float, total: float, words: str = "") -> None:
        if self.shown:
            share = 100 * done / total if total else 100
            print(f"\r\033[K{share:3.0f} %  {words}", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Clear the line."""
        if self.shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
