"""`frontdesk publish`, `rollback` and `models`: what visitors meet, changed from the command line."""

import argparse
import asyncio
import getpass
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from frontdesk.cli.ask import read_questions
from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import models_folder, project_folder
from frontdesk.publishing.publisher import DataHasProblems, Draft, DraftGotWorse, Publisher, PublishingRefused
from frontdesk.publishing.replay import Heard, Question, Replayed
from frontdesk.publishing.serving import Serving
from frontdesk.publishing.shelf import Shelf, ShelfError
from frontdesk.publishing.workshop import Workshop, WorkshopError

_REFUSED = 1


def add_parser(subparsers: Any) -> None:
    """Add the three commands."""
    publish = subparsers.add_parser("publish", help="train, test and replay, then let visitors meet the new model")
    publish.add_argument("--model", metavar="NAME", help="a model that is there already; left out, one is trained from the files")
    publish.add_argument("--replay", metavar="FILE", help="JSONL with text and optionally previous and topic: real questions to try")
    publish.add_argument("--dry-run", action="store_true", help="do all but the last step")
    publish.set_defaults(run=run_publish)
    rollback = subparsers.add_parser("rollback", help="let visitors meet the model before the one of now again")
    rollback.set_defaults(run=run_rollback)
    for parser in (publish, rollback):
        parser.add_argument("--note", default="", help="why, for the history")
        parser.add_argument("--by", default=None, metavar="NAME", help="who, for the history (the name you are logged in with)")
    models = subparsers.add_parser("models", help="list the models, which one is published, and the history")
    models.set_defaults(run=run_models)
    for parser in (publish, rollback, models):
        parser.add_argument("--models", type=Path, default=models_folder(), help="folder of the models (FRONTDESK_MODELS_DIR)")


def run_publish(args: argparse.Namespace) -> int:
    """Publish and return 0, or 1 when the draft is refused."""
    questions = [_question(entry) for entry in read_questions(args.replay)] if args.replay else []

    async def publish(publisher: Publisher) -> int:
        examine = publisher.examine(args.model, questions, _say) if args.model else publisher.prepare(questions, _say)
        draft = await examine
        print(render_draft(draft))
        if draft.refusals or args.dry_run:
            print(f"Not published: {draft.model.name}.")
            return _REFUSED if draft.refusals else 0
        await publisher.publish(draft, by=_by(args), note=args.note)
        print(f"Published {draft.model.name}.")
        return 0

    return _with_publisher(args, publish)


def run_rollback(args: argparse.Namespace) -> int:
    """Go back and return 0."""

    async def roll_back(publisher: Publisher) -> int:
        entry = await publisher.roll_back(by=_by(args), note=args.note)
        print(f"Visitors meet {entry.model} again, in place of {entry.before}.")
        return 0

    return _with_publisher(args, roll_back)


def run_models(args: argparse.Namespace) -> int:
    """Print the models, the newest first, and the history."""
    project_folder()
    shelf = Shelf(args.models)
    try:
        published, models = shelf.published_name(), shelf.models()
    except ShelfError as err:
        raise CannotRun(str(err)) from err
    for model in models:
        print(f"{'published' if model.name == published else '':<10} {model.name}")
    for entry in shelf.history():
        note = f": {entry.note}" if entry.note else ""
        print(f"{entry.at}  {entry.action:<12} {entry.model}  {entry.by}{note}")
    return 0


def render_draft(draft: Draft) -> str:
    """Return what is known about a draft as text: the data's changes, the golden questions, the replay."""
    lines = [f"{change.name}: {_change(change.added, change.removed, changed=change.answer_changed)}" for change in draft.changes[:20]]
    if len(draft.changes) > len(lines):
        lines.append(f"and {len(draft.changes) - len(lines)} more")
    counts = draft.replay.counts()
    lines.append(f"Golden questions: {len(draft.golden.rows)}, worse {len(draft.refusals)}")
    if draft.replay.rows:
        summary = "now answered {now_answered}, changed {changed}, worse {worse}, reworded {reworded}, same {same}"
        lines.append(f"Replay of {len(draft.replay.rows)} questions: {summary.format(**counts)}")
        lines += [_replayed(row) for row in draft.replay.rows if row.kind in ("worse", "now_answered", "changed")]
    lines += [f"  refused: {refusal.question.text!r}: {_heard(refusal.live)} -> {_heard(refusal.draft)}" for refusal in draft.refusals]
    return "\n".join(lines)


def _change(added: int, removed: int, *, changed: bool) -> str:
    parts = [f"+{added}" if added else "", f"-{removed}" if removed else "", "answer changed" if changed else ""]
    return ", ".join(part for part in parts if part)


def _replayed(row: Replayed) -> str:
    return f"  {row.kind.replace('_', ' ')}: {row.question.text!r}: {_heard(row.live)} -> {_heard(row.draft)}"


def _heard(heard: Heard | None) -> str:
    if heard is None:
        return "nothing"
    return " ".join([heard.decision, *(heard.topics or heard.suggestions), *([heard.tier] if heard.tier else [])])


def _question(entry: dict[str, Any]) -> Question:
    topic = entry.get("topic")
    return Question(entry["text"], tuple(entry["previous"]), expected=topic if isinstance(topic, str) else None)


def _with_publisher(args: argparse.Namespace, do: Callable[[Publisher], Coroutine[Any, Any, int]]) -> int:
    folder = project_folder()
    rasa_url = os.environ.get("FRONTDESK_RASA_URL")

    async def work() -> int:
        async with Workshop(folder) as workshop:
            return await do(Publisher(folder, Shelf(args.models.resolve()), workshop, serving=Serving(rasa_url) if rasa_url else None))

    try:
        return asyncio.run(work())
    except (DataHasProblems, DraftGotWorse) as err:
        print(err)
        return _REFUSED
    except (PublishingRefused, ShelfError, WorkshopError) as err:
        raise CannotRun(str(err)) from err


def _by(args: argparse.Namespace) -> str:
    return args.by or getpass.getuser()


def _say(step: str) -> None:
    if step:
        print(f"... {step}", file=sys.stderr, flush=True)
