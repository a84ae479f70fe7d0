"""`frontdesk purge`: delete what is too old, now instead of at the next round."""

import argparse
from pathlib import Path
from typing import Any

from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder
from frontdesk.record import Record, RecordMisconfigured, Settings, StoreUnavailable
from frontdesk.text.logs import quieten


def add_parser(subparsers: Any) -> None:
    """Add `purge` to the command."""
    parser = subparsers.add_parser("purge", help="delete conversations that are older than 24 hours, and records that are too old")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Delete old conversations and old records, and say how much went.

    Raises:
        CannotRun: When the tracker store cannot be opened or is of a kind that cannot be purged, or the record cannot be
            opened.
    """
    project_folder()
    quieten()
    from frontdesk.assistant import conversations

    try:
        events = conversations.purge(conversations.open_store(Path("endpoints.yml")))
        record = Record(Settings.of_installation())
        gone = record.purge()
        record.close()
    except (conversations.ErasureUnsupported, conversations.ConversationsUnavailable, RecordMisconfigured) as err:
        raise CannotRun(str(err)) from err
    except StoreUnavailable as err:
        raise CannotRun(f"the record of conversations cannot be opened ({err})") from err
    print(f"Deleted {events} events of old conversations.")
    print(f"Deleted {gone.turns} recorded messages, and the counts of {gone.days} days.")
    return 0
