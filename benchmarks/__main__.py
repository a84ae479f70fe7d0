"""`python -m benchmarks`: choose a benchmark."""

import argparse
import sys

from benchmarks import booking, comparison, console, dates, editing, growth, publishing, record, safety, widgets, worker
from frontdesk.cli.errors import CannotRun


def main(arguments: list[str] | None = None) -> int:
    """Run one benchmark and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="BENCHMARK")
    for benchmark in (booking, comparison, console, dates, editing, growth, publishing, record, safety, widgets, worker):
        benchmark.add_parser(subparsers)
    args = parser.parse_args(arguments)
    try:
        status: int = args.run(args)
    except CannotRun as err:
        print(err, file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
