"""A process that trains models and asks them, kept warm: what takes Rasa long, its imports and the encoder, is paid once.

`python -m frontdesk.assistant.workshop` reads one JSON object a line and answers each in lines of JSON, in order:

    {"job": "train", "model": PATH}                          {"step": "learning topics and intents"} ...  {"done": SECONDS}
    {"job": "ask", "model": PATH, "questions": [...]}        {"asked": 50} ...                            {"done": [...]}
    {"job": "try", "model": PATH, "question": {...}}                                                      {"done": {...}}
    {"job": "nearest", "text": TEXT, "count": 8}                                                          {"done": [...]}

A question has `text` and `previous`; what comes back is what `frontdesk ask` prints. `try` adds `messages`, the replies as the
gateway gets them; `nearest` says which examples of the files a message is nearest to. What fails is answered with
{"failed": WHY}, and the next job is taken all the same. It ends with its standard input, or by itself after `IDLE_S`.
`frontdesk.publishing.workshop` is the other end. Nothing that a visitor wrote is logged.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import select
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from rasa.shared.core.events import BotUttered

from frontdesk.assistant import transcript
from frontdesk.assistant.agent import Assistant
from frontdesk.assistant.nearest import Examples
from frontdesk.assistant.training import train
from frontdesk.publishing.steps import STEPS
from frontdesk.text.logs import quieten

IDLE_S = 1800
"""Seconds without a job after which the memory is given back."""
NICENESS = 15
"""A fifteenth or so of what a process that answers visitors gets, when there is not enough for both."""
_KEPT = 2
"""Models held at once: the published one and a draft."""
_REPORT_EVERY = 50

Say = Callable[[dict[str, Any]], None]


class ListenedTo(Assistant):
    """An assistant that remembers its last replies as the gateway gets them."""

    messages: tuple[dict[str, Any], ...] = ()

    async def _say(self, *said: Any) -> tuple[dict[str, Any], list[BotUttered]]:
        parse, replies = await super()._say(*said)
        self.messages = tuple(transcript.message_of(reply) for reply in replies)
        return parse, replies


class Workshop:
    """Does one job after the other."""

    def __init__(self, say: Say) -> None:
        """Take what sends an answer."""
        self._say = say
        self._loop = asyncio.new_event_loop()
        self._loaded: dict[Path, ListenedTo] = {}
        self._examples = Examples(Path("data"))

    def do(self, job: dict[str, Any]) -> None:
        """Do a job and say what came of it, a failure included."""
        try:
            done = {"train": self._train, "ask": self._ask, "try": self._try, "nearest": self._nearest}[job["job"]](job)
        except Exception as err:
            # One bad job must not end the process; the other end shows the reason.
            cause: BaseException = err
            while cause.__cause__ is not None:
                cause = cause.__cause__
            self._say({"failed": f"{cause} ({type(cause).__name__})"})
        else:
            self._say({"done": done})

    def _train(self, job: dict[str, Any]) -> float:
        started = time.monotonic()
        watch = _Steps(self._say)
        logger = logging.getLogger("rasa.engine.training.hooks")
        before = logger.level, logger.propagate
        logger.addHandler(watch)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        try:
            train(Path(job["model"]))
        finally:
            logger.removeHandler(watch)
            logger.level, logger.propagate = before
        return round(time.monotonic() - started, 1)

    def _ask(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        assistant = self._assistant(Path(job["model"]))
        answers = []
        for question in job["questions"]:
            answers.append(self._answer(assistant, question))
            if len(answers) % _REPORT_EVERY == 0:
                self._say({"asked": len(answers)})
        return answers

    def _try(self, job: dict[str, Any]) -> dict[str, Any]:
        assistant = self._assistant(Path(job["model"]))
        return {**self._answer(assistant, job["question"]), "messages": assistant.messages}

    def _nearest(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        return [asdict(near) for near in self._examples.nearest(job["text"], job["count"])]

    def _answer(self, assistant: Assistant, question: dict[str, Any]) -> dict[str, Any]:
        return asdict(self._loop.run_until_complete(assistant.ask(question["text"], question.get("previous") or ())))

    def _assistant(self, model: Path) -> ListenedTo:
        # Taken out and put back, so that the first is the one that was used longest ago.
        assistant = self._loaded.pop(model, None) or ListenedTo(model)
        self._loaded[model] = assistant
        while len(self._loaded) > _KEPT:
            self._loaded.pop(next(iter(self._loaded)))
        return assistant


class _Steps(logging.Handler):
    """Says which step of a training has begun."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        for component, step in STEPS.items():
            if message.startswith("Starting to train") and component in message:
                self._say({"step": step})


def main() -> None:
    """Work until there is no more to do."""
    answers = _own_output()
    # Trained and served on the same processors: visitors come first.
    os.nice(NICENESS)
    quieten()

    def say(answer: dict[str, Any]) -> None:
        print(json.dumps(answer, ensure_ascii=False), file=answers, flush=True)

    workshop = Workshop(say)
    say({"done": "ready"})
    # Read without a buffer: select() does not see what a buffer has taken already.
    with os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0) as jobs:
        waiting = b""
        while select.select([jobs], [], [], IDLE_S)[0]:
            chunk = jobs.read(65536)
            if not chunk:
                return
            *lines, waiting = (waiting + chunk).split(b"\n")
            for line in lines:
                workshop.do(json.loads(line))


def _own_output() -> TextIO:
    """Return standard output for answers alone; what any library prints goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


if __name__ == "__main__":
    main()
