"""How long staff wait for a page of the console: topics, one topic, hints while writing, and the inbox.

The console runs in this process over a project of its own, made of this one's topics: 100 of them with 5,000 examples, and
50,000 messages in the inbox. A page's time is from the request to its last byte.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import itertools
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from benchmarks.record import fill_inbox, made_up_messages
from frontdesk.cli.project import project_folder
from frontdesk.console.app import create_app
from frontdesk.console.keys import INBOX, PEOPLE, SESSIONS
from frontdesk.console.middleware import COOKIE, form_key
from frontdesk.console.settings import Settings
from frontdesk.faq.editing import TopicFolder
from frontdesk.record import Record
from frontdesk.record import Settings as RecordSettings
from frontdesk.record.counts import Measure
from frontdesk.record.tables import counts
from frontdesk.staff.people import Role
from frontdesk.text.logs import quieten

_COUNTED_DAYS = 90


def add_parser(subparsers: Any) -> None:
    """Add `console` to the benchmarks."""
    parser = subparsers.add_parser("console", help="how long staff wait for a page")
    parser.add_argument("--topics", type=int, default=100)
    parser.add_argument("--examples", type=int, default=5_000, help="in all topics together")
    parser.add_argument(
        "--messages", type=int, default=50_000, help="how many the inbox holds; sorting them in for the first time is timed"
    )
    parser.add_argument("--rounds", type=int, default=20, help="how often each page is asked for")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the times and return 0."""
    root = project_folder()
    quieten()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_measure(root, Path(folder), args))
    return 0


async def _measure(root: Path, scratch: Path, args: argparse.Namespace) -> None:
    project, record = scratch / "project", Record(RecordSettings(f"sqlite:///{scratch / 'record.db'}"))
    topics, examples = _make_topics(root, project, args.topics, args.examples)
    _make_counts(record, topics)
    fill_inbox(record, made_up_messages(args.messages))
    settings = Settings(
        project=project, models_dir=scratch / "models", database_url=f"sqlite:///{scratch / 'staff.db'}", widget_dir=root / "widget"
    )
    app = create_app(settings, record, scratch)
    person = app[PEOPLE].add("Ana", "four green chairs outside", Role.EDITOR)
    secret = app[SESSIONS].start(person)
    print(f"{len(topics)} topics, {examples:,} examples, {args.messages:,} messages")
    async with TestClient(TestServer(app)) as client:
        headers = {"Cookie": f"{COOKIE}={secret}", "Origin": str(client.make_url("/")).rstrip("/")}

        async def read(path: str) -> None:
            async with client.get(path, headers=headers, allow_redirects=False) as answer:
                await answer.read()
                answer.raise_for_status()

        longest = max(topics, key=lambda name: len(TopicFolder(project).open(name).draft.examples))
        draft = TopicFolder(project).open(longest).draft
        typed = {
            "form_key": form_key(secret),
            "title": draft.title,
            "answer": draft.answer,
            "kind": draft.kinds[0],
            "examples": "\n".join(draft.examples),
            "owner": draft.owner,
        }

        async def ask_for_hints() -> None:
            async with client.post(f"/topics/{longest}/hints", data=typed, headers=headers) as answer:
                await answer.read()
                answer.raise_for_status()

        await _time("list of topics", lambda: read("/topics"), args.rounds, aim_ms=200)
        await _time("list of topics, searched", lambda: read("/topics?words=how+much&mark=never_asked"), args.rounds, aim_ms=200)
        await _time(f"a topic with {len(draft.examples)} examples", lambda: read(f"/topics/{longest}"), args.rounds, aim_ms=200)
        await _time("hints for it", ask_for_hints, args.rounds, aim_ms=200)
        began = time.perf_counter()
        await asyncio.to_thread(app[INBOX].sort_in)
        print(f"{'putting all messages into groups, once':<44}{time.perf_counter() - began:>9.1f} s")
        last = (app[INBOX].page().total - 1) // 50 + 1
        await _time("inbox, first page", lambda: read("/inbox"), args.rounds, aim_ms=500)
        await _time("inbox, last page", lambda: read(f"/inbox?page={last}"), args.rounds, aim_ms=500)
        first = app[INBOX].page().groups[0].id
        await _time("a group of the inbox", lambda: read(f"/inbox/{first}"), args.rounds, aim_ms=500)


async def _time(name: str, work: Callable[[], Awaitable[None]], rounds: int, *, aim_ms: int) -> None:
    """Print the first time, in which files are read, and median and worst of those after it."""
    seconds = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - began)
    first, *others = (one * 1000 for one in seconds)
    print(f"{name:<44}{statistics.median(others):>9.1f} ms  (aim: under {aim_ms} ms; worst {max(others):.0f} ms, the first {first:.0f} ms)")


def _make_topics(root: Path, project: Path, number: int, examples: int) -> tuple[Sequence[str], int]:
    """Fill a project with topics, copies of this one's under other names, until there are enough; return names and examples."""
    shutil.copytree(root / "clinic", project / "clinic")
    shutil.copytree(root / "data" / "nlu", project / "data" / "nlu")
    (project / "data" / "faq").mkdir(parents=True)
    source, made = TopicFolder(root), TopicFolder(project)
    texts = itertools.cycle([example for name in source.names() for example in source.open(name).draft.examples])
    names = [f"{name}_{place}" for place, name in zip(range(number), itertools.cycle(source.names()), strict=False)]
    for place, name in enumerate(names):
        draft = source.open(name.rpartition("_")[0]).draft
        count = examples // number + (place < examples % number)
        # No two alike: a copy would be refused as an example of another topic.
        own = tuple(f"{next(texts)} {name}" for _ in range(count))
        made.add(name, replace(draft, title=f"{draft.title[:30]} {place}", examples=own))
    return names, sum(len(made.open(name).draft.examples) for name in names)


def _make_counts(record: Record, topics: Sequence[str]) -> None:
    """Count for each of the last days that each topic was asked."""
    today = dt.datetime.now(dt.UTC).date()
    days = [(today - dt.timedelta(days=back)).isoformat() for back in range(_COUNTED_DAYS)]
    rows = [{"day": day, "measure": Measure.TOPIC, "of": topic, "number": 3} for day in days for topic in topics[1:]]
    rows += [{"day": day, "measure": Measure.QUESTIONS, "of": of, "number": 40} for day in days for of in ("answer", "suggest", "handoff")]
    with record.database.writing() as connection:
        connection.execute(counts.insert(), rows)
