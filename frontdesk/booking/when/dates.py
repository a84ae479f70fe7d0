"""Dates in digits and with the name of a month: "12/3", "the 3rd of december", "dec 3 to 8"."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import replace

from frontdesk.booking.when.days import Days, Found, month_days, stretch
from frontdesk.booking.when.sentence import Sentence
from frontdesk.booking.when.wish import Flag

_YEARS = range(2000, 2100)
_LONGEST_PAST = 2
"""Years: an older date is one of birth, or of a first complaint."""
_NEXT_YEAR_WITHIN = dt.timedelta(days=183)
"""A date that has gone is next year's when that is nearer than this, else it is past."""


class DateGrammar:
    """Reads dates."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.token = sentence.token
        self.today = sentence.today

    def dated(self, at: int) -> Found | None:
        """Read a date: "12/3", "december 3rd", "3 to 8 december"."""
        token = self.token(at)
        if token.text == "the" and self.token(at + 1).kind in ("number", "ordinal", "dm", "dmy"):
            return self.dated(at + 1)
        match token.kind:
            case "iso":
                return self._made(*token.value), at + 1
            case "dmy":
                first, second, year = token.value
                month, day = self._order(first, second)
                year = year if year > 99 else 2000 + year
                return (self._made(year, month, day), at + 1) if year >= self.today.year - _LONGEST_PAST else None
            case "dm":
                return self._slashed(at)
            case "month":
                return self._month_then_day(at)
            case "number" | "ordinal":
                return self._dashed(at) or self._day_then_month(at)
        return None

    def _order(self, first: int, second: int) -> tuple[int, int]:
        """Return month and day of two numbers; the clinic's custom decides where both orders are possible."""
        if first > 12 >= second:
            return second, first
        if second > 12 >= first:
            return first, second
        return (first, second) if self.sentence.month_first else (second, first)

    def _slashed(self, at: int) -> Found | None:
        first, second = self.token(at).value
        month, day = self._order(first, second)
        if not 1 <= month <= 12 or not 1 <= day <= 39:
            return None
        nearby = range(max(0, at - 4), at + 5)
        if any(self.token(place).text in self.sentence.words.sets["scores"] for place in nearby if place != at):
            return None
        is_of_ten = second == 10 and first <= 10
        before = self.token(at - 1)
        if is_of_ten and not (
            before.text in ("on", "for", "by", "before", "after", "until", "from", "the") or before.kind in ("weekday", "bound")
        ):
            return None
        if self.token(at - 1).text in self.sentence.words.sets["before_count"]:
            return None
        if self.token(at).text in self.sentence.words.sets["fractions"] and not self._is_no_fraction(at):
            return None
        return self._yearless(month, day), at + 1

    def _dashed(self, at: int) -> Found | None:
        """Read "12-8" where a time of day follows; else it is a stretch of time."""
        first, dash, second, after = (self.token(at + step) for step in range(4))
        if dash.text != "-" or first.kind != "number" or second.kind != "number" or after.text not in ("at", "@") or first.value > 31:
            return None
        month, day = self._order(first.value, second.value)
        return (self._yearless(month, day), at + 3) if 1 <= month <= 12 and 1 <= day <= 31 else None

    def _is_no_fraction(self, at: int) -> bool:
        """Say whether "1/4" is a date by what stands beside it: "on 1/4", "1/4 at nine", or nothing."""
        before, after = self.token(at - 1), self.token(at + 1)
        return (
            before.text in ("on", "for", "by", "not", "or")
            or before.kind in ("weekday", "bound", "negative_before", "negative_except")
            or after.is_end
            or after.text in ("at", "@", ",", "or", "and", "in", "am", "pm", "please")
            or after.kind in ("clock", "part", "bound", "weekday", "positive_after", "negative_after")
        )

    def _month_then_day(self, at: int) -> Found | None:
        month = self.token(at)
        end = at + 1
        if self.token(end).text in ("the", ",", "."):
            end += 1
        number = self.token(end)
        if number.kind not in ("number", "ordinal") or (number.kind == "number" and number.value > 39):
            return None
        if month.text in self.sentence.words.sets["doubtful"] and number.kind == "number" and not self.sentence.may_follow(end + 1):
            return None
        return self._dated_run(month.value, [number.value], end + 1, trailing=True)

    def _day_then_month(self, at: int) -> Found | None:
        numbers = [self.token(at).value]
        end = at + 1
        while self.token(end).text in ("to", "-", "or", "and", "through", "until", ",", "&") and len(numbers) < 4:
            after = end + 1
            if self.token(after).text == "the":
                after += 1
            if self.token(after).kind not in ("number", "ordinal"):
                break
            if self.token(end).text in ("to", "-", "through", "until"):
                numbers.append(-self.token(after).value)
            else:
                numbers.append(self.token(after).value)
            end = after + 1
        if self.token(end).text in ("of", "in", "of the"):
            end += 1
        month = self.token(end)
        if month.kind != "month" or any(abs(number) > 39 for number in numbers):
            return None
        if month.text == "may" and self.token(end + 1).text in ("i", "we"):
            return None
        return self._dated_run(month.value, numbers, end + 1, trailing=False)

    def _dated_run(self, month: int, numbers: list[int], end: int, *, trailing: bool) -> Found | None:
        """Read what follows a date: a second day ("3 to 8", "3 or 4") and a year."""
        if trailing:
            after = end + 1
            if self.token(after).text == "the":
                after += 1
            is_day = (
                self.token(after).kind in ("number", "ordinal") and self.token(after).value <= 31 and self.token(after + 1).kind != "month"
            )
            follows = self.sentence.may_follow(after + 1) if self.token(after).kind == "number" else True
            if is_day and follows and self.token(end).text in ("to", "-", "through", "until", "thru"):
                numbers.append(-self.token(after).value)
                end = after + 1
            end = self._more_days(numbers, end)
        year = self._year(end)
        if year:
            end = year[1]
        made = [self._made(year[0], month, abs(number)) if year else self._yearless(month, abs(number)) for number in numbers]
        if len(made) == 1:
            return made[0], end
        if numbers[-1] < 0:
            return stretch(made[0], made[-1], self.today), end
        return replace(made[0], others=tuple(made[1:])), end

    def _more_days(self, numbers: list[int], end: int) -> int:
        """Add the days of "december 15, 16 or 17" to the first; return where they end."""
        while self.token(end).text in (",", "or", "and", "&") and len(numbers) < 5 and numbers[-1] > 0:
            if self.token(end).text == "," and self.token(end + 1).text == "the":
                break
            after = end + 1 + (self.token(end).text == "," and self.token(end + 1).text in ("or", "and"))
            after += self.token(after).text == "the"
            number, following = self.token(after), self.token(after + 1)
            if number.kind not in ("number", "ordinal") or not 1 <= number.value <= 31 or following.kind in ("month", "unit", "oclock"):
                break
            if self.token(after - 1).text == "," and number.value <= 12 and following.text not in (",", "or", "and"):
                break
            if number.kind == "number" and not self.sentence.may_follow(after + 1):
                break
            numbers.append(number.value)
            end = after + 1
        return end

    def _year(self, at: int) -> tuple[int, int] | None:
        if self.token(at).text == "," and self.token(at + 1).kind == "number" and self.token(at + 1).value in _YEARS:
            return int(self.token(at + 1).value), at + 2
        if self.token(at).kind == "number" and self.token(at).value in _YEARS:
            return int(self.token(at).value), at + 1
        if self.token(at).text in ("next", "this") and self.token(at + 1).text == "year":
            return self.today.year + (self.token(at).text == "next"), at + 2
        return None

    def _made(self, year: int, month: int, day: int) -> Days:
        try:
            date = dt.date(year, month, day)
        except ValueError:
            return Days(flag=Flag.IMPOSSIBLE)
        return Days.one(date, flag=Flag.PAST if date < self.today else None)

    def _yearless(self, month: int, day: int) -> Days:
        days = self._made(self.today.year, month, day)
        if days.flag is Flag.PAST or (month, day) == (2, 29):
            later = self._made(self.today.year + 1, month, day)
            if later.flag is None and later.first - self.today <= _NEXT_YEAR_WITHIN:
                return later
        return days

    def month(self, at: int, *, bare: bool = False) -> Found | None:
        """Read a month alone: "in december", "next january 2027"."""
        token = self.token(at)
        before = self.token(at - 1)
        if token.kind == "which" and self.token(at + 1).kind == "month" and token.value in ("this", "next", "last"):
            found = self.month(at + 1, bare=True)
            return found if found is None or token.value != "last" else (replace(found[0], flag=Flag.PAST), found[1])
        if token.kind != "month":
            return None
        is_led = bare or before.text in (
            "in",
            "of",
            "during",
            "for",
            "until",
            "before",
            "after",
            "by",
            "from",
            "or",
            "this",
            "next",
            "late",
            "early",
            "mid",
            "through",
        )
        if token.text in self.sentence.words.sets["doubtful"] and not is_led:
            return None
        if token.text in ("may", "march") and self.token(at + 1).text in ("i", "we", "in", "on", "be", "not", "have", "need", "want"):
            return None
        year = self._year(at + 1)
        this_year = self.today.year
        if year:
            return self._flagged(month_days(year[0], token.value)), year[1]
        if token.value == self.today.month:
            return Days(self.today, month_days(this_year, token.value).last), at + 1
        return month_days(this_year + (token.value < self.today.month), token.value), at + 1

    def _flagged(self, days: Days) -> Days:
        return replace(days, flag=Flag.PAST) if days.last < self.today else days

    def bare_ordinal(self, at: int) -> Found | None:
        """Read "the 3rd", "on 3rd"; not "the 3rd visit"."""
        token = self.token(at)
        place = at + 1 if token.text == "the" else at
        number, following = self.token(place), self.token(place + 2)
        before = self.token(at - 1)
        if number.kind == "number" and self.token(place + 1).text in ("-", "to", "through", "thru") and following.kind == "ordinal":
            return stretch(self.coming_day_of_month(number.value), self.coming_day_of_month(following.value), self.today), place + 3
        if place > at and number.text == "day" and self.token(place + 1).kind == "number" and self.sentence.may_follow(place + 2):
            return self.coming_day_of_month(self.token(place + 1).value), place + 2
        is_led = (
            place > at
            or before.text in ("on", "for", "by", "until", "before", "after", "from", "or", "and", "between", "to", "-", "the")
            or before.is_end
            or before.kind == "ordinal"
            or (before.text == "," and self.token(at - 2).kind in ("ordinal", "month"))
        )
        may_follow = self.sentence.may_follow(place + 1) or self.token(place + 1).kind == "ordinal"
        if not is_led or number.kind != "ordinal" or not may_follow:
            return None
        is_word = number.text.isalpha()
        if is_word and not (place > at and number.value > 2):
            return None
        return self.coming_day_of_month(number.value), place + 1

    def coming_day_of_month(self, number: int) -> Days:
        """Return the next day with such a number, today included."""
        if not 1 <= number <= 31:
            return Days(flag=Flag.IMPOSSIBLE)
        year, month = self.today.year, self.today.month
        while True:
            if number <= calendar.monthrange(year, month)[1] and dt.date(year, month, number) >= self.today:
                return Days.one(dt.date(year, month, number))
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
