"""`frontdesk forget ID`: erase one conversation, or show what is kept of it."""

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder
from frontdesk.record import Record, RecordMisconfigured, Settings, StoreUnavailable
from frontdesk.text.logs import quieten


def add_parser(subparsers: Any) -> None:
    """Add `forget` to the command."""
    parser = subparsers.add_parser("forget", help="erase one conversation for good, or show what is kept of it")
    parser.add_argument("id", help="the conversation's id")
    parser.add_argument("--show", action="store_true", help="erase nothing; print all that is kept of it, as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Erase the conversation wherever it is kept, or print it; 1 when there is none with this id.

    Raises:
        CannotRun: When the tracker store cannot be opened or is of a kind from which nothing can be erased, or the record
            cannot be opened.
    """
    project_folder()
    quieten()
    from frontdesk.assistant import conversations, transcript

    try:
        store = conversations.open_store(Path("endpoints.yml"))
        record = Record(Settings.of_installation())
        if args.show:
            tracker = asyncio.run(store.retrieve(args.id))
            shown = {"conversation": list(transcript.iter_turns(tracker.events)) if tracker else None, "record": record.export(args.id)}
        else:
            events, turns = conversations.erase(store, args.id), record.erase(args.id)
        record.close()
    except (conversations.ErasureUnsupported, conversations.ConversationsUnavailable, RecordMisconfigured) as err:
        raise CannotRun(str(err)) from err
    except StoreUnavailable as err:
        raise CannotRun(f"the record of conversations cannot be opened ({err})") from err
    if args.show:
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return 0 if any(shown.values()) else 1
    print(f"Erased {events} events and {turns} recorded messages." if events or turns else "There is no such conversation.")
    return 0 if events or turns else 1
