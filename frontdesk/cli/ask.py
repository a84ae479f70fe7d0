"""`frontdesk ask`: what the assistant makes of a message, as JSON, without a server."""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder, require_model
from frontdesk.text.logs import quieten


def add_parser(subparsers: Any) -> None:
    """Add `ask` to the command."""
    parser = subparsers.add_parser("ask", help="ask the assistant one question, or many from a file, and print JSON")
    parser.add_argument("text", nargs="?", help="the message")
    parser.add_argument("--batch", metavar="FILE", help="JSONL with id, text and optionally previous; '-' reads standard input")
    parser.add_argument(
        "--now", metavar="ISO", help="the time at which the visitor writes, e.g. 2026-11-24T09:00:00-08:00; passed on to actions"
    )
    parser.add_argument("--model", type=Path, help="a model file (the newest in models/)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one JSON object, or one a line."""
    if (args.text is None) == (args.batch is None):
        raise CannotRun('give either a message, as in: frontdesk ask "Where can I park?", or --batch FILE')
    project_folder()
    now = _check_time(args.now)
    questions = list(read_questions(args.batch)) if args.batch else [{"id": None, "text": args.text, "previous": []}]
    assistant = load_assistant(args.model)
    asyncio.run(_answer(assistant, questions, now, indent=None if args.batch else 2))
    return 0


def load_assistant(model: Path | None) -> Any:
    """Return the in-process assistant, with Rasa kept from printing what visitors write.

    Raises:
        CannotRun: When there is no model, or it or a file of the clinic cannot be loaded.
    """
    path = require_model(model)
    quieten()
    from frontdesk.assistant.agent import Assistant

    try:
        return Assistant(path)
    except Exception as err:
        cause: BaseException = err
        while cause.__cause__ is not None:
            cause = cause.__cause__
        raise CannotRun(f"{path} cannot be loaded: {cause} ({type(cause).__name__}); train again with 'frontdesk train'") from err


def read_questions(source: str) -> Iterator[dict[str, Any]]:
    """Yield questions from JSONL, each with `id`, `text` and `previous` as a list; other fields are kept.

    Raises:
        CannotRun: When the file cannot be read or a line is not such an object.
    """
    try:
        # Not splitlines(): JSON may hold line separators other than the newline inside a string.
        lines = (sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")).split("\n")
    except (OSError, UnicodeDecodeError) as err:
        raise CannotRun(f"{source} cannot be read: {err}") from err
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except json.JSONDecodeError as err:
            raise CannotRun(f"{source}:{number}: is not JSON: {err.msg}") from err
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            raise CannotRun(f'{source}:{number}: must be an object with a "text", such as {{"id": "1", "text": "hours?"}}')
        previous = entry.get("previous") or []
        previous = [previous] if isinstance(previous, str) else previous
        if not isinstance(previous, list) or not all(isinstance(said, str) for said in previous):
            raise CannotRun(f'{source}:{number}: "previous" must be a string or a list of strings')
        yield {**entry, "id": entry.get("id"), "previous": previous}


async def _answer(assistant: Any, questions: list[dict[str, Any]], now: str | None, *, indent: int | None) -> None:
    for question in questions:
        outcome = await assistant.ask(question["text"], question["previous"], now=now)
        print(json.dumps({"id": question["id"], **asdict(outcome)}, ensure_ascii=False, indent=indent), flush=indent is not None)


def _check_time(now: str | None) -> str | None:
    if now is None:
        return None
    try:
        parsed = datetime.fromisoformat(now)
    except ValueError as err:
        raise CannotRun(f"--now {now} is not a time such as 2026-11-24T09:00:00-08:00") from err
    if parsed.tzinfo is None:
        raise CannotRun(f"--now {now} has no time zone; add one, such as -08:00")
    return parsed.isoformat()
