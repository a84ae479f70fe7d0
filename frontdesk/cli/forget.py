"""`frontdesk forget ID`: erase one conversation."""

import argparse
from pathlib import Path
from typing import Any

from frontdesk.cli.ask import quieten
from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder


def add_parser(subparsers: Any) -> None:
    """Add `forget` to the command."""
    parser = subparsers.add_parser("forget", help="erase one conversation for good")
    parser.add_argument("id", help="the conversation's id")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Erase the conversation; 1 when there is none with this id.

    Raises:
        CannotRun: When the tracker store cannot be opened or is of a kind from which nothing can be erased.
    """
    project_folder()
    quieten()
    from frontdesk.assistant import conversations

    try:
        gone = conversations.erase(conversations.open_store(Path("endpoints.yml")), args.id)
    except (conversations.ErasureUnsupported, conversations.ConversationsUnavailable) as err:
        raise CannotRun(str(err)) from err
    print(f"Erased {gone} events." if gone else "There is no such conversation.")
    return 0 if gone else 1
