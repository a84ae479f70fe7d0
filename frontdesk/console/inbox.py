"""The inbox: what was not answered well, alike messages together, worst first, until staff have decided about it.

A group takes in later messages that are like it. One that staff called out of scope or not useful stays so; one that
was given to a topic is done, and a message like it that comes in later opens a new group: the change did not help it.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
import yaml

from frontdesk.console.likeness import Likeness, Rows, by_letters, stack
from frontdesk.record import Reason, Record
from frontdesk.record.grouping import refresh_groups
from frontdesk.record.tables import groups, reasons, turns
from frontdesk.record.turn import WEIGHTS
from frontdesk.text.redaction import KINDS

PAGE = 50
MOST_EXAMPLES = 10
_READ = 10_000
"""Messages that are read and encoded together."""
_COMPARED = 500
"""Messages that are held against all groups together, and written together."""
_PORTION = 500
"""A database takes only so many values in a statement."""
_PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")


class State(StrEnum):
    """What staff have decided about a group."""

    OPEN = "open"
    ASSIGNED = "assigned"
    """Its examples were added to a topic."""
    NEW_TOPIC = "new_topic"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_USEFUL = "not_useful"


_TAKES_IN = (State.OPEN, State.OUT_OF_SCOPE, State.NOT_USEFUL)


class GroupGone(Exception):
    """Raised when a group is not there: its messages were purged or erased."""


@dataclass(frozen=True, slots=True)
class Why:
    """A reason in words."""

    reason: Reason
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """Messages that are alike."""

    id: int
    text: str
    """The first of them."""
    conversation_id: str
    """In which the first stands."""
    state: State
    size: int
    weight: int
    """How bad, and how often: the sum over its messages."""
    last_at: dt.datetime
    why: tuple[Why, ...]
    """The weightiest first."""
    topic: str | None
    decided_by: str | None
    decided_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the groups in a state."""

    groups: tuple[Group, ...]
    number: int
    """From 1."""
    total: int
    """Groups in this state altogether."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a group."""

    turn_id: int
    conversation_id: str
    at: dt.datetime
    text: str
    topics: tuple[str, ...]
    """What was answered."""
    suggestions: tuple[str, ...]
    confidence: float | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision."""

    group_id: int
    state: State
    topic: str | None
    examples: tuple[str, ...]
    """To add to the topic: different messages, none with something taken out of it. May be empty."""


class Inbox:
    """The inbox of one installation. Everything may raise `StoreUnavailable`."""

    def __init__(self, record: Record, likeness: Likeness | None = None) -> None:
        """Take the record, and how messages are compared; by their letters unless given."""
        self._record = record
        self._likeness = likeness or by_letters()
        self._leaders: list[int] = []
        """The first messages of the groups that take in more, by id, in the order of the groups."""
        self._rows: Rows = None
        """What they are compared by, in the same order; None as long as there are none."""
        self._sorting = threading.Lock()

    # What there is to see

    def page(self, state: State = State.OPEN, number: int = 1, size: int = PAGE) -> Page:
        """Return a page of the groups in a state, worst first."""
        chosen = sa.select(groups, turns.c.text, turns.c.conversation_id).join(turns, turns.c.id == groups.c.leader_id)
        ordered = chosen.where(groups.c.state == state).order_by(groups.c.weight.desc(), groups.c.id.desc())
        with self._record.database.reading() as connection:
            rows = connection.execute(ordered.limit(size).offset((max(number, 1) - 1) * size)).mappings().all()
            total = connection.execute(sa.select(sa.func.count()).where(groups.c.state == state)).scalar_one()
            why = _why(connection, [row["id"] for row in rows])
        return Page(tuple(_group(row, why.get(row["id"], ())) for row in rows), max(number, 1), total)

    def counts(self) -> dict[State, int]:
        """Return how many groups there are in each state."""
        with self._record.database.reading() as connection:
            found = dict(connection.execute(sa.select(groups.c.state, sa.func.count()).group_by(groups.c.state)).all())
        return {state: found.get(state, 0) for state in State}

    def group(self, group_id: int) -> Group:
        """Return one group.

        Raises:
            GroupGone: When it is not there.
        """
        chosen = sa.select(groups, turns.c.text, turns.c.conversation_id).join(turns, turns.c.id == groups.c.leader_id)
        with self._record.database.reading() as connection:
            row = connection.execute(chosen.where(groups.c.id == group_id)).mappings().first()
            if row is None:
                raise GroupGone(f"there is no group {group_id}; its messages are no longer kept")
            return _group(row, _why(connection, [group_id]).get(group_id, ()))

    def messages(self, group_id: int, number: int = 1, size: int = PAGE) -> tuple[Message, ...]:
        """Return a page of the messages of a group, worst first."""
        chosen = sa.select(turns).where(turns.c.group_id == group_id).order_by(turns.c.weight.desc(), turns.c.id.desc())
        with self._record.database.reading() as connection:
            rows = connection.execute(chosen.limit(size).offset((max(number, 1) - 1) * size)).all()
            noted = sa.select(reasons.c.turn_id, reasons.c.reason).where(reasons.c.turn_id.in_([row.id for row in rows]))
            why: dict[int, list[Reason]] = {}
            for turn_id, reason in connection.execute(noted):
                why.setdefault(turn_id, []).append(Reason(reason))
        return tuple(
            Message(
                row.id,
                row.conversation_id,
                row.at,
                row.text,
                tuple(row.topics),
                tuple(row.suggestions),
                row.confidence,
                tuple(sorted(why.get(row.id, ()), key=lambda reason: -WEIGHTS[reason])),
            )
            for row in rows
        )

    # What staff decide

    def assign(self, group_id: int, topic: str, by: str) -> Decided:
        """Give a group to a topic and return the examples to add to it.

        Raises:
            GroupGone: When it is not there.
        """
        return self._decide(group_id, State.ASSIGNED, by, topic)

    def start_topic(self, group_id: int, topic: str, by: str) -> Decided:
        """Note that a topic is started from a group, and return the examples to begin it with.

        Raises:
            GroupGone: When it is not there.
        """
        return self._decide(group_id, State.NEW_TOPIC, by, topic)

    def set_aside(self, group_id: int, state: State, by: str) -> Decided:
        """Call a group out of scope or not useful, or open it again.

        Raises:
            GroupGone: When it is not there.
        """
        if state in (State.ASSIGNED, State.NEW_TOPIC):
            raise ValueError(f"{state} needs a topic; use assign or start_topic")
        return self._decide(group_id, state, by, None)

    def _decide(self, group_id: int, state: State, by: str, topic: str | None) -> Decided:
        decided_at = None if state is State.OPEN else self._record.now()
        values = {"state": state, "topic": topic, "decided_by": by if decided_at else None, "decided_at": decided_at}
        with self._record.database.writing() as connection:
            if not connection.execute(groups.update().where(groups.c.id == group_id).values(values)).rowcount:
                raise GroupGone(f"there is no group {group_id}; its messages are no longer kept")
            examples = _examples(connection, group_id) if topic else ()
        return Decided(group_id, state, topic, examples)

    # Sorting in

    def sort_in(self) -> int:
        """Put messages that are in no group yet into one, and return how many those were.

        One at a time: two would each start a group for the same message.
        """
        with self._sorting:
            return self._sort_in()

    def _sort_in(self) -> int:
        sorted_in = 0
        while True:
            with self._record.database.reading() as connection:
                new = connection.execute(_unsorted().limit(_READ)).all()
                group_of = self._look_at_groups(connection) if new else {}
            if not new:
                return sorted_in
            rows = self._likeness.encode([message.text for message in new])
            for start in range(0, len(new), _COMPARED):
                some = slice(start, start + _COMPARED)
                found = self._find_leaders([message.id for message in new[some]], rows[some])
                with self._record.database.writing() as connection:
                    sorted_in += _put(connection, found, group_of)

    def _look_at_groups(self, connection: sa.engine.Connection) -> dict[int, int]:
        """Return the groups that take in more, by their first messages, and see that just those can be compared with."""
        chosen = sa.select(groups.c.leader_id, groups.c.id).where(groups.c.state.in_(_TAKES_IN)).order_by(groups.c.id)
        group_of = dict(connection.execute(chosen).all())
        if list(group_of) != self._leaders:
            places = {leader: place for place, leader in enumerate(self._leaders)}
            texts = _texts(connection, [leader for leader in group_of if leader not in places])
            if texts:
                self._add_leaders(list(texts), self._likeness.encode(list(texts.values())))
            places = {leader: place for place, leader in enumerate(self._leaders)}
            self._leaders = [leader for leader in group_of if leader in places]
            self._rows = self._rows[[places[leader] for leader in self._leaders]] if self._leaders else None
        return group_of

    def _find_leaders(self, new: Sequence[int], rows: Rows) -> list[tuple[int, int]]:
        """Return for each new message, by id, the first message of the group it belongs to, which may be itself."""
        pairs = self._likeness.pairs(rows, rows if self._rows is None else stack([self._rows, rows]))
        ids, known = [*self._leaders, *new], len(self._leaders)
        is_leader = np.arange(len(ids)) < known
        found: list[tuple[int, int]] = []
        for row, message in enumerate(new):
            mine = slice(pairs.indptr[row], pairs.indptr[row + 1])
            places, alike = pairs.indices[mine], pairs.data[mine]
            leads = is_leader[places]
            if leads.any():
                # Of those that are equally near, the first.
                found.append((message, ids[places[leads][alike[leads].argmax()]]))
            else:
                is_leader[known + row] = True
                found.append((message, message))
        leading = np.flatnonzero(is_leader[known:])
        if len(leading):
            self._add_leaders([new[row] for row in leading], rows[leading])
        return found

    def _add_leaders(self, ids: Sequence[int], rows: Rows) -> None:
        self._leaders += ids
        self._rows = rows if self._rows is None else stack([self._rows, rows])


@cache
def wording() -> Mapping[str, Mapping[str, str]]:
    """Return what staff read about reasons and states."""
    words: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return words


def _unsorted() -> Any:
    waits = sa.and_(turns.c.weight > 0, turns.c.group_id.is_(None))
    return sa.select(turns.c.id, turns.c.text).where(waits).order_by(turns.c.id)


def _texts(connection: sa.engine.Connection, ids: Sequence[int]) -> dict[int, str]:
    """Return the words of messages by id, in the order of the ids."""
    texts: dict[int, str] = {}
    for some in _portions(ids):
        found = dict(connection.execute(sa.select(turns.c.id, turns.c.text).where(turns.c.id.in_(some))).all())
        texts |= {turn_id: found[turn_id] for turn_id in some if turn_id in found}
    return texts


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _PORTION] for start in range(0, len(ids), _PORTION))


def _put(connection: sa.engine.Connection, found: Sequence[tuple[int, int]], group_of: dict[int, int]) -> int:
    """Put messages into the groups of their first messages, and return how many that were; who is its own begins one.

    Whose group has gone meanwhile, or was decided about, is left for the next time. New groups are added to `group_of`.
    """
    began = [leader for message, leader in found if leader == message]
    if began:
        empty = {"state": State.OPEN, "size": 0, "weight": 0, "last_at": dt.datetime.now(dt.UTC)}
        connection.execute(groups.insert(), [{"leader_id": leader, **empty} for leader in began])
        for some in _portions(began):
            group_of |= dict(connection.execute(sa.select(groups.c.leader_id, groups.c.id).where(groups.c.leader_id.in_(some))).all())
    takes_in: set[int] = set()
    for some in _portions(sorted({group_of[leader] for _, leader in found})):
        there = sa.select(groups.c.id).where(groups.c.id.in_(some), groups.c.state.in_(_TAKES_IN))
        takes_in |= set(connection.execute(there).scalars().all())
    values = [{"turn": message, "to": group_of[leader]} for message, leader in found if group_of[leader] in takes_in]
    if values:
        # Somebody else may have sorted them in meanwhile.
        waits = sa.and_(turns.c.id == sa.bindparam("turn"), turns.c.group_id.is_(None))
        connection.execute(turns.update().where(waits).values(group_id=sa.bindparam("to")), values)
        refresh_groups(connection, {value["to"] for value in values})
    return len(values)


def _why(connection: sa.engine.Connection, group_ids: Sequence[int]) -> dict[int, tuple[Why, ...]]:
    chosen = sa.select(turns.c.group_id, reasons.c.reason, sa.func.count()).join(reasons, reasons.c.turn_id == turns.c.id)
    found: dict[int, list[Why]] = {}
    for group_id, reason, number in connection.execute(
        chosen.where(turns.c.group_id.in_(group_ids)).group_by(turns.c.group_id, reasons.c.reason)
    ):
        found.setdefault(group_id, []).append(Why(Reason(reason), number, wording()["reasons"][reason].format(n=number)))
    return {group_id: tuple(sorted(why, key=lambda one: -WEIGHTS[one.reason] * one.number)) for group_id, why in found.items()}


def _group(row: Mapping[str, Any], why: tuple[Why, ...]) -> Group:
    return Group(
        id=row["id"],
        text=row["text"],
        conversation_id=row["conversation_id"],
        state=State(row["state"]),
        size=row["size"],
        weight=row["weight"],
        last_at=row["last_at"],
        why=why,
        topic=row["topic"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )


def _examples(connection: sa.engine.Connection, group_id: int) -> tuple[str, ...]:
    texts = connection.execute(sa.select(turns.c.text).where(turns.c.group_id == group_id).order_by(turns.c.id)).scalars()
    different = {text.casefold().strip(" .?!"): text for text in reversed(texts.all()) if not _PLACEHOLDER.search(text)}
    return tuple(reversed(different.values()))[:MOST_EXAMPLES]
