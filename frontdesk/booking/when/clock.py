"""Which times of day a phrase names. A small grammar over tokens; knows nothing of days and of what is ruled out.

"At 5" has two readings. Both are kept until the rest of the message, or the opening hours, decide.
"""

from __future__ import annotations

import datetime as dt

from frontdesk.booking.when.hours import HALF_DAY, NEARLY, Hours, between
from frontdesk.booking.when.sentence import Sentence
from frontdesk.booking.when.wish import WHOLE_DAY, Flag

_LONGEST_AHEAD = 7 * WHOLE_DAY
"""Minutes: farther ahead nobody counts in hours."""
_CLOCK_MINUTES = frozenset((0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55))
_NEAR = 9
"""Tokens: a part of the day so near says that a number is an hour."""

Point = tuple[tuple[int, ...], int]
"""A time in each reading, in minutes, and where the phrase ends. No reading: there is no such time."""


class ClockGrammar:
    """Reads phrases for times of day in a list of tokens."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.token = sentence.token
        self.words = sentence.words

    def at(self, at: int) -> tuple[Hours, int] | None:
        """Return the times of day that the phrase at a place names."""
        return self._in_some_hours(at) or self._between(at) or self._bounded(at) or self._range(at) or self._part(at) or self._exact(at)

    def _in_some_hours(self, at: int) -> tuple[Hours, int] | None:
        """Read "in 2 hours", "in half an hour": hours that pass, not hours on the clock."""
        if self.token(at).text != "in":
            return None
        is_half = self.token(at + 1).text == "half"
        amount = self.sentence.amount(at + 1 + is_half)
        if not amount or self.token(amount[1]).value not in ("hour", "minute"):
            return None
        minutes = amount[0] * (60 if self.token(amount[1]).value == "hour" else 1) // (2 if is_half else 1)
        if minutes > _LONGEST_AHEAD:
            return None
        then = (self.sentence.now.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(self.sentence.now.tzinfo)
        minute = then.hour * 60 + then.minute
        return Hours(((minute, minute + 1),), day=then.date()), amount[1] + 1

    def _between(self, at: int) -> tuple[Hours, int] | None:
        bound = self.token(at)
        if bound.kind != "bound" or bound.value not in ("between", "from") or self.token(at - 1).text in self.words.sets["before_count"]:
            return None
        first = self.point(at + 1 + self._is_the_of_an_hour(at + 1), is_led=True, in_range=True)
        if not first or self._is_score(at):
            return None
        joins = (
            ("and", "to", "-", "&", "until", "till", "til", "or", "through", "thru")
            if bound.value == "between"
            else ("to", "-", "until", "till", "til", "through", "thru", "up to")
        )
        if self.token(first[1]).text not in joins:
            return None
        second = self.point(first[1] + 1 + self._is_the_of_an_hour(first[1] + 1), is_led=True)
        return (between(first[0], second[0]), second[1]) if second else None

    def _bounded(self, at: int) -> tuple[Hours, int] | None:
        """Read "after 5", "not before half past two", "until noon"."""
        bound = self.token(at)
        if bound.kind != "bound" or bound.value == "between" or (bound.value == "from" and self._is_score(at)):
            return None
        place = at + 1
        if self.token(place).text in ("at", "my"):
            place += 1
        if self.token(place).kind == "around" or self._is_the_of_an_hour(place):
            place += 1
        if point := self.point(place, is_led=True):
            readings, end = self._narrowed(*point)
            return self._bound(bound.value, readings), self._past_bound_after(bound.value, end)
        part = self._part(place)
        if part and not part[0].day:
            lo, hi = part[0].readings[0]
            window = {"after": (hi, WHOLE_DAY), "from": (lo, WHOLE_DAY), "before": (0, lo)}.get(bound.value, (0, hi))
            return (Hours((window,)), part[1]) if window[0] < window[1] else None
        return None

    def _is_the_of_an_hour(self, at: int) -> bool:
        """Say whether "the" stands before a time, as in "after the 3pm" or "in the afternoon, after the 3", where a day is "the 3rd"."""
        number = self.token(at + 1)
        if self.token(at).text != "the" or number.kind not in ("clock", "number"):
            return False
        beside = [self.token(place) for place in range(at - _NEAR, at + _NEAR)]
        return number.kind == "clock" or (1 <= number.value <= 12 and any(token.kind == "part" for token in beside))

    def _narrowed(self, readings: tuple[int, ...], end: int) -> Point:
        """Return a time with the readings that "in the afternoon" behind it leaves."""
        place = end + (self.token(end).text in ("in", "at"))
        place += self.token(place).text in ("the", "this") and place > end
        if place == end and self.token(place).text != "at night":
            return readings, end
        if not (part := self._part(place)) or part[0].day:
            return readings, end
        near = tuple(at for at in readings if any(lo - NEARLY <= at <= hi + NEARLY for lo, hi in part[0].readings))
        return (near, part[1]) if near else (readings, end)

    def _past_bound_after(self, bound: str, end: int) -> int:
        return end + 1 if self.token(end).kind == "bound_after" and bound in ("from", "after") else end

    def _bound(self, bound: str, readings: tuple[int, ...]) -> Hours:
        if not readings:
            return Hours((), Flag.IMPOSSIBLE)
        if bound in ("after", "from"):
            return Hours(tuple((minute, WHOLE_DAY) for minute in readings))
        return Hours(tuple((0, minute) for minute in readings if minute))

    def _range(self, at: int) -> tuple[Hours, int] | None:
        first = self.point(at, is_led=self._is_led(at), in_range=True)
        if not first or self.token(first[1]).text not in ("-", "to", "until", "till", "til", "through", "thru"):
            return None
        second = self.point(first[1] + 1, is_led=True)
        if not second or not first[0] or not second[0] or self._is_score(at):
            return None
        plain = self.token(at).kind == "number" and self.token(first[1] + 1).kind == "number" and not self._is_led(at)
        return between(first[0], second[0], is_weak=plain), second[1]

    def _part(self, at: int) -> tuple[Hours, int] | None:
        """Read "morning", "this afternoon", "tonight", "in the evening"."""
        token = self.token(at)
        if token.kind == "which" and self.token(at + 1).kind == "part" and token.value in ("this", "each"):
            window = self.words.windows[self.token(at + 1).value]
            return Hours((window,), day=self.sentence.today if token.text == "this" else None), at + 2
        if token.kind == "tonight":
            return Hours((self.words.windows["evening"],), day=self.sentence.today), at + 1
        if token.kind == "word" and token.text in ("am", "pm") and self._is_half_of_day(at):
            return Hours(((0, HALF_DAY),) if token.text == "am" else (self.words.windows["pm"],)), at + 1
        if token.kind == "place" and self.token(at + 1).kind == "part":
            name = {"start": "early", "middle": "mid", "end": "late"}[token.value]
            found = self.words.windows.get(f"{name}_{self.token(at + 1).value}")
            return (Hours((found,)), at + 2) if found else None
        if token.kind != "part":
            return None
        is_night_work = token.text == "nights" and self.token(at - 1).text.rpartition(" ")[2] in ("work", "works", "working")
        return Hours((self.words.windows["late_evening" if is_night_work else token.value],)), at + 1

    def _is_half_of_day(self, at: int) -> bool:
        before = self.token(at - 1)
        return (
            self.token(at).text == "pm"
            or before.kind in ("weekday", "relative", "ordinal", "month", "day_group")
            or before.value == "weekend"
            or (before.text in ("or", "/", "the", "any", "no", "not", "in") and self.token(at + 1).text not in ("i",))
        )

    def _exact(self, at: int) -> tuple[Hours, int] | None:
        place = at
        is_about = False
        if self.token(place).kind == "around":
            is_about, place = True, place + 1
        if self.token(place).text in ("at", "@"):
            place += 1
        if self.token(place).text == "the" and self.token(place + 1).kind in ("clock", "number") and self.token(place - 1).text == "at":
            place += 1
        point = self.point(place, is_led=place > at or self._is_led(place))
        if not point:
            return None
        readings, end = point
        if self.token(end).text == "-" and self.token(end + 1).kind == "about_after":
            end += 1
        if self.token(end).kind == "about_after":
            is_about, end = True, end + 1
        after = self.token(end)
        if after.kind == "bound_after" or (after.text == "+" and place == at):
            return self._bound("from" if after.value != "until" else "until", readings), end + 1
        if not readings:
            return Hours((), Flag.IMPOSSIBLE), end
        if is_about:
            return Hours(tuple((max(0, minute - NEARLY), min(WHOLE_DAY, minute + NEARLY)) for minute in readings)), end
        return Hours(tuple((minute, minute + 1) for minute in readings)), end

    # A point in time

    def point(self, at: int, *, is_led: bool, in_range: bool = False) -> Point | None:
        """Return the time that the phrase at a place names.

        Args:
            at: The place.
            is_led: Whether a word such as "at" or "after" stands before it, so that a bare number may be a time.
            in_range: Whether it may be followed by another number.
        """
        token = self.token(at)
        if token.text == "the" and self.token(at + 1).kind in ("clock_word",):
            return self.point(at + 1, is_led=is_led)
        found = self._spoken(at, is_led=is_led) or self._digits(at, is_led=is_led, in_range=in_range)
        if not found:
            return None
        end = found[1]
        if self.token(end).kind == "oclock":
            end += 1
        if self.token(end).text in ("am", "pm") and self.token(end - 1).kind in ("number", "oclock", "ordinal"):
            half, end = self.token(end).text, end + 1
            return tuple(minute for minute in found[0] if (minute >= HALF_DAY) == (half == "pm")), end
        return found[0], end

    def _spoken(self, at: int, *, is_led: bool) -> Point | None:
        """Read "half past nine", "half three", "quarter to five", "ten past two", "noon"."""
        token = self.token(at)
        if token.kind == "clock_word":
            return (token.value,), at + 1
        if token.kind == "halves" and (hour := self._hour(at + 1)):
            return self._shift(hour, 30)
        if token.text == "half" and (hour := self._hour(at + 1)) and self.token(at + 1).text != "a":
            return self._shift(hour, 30)
        place = at
        if token.kind == "quarters":
            minutes, place = 15, at + 1
        elif token.kind == "number" and token.value in (5, 10, 15, 20, 25):
            minutes, place = int(token.value), at + 1
            if self.token(place).text in ("minutes", "mins"):
                place += 1
        else:
            return None
        direction = self.token(place).text
        hour = self._hour(place + 1)
        if not hour or direction not in ("past", "to", "till", "til", "before", "after", "of", "gone"):
            return None
        if token.kind == "number" and direction in ("after", "before", "of") and self.token(place - 1).text not in ("minutes", "mins"):
            return None
        if direction in ("to", "till", "til") and token.kind == "number" and not (is_led and self._says_at(at)) and token.value <= 15:
            return None
        return self._shift(hour, minutes if direction in ("past", "after", "gone") else -minutes)

    def _says_at(self, at: int) -> bool:
        return self.token(at - 1).text in ("at", "around", "about", "@") and not self.token(at).text.isdigit()

    def _hour(self, at: int) -> Point | None:
        token = self.token(at)
        if token.kind == "number" and 1 <= token.value <= 12:
            return self._readings(token.value, 0, None), at + 1
        if token.kind == "clock" and token.value[1] == 0:
            return self._readings(*token.value), at + 1
        if token.kind == "clock_word":
            return (token.value,), at + 1
        return None

    def _shift(self, point: Point, minutes: int) -> Point:
        return tuple((minute + minutes) % WHOLE_DAY for minute in point[0]), point[1]

    def _digits(self, at: int, *, is_led: bool, in_range: bool) -> Point | None:
        token = self.token(at)
        if token.kind == "clock":
            return self._readings(*token.value), at + 1
        if token.kind != "number":
            return None
        following = self.token(at + 1)
        if following.kind == "oclock":
            return self._readings(token.value, 0, None), at + 1
        if following.text in ("hours", "hrs") and self.token(at - 1).text in ("at", "@") and token.value <= 24:
            return self._readings(token.value, 0, None), at + 2
        if following.value == "hour" and self.token(at - 1).text == "the" and self.token(at - 2).text in ("at", "after", "before"):
            return self._readings(token.value, 0, None), at + 2
        if self._is_minutes(at + 1) and 1 <= token.value <= 12 and (not token.text.isdigit() or is_led):
            return self._readings(token.value, self._minutes(at + 1), None), at + 2
        if (
            following.kind == "clock"
            and following.value[0] in _CLOCK_MINUTES
            and following.value[1] == 0
            and following.value[0] > 12
            and token.value <= 12
        ):
            return self._readings(token.value, following.value[0], following.value[2]), at + 2
        if len(token.text) in (3, 4) and token.text.isdigit():
            hour, minute = divmod(token.value, 100)
            is_hours = self.token(at + 1).text in ("hours", "hrs")
            if (
                (is_led or is_hours or following.kind == "about_after")
                and hour < 24
                and minute in _CLOCK_MINUTES
                and (is_hours or self.sentence.may_follow(at + 1))
                and self.token(at - 1).text != "in"
            ):
                return self._readings(hour, minute, "24h" if token.text[0] == "0" else None), at + 1 + is_hours
            return None
        if token.value > 24 or len(token.text) > 6:
            return None
        is_asked = (
            is_led
            or self._is_beside_a_day(at)
            or in_range
            or self._is_in_part(at + 1)
            or following.kind in ("about_after", "bound_after")
            or self._is_ish(at + 1)
        )
        follows = self._is_range_end(at + 1) if in_range else False
        is_asked = is_asked or following.text in ("am", "pm") or (following.text == "or" and self.token(at + 2).kind == "clock")
        is_asked = is_asked or (following.text in ("is", "would be", "am") and self.token(at + 2).text in ("too early", "too late"))
        if not is_asked or not (follows or self.sentence.may_follow(at + 1)):
            return None
        if following.kind == "month" or self.token(at - 1).text in self.words.sets["before_count"]:
            return None
        return self._readings(token.value, 0, None), at + 1

    def _is_ish(self, at: int) -> bool:
        return self.token(at).text == "-" and self.token(at + 1).kind == "about_after"

    def _is_range_end(self, at: int) -> bool:
        if self.token(at).text not in ("-", "to", "and", "until", "till", "til", "&", "or", "through"):
            return False
        token = self.token(at + 1)
        return (
            token.kind == "clock"
            or token.kind == "clock_word"
            or (token.kind == "number" and token.value <= 24 and self.sentence.may_follow(at + 2))
        )

    def _is_minutes(self, at: int) -> bool:
        token = self.token(at)
        return (
            token.kind == "number"
            and token.value in (15, 30, 45, 10, 20, 40, 50, 0)
            and token.value >= 10
            and self.sentence.may_follow(at + 1)
        )

    def _minutes(self, at: int) -> int:
        return int(self.token(at).value)

    def _is_in_part(self, at: int) -> bool:
        """Say whether "in the afternoon" or "at night" follows."""
        if self.token(at).text in ("in", "at") and self.token(at + 1).kind == "part":
            return True
        if self.token(at).kind == "part" and self.token(at).text == "at night":
            return True
        return self.token(at).text == "in" and self.token(at + 1).text in ("the", "this") and self.token(at + 2).kind == "part"

    def _is_led(self, at: int, *, looks_back: int = 3) -> bool:
        """Say whether what stands before a number makes it a time: "at 5", "thursday 5", "at 4 or 5"."""
        before = self.token(at - 1)
        if before.kind in ("weekday", "relative", "around", "negative_single") or before.text in ("at", "@", "not", "make it", "make that"):
            return True
        if self._is_said_again(at):
            return self.sentence.may_follow(at + 1)
        if before.text in ("or", "and", ","):
            earlier = self.token(at - 2)
            is_time = earlier.kind in ("clock", "clock_word", "oclock") or (
                earlier.kind == "number" and looks_back > 0 and self._is_led(at - 2, looks_back=looks_back - 1)
            )
            return is_time and self.sentence.may_follow(at + 1)
        return before.kind == "part" and self.token(at).kind == "number"

    def _is_said_again(self, at: int) -> bool:
        """Say whether a number takes the place of a time that was said before: "at 2, make that 3"."""
        place = at - 1
        while self.token(place).text in (",", ".", "to", "at", "it") and place > at - 4:
            place -= 1
        word = self.token(place)
        if word.kind != "corrections" and word.text not in ("make it", "sorry", "actually", "nope", "nah", "no"):
            return False
        return any(
            token.kind in ("clock", "clock_word", "oclock") or (token.kind == "number" and self._is_timed(before))
            for before, token in enumerate(self.sentence.tokens[max(0, place - 8) : max(0, place)], max(0, place - 8))
        )

    def _is_timed(self, at: int) -> bool:
        before = self.token(at - 1)
        return before.text in ("at", "@") or before.kind in ("weekday", "relative", "around", "bound")

    def _is_score(self, at: int) -> bool:
        """Say whether numbers tell of pain: "it goes from 3 to 6"."""
        for token in reversed([self.token(place) for place in range(max(0, at - 5), at)]):
            if token.kind == "mark":
                return False
            if token.text in self.words.sets["scores"]:
                return True
        return False

    def _is_beside_a_day(self, at: int) -> bool:
        before, after = self.token(at - 1), self.token(at + 1)
        if before.kind in ("weekday", "relative", "part") or after.kind == "relative" or (after.kind == "weekday" and not after.value[1]):
            return True
        return after.text == "on" and self.token(at + 2).kind in ("weekday",)

    def _readings(self, hour: int, minute: int, half: str | None) -> tuple[int, ...]:
        """Return the minutes of the day that an hour and a minute can mean; none when there is no such time."""
        if minute > 59 or hour > 24 or (hour == 24 and minute):
            return ()
        if half == "24h" or (half is None and (hour == 0 or hour > 12)):
            return (hour % 24 * 60 + minute,)
        if half and hour > 12:
            return (hour * 60 + minute,) if half == "pm" and hour < 24 else ()
        if half and hour == 0:
            return (minute,) if half == "am" else ()
        morning = hour % 12 * 60 + minute
        if half:
            return (morning + HALF_DAY * (half == "pm"),)
        return (morning, morning + HALF_DAY)
