"""The one draft that is being prepared or looked at, in the background of the console; visitors notice nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import structlog

from frontdesk.publishing.publisher import DataHasProblems, Draft, Publisher, PublishingRefused
from frontdesk.publishing.replay import Question
from frontdesk.publishing.shelf import ShelfError
from frontdesk.publishing.workshop import Workshop, WorkshopError

log = structlog.get_logger(__name__)


class Stage(StrEnum):
    """How far a draft is."""

    NONE = "none"
    """Nothing is under way."""
    PREPARING = "preparing"
    """It is trained and tried."""
    READY = "ready"
    """It can be looked at, and published if nothing speaks against it."""
    FAILED = "failed"
    """It could not be prepared; `problems` says why."""


@dataclass
class Progress:
    """What the page shows."""

    stage: Stage = Stage.NONE
    by: str = ""
    steps: list[str] = field(default_factory=list)
    """What was done so far, the last one under way."""
    draft: Draft | None = None
    problems: tuple[str, ...] = ()


class Busy(Exception):
    """Raised when somebody prepares a draft already; the message says who."""


class Drafting:
    """Prepares one draft at a time."""

    def __init__(self, publisher: Publisher, workshop: Workshop, questions: Callable[[], Sequence[Question]]) -> None:
        """Take what prepares and publishes, and what gives the real questions of the last days."""
        self._publisher, self._workshop, self._questions = publisher, workshop, questions
        self._task: asyncio.Task[None] | None = None
        self.progress = Progress()

    @property
    def publisher(self) -> Publisher:
        """What publishes and goes back."""
        return self._publisher

    def start(self, by: str) -> None:
        """Prepare a draft from the files as they stand.

        Raises:
            Busy: When one is being prepared.
        """
        if self._task and not self._task.done():
            raise Busy(f"{self.progress.by} is preparing a draft at the moment")
        self.progress = Progress(Stage.PREPARING, by)
        self._task = asyncio.create_task(self._prepare(self.progress))

    def put_away(self) -> None:
        """Forget the draft that was looked at."""
        if self.progress.stage is not Stage.PREPARING:
            self.progress = Progress()

    async def stop(self) -> None:
        """End what is under way, and the workshop."""
        if self._task and not self._task.done():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._workshop.stop()

    async def _prepare(self, progress: Progress) -> None:
        def say(step: str) -> None:
            # "asked 50 of 200" takes the place of the one before.
            if progress.steps and step.split()[:1] == progress.steps[-1].split()[:1] == ["asked"]:
                progress.steps[-1] = step
            elif step:
                progress.steps.append(step)

        try:
            questions = await asyncio.to_thread(self._questions)
            progress.draft = await self._publisher.prepare(questions, say)
        except DataHasProblems as err:
            progress.stage, progress.problems = Stage.FAILED, tuple(problem.render() for problem in err.problems)
        except (PublishingRefused, WorkshopError, ShelfError, OSError) as err:
            log.warning("draft_failed", reason=type(err).__name__)
            progress.stage, progress.problems = Stage.FAILED, (str(err),)
        else:
            progress.stage = Stage.READY
