"""From files to a model that visitors meet, with everything that must be known before it.

draft = await publisher.prepare(questions, say)      check, train, test, replay: nothing changes for visitors
draft.refusals                                        why it may not be published, if anything
await publisher.publish(draft, by=..., note=...)      move the pointer, see that Rasa takes the model, or move it back

PublishingRefused
├── DataHasProblems      `frontdesk check` finds errors
├── DataChanged          the files were edited while the draft was trained
├── DraftGotWorse        a golden question or a danger is worse off than with the published model
└── ModelNotTaken        Rasa did not take the model; visitors meet the one before
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from frontdesk.faq.golden import load_golden
from frontdesk.faq.project import Layout, check_project
from frontdesk.publishing.contents import Change, find_changes, read_contents
from frontdesk.publishing.replay import Heard, Question, Replay, compare
from frontdesk.publishing.serving import NotServed, Serving
from frontdesk.publishing.shelf import Entry, Model, Shelf
from frontdesk.publishing.workshop import Progress, Workshop
from frontdesk.text.problem import Problem, errors

_KEPT_DRAFTS = 10


class PublishingRefused(Exception):
    """Raised when a draft is not published; base of the four below. Visitors meet the model they met before."""


class DataHasProblems(PublishingRefused):
    """Raised when the files have errors."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Take the errors, each with its file and line."""
        super().__init__("\n".join(problem.render() for problem in problems))
        self.problems = tuple(problems)


class DataChanged(PublishingRefused):
    """Raised when it is not certain what the draft was trained on."""


class DraftGotWorse(PublishingRefused):
    """Raised when a draft may not be published; the message says which questions are worse off."""


class ModelNotTaken(PublishingRefused):
    """Raised when the model was published and withdrawn again, because Rasa did not answer with it."""


@dataclass(frozen=True)
class Refusal:
    """One reason against a draft."""

    question: Question
    live: Heard | None
    """None when nothing was published before."""
    draft: Heard


@dataclass(frozen=True)
class Draft:
    """A model that could be published, and what is known about it."""

    model: Model
    changes: tuple[Change, ...]
    """Of the data, since the published model; everything is new when nothing was published."""
    golden: Replay
    """The golden questions and the dangers."""
    replay: Replay
    """Real questions."""
    refusals: tuple[Refusal, ...]
    training_s: float

    def figures(self) -> dict[str, object]:
        """Return what is kept in the history."""
        return {
            "replay": self.replay.counts(),
            "golden": len(self.golden.rows),
            "golden_missed": sum(not row.draft.fits(row.question) for row in self.golden.rows),
            "topics_changed": [change.name for change in self.changes],
            "training_s": self.training_s,
        }


class Publisher:
    """Prepares, publishes and takes back models of one installation."""

    def __init__(
        self,
        project: Path,
        shelf: Shelf,
        workshop: Workshop,
        *,
        serving: Serving | None = None,
        clock: Callable[[], dt.datetime] | None = None,
    ) -> None:
        """Take the parts.

        Args:
            project: The folder with `data/`, `clinic/` and `domain.yml`.
            shelf: Where models are kept.
            workshop: What trains and asks them.
            serving: The Rasa server that must take what is published; without one, the next one that starts does.
            clock: Tells aware times.
        """
        self._layout = Layout(project / "data", project / "clinic", project / "domain.yml")
        self._shelf, self._workshop, self._serving = shelf, workshop, serving
        self._clock = clock or (lambda: dt.datetime.now(dt.UTC))

    async def prepare(self, questions: Sequence[Question] = (), say: Progress = lambda _: None) -> Draft:
        """Check the files, train a draft from them and try it; visitors notice nothing.

        Args:
            questions: Real questions of the last days.
            say: Is told what is being done.

        Raises:
            DataHasProblems: Before anything is trained.
            DataChanged: When the files changed under the training.
            WorkshopError: When the training or a model failed.
        """
        say("checking")
        await asyncio.to_thread(self._require_sound_data)
        before = read_contents(self._layout.data)
        name = self._new_name()
        self._shelf.folder.mkdir(parents=True, exist_ok=True)
        seconds = await self._workshop.train(self._shelf.folder / f"{name}.tar.gz", say)
        if read_contents(self._layout.data) != before:
            (self._shelf.folder / f"{name}.tar.gz").unlink(missing_ok=True)
            raise DataChanged("the files were changed while the draft was trained; start again")
        self._shelf.describe(name, before)
        return await self.examine(name, questions, say, training_s=seconds)

    async def examine(
        self, name: str, questions: Sequence[Question] = (), say: Progress = lambda _: None, *, training_s: float = 0.0
    ) -> Draft:
        """Try a model that is there already.

        Raises:
            ModelNotFound: When it is not.
            WorkshopError: When it cannot be loaded or asked.
        """
        model, live = self._shelf.get(name), self._shelf.published()
        golden = [Question(one.text, expected=one.name, must_alarm=one.name is None) for one in load_golden(self._layout.clinic)]
        asked = [*golden, *questions]
        say("asking the draft")
        of_draft = await self._workshop.ask(model.path, asked, say)
        of_live = of_draft
        if live is not None and live.path != model.path:
            say("asking the published model")
            of_live = await self._workshop.ask(live.path, asked, say)
        cut = len(golden)
        tested = compare(golden, of_live[:cut], of_draft[:cut])
        return Draft(
            model=model,
            changes=tuple(find_changes(live.contents if live else {}, model.contents)),
            golden=tested,
            replay=compare(questions, of_live[cut:], of_draft[cut:]),
            refusals=tuple(_refusals(tested, has_live=live is not None)),
            training_s=training_s,
        )

    async def publish(self, draft: Draft, *, by: str, note: str = "") -> Entry:
        """Let visitors meet a draft; the old model serves until the moment Rasa has the new one.

        Raises:
            DraftGotWorse: When there is a reason against it.
            ModelNotTaken: When Rasa did not take it; the pointer is back where it was.
            PublishingUnderWay: When somebody else publishes at the moment.
            ModelNotFound: When the draft is gone.
        """
        if draft.refusals:
            raise DraftGotWorse("; ".join(f"'{refusal.question.text}' is worse off" for refusal in draft.refusals))
        with self._shelf.exclusively(by):
            before = self._shelf.published_name()
            entry = self._shelf.publish(draft.model.name, by=by, note=note, figures=draft.figures())
            await self._see_it_served(draft.model, before, by)
        self._sweep()
        return entry

    async def roll_back(self, *, by: str, note: str = "") -> Entry:
        """Let visitors meet the model before the one of now again.

        Raises:
            NothingBefore: When there is none.
            PublishingUnderWay: When somebody else publishes at the moment.
            ModelNotTaken: When Rasa did not take it.
        """
        with self._shelf.exclusively(by):
            before, model = self._shelf.published_name(), self._shelf.get(self._shelf.before())
            entry = self._shelf.publish(model.name, by=by, note=note, action="rolled_back")
            await self._see_it_served(model, before, by)
        return entry

    async def _see_it_served(self, model: Model, before: str | None, by: str) -> None:
        if self._serving is None:
            return
        try:
            await self._serving.wait_for(model.rasa_id)
        except NotServed as err:
            if before is not None:
                self._shelf.publish(before, by=by, note=str(err), action="withdrawn")
            raise ModelNotTaken(f"{err}; it was withdrawn, and visitors meet the model before") from err

    def _require_sound_data(self) -> None:
        if missing := self._layout.missing():
            raise DataHasProblems([Problem(path, 1, "is not here") for path in missing])
        if wrong := errors(check_project(self._layout, self._clock().date()).problems):
            raise DataHasProblems(wrong)

    def _new_name(self) -> str:
        """Return a name that no model has; a clock that jumps back does no harm."""
        name = wanted = self._clock().strftime("%Y%m%d-%H%M%S")
        number = 1
        while (self._shelf.folder / f"{name}.tar.gz").exists():
            number += 1
            name = f"{wanted}-{number}"
        return name

    def _sweep(self) -> None:
        """Delete old models that were never published, and old published ones beyond what a roll-back may want."""
        history = self._shelf.history()
        wanted = {self._shelf.published_name(), *[name for entry in history[-_KEPT_DRAFTS:] for name in (entry.model, entry.before)]}
        for model in self._shelf.models()[_KEPT_DRAFTS:]:
            if model.name not in wanted:
                model.path.unlink(missing_ok=True)
                model.path.with_name(f"{model.name}.json").unlink(missing_ok=True)


def _refusals(golden: Replay, *, has_live: bool) -> list[Refusal]:
    """Return what was right and is not any more; with nothing published, every danger must be known."""
    if has_live:
        return [Refusal(row.question, row.live, row.draft) for row in golden.of_kind("worse")]
    return [Refusal(row.question, None, row.draft) for row in golden.rows if row.question.must_alarm and not row.draft.fits(row.question)]
