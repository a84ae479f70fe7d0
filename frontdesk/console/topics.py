"""What the console knows of the topics: which there are, what can be told of each, and what a draft is held against.

A file is read again only when it has changed, so that a page over a hundred topics need not parse a hundred files.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from frontdesk.console.insights import TopicUse
from frontdesk.editing.files import stamps
from frontdesk.faq.editing import Draft, EditingError, OpenTopic, TopicFolder, TopicUnreadable
from frontdesk.faq.example_checks import THIN
from frontdesk.faq.ledger import Ledger, load_ledger
from frontdesk.faq.store import load_intents
from frontdesk.faq.writing_help import Hint, Rules, Taught, hints, refused
from frontdesk.practice.facts import load_facts
from frontdesk.text.problem import Problem

T = TypeVar("T")

USE_DAYS = 90
"""Days back over which it is counted how often a topic was asked, and whether it helped."""
FEWEST_NOT_HELPED = 3
"""Visitors who said that an answer did not help, from which it may be called often wrong: one or two may be chance."""
OFTEN_WRONG = 1 / 3
"""Share of those who judged an answer."""


class Mark(StrEnum):
    """Why a topic is worth a look."""

    BROKEN = "broken"
    """Its file cannot be read."""
    OVERDUE = "overdue"
    """The day by which somebody was to read it again is past."""
    THIN = "thin"
    """Few examples."""
    NEVER_ASKED = "never_asked"
    OFTEN_WRONG = "often_wrong"
    """Of the visitors who judged the answer, many said that it did not help."""


MARKS: Mapping[Mark, str] = {
    Mark.BROKEN: "file is broken",
    Mark.OVERDUE: "review overdue",
    Mark.THIN: "few examples",
    Mark.NEVER_ASKED: "never asked",
    Mark.OFTEN_WRONG: "often wrong",
}


@dataclass(frozen=True)
class Entry:
    """A topic's file."""

    name: str
    there: OpenTopic | None
    """`None` when it cannot be opened."""
    problems: tuple[Problem, ...] = ()
    """Why it cannot."""

    @property
    def title(self) -> str:
        """What stands on the topic's button, or its name."""
        return (self.there.draft.title if self.there else "") or self.name

    def holds(self, words: Sequence[str]) -> bool:
        """Whether all of some words, in small letters, stand in the name, the title, the answer or an example."""
        draft = self.there.draft if self.there else None
        texts = [self.name, draft.title, draft.answer, *draft.examples] if draft else [self.name]
        text = "\n".join(texts).casefold()
        return all(word in text for word in words)


@dataclass(frozen=True)
class Listed:
    """A topic in the list."""

    entry: Entry
    use: TopicUse
    marks: tuple[Mark, ...]


class TopicDesk:
    """The topics of one project, and what stands beside them. May be used by several threads."""

    def __init__(self, folder: TopicFolder) -> None:
        """Take the folder of topics; nothing is read yet."""
        self.folder = folder
        self._lock = threading.RLock()
        self._entries: dict[str, tuple[object, Entry]] = {}
        self._kept: dict[str, tuple[object, Any]] = {}

    def entries(self) -> list[Entry]:
        """Return every topic, by name; one whose file is broken too."""
        with self._lock:
            names = self.folder.names()
            self._entries = {name: self._entry(name) for name in names}
            return [entry for _, entry in self._entries.values()]

    def ledger(self) -> Ledger:
        """Return the claims and sources that an answer may rest on."""
        clinic = self.folder.root / "clinic"
        return self._once("ledger", stamps([clinic / "claims.yml", clinic / "sources.yml"]), lambda: load_ledger(clinic)[0])

    def hints(self, name: str, draft: Draft, today: dt.date) -> list[Hint]:
        """Return what to look at in a draft, what must be mended first."""
        with self._lock:
            taught = self._taught()
            # Counted when it is first asked for, which takes most of a second, and not twice by two people who write.
            _ = taught.spelling
        return hints(name, draft, taught, self.rules(today))

    def refusals(self, name: str, draft: Draft, before: Draft | None, today: dt.date) -> list[Hint]:
        """Return what the check would refuse in a draft; parts in which no more is wrong than in the file are let through."""
        taught, rules = self._taught(), self.rules(today)
        old = refused(name, before, taught, rules) if before else []
        known, allowed = {hint.message for hint in old}, Counter(hint.field for hint in old)
        new = refused(name, draft, taught, rules)
        wrong = Counter(hint.field for hint in new)
        return [hint for hint in new if wrong[hint.field] > allowed[hint.field] and hint.message not in known]

    def rules(self, today: dt.date) -> Rules:
        """Return what drafts and tables are held against beside the other topics."""
        return Rules(self.ledger(), load_facts().keys(), today)

    def _entry(self, name: str) -> tuple[object, Entry]:
        stamp = stamps([self.folder.path(name)])
        known = self._entries.get(name)
        if known and known[0] == stamp:
            return known
        try:
            return stamp, Entry(name, self.folder.open(name))
        except TopicUnreadable as err:
            return stamp, Entry(name, None, err.problems)
        except EditingError as err:
            return stamp, Entry(name, None, (Problem(self.folder.folder / f"{name}.yml", 1, str(err)),))

    def _taught(self) -> Taught:
        """Return what the topics and intents have, prepared for being held against drafts."""
        with self._lock:
            topics = [entry.there.topic for entry in self.entries() if entry.there]
            folder = self.folder.root / "data" / "nlu"
            seen = [(name, stamp) for name, (stamp, _) in self._entries.items()], stamps(sorted(folder.rglob("*.yml")))
            return self._once("taught", seen, lambda: Taught(topics, load_intents(folder)[0]))

    def _once(self, what: str, seen: object, read: Callable[[], T]) -> T:
        """Return what was read from some files, and read it again when what was seen of them is something else.

        They were taken before: so what changes while it is read is read again the next time.
        """
        with self._lock:
            kept = self._kept.get(what)
            if kept is None or kept[0] != seen:
                kept = self._kept[what] = (seen, read())
            value: T = kept[1]
            return value


def list_topics(entries: Iterable[Entry], uses: Iterable[TopicUse], today: dt.date) -> list[Listed]:
    """Return the topics with what is worth a look in each, by title."""
    found = {use.topic: use for use in uses}
    rows = [(entry, found.get(entry.name, TopicUse(entry.name, 0, 0, 0))) for entry in entries]
    return sorted(
        (Listed(entry, use, tuple(_marks(entry, use, today))) for entry, use in rows),
        key=lambda row: (row.entry.there is not None, row.entry.title.casefold()),
    )


def choose_topics(rows: Iterable[Listed], words: str = "", kind: str = "", owner: str = "", mark: str = "") -> list[Listed]:
    """Return the rows that hold all words and are what is asked for; what is empty asks for nothing."""
    wanted = words.casefold().split()
    return [
        row
        for row in rows
        if row.entry.holds(wanted)
        and (not kind or (row.entry.there is not None and kind in row.entry.there.draft.kinds))
        and (not owner or (row.entry.there is not None and owner == row.entry.there.draft.owner))
        and (not mark or mark in row.marks)
    ]


def git_author(name: str) -> str:
    """Return somebody of the staff as git names authors; accounts have no address, so this one leads nowhere.

    >>> git_author("Ana Ruiz")
    'Ana Ruiz <ana.ruiz@frontdesk.invalid>'
    """
    return f"{name} <{'.'.join(re.findall(r'[a-z0-9]+', name.casefold())) or 'staff'}@frontdesk.invalid>"


def _marks(entry: Entry, use: TopicUse, today: dt.date) -> Iterable[Mark]:
    if entry.there is None:
        yield Mark.BROKEN
        return
    draft = entry.there.draft
    if draft.review_by and draft.review_by < today:
        yield Mark.OVERDUE
    if len(draft.examples) < THIN:
        yield Mark.THIN
    if not use.served:
        yield Mark.NEVER_ASKED
    if use.not_helpful >= FEWEST_NOT_HELPED and use.not_helpful >= OFTEN_WRONG * (use.helpful + use.not_helpful):
        yield Mark.OFTEN_WRONG
