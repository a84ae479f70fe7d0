"""`frontdesk alarms`: how often visitors were sent to emergency care, a crisis line or a doctor."""

import argparse
import datetime as dt
from typing import Any

from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder
from frontdesk.safety.record import RETENTION, AlarmRecord, RecordUnavailable


def add_parser(subparsers: Any) -> None:
    """Add `alarms` to the command."""
    parser = subparsers.add_parser("alarms", help="count the alarms of the last days by category; no words are kept")
    parser.add_argument("--days", type=int, default=30, help="how many days back (30; kept are 90)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a line for each category.

    Raises:
        CannotRun: When the number of days makes no sense or the record cannot be read.
    """
    if not 0 < args.days <= RETENTION.days:
        raise CannotRun(f"--days must be from 1 to {RETENTION.days}; older alarms are not kept")
    project_folder()
    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=args.days)
    try:
        counts = AlarmRecord.of_installation().counts(since)
    except RecordUnavailable as err:
        raise CannotRun(f"the record of alarms cannot be read: {err}") from err
    print(f"{'tier':<12}{'category':<20}{'alarms':>8}{'meant generally':>18}")
    for count in counts:
        print(f"{count.tier:<12}{count.category:<20}{count.alarms:>8}{count.meant_generally:>18}")
    print(f"{sum(count.alarms for count in counts)} alarms in the last {args.days} days")
    return 0
