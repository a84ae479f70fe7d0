"""The near end of the workshop: a process of its own that trains and asks models, started when it is first needed.

WorkshopError
├── JobFailed         the job could not be done; the message says why
├── WorkshopBusy      another job is under way, and it was not to be waited for
└── WorkshopStopped   the process ended in the middle, killed or out of memory; the next job starts it again

What is said over the pipe is described at the far end, `frontdesk.assistant.workshop`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontdesk.publishing.replay import Heard, Question

Progress = Callable[[str], None]
_LINE_BYTES = 64 * 2**20


class WorkshopError(Exception):
    """Raised when a model could not be trained or asked; base of the three below."""


class JobFailed(WorkshopError):
    """Raised when the job itself failed, such as a model that cannot be loaded."""


class WorkshopBusy(WorkshopError):
    """Raised when the jobs before took longer than one was willing to wait."""


class WorkshopStopped(WorkshopError):
    """Raised when the process ended before it had answered."""


@dataclass(frozen=True)
class Tried:
    """What a model made of one question, and what a visitor would see."""

    heard: Heard
    category: str | None
    """Of the alarm that was raised, if any."""
    messages: tuple[Mapping[str, Any], ...]
    """As Rasa gives them to the gateway: `text`, `buttons`, `custom`, `metadata`."""


@dataclass(frozen=True)
class Near:
    """An example of the project's files."""

    name: str
    """Of its topic or plain intent."""
    is_topic: bool
    text: str
    likeness: float
    """The cosine of the two meanings; 1 is the same."""


class Workshop:
    """Trains and asks models, one job at a time; use it as an asynchronous context."""

    def __init__(self, project: Path) -> None:
        """Take the project's folder, in which the process works."""
        self._project = project
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Workshop:
        """Return itself; the process starts with the first job."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the process."""
        await self.stop()

    @property
    def pid(self) -> int | None:
        """The process, for whoever must look at it or end it."""
        return self._process.pid if self._process else None

    async def train(self, model: Path, progress: Progress = lambda _: None) -> float:
        """Train the project into a file and return the seconds it took.

        Raises:
            WorkshopError: One of its kinds; there is then no such file.
        """
        return float(await self._do({"job": "train", "model": _whole(model)}, lambda said: progress(str(said.get("step", "")))))

    async def ask(self, model: Path, questions: Sequence[Question], progress: Progress = lambda _: None) -> list[Heard]:
        """Return what a model makes of questions, in their order.

        Raises:
            WorkshopError: One of its kinds.
        """
        if not questions:
            return []
        job = {"job": "ask", "model": _whole(model), "questions": [_told(question) for question in questions]}
        done = await self._do(job, lambda said: progress(f"asked {said.get('asked', 0)} of {len(questions)}"))
        return [Heard.of(outcome) for outcome in done]

    async def try_out(self, model: Path, question: Question, *, wait_s: float) -> Tried:
        """Return what a model makes of one question, with the replies as a visitor would get them.

        Args:
            wait_s: How long jobs before it may take, in seconds.

        Raises:
            WorkshopError: One of its kinds.
        """
        done = await self._do({"job": "try", "model": _whole(model), "question": _told(question)}, wait_s=wait_s)
        return Tried(Heard.of(done), (done["safety"] or {}).get("category"), tuple(done["messages"]))

    async def nearest(self, text: str, *, wait_s: float, count: int = 8) -> list[Near]:
        """Return the examples of the files that mean most nearly what a message means, the nearest first.

        Raises:
            WorkshopError: One of its kinds.
        """
        return [Near(**near) for near in await self._do({"job": "nearest", "text": text, "count": count}, wait_s=wait_s)]

    async def stop(self) -> None:
        """End the process, if it runs."""
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.stdin:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _do(
        self, job: Mapping[str, Any], heard: Callable[[Mapping[str, Any]], None] = lambda _: None, *, wait_s: float | None = None
    ) -> Any:
        async with self._next_turn(wait_s):
            process = await self._start()
            try:
                return await self._converse(process, job, heard)
            except BaseException:
                # A process that still works on a job whose answer nobody waits for would answer the next one with it.
                if not isinstance(sys.exception(), JobFailed):
                    await self._kill()
                raise

    @contextlib.asynccontextmanager
    async def _next_turn(self, wait_s: float | None) -> AsyncIterator[None]:
        """Hold the workshop; not waiting longer than that, when it is given."""
        try:
            async with asyncio.timeout(wait_s):
                await self._turn.acquire()
        except TimeoutError as err:
            raise WorkshopBusy("the workshop is busy with another job") from err
        try:
            yield
        finally:
            self._turn.release()

    async def _converse(
        self, process: asyncio.subprocess.Process, job: Mapping[str, Any], heard: Callable[[Mapping[str, Any]], None]
    ) -> Any:
        if process.stdin is None:
            raise WorkshopStopped("the workshop takes no jobs")
        try:
            process.stdin.write(json.dumps(job).encode() + b"\n")
            await process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as err:
            raise WorkshopStopped("the workshop ended before it could take the job; try again") from err
        while True:
            said = await self._hear(process)
            if "failed" in said:
                raise JobFailed(str(said["failed"]))
            if "done" in said:
                return said["done"]
            heard(said)

    async def _start(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "frontdesk.assistant.workshop",
                cwd=self._project,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LINE_BYTES,
            )
            await self._hear(self._process)
        return self._process

    async def _hear(self, process: asyncio.subprocess.Process) -> Mapping[str, Any]:
        if process.stdout is None:
            raise WorkshopStopped("the workshop says nothing")
        line = await process.stdout.readline()
        if not line.endswith(b"\n"):
            status = await process.wait()
            self._process = None
            raise WorkshopStopped(f"the workshop ended with status {status} in the middle of its work; try again")
        said: Mapping[str, Any] = json.loads(line)
        return said

    async def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._process = None


def _told(question: Question) -> dict[str, Any]:
    return {"text": question.text, "previous": list(question.previous)}


def _whole(model: Path) -> str:
    """Return a path that means the same in another folder."""
    return str(model.resolve())
