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
    """Delete old conversations and say how many events went."""
    store = open_store()
    from frontdesk.assistant import conversations

    try:
        print(f"Deleted {conversations.purge(store)} events of old conversations.")
    except conversations.ErasureUnsupported as err:
        raise CannotRun(str(err)) from err
    return 0


def open_store() -> Any:
    """Return the tracker store of endpoints.yml.

    Raises:
        CannotRun: When it cannot be opened.
    """
    project_folder()
    if not Path("endpoints.yml").is_file():
        raise CannotRun("there is no endpoints.yml here, so there is no tracker store to open")
    quieten()
    from rasa.core.tracker_store import TrackerStore
    from rasa.core.utils import AvailableEndpoints
    from rasa.shared.core.domain import Domain

    try:
        return TrackerStore.create(AvailableEndpoints.read_endpoints("endpoints.yml").tracker_store, domain=Domain.empty())
    except Exception as err:
        raise CannotRun(f"the tracker store of endpoints.yml cannot be opened: {err}") from err
