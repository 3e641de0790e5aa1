"""A process that ends when the one that started it does: nothing holds the port after a demo that was killed."""

import os
import signal
import threading
import time

PARENT = "PLACEWELL_PARENT"
EVERY, GRACE = 0.5, 30  # seconds


def stop_with_starter() -> None:
    """Stop with the process that `PLACEWELL_PARENT` names, if it names one."""
    if parent := os.environ.get(PARENT):
        stop_with(int(parent))


def stop_with(parent: int) -> None:
    """Ask this process to stop once *parent* is no longer its parent, and end it when it does not."""
    threading.Thread(target=_watch, args=[parent], daemon=True, name="lifeline").start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
