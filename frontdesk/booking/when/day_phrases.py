"""Which days a phrase names, with its bounds: "after the 5th", "a week from friday". Knows nothing of times of day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from frontdesk.booking.when.dates import DateGrammar
from frontdesk.booking.when.days import DAY, WEEK, Days, Found, moved, stretch
from frontdesk.booking.when.names import NameGrammar
from frontdesk.booking.when.sentence import Sentence
from frontdesk.booking.when.weeks import WeekGrammar
from frontdesk.booking.when.wish import Flag

_FARTHEST_BESIDE = 28
"""Days: "a fortnight on thursday" is said of no longer time."""
_DEEPEST = 3
"""Phrases within phrases: "two weeks from the day after christmas"."""


class DayGrammar:
    """Reads phrases for days."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.token = sentence.token
        self.today = sentence.today
        self.dates = DateGrammar(sentence)
        self.weeks = WeekGrammar(sentence, self.dates)
        self.names = NameGrammar(sentence, self.dates, self.weeks)
        self._depth = 0

    def at(self, at: int) -> Found | None:
        """Return the days that the phrase at a place names, bounds such as "after" included."""
        return self._bounded(at) or self._open_ended(at) or self.plain(at)

    def _open_ended(self, at: int) -> Found | None:
        if not (found := self.plain(at)):
            return None
        days, end = found
        after = self.token(end)
        if after.kind == "bound_after" and after.text != "and up":
            return self._bound(after.value, days), end + 1
        is_compared = after.text == "to" and self._is_preferred(at)
        is_moved = any(self.token(place).text in self.sentence.words.sets["moving"] for place in range(at - 4, at))
        if not is_compared and not is_moved and self._is_range(end) and (other := self.plain(end + 1)) and self._can_range(days, other[0]):
            return stretch(days, other[0], self.today), other[1]
        return None

    def _bounded(self, at: int) -> Found | None:
        bound = self.token(at)
        if bound.kind != "bound":
            return None
        start = self._past_end_of_day(at + 1) if bound.value in ("by", "before", "until") else at + 1
        if not (found := self.plain(start)):
            return None
        days, end = found
        if bound.value in ("between", "from") and self.token(at + 1).kind in ("number", "ordinal", "month"):
            if days.others:
                return stretch(days, days.others[-1], self.today), end
            if not days.is_one and self.token(at + 2).kind in ("number", "ordinal", "word", "mark"):
                return days, end
        goes_on = self._is_range(end) or (bound.value == "between" and self.token(end).text in ("and", "&"))
        if bound.value in ("between", "from") and goes_on and (other := self.plain(end + 1)):
            return stretch(days, other[0], self.today), other[1]
        if bound.value == "between":
            return None
        if bound.value == "from" and self.token(end).kind == "bound_after":
            end += 1
        is_end = self.token(start).value == "end" or self.token(start + 1).value == "end"
        return self._bound("by" if is_end and bound.value == "before" else bound.value, days), end

    def _past_end_of_day(self, at: int) -> int:
        """Return the place behind "end of day" in "by end of day friday"."""
        if self.token(at).kind != "part" or self.token(at).value != "end_of_day":
            return at
        return at + 1 + (self.token(at + 1).text in ("on", "of", "this", ","))

    def _is_range(self, at: int) -> bool:
        token = self.token(at)
        return token.text in ("to", "-", "through", "thru", "till", "til", "until", "up to")

    def _bound(self, bound: str, days: Days) -> Days:
        days = days.settled(self.today)
        if days.flag is Flag.IMPOSSIBLE or days.first == dt.date.min:
            return days
        match bound:
            case "after":
                return Days(first=min(days.last, dt.date.max - DAY) + DAY)
            case "from":
                return Days(first=days.first)
            case "before":
                return Days(self.today, days.first - DAY, flag=Flag.PAST if days.first <= self.today else None)
            case _:
                return Days(self.today, days.last, flag=Flag.PAST if days.last < self.today else None)

    def _can_range(self, one: Days, other: Days) -> bool:
        is_each = one.is_coming and other.is_weekly and len(other.weekdays) == 1
        return is_each or ((one.is_one or one.is_coming) and (other.is_one or other.is_coming))

    def _is_preferred(self, at: int) -> bool:
        """Say whether "prefer" stands before, so that "to" compares: "I prefer monday to friday" is safely read as Monday."""
        before = self.token(at - 2) if self.token(at - 1).text in ("on", "a", "the", "in") else self.token(at - 1)
        return before.text in ("prefer", "i'd prefer", "id prefer")

    def plain(self, at: int) -> Found | None:
        """Return the days of a phrase that has no bound before or after it; None where phrases stand in phrases without end."""
        if self._depth == _DEEPEST:
            return None
        self._depth += 1
        try:
            return self._plain(at)
        finally:
            self._depth -= 1

    def _plain(self, at: int) -> Found | None:
        for rule in (
            self._one_after,
            self._bare_next,
            self._day_beside,
            self.weeks.in_some_time,
            self.weeks.ordinal_week,
            self.weeks.stretch,
            self.dates.dated,
            self.names.relative,
            self.names.weekday,
            self.names.group,
            self.names.holiday,
            self.dates.month,
            self.dates.bare_ordinal,
        ):
            if found := rule(at):
                return self._week_later(found)
        return None

    def _week_later(self, found: Found) -> Found:
        """Read "friday week", "tomorrow week", "a week friday" as people in Britain do."""
        days, end = found
        token = self.token(end)
        if token.kind == "unit" and token.value == "week" and token.text == "week" and (days.is_one or days.is_coming):
            before = self.token(end - 1)
            if before.kind in ("weekday", "relative") and before.text not in ("this day", "next day"):
                return moved(days, 7, self.today), end + 1
        return found

    def _day_beside(self, at: int) -> Found | None:
        """Read a day by its distance from another: "the day after christmas", "two weeks from monday", "the week of the 7th"."""
        start = at + 1 if self.token(at).text == "the" else at
        unit = self.token(start)
        if unit.kind == "unit" and unit.value == "weekend" and self.token(start + 1).text == "of":
            found = self.plain(start + 2)
            day = found[0].settled(self.today) if found else None
            if found is None or day is None or not day.is_one:
                return None
            saturday = day.first + (5 - day.first.weekday()) * DAY
            return Days(saturday, saturday + DAY), found[1]
        if unit.kind == "unit" and unit.text in ("day", "week", "wk", "wek", "weak"):
            return self._unit_beside(at, start + 1, unit.value)
        if length := self.sentence.length(start):
            return self._length_beside(at, *length)
        return None

    def _unit_beside(self, at: int, place: int, unit: str) -> Found | None:
        """Read what follows "the day" or "the week": "after christmas", "of the 7th"."""
        beside, following = self.token(place), self.token(place + 1)
        earlier = self._earlier_relative(at)
        stands_alone = following.text == "that" or following.is_end or following.text in (",", "at", "in", "after", "before")
        if unit == "day" and beside.text == "after" and earlier is not None and stands_alone:
            return Days.one(self.today + (earlier + 1) * DAY), place + 1 + (following.text == "that")
        if unit == "week" and beside.text == "after" and following.text == "next":
            return self.weeks.week(2), place + 2
        if unit == "day" and beside.text in ("after", "before") and not self.plain(place + 1) and (day := self._earlier_day(at)):
            return moved(day, 1 if beside.text == "after" else -1, self.today), place + 1
        if unit == "week" and beside.text == "after" and not self.plain(place + 1):
            weeks = [one for one in self.sentence.tokens[max(0, at - 9) : at] if one.kind == "which" and one.value in ("this", "next")]
            return (self.weeks.week(2 if weeks[-1].value == "next" else 1), place + 1) if weeks else None
        if beside.text not in ("from", "after", "following", "before", "past", "of") or (beside.text == "of" and unit == "day"):
            return None
        found = self.plain(place + 1)
        base = found[0].settled(self.today) if found else None
        if found is None or base is None or not base.is_one:
            return None
        steps = {"of": 0, "before": -1}.get(beside.text, 1)
        if unit == "day":
            return moved(base, steps, self.today), found[1]
        monday = base.first - base.first.weekday() * DAY + steps * WEEK
        return Days(monday, monday + 6 * DAY), found[1]

    def _length_beside(self, at: int, count: int, unit: str, place: int) -> Found | None:
        """Read what follows "two weeks": "from monday", "before christmas", "today"."""
        beside, following = self.token(place), self.token(place + 1)
        if beside.text in ("from", "after", "following", "before", "past"):
            if following.text in ("now", "today"):
                return self.weeks.near(self.weeks.ahead(self.today, count, unit), unit), place + 2
            found = self.plain(place + 1)
            return (moved(found[0], -count if beside.text == "before" else count, self.today), found[1]) if found else None
        if unit != "week" or self.token(at - 1).text in ("in", "for", "within"):
            return None
        place += beside.text == "on"
        found = self.names.relative(place) or self.names.weekday(place)
        if found is None or not (found[0].is_one or found[0].is_coming) or count > _FARTHEST_BESIDE:
            return None
        return moved(found[0], count, self.today), found[1]

    def _earlier_relative(self, at: int) -> int | None:
        return next((token.value for token in reversed(self.sentence.tokens[max(0, at - 4) : at]) if token.kind == "relative"), None)

    def _bare_next(self, at: int) -> Found | None:
        """Read the "next" of "not this week but next"."""
        which, following = self.token(at), self.token(at + 1)
        if which.text not in ("next", "the next") or not (following.is_end or following.text in (",", "please", "is", "works")):
            return None
        for place in range(at - 1, max(-1, at - 6), -1):
            token = self.token(place)
            if token.kind == "unit" and token.value in ("week", "weekend", "month"):
                return self.weeks.shifted(token.value, 1), at + 1
            if token.kind == "weekday":
                return Days.one(self.weeks.week(1).first + token.value[0] * DAY), at + 1
        return None

    def _earlier_day(self, at: int) -> Days | None:
        """Return the last day that was named before: "thanksgiving I'm cooking, the day after is fine"."""
        for place in range(at - 1, max(-1, at - 9), -1):
            if found := self.names.holiday(place) or self.names.weekday(place) or self.dates.dated(place) or self.dates.bare_ordinal(place):
                return found[0] if (found[0].is_one or found[0].is_coming) and not found[0].flag else None
        return None

    def _one_after(self, at: int) -> Found | None:
        """Read "the one after", which is a week after the weekday that was named before."""
        start = at + 1 if self.token(at).text == "the" else at
        one, after = self.token(start), self.token(start + 1)
        if after.text == "one" and one.text in ("next", "following", "the next", "the following"):
            end = start + 2
        elif one.text == "one" and after.text == "after":
            end = start + 2 + (self.token(start + 2).text == "that")
        else:
            return None
        if not (self.token(end).is_end or self.token(end).kind == "mark"):
            return None
        for place in range(start - 1, -1, -1):
            if self.token(place).kind == "weekday" and (found := self.names.weekday(place - 1) or self.names.weekday(place)):
                return moved(replace(found[0], is_coming=found[0].first == dt.date.min), 7, self.today), end
        return None
