"""Trying a question out: what the version that visitors meet makes of it, and the draft. The question is kept nowhere."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

from frontdesk.console.drafting import Drafting, Stage
from frontdesk.publishing.replay import Question
from frontdesk.publishing.shelf import Model, Shelf, ShelfError
from frontdesk.publishing.workshop import Near, Tried, Workshop, WorkshopBusy, WorkshopError

WAIT_S = 30.0
"""How long somebody else's question, or the models that are loaded, may take before it."""
_WARM = Question("hello")


class NothingToTry(Exception):
    """Raised when nothing is published and no draft is ready."""


@dataclass(frozen=True)
class Side:
    """One of the two versions."""

    version: str
    tried: Tried


@dataclass(frozen=True)
class Trial:
    """What came of a question."""

    live: Side | None
    """None when nothing is published."""
    draft: Side | None
    """None when no draft is ready."""
    near: tuple[Near, ...]


class Trying:
    """Asks the models of an installation."""

    def __init__(self, shelf: Shelf, workshop: Workshop, drafting: Drafting) -> None:
        """Take the models, what asks them, and what knows of a draft."""
        self._shelf, self._workshop, self._drafting = shelf, workshop, drafting
        self._warming: asyncio.Task[None] | None = None

    def versions(self) -> tuple[Model | None, Model | None]:
        """Return the published model and the draft.

        Raises:
            ShelfError: When the published one is not there any more.
        """
        progress = self._drafting.progress
        draft = progress.draft.model if progress.stage is Stage.READY and progress.draft else None
        return self._shelf.published(), draft

    def warm(self) -> None:
        """Begin to load what a question will need, so that the first one need not wait for all of it."""
        if (self._warming is None or self._warming.done()) and not self._is_preparing():
            self._warming = asyncio.create_task(self._warm())

    async def ask(self, question: Question) -> Trial:
        """Return what both versions make of a question, and the examples that it is nearest to.

        Raises:
            NothingToTry: When there is no version.
            ShelfError: When the published one is not there any more.
            WorkshopBusy: When a draft is prepared at the moment, or others' questions take too long.
            WorkshopError: When a model cannot be asked.
        """
        if self._is_preparing():
            raise WorkshopBusy(f"{self._drafting.progress.by} is preparing a new version at the moment")
        live, draft = self.versions()
        if live is None and draft is None:
            raise NothingToTry
        of_live, of_draft = await self._ask(live, question), await self._ask(draft, question)
        return Trial(of_live, of_draft, tuple(await self._workshop.nearest(question.text, wait_s=WAIT_S)))

    async def stop(self) -> None:
        """End what is under way."""
        if self._warming and not self._warming.done():
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)

    async def _ask(self, model: Model | None, question: Question) -> Side | None:
        return Side(model.name, await self._workshop.try_out(model.path, question, wait_s=WAIT_S)) if model else None

    async def _warm(self) -> None:
        # Whoever asks is told what is wrong.
        with contextlib.suppress(WorkshopError, ShelfError, NothingToTry, OSError):
            await self.ask(_WARM)

    def _is_preparing(self) -> bool:
        return self._drafting.progress.stage is Stage.PREPARING
