"""Days by name: "tomorrow", "next friday", "weekdays", "christmas eve"."""

from __future__ import annotations

from dataclasses import replace

from frontdesk.booking.when.dates import DateGrammar
from frontdesk.booking.when.days import DAY, Days, Found, meet
from frontdesk.booking.when.holidays import holiday
from frontdesk.booking.when.sentence import Sentence
from frontdesk.booking.when.weeks import WeekGrammar
from frontdesk.booking.when.wish import Flag

_WEEKLY_WITHIN = 8
"""Tokens between a weekday and "every week" said of it."""


class NameGrammar:
    """Reads names of days."""

    def __init__(self, sentence: Sentence, dates: DateGrammar, weeks: WeekGrammar) -> None:
        self.sentence = sentence
        self.token = sentence.token
        self.today = sentence.today
        self.dates = dates
        self.weeks = weeks

    def relative(self, at: int) -> Found | None:
        """Read "today", "tomorrow" and their like."""
        token = self.token(at)
        if token.kind != "relative":
            return None
        day = self.today + token.value * DAY
        return Days.one(day, flag=Flag.PAST if token.value < 0 else None), at + 1

    def weekday(self, at: int) -> Found | None:
        """Read "monday", "next friday", "any tuesday", "monday the 7th"."""
        which = self.token(at)
        place = at
        if which.kind == "which" or (which.text in ("a", "the") and self.token(at + 1).kind == "weekday"):
            place = at + 1
        token = self.token(place)
        if token.kind != "weekday":
            return None
        day, is_many = token.value
        if token.text in self.sentence.words.sets["doubtful"] and not self._is_weekday(at, place):
            return None
        if self.token(place + 1).text == "after next" or (self.token(place + 1).text == "after" and self.token(place + 2).text == "next"):
            end = place + 2 if self.token(place + 1).text == "after next" else place + 3
            return Days.one(self.weeks.week(2).first + day * DAY), end
        weekdays = frozenset((day,))
        is_any = which.text == "a" and place > at and self.token(place + 1).text != "week"
        if (
            is_any
            or self._is_plural_part(place + 1)
            or (place == at and self._is_each_week(place))
            or is_many
            or (which.kind == "which" and which.value == "each")
            or self.token(at - 1).text in ("any", "every", "each")
        ):
            return Days(weekdays=weekdays), place + 1
        if which.kind == "which" and place > at:
            match which.value:
                case "this":
                    first = self.today if which.text == "this" else self.today + DAY
                    return Days.one(first + ((day - first.weekday()) % 7) * DAY), place + 1
                case "next":
                    return Days.one(self.weeks.week(1).first + day * DAY), place + 1
                case "last":
                    return Days.one(self.today - ((self.today.weekday() - day - 1) % 7 + 1) * DAY, flag=Flag.PAST), place + 1
        return self._next_to_a_date(at) or self._numbered(Days(weekdays=weekdays, is_coming=True), place + 1)

    def _next_to_a_date(self, at: int) -> Found | None:
        """Read the "saturday" of "this friday and saturday": the day after."""
        which, before = self.token(at - 3), self.token(at - 2)
        if self.token(at - 1).text not in ("and", "or", "&", "/") or which.kind != "which" or before.kind != "weekday":
            return None
        found = self.weekday(at - 3)
        if found is None or not found[0].is_one or (before.value[0] + 1) % 7 != self.token(at).value[0]:
            return None
        return Days.one(found[0].first + DAY, flag=found[0].flag), at + 1

    def _is_each_week(self, place: int) -> bool:
        """Say whether "every week" is said of a weekday: "monday and thursday every week"."""
        for at in (place - 3, place - 2, *range(place + 1, place + _WEEKLY_WITHIN)):
            which, unit = self.token(at), self.token(at + 1)
            if at > place and which.is_end:
                return False
            if which.text in ("every", "each") and unit.kind == "unit" and unit.value == "week":
                return at > place or self.token(at + 2).text in ("on", ",") or at == place - 2
        return False

    def _is_plural_part(self, at: int) -> bool:
        """Say whether "mornings" follows, which makes "monday" each Monday."""
        part = self.token(at + 1) if self.token(at).kind == "place" else self.token(at)
        return part.kind == "part" and part.text.endswith(("ings", "noons", "nights"))

    def _numbered(self, weekday: Days, end: int) -> Found:
        """Read the day of the month behind a weekday: "monday the 7th", "friday 27"."""
        place = end + 1 if self.token(end).text in ("the", ",") else end
        number = self.token(place)
        is_day = number.kind == "ordinal" or (number.kind == "number" and 13 <= number.value <= 31)
        if not is_day or self.token(place + 1).kind in ("month", "unit") or self.token(place + 1).text in ("of", "o'clock"):
            return weekday, end
        if (number.kind == "number" or number.text.isalpha()) and not self.sentence.may_follow(place + 1):
            return weekday, end
        day = self.dates.coming_day_of_month(number.value)
        if day.flag:
            return day, place + 1
        return meet(weekday, day) or replace(day, flag=Flag.CONFLICT, others=(weekday,)), place + 1

    def _is_weekday(self, at: int, place: int) -> bool:
        """Say whether "sat" or "sun" is a day: beside a time, a number or another day, or where only a day can stand."""
        if place > at:
            return self.token(at).text != "the" or self.token(at - 1).text in ("on", "for", "by")
        before, after = self.token(at - 1), self.token(place + 1)
        if self.token(place).text in ("mon", "mons", "sats"):
            return True
        if before.text in (
            "the",
            "i",
            "we",
            "he",
            "she",
            "it",
            "was",
            "just",
            "have",
            "had",
            "in",
            "get",
            "got",
            "been",
            "they",
            "you",
            "who",
            "that",
            "my",
        ):
            return False
        leads = (
            "on",
            "or",
            "and",
            "not",
            "no",
            "but",
            "except",
            "for",
            "by",
            "until",
            "before",
            "after",
            "from",
            "to",
            "-",
            ",",
            "/",
            "&",
            "any",
            "every",
            "about",
            "anything",
            "opening",
            "openings",
            "available",
            "open",
            "slots",
            "appointments",
        )
        if before.text in leads or before.kind in (
            "corrections",
            "negative_before",
            "negative_except",
            "negative_single",
            "positive_before",
            "bound",
            "number",
            "clock",
            "part",
            "weekday",
        ):
            return after.text not in ("on", "down", "up", "around", "beside", "next to")
        return before.is_end and (
            after.is_end
            or after.kind == "mark"
            or after.text in ("am", "pm")
            or after.kind in ("part", "number", "clock", "ordinal", "positive_after", "negative_after", "negative_either", "bound")
            or after.text in ("at", "or", "and", "-", "/", ",", "the", "to")
        )

    def group(self, at: int) -> Found | None:
        """Read "weekdays" and "weekends"."""
        token = self.token(at)
        place = at + 1 if token.kind == "which" and self.token(at + 1).kind == "day_group" else at
        group = self.token(place)
        if group.kind != "day_group":
            return None
        days = Days(weekdays=self.sentence.words.groups[group.value])
        if place > at and token.value in ("this", "next", "last"):
            week = self.weeks.week(1 if token.value == "next" else 0)
            return replace(days, first=week.first, last=week.last), place + 1
        return days, place + 1

    def holiday(self, at: int) -> Found | None:
        """Read the name of a holiday, and the week around it."""
        token = self.token(at)
        if token.kind != "holiday":
            return None
        rule = self.sentence.words.holidays[token.value]
        day = holiday(rule, self.today.year)
        end = at + 1
        if day < self.today:
            day = holiday(rule, self.today.year + 1)
        if self.token(end).text in ("week",):
            monday = day - day.weekday() * DAY
            return Days(max(self.today, monday), monday + 6 * DAY), end + 1
        return Days.one(day), end
