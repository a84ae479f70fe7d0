"""`frontdesk purge`: delete conversations that are older than a day, now instead of within a quarter of an hour."""

import argparse
from pathlib import Path
from typing import Any

from frontdesk.cli.ask import quieten
from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder


def add_parser(subparsers: Any) -> None:
    """Add `purge` to the command."""
    parser = subparsers.add_parser("purge", help="delete conversations that are older than 24 hours")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Delete old conversations and say how many events went.

    Raises:
        CannotRun: When the tracker store cannot be opened or is of a kind that cannot be purged.
    """
    project_folder()
    quieten()
    from frontdesk.assistant import conversations

    try:
        gone = conversations.purge(conversations.open_store(Path("endpoints.yml")))
    except (conversations.ErasureUnsupported, conversations.ConversationsUnavailable) as err:
        raise CannotRun(str(err)) from err
    print(f"Deleted {gone} events of old conversations.")
    return 0
