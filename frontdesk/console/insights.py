"""How it goes: numbers by day and by topic, from the counts of the record, and as CSV.

Counts outlive the words; what was asked and not answered is told from the words that are still kept.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

import sqlalchemy as sa

from frontdesk.console.inbox import State
from frontdesk.faq.spreadsheet.cells import neutralise
from frontdesk.record import Record
from frontdesk.record.counts import Measure, median_of_steps
from frontdesk.record.tables import counts, groups, turns

_TOP = 10
_ANSWERED = ("answer",)

Numbers = Counter[tuple[str, str]]
"""By measure, and of what."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day, or several together."""

    day: str
    """ISO, in the clinic's time zone; or the first and the last, with a slash between."""
    conversations: int
    questions: int
    """Messages in words of the visitor's own, answers to the booking's questions left out."""
    answered: int
    suggested: int
    handed_off: int
    """Not understood; the phone number or a person was named."""
    declined: int
    """Understood as not ours."""
    alarms: int
    none_of_these: int
    wanted_person: int
    wanted_booking: int
    handed_to_clinic: int
    booked: int
    helpful: int
    not_helpful: int
    median_reply_ms: int | None
    dropped: int
    """Turns that could not be kept, so that the other numbers are too low by them."""

    @property
    def other(self) -> int:
        """Questions that were neither answered, nor asked back, nor handed off: greetings, wishes to book, alarms, what is not ours."""
        return self.questions - self.answered - self.suggested - self.handed_off

    @property
    def helpful_rate(self) -> float | None:
        """Of the answers that somebody judged, how many helped, 0 to 1; None without any."""
        judged = self.helpful + self.not_helpful
        return self.helpful / judged if judged else None


@dataclass(frozen=True, slots=True)
class TopicUse:
    """How a topic did."""

    topic: str
    served: int
    helpful: int
    not_helpful: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Alike questions that had no good answer."""

    text: str
    messages: int
    weight: int
    group: int
    """Its number in the inbox."""


@dataclass(frozen=True, slots=True)
class Insights:
    """What there is to tell of some days."""

    whole: Day
    days: tuple[Day, ...]
    """Each day, oldest first, those without anything too."""
    topics: tuple[TopicUse, ...]
    """Most served first."""
    unanswered: tuple[Unanswered, ...]
    """Worst first, whatever the days; as far as the words are kept."""


def load_insights(record: Record, first: dt.date, last: dt.date, top: int = _TOP) -> Insights:
    """Return what there is to tell of the days from the first to the last, both included."""
    chosen = sa.select(counts).where(counts.c.day >= first.isoformat(), counts.c.day <= last.isoformat())
    worst = sa.select(turns.c.text, groups.c.size, groups.c.weight, groups.c.id).join(turns, turns.c.id == groups.c.leader_id)
    with record.database.reading() as connection:
        rows = connection.execute(chosen).all()
        open_groups = connection.execute(
            worst.where(groups.c.state == State.OPEN).order_by(groups.c.weight.desc(), groups.c.id.desc()).limit(top)
        ).all()
    dates = [(first + dt.timedelta(days=place)).isoformat() for place in range((last - first).days + 1)]
    by_day: dict[str, Numbers] = {day: Counter() for day in dates}
    whole: Numbers = Counter()
    for day, measure, of, number in rows:
        by_day[day][measure, of] += number
        whole[measure, of] += number
    topics = _of(whole, Measure.TOPIC)
    ordered = sorted(topics, key=lambda topic: (-topics[topic], topic))[:top]
    helpful, not_helpful = _of(whole, Measure.HELPFUL), _of(whole, Measure.NOT_HELPFUL)
    return Insights(
        whole=_day(f"{first.isoformat()}/{last.isoformat()}", whole),
        days=tuple(_day(day, numbers) for day, numbers in by_day.items()),
        topics=tuple(TopicUse(topic, topics[topic], helpful[topic], not_helpful[topic]) for topic in ordered),
        unanswered=tuple(Unanswered(*row) for row in open_groups),
    )


def to_csv(rows: Sequence[Day | TopicUse | Unanswered]) -> str:
    """Return a table with a line of names; nothing in it is a formula to a spreadsheet."""
    written = io.StringIO()
    lines = csv.writer(written)
    if rows:
        names = [field.name for field in fields(rows[0])]
        lines.writerow(names)
        lines.writerows([_cell(name, getattr(row, name)) for name in names] for row in rows)
    return written.getvalue()


def _day(name: str, numbers: Numbers) -> Day:
    def number(measure: Measure, *of: str) -> int:
        return sum(n for (what, which), n in numbers.items() if what == measure and (not of or which in of))

    steps = [(int(step), n) for step, n in _of(numbers, Measure.REPLY_MS).items()]
    return Day(
        day=name,
        conversations=number(Measure.CONVERSATIONS),
        questions=number(Measure.QUESTIONS),
        answered=number(Measure.QUESTIONS, *_ANSWERED),
        suggested=number(Measure.QUESTIONS, "suggest"),
        handed_off=number(Measure.QUESTIONS, "handoff"),
        declined=number(Measure.QUESTIONS, "decline"),
        alarms=number(Measure.QUESTIONS, "safety"),
        none_of_these=number(Measure.NONE_OF_THESE),
        wanted_person=number(Measure.WANTED_PERSON),
        wanted_booking=number(Measure.WANTED_BOOKING),
        handed_to_clinic=number(Measure.HANDED_TO_CLINIC),
        booked=number(Measure.BOOKED),
        helpful=number(Measure.HELPFUL),
        not_helpful=number(Measure.NOT_HELPFUL),
        median_reply_ms=median_of_steps(steps),
        dropped=number(Measure.DROPPED),
    )


def _of(numbers: Numbers, measure: Measure) -> Counter[str]:
    return Counter({which: number for (what, which), number in numbers.items() if what == measure})


def _cell(name: str, value: object) -> object:
    """Return what is written; a day is meant to be taken for one."""
    return neutralise(value) if isinstance(value, str) and name != "day" else value
