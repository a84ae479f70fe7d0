"""Days that a phrase names, as a value, and what two phrases name together."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from frontdesk.booking.when.wish import EVERY_DAY, Flag

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Days:
    """Days that a phrase names: those of a stretch that fall on certain weekdays."""

    first: dt.date = dt.date.min
    last: dt.date = dt.date.max
    weekdays: frozenset[int] = EVERY_DAY
    is_coming: bool = False
    """Only the first such day: "monday", as opposed to "mondays"."""
    week: tuple[dt.date, dt.date] | None = None
    """What a weekday said beside it falls into: "monday in two weeks"."""
    flag: Flag | None = None
    is_run: bool = False
    """Weekdays from one to another: the coming ones, or those of each week where they are ruled out."""
    others: tuple[Days, ...] = ()
    """More days that the same phrase names: "december 3 or 10"."""

    @classmethod
    def one(cls, day: dt.date, **more: Any) -> Days:
        """Return a single day."""
        return cls(day, day, **more)

    @property
    def is_one(self) -> bool:
        """Say whether it is a single date."""
        return self.first == self.last

    @property
    def is_weekly(self) -> bool:
        """Say whether it is certain weekdays of every week."""
        return not self.is_coming and self.weekdays != EVERY_DAY and self.first == dt.date.min and self.last == dt.date.max

    def settled(self, today: dt.date) -> Days:
        """Return it with the coming day found, from tomorrow on or from where the stretch begins."""
        if not self.is_coming:
            return self
        day = max(self.first, today + DAY)
        while day.weekday() not in self.weekdays:
            day += DAY
        last = day if len(self.weekdays) == 1 else _run_end(day, self.weekdays)
        return Days(day, min(last, self.last), flag=self.flag)


def _run_end(day: dt.date, weekdays: frozenset[int]) -> dt.date:
    """Return the last of the days that follow one another on these weekdays."""
    while (day + DAY).weekday() in weekdays and (day + DAY).weekday() != 0:
        day += DAY
    return day


def meet(one: Days, other: Days) -> Days | None:
    """Return the days that both phrases name, or None when they name no day together."""
    if other.is_coming and not one.is_coming:
        one, other = other, one
    if one.is_run and not other.is_coming and other.last < dt.date.max:
        one = Days(weekdays=one.weekdays)
    flag = one.flag or other.flag
    if one.is_coming and not other.is_coming:
        first, last = other.week or (other.first, other.last)
        stays_open = last == dt.date.max
        found = Days(max(first, one.first), min(last, one.last), one.weekdays & other.weekdays, is_coming=stays_open, flag=flag)
    else:
        week = one.week or other.week
        found = Days(
            max(one.first, other.first),
            min(one.last, other.last),
            one.weekdays & other.weekdays,
            one.is_coming and other.is_coming,
            week,
            flag,
        )
    return found if _has_a_day(found) else None


def _has_a_day(days: Days) -> bool:
    if not days.weekdays or days.first > days.last:
        return False
    length = (days.last - days.first).days
    return length >= 6 or any((days.first + step * DAY).weekday() in days.weekdays for step in range(length + 1))


def stretch(one: Days, other: Days, today: dt.date) -> Days:
    """Return the days from one to another."""
    if one.is_coming and other.is_weekly:
        return replace(stretch(one, replace(other, is_coming=True), today), first=dt.date.min, last=dt.date.max)
    if one.is_coming and other.is_coming and len(one.weekdays) == len(other.weekdays) == 1:
        (first,), (last,) = one.weekdays, other.weekdays
        days = frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))
        if days == frozenset(range(5)):
            return Days(weekdays=days)
        start = one.settled(today)
        return Days(start.first, start.first + (len(days) - 1) * DAY, days, is_run=True)
    start = one.settled(today)
    end = other
    if end.is_coming:
        end = replace(end, first=start.first)
    end = end.settled(today)
    if end.last < start.first:
        return Days(start.first, end.last, flag=Flag.IMPOSSIBLE)
    return Days(start.first, end.last)


def moved(days: Days, count: int, today: dt.date) -> Days:
    """Return days so many days later."""
    settled = days.settled(today)
    return Days(settled.first + count * DAY, settled.last + count * DAY)


def month_days(year: int, month: int) -> Days:
    """Return a whole month."""
    return Days(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))


Found = tuple[Days, int]
"""What was found, and where the phrase ends."""
