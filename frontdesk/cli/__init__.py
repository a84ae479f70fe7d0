"""The `frontdesk` command. Exit status: 0 done, 1 problems found, 2 cannot run (one clear line says why)."""

import argparse
import sys
from collections.abc import Sequence

from frontdesk.cli import alarms, ask, bench, bookings, check, doctor, evaluate, export, forget, import_, publish, purge, staff, train, up
from frontdesk.cli.errors import CannotRun

COMMANDS = (up, doctor, train, publish, check, ask, evaluate, bench, export, import_, purge, forget, bookings, alarms, staff)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = argparse.ArgumentParser(prog="frontdesk", description="A clinic's website assistant.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    args = build_parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except CannotRun as err:
        print(f"frontdesk {args.command}: {err}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
