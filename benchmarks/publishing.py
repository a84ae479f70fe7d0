"""`python -m benchmarks publishing`: how long it takes from a saved change to the first visitor who meets it, and what the others notice.

A copy of the project is served by the real stack. Twenty visitors chat all the time, with a few seconds to think between
their questions. A topic is saved, a new version is prepared in the console with all of its checks, the visitors' own
questions so far are replayed, and it is published; the clock stops when a visitor reads the change.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import re
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, CookieJar

from benchmarks.measures import percentile
from benchmarks.measuring import machine
from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import require_model
from frontdesk.faq.editing import TopicFolder

_ASKED = Path(__file__).parent / "development" / "one_question.jsonl"
_TOPIC, _QUESTION = "location_parking", "where can I park"
_EXAMPLES = (
    "does the multi-storey behind the cinema give me free hours with you",
    "I drive a van with a roof rack, is there a height barrier",
    "my wheelchair van needs a ramp side space",
    "where do I lock a cargo bike",
    "how far is the tram stop on foot with a stick",
    "can my husband wait in the car right outside",
    "is the lane at the back one way",
    "which buzzer do I press downstairs",
)
_MARK = re.compile(r"Level \w+ of the garage is ours\. ?")
_THINKS_S = (2.0, 6.0)
_QUESTIONS = 5
"""Of one visitor; then the next one comes."""
_POLL_S = 0.25
_SOONEST_S = 240.0

_LEGEND = """
prepared   from saving the topic to "the new version is ready": checks, training, golden questions, replay
live       from saving to the first visitor who reads the change
replayed   real questions that were tried on the new version and on the one that is served
slowest    the slowest reply that any of the visitors got meanwhile, of how many; none may fail"""


@dataclass
class _Crowd:
    """Visitors who chat until they are told to stop."""

    seconds: list[float] = field(default_factory=list)
    """Of each reply since the list was emptied last."""
    failed: list[int | str] = field(default_factory=list)


def add_parser(subparsers: Any) -> None:
    """Add `publishing` to the command."""
    parser = subparsers.add_parser("publishing", help="time a change from saving to live, while visitors chat")
    parser.add_argument("--model", type=Path, help="a model file of this project's data (the newest in models/)")
    parser.add_argument("--visitors", type=int, default=20, help="how many chat at once (20)")
    parser.add_argument("--questions", type=int, default=200, help="how many real questions there are to replay, at least (200)")
    parser.add_argument("--rounds", type=int, default=3, help="changes of each kind (3)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table; 1 when a visitor's message failed."""
    from tests.stack.front_desk import front_desk

    model = require_model(args.model).resolve()
    print(", ".join(str(part) for part in machine().values()))
    questions = [json.loads(line)["text"] for line in _ASKED.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as room, front_desk(model, Path(room)) as stack:
        return asyncio.run(_measure(stack, Path(room) / "project", questions, args))


async def _measure(stack: Any, project: Path, questions: Sequence[str], args: argparse.Namespace) -> int:
    crowd, failed = _Crowd(), 0
    topics = TopicFolder(project)
    async with _chatting(stack.address, crowd, questions, args.visitors), _signed_in(stack.console_address) as console:
        while len(crowd.seconds) < args.questions:  # noqa: ASYNC110  # a second more or less is no matter
            await asyncio.sleep(1)
        quiet = list(crowd.seconds)
        print(f"\n{args.visitors} visitors, nothing else: {_replies(quiet)}")
        print(f"\n{'change':<22}{'prepared s':>12}{'live s':>9}{'replayed':>10}   slowest")
        for number in range(1 + 2 * args.rounds):
            kind = "first, process cold" if not number else "wording only" if number % 2 else "wording and examples"
            crowd.seconds.clear()
            crowd.failed.clear()
            mark = f"Level {uuid.uuid4().hex[:8]} of the garage is ours."
            began = time.perf_counter()
            _change(topics, mark, new_example=kind != "wording only")
            replayed = await console.prepare()
            prepared = time.perf_counter() - began
            await console.publish()
            await _until_read(stack.address, mark)
            live = time.perf_counter() - began
            failed += len(crowd.failed)
            noticed = f"{_replies(crowd.seconds)}; failed {len(crowd.failed)}"
            print(f"{kind:<22}{prepared:>12.1f}{live:>9.1f}{replayed:>10}   {noticed}", flush=True)
    print(_LEGEND)
    return int(bool(failed))


def _change(topics: TopicFolder, mark: str, *, new_example: bool) -> None:
    """Save the topic with another first sentence, and with one example more."""
    opened = topics.open(_TOPIC)
    answer = f"{mark} {_MARK.sub('', opened.draft.answer)}"
    examples = list(opened.draft.examples)
    if new_example:
        examples.append(next(text for text in _EXAMPLES if text not in examples))
    topics.save(_TOPIC, replace(opened.draft, answer=answer, examples=tuple(examples)), opened.fingerprint)


def _replies(seconds: Sequence[float]) -> str:
    middle, most = statistics.median(seconds), percentile(list(seconds), 99)
    return f"{1000 * max(seconds):.0f} ms of {len(seconds)} (median {1000 * middle:.0f}, 99 of 100 {1000 * most:.0f})"


class _Console:
    """Somebody who may publish, signed in."""

    def __init__(self, session: ClientSession, address: str) -> None:
        self._session, self._address = session, address

    async def _page(self, path: str) -> str:
        async with self._session.get(self._address + path) as response:
            return await response.text()

    async def _send(self, path: str, **fields: str) -> str:
        page = await self._page("/publish")
        key = re.search(r'name="form_key" value="(\w+)"', page)
        if key is None:
            raise CannotRun("the console did not let the benchmark in")
        model = re.search(r'name="model" value="([^"]+)"', page)
        data = {"form_key": key[1], **({"model": model[1]} if model else {}), **fields}
        async with self._session.post(self._address + path, data=data, headers={"Origin": self._address}) as response:
            text = await response.text()
        if response.status >= 400:
            raise CannotRun(f"{path} was answered with {response.status}: {_words(text)[:500]}")
        return text

    async def prepare(self) -> int:
        """Prepare a new version; return how many real questions were replayed."""
        await self._send("/publish/draft")
        give_up = time.monotonic() + _SOONEST_S
        while time.monotonic() < give_up:
            progress = await self._page("/publish/progress")
            if found := re.search(r"Of (\d+) real questions", progress):
                if "cannot be published" in progress:
                    raise CannotRun(_words(progress))
                return int(found[1])
            if "could not be prepared" in progress:
                raise CannotRun(_words(progress))
            await asyncio.sleep(_POLL_S)
        raise CannotRun("the new version was not ready in four minutes")

    async def publish(self) -> None:
        """Publish the version that is ready."""
        await self._send("/publish", note="benchmark")


@contextlib.asynccontextmanager
async def _signed_in(address: str) -> AsyncIterator[_Console]:
    from tests.stack.front_desk import PASSWORD, PERSON

    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        data = {"name": PERSON, "password": PASSWORD, "to": "/"}
        async with session.post(f"{address}/sign-in", data=data, headers={"Origin": address}, allow_redirects=False) as response:
            if response.status != 303:
                raise CannotRun(f"the console answered {response.status} to the sign-in")
        yield _Console(session, address)


@contextlib.asynccontextmanager
async def _chatting(address: str, crowd: _Crowd, questions: Sequence[str], visitors: int) -> AsyncIterator[None]:
    async with ClientSession() as session:
        chances = [random.Random(seed) for seed in range(visitors)]  # noqa: S311  # a draw, no secret
        tasks = [asyncio.create_task(_visit(session, address, crowd, questions, chance)) for chance in chances]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _visit(session: ClientSession, address: str, crowd: _Crowd, questions: Sequence[str], chance: random.Random) -> None:
    for number in itertools.count():
        if number % _QUESTIONS == 0:
            conversation = await _start(session, address)
        await asyncio.sleep(chance.uniform(*_THINKS_S))
        began = time.perf_counter()
        try:
            status, _ = await _say(session, address, conversation, chance.choice(questions))
        except OSError as err:
            status = 0
            crowd.failed.append(type(err).__name__)
        if status == 200:
            crowd.seconds.append(time.perf_counter() - began)
        elif status:
            crowd.failed.append(status)


async def _start(session: ClientSession, address: str) -> dict[str, Any]:
    async with session.post(f"{address}/v1/conversations", json={}) as response:
        opened: dict[str, Any] = await response.json()
    return opened


async def _say(session: ClientSession, address: str, conversation: dict[str, Any], text: str) -> tuple[int, dict[str, Any]]:
    url = f"{address}/v1/conversations/{conversation['id']}/messages"
    headers = {"Authorization": f"Bearer {conversation['token']}"}
    async with session.post(url, json={"client_message_id": uuid.uuid4().hex, "text": text}, headers=headers) as response:
        return response.status, await response.json()


async def _until_read(address: str, mark: str) -> None:
    """Ask, each time as a new visitor, until the answer holds the change."""
    async with ClientSession() as session:
        give_up = time.monotonic() + _SOONEST_S
        while time.monotonic() < give_up:
            _, reply = await _say(session, address, await _start(session, address), _QUESTION)
            if mark in str(reply):
                return
            await asyncio.sleep(_POLL_S)
    raise CannotRun("no visitor read the change in four minutes")


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())
