"""The record of conversations: kept a turn at a time, purged by age, erased and shown on request.

A turn's words are redacted before they come here. They are kept for a month, numbers for a year and a month.
Turns that staff should look at get a weight; the inbox (frontdesk/console/inbox.py) puts them into groups.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import sqlalchemy as sa

from frontdesk.database import Database, StoreUnavailable
from frontdesk.record.counts import Measure, Tally, count_turn, keep_counts
from frontdesk.record.grouping import note_reason, refresh_groups, take_reason_back
from frontdesk.record.settings import Settings
from frontdesk.record.tables import conversations, counts, feedback, purges, reasons, tables, turns
from frontdesk.record.turn import Feedback, Reason, Turn, Withheld

__all__ = ["Asked", "Export", "Gone", "Record", "StoreUnavailable"]

Clock = Callable[[], dt.datetime]
Export = dict[str, Any]
"""All that is kept of a conversation, as JSON has it."""

_ONCE: dict[Measure, Callable[[Turn], bool]] = {
    Measure.WANTED_BOOKING: lambda turn: turn.wants_booking,
    Measure.HANDED_TO_CLINIC: lambda turn: turn.was_handed_to_clinic,
    Measure.BOOKED: lambda turn: turn.was_booked,
    Measure.WANTED_PERSON: lambda turn: turn.wants_person,
}
"""What is counted once in a conversation, whose column for it has the measure's name and ends in `_at`."""
_LOOKED_BACK = 2
"""A message leans on the one before, and a second miss on that; to try one must not cost a whole conversation."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What a purge deleted, and when."""

    turns: int
    days: int
    """Of which counts were deleted."""
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a visitor, with what was said before it; for trying out other data on it."""

    turn_id: int
    text: str
    previous: tuple[str, ...]
    """Oldest first."""
    topics: tuple[str, ...]
    decision: str


class Record:
    """Rows in a database that several processes may share. Everything may raise `StoreUnavailable`."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        """Take where and how long; nothing is opened yet."""
        self.settings = settings
        self.database = Database(settings.url, tables)
        self._clock = clock or (lambda: dt.datetime.now(dt.UTC))

    def now(self) -> dt.datetime:
        """Return the time, aware."""
        return self._clock()

    def today(self) -> dt.date:
        """Return the day that it is at the clinic."""
        return self._date(self.now())

    def add(self, said: Sequence[Turn | Feedback], *, dropped: int = 0) -> int:
        """Keep turns and feedback in one transaction, in order, and return how many were new.

        Args:
            said: What happened; a turn that is kept already is left as it is.
            dropped: How many turns were lost since the last time, to be counted.
        """
        tally: Tally = Counter()
        if dropped:
            tally[self._day(self.now()), Measure.DROPPED, ""] += dropped
        with self.database.writing() as connection:
            new = sum([self._add(connection, tally, one) for one in said])
            keep_counts(connection, tally)
        return new

    def close(self) -> None:
        """Give back connections."""
        self.database.close()

    # On request

    def export(self, conversation_id: str) -> Export | None:
        """Return all that is kept of a conversation, or None when nothing is."""
        with self.database.reading() as connection:
            row = connection.execute(sa.select(conversations).where(conversations.c.id == conversation_id)).mappings().first()
            if row is None:
                return None
            said = connection.execute(sa.select(turns).where(turns.c.conversation_id == conversation_id).order_by(turns.c.id)).mappings()
            why = sa.select(reasons.c.turn_id, reasons.c.reason).where(reasons.c.turn_id.in_(_turn_ids([conversation_id])))
            noted = connection.execute(why.order_by(reasons.c.reason)).all()
            given = connection.execute(sa.select(feedback).where(feedback.c.conversation_id == conversation_id)).mappings()
            return {
                **_as_json(row),
                "turns": [
                    {**_as_json(turn), "reasons": [reason for turn_id, reason in noted if turn_id == turn["id"]]} for turn in said.all()
                ],
                "feedback": [_as_json(one) for one in given.all()],
            }

    def erase(self, conversation_id: str) -> int:
        """Delete all that is kept of a conversation and return how many turns that were; the counts of days stay."""
        with self.database.writing() as connection:
            gone = _delete(connection, [conversation_id])
        self.database.forget_history()
        return gone

    # With time

    def purge(self) -> Gone:
        """Delete conversations that began longer ago than they are kept, and the counts of days that are too old."""
        now = self.now()
        oldest = now - dt.timedelta(days=self.settings.days)
        first_day = _months_before(self._date(now), self.settings.months).isoformat()
        with self.database.writing() as connection:
            old = connection.execute(sa.select(conversations.c.id).where(conversations.c.began_at < oldest)).scalars().all()
            gone = _delete(connection, old)
            days = connection.execute(sa.select(sa.func.count(counts.c.day.distinct())).where(counts.c.day < first_day)).scalar_one()
            connection.execute(counts.delete().where(counts.c.day < first_day))
            connection.execute(purges.delete())
            connection.execute(purges.insert().values(at=now, turns=gone, days=days))
        if old or days:
            self.database.forget_history()
        return Gone(gone, days, now)

    def last_purge(self) -> Gone | None:
        """Return what the last purge deleted; None before the first."""
        with self.database.reading() as connection:
            row = connection.execute(sa.select(purges.c.turns, purges.c.days, purges.c.at)).first()
        return Gone(*row) if row else None

    def note_retired(self, topic: str) -> int:
        """Have staff look again at what a topic answered that is no more; return how many messages that is.

        Raises:
            StoreUnavailable: When nothing could be noted.
        """
        mine = sa.and_(turns.c.text.is_not(None), sa.not_(turns.c.is_button), turns.c.decision == "answer")
        with self.database.writing() as connection:
            said = connection.execute(sa.select(turns.c.id, turns.c.topics).where(mine)).all()
            answered = [turn_id for turn_id, topics in said if topic in topics]
            for turn_id in answered:
                note_reason(connection, turn_id, Reason.RETIRED)
        return len(answered)

    # For trying out other data

    def iter_asked(self, days: int, most: int = 2000) -> Iterator[Asked]:
        """Yield the questions of the last days whose words are kept, newest first, each with the last of what was said before it."""
        since = self.now() - dt.timedelta(days=days)
        chosen = sa.select(turns).where(turns.c.at >= since, turns.c.text.is_not(None), turns.c.is_button.is_(False))
        with self.database.reading() as connection:
            rows = connection.execute(chosen.order_by(turns.c.at.desc(), turns.c.id.desc()).limit(most)).all()
            before = self._said_in(connection, {row.conversation_id for row in rows})
        for row in rows:
            previous = [text for turn_id, text in before[row.conversation_id] if turn_id < row.id]
            yield Asked(row.id, row.text, tuple(previous[-_LOOKED_BACK:]), tuple(row.topics), row.decision)

    def _said_in(self, connection: sa.engine.Connection, ids: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
        said: dict[str, list[tuple[int, str]]] = {}
        for some in _portions(sorted(ids)):
            chosen = sa.select(turns.c.conversation_id, turns.c.id, turns.c.text).where(
                turns.c.conversation_id.in_(some), turns.c.text.is_not(None)
            )
            for conversation_id, turn_id, text in connection.execute(chosen.order_by(turns.c.id)):
                said.setdefault(conversation_id, []).append((turn_id, text))
        return said

    # Keeping

    def _add(self, connection: sa.engine.Connection, tally: Tally, said: Turn | Feedback) -> bool:
        if isinstance(said, Feedback):
            return self._add_feedback(connection, tally, said)
        return self._add_turn(connection, tally, said)

    def _add_turn(self, connection: sa.engine.Connection, tally: Tally, turn: Turn) -> bool:
        there = sa.select(turns.c.id).where(turns.c.conversation_id == turn.conversation_id, turns.c.message_id == turn.message_id)
        if connection.execute(there).first() is not None:
            return False
        day = self._day(turn.at)
        in_crisis = _note_in_conversation(connection, tally, turn, day)
        if in_crisis and turn.text is not None:
            turn = replace(turn, text=None, withheld=Withheld.CRISIS)
        values = {name: getattr(turn, name) for name in _COLUMNS}
        turn_id = connection.execute(turns.insert().values(**values, weight=0)).inserted_primary_key[0]
        count_turn(tally, turn, day)
        for reason in turn.own_reasons:
            note_reason(connection, turn_id, reason)
        if turn.reason_for_the_one_before:
            _note_before(connection, turn.conversation_id, turn_id, turn.reason_for_the_one_before)
        return True

    def _add_feedback(self, connection: sa.engine.Connection, tally: Tally, given: Feedback) -> bool:
        mine = sa.and_(feedback.c.conversation_id == given.conversation_id, feedback.c.topic == given.topic)
        before = connection.execute(sa.select(feedback.c.is_helpful, feedback.c.at).where(mine)).first()
        if before is not None and before.is_helpful == given.is_helpful:
            return False
        day, values = self._day(given.at), {"is_helpful": given.is_helpful, "at": given.at}
        tally[day, _measure_of(given.is_helpful), given.topic] += 1
        if before is None:
            connection.execute(feedback.insert().values(conversation_id=given.conversation_id, topic=given.topic, **values))
        else:
            # Somebody who taps the other thumb has changed their mind.
            tally[self._day(before.at), _measure_of(before.is_helpful), given.topic] -= 1
            connection.execute(feedback.update().where(mine).values(values))
        turn_id = _turn_that_served(connection, given.conversation_id, given.topic)
        if turn_id is not None:
            (take_reason_back if given.is_helpful else note_reason)(connection, turn_id, Reason.NOT_HELPFUL)
        return True

    def _day(self, at: dt.datetime) -> str:
        return self._date(at).isoformat()

    def _date(self, at: dt.datetime) -> dt.date:
        return at.astimezone(self.settings.zone).date()


_COLUMNS = tuple(field.name for field in fields(Turn))


def _note_in_conversation(connection: sa.engine.Connection, tally: Tally, turn: Turn, day: str) -> bool:
    """Note in the conversation what happens once in it, and return whether its visitor was in a crisis before this turn."""
    mine = conversations.c.id == turn.conversation_id
    row = connection.execute(sa.select(conversations).where(mine)).mappings().first()
    if row is None:
        tally[day, Measure.CONVERSATIONS, ""] += 1
        connection.execute(conversations.insert().values(id=turn.conversation_id, began_at=turn.at, last_at=turn.at))
    known = row or {}
    changes: dict[str, Any] = {"last_at": turn.at}
    for measure, happens in _ONCE.items():
        if happens(turn) and known.get(f"{measure}_at") is None:
            changes[f"{measure}_at"] = turn.at
            tally[day, measure, ""] += 1
    if turn.tier == "crisis":
        changes["crisis_at"] = turn.at
    elif turn.intent == "general_question":
        changes["crisis_at"] = None
    connection.execute(conversations.update().where(mine).values(changes))
    return known.get("crisis_at") is not None and turn.intent != "general_question"


def _note_before(connection: sa.engine.Connection, conversation_id: str, turn_id: int, reason: Reason) -> None:
    """Note a reason on the message before this one, if it has words of the visitor's own."""
    last = sa.select(turns.c.id, turns.c.text, turns.c.is_button).where(turns.c.conversation_id == conversation_id, turns.c.id < turn_id)
    before = connection.execute(last.order_by(turns.c.id.desc()).limit(1)).first()
    if before is not None and before.text is not None and not before.is_button:
        note_reason(connection, before.id, reason)


def _turn_that_served(connection: sa.engine.Connection, conversation_id: str, topic: str) -> int | None:
    """Return the last turn in which a topic was answered and whose words are kept."""
    said = sa.select(turns.c.id, turns.c.topics).where(turns.c.conversation_id == conversation_id, turns.c.text.is_not(None))
    for turn_id, topics in connection.execute(said.order_by(turns.c.id.desc())):
        if topic in topics:
            return int(turn_id)
    return None


def _measure_of(is_helpful: bool) -> Measure:
    return Measure.HELPFUL if is_helpful else Measure.NOT_HELPFUL


def _delete(connection: sa.engine.Connection, ids: Sequence[str]) -> int:
    """Delete conversations whole and return how many turns went."""
    gone, touched = 0, set()
    for some in _portions(ids):
        mine = turns.c.conversation_id.in_(some)
        touched |= set(connection.execute(sa.select(turns.c.group_id).where(mine, turns.c.group_id.is_not(None)).distinct()).scalars())
        connection.execute(reasons.delete().where(reasons.c.turn_id.in_(_turn_ids(some))))
        gone += connection.execute(turns.delete().where(mine)).rowcount
        connection.execute(feedback.delete().where(feedback.c.conversation_id.in_(some)))
        connection.execute(conversations.delete().where(conversations.c.id.in_(some)))
    refresh_groups(connection, touched)
    return gone


def _turn_ids(ids: Sequence[str]) -> Any:
    return sa.select(turns.c.id).where(turns.c.conversation_id.in_(ids))


def _portions(ids: Sequence[str], most: int = 500) -> Iterator[Sequence[str]]:
    """Yield a few at a time: a database takes only so many values in a statement."""
    return (ids[start : start + most] for start in range(0, len(ids), most))


def _months_before(day: dt.date, months: int) -> dt.date:
    """Return the first day of the month that many months ago.

    >>> _months_before(dt.date(2026, 3, 15), 13).isoformat()
    '2025-02-01'
    """
    past = day.year * 12 + day.month - 1 - months
    return dt.date(past // 12, past % 12 + 1, 1)


def _as_json(row: Any) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in row.items()}
