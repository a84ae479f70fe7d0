"""Weeks, weekends and months, their parts, and lengths of time: "end of next week", "in two weeks", "first week of december"."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import replace

from frontdesk.booking.when.dates import DateGrammar
from frontdesk.booking.when.days import DAY, WEEK, Days, Found, month_days
from frontdesk.booking.when.holidays import nth_weekday
from frontdesk.booking.when.sentence import Sentence
from frontdesk.booking.when.wish import Flag


class WeekGrammar:
    """Reads stretches of days."""

    def __init__(self, sentence: Sentence, dates: DateGrammar) -> None:
        self.sentence = sentence
        self.token = sentence.token
        self.today = sentence.today
        self.dates = dates

    def ahead(self, start: dt.date, length: int, unit: str) -> dt.date:
        """Return the day so many days, or whole months, after another."""
        if unit != "month":
            return start + length * DAY
        months = start.month - 1 + length // 30
        year, month = start.year + months // 12, months % 12 + 1
        return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))

    def near(self, day: dt.date, unit: str) -> Days:
        """Return a day, and the week it lies in where a weekday beside it would mean that week."""
        monday = day - day.weekday() * DAY
        return Days.one(day, week=(monday, monday + 6 * DAY) if unit in ("week", "month") else None)

    def in_some_time(self, at: int) -> Found | None:
        """Read "in two weeks", "within 10 days", "next two weeks", "in a few days"."""
        token = self.token(at)
        place = at + 1
        if token.text in ("in", "within", "over", "during", "sometime") or (token.kind == "which" and token.value in ("next", "this")):
            is_stretch = token.text != "in"
            if self.token(place).text == "the":
                place += 1
            if token.text == "in" and self.token(place).text in ("about", "around", "roughly"):
                place += 1
            if self.token(place).kind == "which" and self.token(place).value in ("next", "this"):
                place, is_stretch = place + 1, True
            if token.kind == "which" and token.value == "this":
                return None
            if self.token(place).kind == "amount" and self.token(place).value == 1 and is_stretch and token.text != "within":
                return None
            length = self.sentence.length(place)
            if not length:
                return None
            count, unit, end = length
            day = self.ahead(self.today, count, unit)
            if is_stretch:
                return Days(self.today, day), end
            few = self.token(place).kind == "amount" and self.token(place).value > 2
            if unit == "week":
                return (Days(self.week(2).first, self.week(4).last) if few else self.week(count // 7)), end
            if few:
                return Days(self.today + 2 * DAY, self.today + 4 * DAY), end
            return self.near(day, unit), end
        if token.kind in ("amount", "number") and (length := self.sentence.length(at)):
            count, unit, end = length
            if self.token(end).text == "out" or (self.token(end).text in ("from now", "hence")) or self.token(end - 1).text == "time":
                end = end if self.token(end - 1).text == "time" else end + 1
                return self.near(self.ahead(self.today, count, unit), unit), end
        return None

    def week(self, ahead: int) -> Days:
        """Return the week so many weeks ahead; it begins on Monday."""
        monday = self.today - self.today.weekday() * DAY + ahead * WEEK
        return Days(monday, monday + 6 * DAY)

    def stretch(self, at: int) -> Found | None:
        """Read a week, a weekend or a month, or the beginning, middle or end of it."""
        place = self.token(at)
        start = at
        if self.token(start).text == "the" and self.token(start + 1).kind in ("place", "which", "unit"):
            start += 1
            place = self.token(start)
        if place.kind == "place":
            inside = start + 1
            if self.token(inside).text in ("of", "in", "the"):
                inside += 1
            if self.token(inside).text == "the":
                inside += 1
            if found := self.whole(inside) or self.dates.month(inside, bare=True):
                return self._place(place.value, found[0], place.text), found[1]
            if self.token(inside).kind == "unit" and self.token(inside).value in ("week", "month", "weekend", "year"):
                return self._place(place.value, self._this(self.token(inside).value), place.text), inside + 1
            return None
        return self.whole(start)

    def _this(self, unit: str) -> Days:
        if unit == "year":
            return self.shifted("year", 0)
        if unit == "month":
            return month_days(self.today.year, self.today.month)
        days = self.week(0)
        return days if unit == "week" else Days(days.first + 5 * DAY, days.last)

    def whole(self, at: int) -> Found | None:
        """Read "next week", "this weekend", "the week after next"."""
        which, unit = self.token(at), self.token(at + 1)
        if which.text == "the" and unit.kind == "which":
            return self.whole(at + 1)
        if which.kind == "unit" and which.value in ("week", "weekend", "month"):
            if unit.text in ("after next",) or (unit.text == "after" and self.token(at + 2).text == "next"):
                end = at + 2 if unit.text == "after next" else at + 3
                return self.shifted(which.value, 2), end
            if which.value == "weekend" and unit.kind == "part" and unit.text.endswith(("ings", "noons", "nights")):
                return Days(weekdays=frozenset((5, 6))), at + 1
            if which.value == "weekend":
                return (Days(weekdays=frozenset((5, 6)), is_coming=True), at + 1) if self.token(at - 1).kind != "which" else None
            return None
        if which.kind != "which" or unit.kind != "unit" or unit.value not in ("week", "weekend", "month", "year"):
            return None
        if unit.value == "weekend" and which.value == "each":
            return Days(weekdays=frozenset((5, 6))), at + 2
        if which.value == "each":
            return None
        if which.value == "last":
            days = self.shifted(unit.value, -1)
            return replace(days, flag=Flag.PAST), at + 2
        ahead = 0 if which.value == "this" and which.text not in ("following",) else 1
        if unit.value in ("week", "month") and which.text in (
            "coming",
            "upcoming",
            "the coming",
            "the upcoming",
            "this coming",
            "this upcoming",
        ):
            ahead = 1
        if unit.value == "weekend" and which.text in ("coming", "upcoming", "the coming", "the upcoming", "this coming", "this upcoming"):
            ahead = 0
        if self.token(at + 2).text in ("after next",) or (self.token(at + 2).text == "after" and self.token(at + 3).text == "next"):
            return self.shifted(unit.value, 2), at + (3 if self.token(at + 2).text == "after next" else 4)
        return self.shifted(unit.value, ahead), at + 2

    def shifted(self, unit: str, ahead: int) -> Days:
        """Return the week, weekend, month or year so many ahead, from today on."""
        if unit == "year":
            year = self.today.year + ahead
            return Days(dt.date(year, 1, 1), dt.date(year, 12, 31))
        if unit == "month":
            months = self.today.month - 1 + ahead
            days = month_days(self.today.year + months // 12, months % 12 + 1)
        else:
            days = self.week(ahead)
            if unit == "weekend":
                days = Days(days.first + 5 * DAY, days.last)
        return Days(max(days.first, self.today), days.last) if ahead == 0 else days

    def _place(self, place: str, days: Days, word: str) -> Days:
        length = (days.last - days.first).days + 1
        if length > 10:
            month = month_days(days.last.year, days.last.month)
            first = month.first
            return {
                "start": Days(first, first + 9 * DAY),
                "middle": Days(first + 10 * DAY, first + 19 * DAY),
                "end": Days(month.last - 4 * DAY if "end" in word else first + 20 * DAY, month.last),
            }[place]
        monday = days.last - 6 * DAY if length > 2 or days.last.weekday() == 6 else days.first
        if word.startswith("later"):
            return Days(max(self.today + DAY, monday + 2 * DAY if monday > self.today else self.today + DAY), days.last)
        offsets = {"start": (0, 1), "middle": (1, 3), "end": (3, 4)}[place]
        return Days(monday + offsets[0] * DAY, monday + offsets[1] * DAY)

    def _weeks_of_month(self, at: int, count: int) -> Found | None:
        """Read what follows "the first two weeks" or "the last two weeks": "of december"."""
        found = self.dates.month(at + (self.token(at).text in ("of", "in")), bare=True)
        if not found:
            return None
        month = month_days(found[0].last.year, found[0].last.month)
        if count > 0:
            return Days(month.first, month.first + count * WEEK - DAY), found[1]
        return Days(month.last + count * WEEK + DAY, month.last), found[1]

    def ordinal_week(self, at: int) -> Found | None:
        """Read "first week of december", "the last week in january", "first monday of january"."""
        start = at + 1 if self.token(at).text == "the" else at
        which, unit = self.token(start), self.token(start + 1)
        count = which.value if which.kind == "ordinal" else -1 if which.kind == "which" and which.value == "last" else 0
        if count in (1, -1) and unit.kind == "number" and unit.value <= 4 and self.token(start + 2).value == "week":
            return self._weeks_of_month(start + 3, unit.value * count)
        if not count or abs(count) > 5 or not (unit.kind == "weekday" or (unit.kind == "unit" and unit.value in ("week", "weekend"))):
            return None
        end = start + 2
        if self.token(end).text in ("of", "in"):
            end += 1
        if self.token(end).text in ("next month", "the"):
            end += 1
        found = self.dates.month(end, bare=True) or self.whole(end)
        if not found:
            return None
        month = month_days(found[0].last.year, found[0].last.month)
        if unit.kind == "unit" and unit.value == "week":
            first = month.first + (count - 1) * WEEK if count > 0 else month.last - 6 * DAY
            return Days(first, min(first + 6 * DAY, month.last)), found[1]
        weekday = unit.value[0] if unit.kind == "weekday" else 5
        day = nth_weekday(month.first.year, month.first.month, weekday, count)
        if day is None:
            return Days(flag=Flag.IMPOSSIBLE), found[1]
        return Days(day, day + (DAY if unit.kind == "unit" else 0 * DAY), flag=Flag.PAST if day < self.today else None), found[1]
