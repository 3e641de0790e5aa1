"""Find the command, read its arguments, run it; a refusal is a clear line and exit code 2."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from placewell import __version__
from placewell.kernel.errors import BadInput, Refused

# command → (module in placewell.cli, what it does in one line)
COMMANDS = {
    "demo": ("demo", "serve a made-up council to look around in"),
    "serve": ("serve", "serve the application in production"),
    "worker": ("worker", "run the jobs: deadlines, alerts, mail"),
    "migrate": ("migrate", "bring the database up to this version"),
    "check": ("check", "check the settings, the database, the invariants or the audit trail"),
    "import": ("imports", "bring in a return or a register"),
    "export": ("exports", "write data out"),
    "forecast": ("forecast", "how many children, in which kind of home, at what cost, and how sure"),
    "match": ("match", "suggest homes for children, jointly and exactly"),
    "simulate-market": ("simulate_market", "try ways of placing children in a simulated market"),
    "plan-visits": ("plan_visits", "plan statutory visits over weeks"),
    "choose-capacity": ("choose_capacity", "choose which places to buy in advance when demand is uncertain"),
    "score-bids": ("score_bids", "rank bids on price and quality under a published formula, exactly"),
}


def parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser, with the arguments of the one command that *argv* names."""
    top = argparse.ArgumentParser(prog="placewell", description="Placewell: homes for looked-after children.")
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    named = next((word for word in argv if not word.startswith("-")), None)
    for name, (module, about) in COMMANDS.items():
        sub = commands.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
        if name == named:
            command = importlib.import_module(f"placewell.cli.{module}")
            command.add_arguments(sub)
            sub.set_defaults(run=command.run)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 a check found something, 2 refused."""
    argv = sys.argv[1:] if argv is None else argv
    args = parser(argv).parse_args(argv)
    try:
        return args.run(args) or 0
    except BadInput as bad:
        for fault in bad.faults:
            print(f"placewell {args.command}: {fault}", file=sys.stderr)
    except (Refused, FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as refusal:
        print(f"placewell {args.command}: {refusal}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 2


if __name__ == "__main__":
    sys.exit(main())
