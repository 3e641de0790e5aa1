"""HiGHS greets on standard output, once in a process, before it can be told not to: let it greet nobody."""

import os
import sys

import highspy


def quiet_solver() -> None:
    """Make the first solver of the process where its greeting is thrown away."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highspy.Highs()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
