"""What a visitor's words about time come to: a filter over real openings. Never a booking time by itself.

All days and times are local to the clinic, as a visitor means them. Times are starts of a visit, in minutes of the day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

WHOLE_DAY = 24 * 60
EVERY_DAY = frozenset(range(7))


class Flag(Enum):
    """What is special about a wish, and has to be said or asked."""

    PAST = "past"
    """It lies before now."""
    IMPOSSIBLE = "impossible"
    """There is no such day or time: 30 February, 25:00, half past two in the night in which clocks go forward."""
    CONFLICT = "conflict"
    """Two things that were said exclude each other, such as a weekday and a date."""
    AMBIGUOUS = "ambiguous"
    """Morning or afternoon is open; both are allowed."""
    ASAP = "asap"
    """The soonest will do."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days and times of day that go together: Tuesdays and Fridays from 9 to 12, until the end of the year."""

    first: dt.date = dt.date.min
    last: dt.date = dt.date.max
    weekdays: frozenset[int] = EVERY_DAY
    """0 is Monday."""
    lo: int = 0
    hi: int = WHOLE_DAY
    """The first minute that is no longer meant; an exact time is one minute long."""

    @property
    def at(self) -> dt.time | None:
        """Return the exact time, if there is one."""
        return dt.time(self.lo // 60, self.lo % 60) if self.hi - self.lo == 1 else None

    @property
    def names_day(self) -> bool:
        """Say whether some days are meant rather than others."""
        return self.first > dt.date.min or self.last < dt.date.max or self.weekdays != EVERY_DAY

    @property
    def names_time(self) -> bool:
        """Say whether some times of day are meant rather than others."""
        return self.lo > 0 or self.hi < WHOLE_DAY

    def holds_day(self, day: dt.date) -> bool:
        """Say whether a day is meant, whatever the time."""
        return self.first <= day <= self.last and day.weekday() in self.weekdays

    def holds(self, start: dt.datetime) -> bool:
        """Say whether a local time is meant."""
        return self.lo <= start.hour * 60 + start.minute < self.hi and self.holds_day(start.date())

    def covers(self, other: Span) -> bool:
        """Say whether all of another span lies in this one."""
        weekdays = {other.first.weekday()} if other.first == other.last else other.weekdays
        is_in_days = self.first <= other.first and other.last <= self.last and weekdays <= self.weekdays
        return is_in_days and self.lo <= other.lo and other.hi <= self.hi

    def distance(self, start: dt.datetime) -> int:
        """Return how many minutes a local time is off; a day counts for more than any time of day."""
        minute = start.hour * 60 + start.minute
        off = self.lo - minute if minute < self.lo else minute - self.hi + 1 if minute >= self.hi else 0
        return off + WHOLE_DAY * self._days_off(start.date())

    def _days_off(self, day: dt.date) -> int:
        if self.holds_day(day):
            return 0
        near = min(max(day, self.first), self.last)
        around = (near + sign * dt.timedelta(days=step) for step in range(7) for sign in (1, -1))
        return abs((next(filter(self.holds_day, around), near) - day).days)


@dataclass(frozen=True, slots=True)
class When:
    """What a visitor said about time."""

    wanted: tuple[Span, ...] = ()
    """Any of these; empty when every time will do that is not excluded."""
    excluded: tuple[Span, ...] = ()
    """None of these, whatever is wanted."""
    flags: frozenset[Flag] = frozenset()

    def __bool__(self) -> bool:
        """Return true: a wish without bounds is a wish too."""
        return True

    @property
    def is_void(self) -> bool:
        """Say whether no opening can be meant: the only time that was named is past or does not exist."""
        return not self.wanted and bool(self.flags & {Flag.PAST, Flag.IMPOSSIBLE, Flag.CONFLICT})

    def excludes(self, start: dt.datetime) -> bool:
        """Say whether the visitor ruled a local time out."""
        return any(span.holds(start) for span in self.excluded)

    def allows(self, start: dt.datetime) -> bool:
        """Say whether an opening that starts at a time, local to the clinic, is what the visitor wants."""
        if self.is_void or self.excludes(start):
            return False
        return not self.wanted or any(span.holds(start) for span in self.wanted)

    def distance(self, start: dt.datetime) -> int:
        """Return how far, in minutes, a local time is from what is wanted; 0 when it is wanted or nothing particular is."""
        return min((span.distance(start) for span in self.wanted), default=0)

    def closest(self, starts: Iterable[dt.datetime]) -> list[dt.datetime]:
        """Return local times that are not ruled out, those that come closest to the wish first."""
        return sorted((start for start in starts if not self.excludes(start)), key=lambda start: (self.distance(start), start))
