"""What the record of conversations costs a reply, and how fast the inbox lists 50,000 messages."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from frontdesk.cli.project import project_folder, require_model
from frontdesk.console.inbox import Inbox
from frontdesk.faq.store import load_topics
from frontdesk.record import Reason, Record, Settings, Turn
from frontdesk.record.tables import reasons, turns
from frontdesk.text.logs import quieten

_IN_A_ROUND = 100
_IN_A_CONVERSATION = 10
_SPLIT = 500


def add_parser(subparsers: Any) -> None:
    """Add `record` to the benchmarks."""
    parser = subparsers.add_parser("record", help="what the record of conversations costs, and how fast the inbox is")
    parser.add_argument("--model", type=Path, help="a model file (the newest in models/)")
    parser.add_argument("--messages", type=int, default=50_000, help="how many the inbox holds")
    parser.add_argument("--rounds", type=int, default=6, help="how often 100 replies are timed with and without")
    parser.add_argument("--no-replies", dest="replies", action="store_false", help="leave out what needs a model")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the figures and return 0."""
    project_folder()
    quieten()
    with tempfile.TemporaryDirectory() as folder:
        if args.replies:
            _measure_replies(args.model, Path(folder), args.rounds)
        _measure_inbox(args.messages, Path(folder))
    return 0


# Replies


def _measure_replies(model: Path | None, folder: Path, rounds: int) -> None:
    """Time the same messages with and without the record, in turns, so that a busy machine is busy for both."""
    from frontdesk.assistant.agent import Assistant
    from frontdesk.assistant.conversations import ConversationStore
    from frontdesk.assistant.recorder import ConversationRecorder, RecordedConversations

    assistant = Assistant(require_model(model))
    domain = assistant._agent.domain
    record = Record(Settings(f"sqlite:///{folder / 'record.db'}"))
    recorder = ConversationRecorder(record)
    without = ConversationStore(domain, db=str(folder / "without.db"))
    recorded = RecordedConversations(domain, db=str(folder / "with.db"), event_broker=recorder)
    questions = list(itertools.islice(_questions(), _IN_A_ROUND))
    loop = asyncio.new_event_loop()
    times: dict[str, list[float]] = {"without": [], "with": []}
    for number in range(rounds + 1):
        for name, store in (("without", without), ("with", recorded)):
            seconds = loop.run_until_complete(_converse(assistant, store, questions, f"{name}-{number}"))
            if number:  # the first round is to warm up
                times[name] += seconds
    began = time.perf_counter()
    loop.run_until_complete(recorder.close())
    waited = time.perf_counter() - began
    cost = 100 * (statistics.median(times["with"]) / statistics.median(times["without"]) - 1)
    whole = 100 * (sum(times["with"]) / sum(times["without"]) - 1)
    print(f"{'':<28}{'p50':>9}{'p99':>12}{'a second':>10}")
    for name, seconds in times.items():
        p50, p99 = statistics.median(seconds) * 1000, statistics.quantiles(seconds, n=100)[98] * 1000
        print(f"{f'reply {name} the record':<28}{p50:>6.1f} ms{p99:>9.1f} ms{1 / statistics.fmean(seconds):>10.1f}")
    print(f"the record adds {cost:+.1f} % to the median reply and {whole:+.1f} % to all of them; {recorder.dropped} turns dropped")
    print(f"closing wrote what was waiting in {waited * 1000:.0f} ms")


async def _converse(assistant: Any, store: Any, questions: Sequence[str], name: str) -> list[float]:
    from rasa.core.channels.channel import UserMessage

    from frontdesk.assistant import conversations
    from frontdesk.assistant.channel import NAME, SilentOutput

    processor = assistant._agent.processor
    processor.tracker_store = store
    times = []
    for number, text in enumerate(questions):
        conversation_id = f"{name}-{number // _IN_A_CONVERSATION}"
        message = UserMessage(text, SilentOutput(), conversation_id, input_channel=NAME, message_id=f"{name}-{number}")
        began = time.perf_counter()
        with conversations.one_turn(store):
            await store.retrieve(conversation_id)
            await processor.handle_message(message)
        times.append(time.perf_counter() - began)
    return times


def _questions() -> Iterator[str]:
    topics, _ = load_topics(Path("data/faq"))
    for examples in itertools.zip_longest(*(topic.examples for topic in topics)):
        yield from (example.text for example in examples if example is not None)


# Inbox


def _measure_inbox(messages: int, folder: Path) -> None:
    """Fill a record with made-up messages, four in five of them like another, and time what staff wait for."""
    record = Record(Settings(f"sqlite:///{folder / 'inbox.db'}"))
    made = made_up_messages(messages)
    some = list(itertools.islice(made, _SPLIT))
    with _timed() as took:
        record.add(some)
    print(f"{'keeping a message':<44}{took[0] / len(some) * 1000:>9.2f} ms")
    fill_inbox(record, made)
    inbox = Inbox(record)
    with _timed() as took:
        inbox.sort_in()
    print(f"{'putting all of them into groups, once':<44}{took[0]:>9.1f} s")
    total = inbox.page().total
    for name, number in (("first page", 1), ("last page", (total - 1) // 50 + 1)):
        seconds = []
        for _ in range(20):
            with _timed() as took:
                page = inbox.page(number=number)
                inbox.messages(page.groups[0].id)
                inbox.counts()
            seconds.append(took[0])
        print(f"{f'{name} of {total:,} groups, p50':<44}{statistics.median(seconds) * 1000:>9.1f} ms  (worst {max(seconds) * 1000:.0f} ms)")
    now = dt.datetime.now(dt.UTC)
    record.add([Turn("new", "m", now, "is there a lift", intent="nlu_fallback", decision="handoff")])
    for name, its_inbox in (("one more message", inbox), ("the same after a start", Inbox(record))):
        with _timed() as took:
            its_inbox.sort_in()
        print(f"{f'sorting in {name}':<44}{took[0] * 1000:>9.1f} ms")
        record.add([Turn("new", name, now, "is there a lift please", intent="nlu_fallback", decision="handoff")])
    record.close()


def made_up_messages(number: int) -> Iterator[Turn]:
    """Yield messages that were not understood, four in five of them like another; the same ones every time."""
    choose = random.Random(7)  # noqa: S311  # the same messages in every run
    words = sorted({word for text in _questions() for word in text.lower().split()})
    kinds = [" ".join(choose.choices(words, k=6)) for _ in range(max(number // 10, 1))]
    start = dt.datetime.now(dt.UTC)
    for place in range(number):
        text = _variation(choose, kinds)
        yield Turn(f"c{place}", f"m{place}", start, text, intent="nlu_fallback", decision="handoff", confidence=0.2)


def fill_inbox(record: Record, made: Iterator[Turn]) -> None:
    """Put rows in as `Record.add` would, without looking each up: the inbox is what is measured."""
    names = [field.name for field in fields(Turn)]
    while some := list(itertools.islice(made, _SPLIT)):
        with record.database.writing() as connection:
            first = (connection.execute(sa.select(sa.func.max(turns.c.id))).scalar_one() or 0) + 1
            rows = [{"id": first + place, **{name: getattr(turn, name) for name in names}, "weight": 3} for place, turn in enumerate(some)]
            connection.execute(turns.insert(), rows)
            connection.execute(reasons.insert(), [{"turn_id": row["id"], "reason": Reason.FELL_BACK} for row in rows])


def _variation(choose: random.Random, kinds: Sequence[str]) -> str:
    kind = choose.choice(kinds)
    return choose.choice([kind, kind + "?", kind.capitalize(), f"hi, {kind}", f"{kind} please"])


@contextmanager
def _timed() -> Iterator[list[float]]:
    took: list[float] = []
    began = time.perf_counter()
    yield took
    took.append(time.perf_counter() - began)
