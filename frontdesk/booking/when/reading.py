"""From a message to a wish: pieces that belong together become spans of days and times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from frontdesk.booking.when import days as calendar
from frontdesk.booking.when import hours as clocks
from frontdesk.booking.when.clauses import split
from frontdesk.booking.when.clock import ClockGrammar
from frontdesk.booking.when.day_phrases import DayGrammar
from frontdesk.booking.when.days import Days
from frontdesk.booking.when.hours import Hours
from frontdesk.booking.when.items import Item
from frontdesk.booking.when.sentence import Sentence
from frontdesk.booking.when.tokens import tokenize
from frontdesk.booking.when.wish import WHOLE_DAY, Flag, Span, When
from frontdesk.booking.when.words import load_words
from frontdesk.practice.hours import DAYS

MOST_CHARACTERS = 1000
"""What is longer is read so far; a wish is short."""
_VOID = (Flag.PAST, Flag.IMPOSSIBLE)


def read_when(text: str, now: dt.datetime, *, month_first: bool = True, week: Mapping[str, Sequence[str]] | None = None) -> When | None:
    """Return what a message says about when to come, or None when it says nothing about it.

    Args:
        text: What a visitor typed, or said to a phone.
        now: Aware, in the clinic's time zone.
        month_first: Whether 12/3 is the third of December.
        week: The clinic's opening hours, as in `practice.yml`; they decide what "at 5" means.
    """
    words = load_words()
    tokens = tokenize(text[:MOST_CHARACTERS], words)
    sentence = Sentence(tokens, words, now, month_first=month_first)
    items = split(DayGrammar(sentence), ClockGrammar(sentence))
    hours = _Hours.of(week, words.usual_hours)
    flags: set[Flag] = set()
    wanted = _spans(_grouped(items, is_negative=False, flags=flags), now, hours, flags)
    excluded = _excluded(_grouped(items, is_negative=True, flags=set()), now, hours)
    wanted = [span for span in wanted if not any(other.covers(span) for other in excluded)]
    if wanted:
        flags -= set(_VOID)
    if _is_asap(items, has_wish=bool(wanted) or bool(flags & set(_VOID))):
        flags.add(Flag.ASAP)
    if not wanted and not excluded and not flags:
        return None
    return When(tuple(wanted), tuple(excluded), frozenset(flags))


@dataclass(frozen=True, slots=True)
class _Hours:
    """When the clinic is open on each day of the week, in minutes; a day that is not there is closed."""

    by_day: Mapping[int, tuple[int, int]]

    @classmethod
    def of(cls, week: Mapping[str, Sequence[str]] | None, usual: tuple[int, int]) -> _Hours:
        if week is None:
            return cls(dict.fromkeys(range(7), usual))
        spans = {day: [span.split("-") for span in week.get(name, ())] for day, name in enumerate(DAYS)}
        found = {day: (_minutes(parts[0][0]), _minutes(parts[-1][1])) for day, parts in spans.items() if parts}
        return cls(found or dict.fromkeys(range(7), usual))

    def on(self, days: Days) -> tuple[int, int]:
        """Return the first and the last hour on the days that are meant."""
        weekdays = {days.first.weekday()} if days.is_one else days.weekdays
        found = [hours for day, hours in self.by_day.items() if day in weekdays] or list(self.by_day.values())
        return min(opens for opens, _ in found), max(closes for _, closes in found)

    def on_any(self, several: Iterable[Days]) -> tuple[int, int]:
        """Return the first and the last hour on any of several days."""
        found = [self.on(days) for days in several]
        return min(opens for opens, _ in found), max(closes for _, closes in found)


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


@dataclass
class _Group:
    """Days and times that belong together."""

    days: list[Days] = field(default_factory=list)
    hours: list[Hours] = field(default_factory=list)
    hours_first: bool = False
    frame: Days | None = None
    """The week or month that was named, for days that are named after it."""


def _grouped(items: Iterable[Item], *, is_negative: bool, flags: set[Flag]) -> list[_Group]:
    """Return the pieces that are wanted, or those that are ruled out, in groups that belong together."""
    groups: list[_Group] = []
    group: _Group | None = None
    joined = ""
    for item in items:
        if item.is_piece and not item.is_ignored and item.is_negative == is_negative and item.value is not None:
            if group is None or _starts_anew(group, item.value, joined, is_negative=is_negative):
                group = _Group()
                groups.append(group)
            # What is ruled out narrows only what stands right before it: "not before 2, afternoons" rules out both.
            how = "or" if is_negative and joined else joined
            if isinstance(item.value, Days):
                _add_days(group, item.value, how, flags)
            else:
                _add_hours(group, item.value, how, flags)
            joined = ""
        elif item.kind == "join":
            joined = item.text if joined in ("", ",", ".") else joined
        elif item.kind == "stop":
            joined = joined or "."
        elif _ends_group(item, group, joined, is_negative=is_negative):
            group = None
    return groups


def _ends_group(item: Item, group: _Group | None, joined: str, *, is_negative: bool) -> bool:
    """Say whether what follows is apart: another "not", or "or any time" which leaves the time of day before it behind."""
    if item.cue == "any_time":
        return joined in ("or", "and") and group is not None and bool(group.hours)
    if is_negative and item.kind in ("contrast", "reason", "same"):
        return True
    return is_negative and item.kind == "cue" and item.cue.startswith("negative") and not item.binds


def _starts_anew(group: _Group, value: Days | Hours, joined: str, *, is_negative: bool) -> bool:
    if isinstance(value, Days):
        if not group.days:
            return joined == "or" or (is_negative and bool(joined))
        if not group.hours or group.hours_first:
            return False
        meets = any(calendar.meet(days, value) for days in group.days)
        return joined in ("or", "and") or not meets
    if not group.hours:
        return bool(group.days) and (joined == "or" or (is_negative and bool(joined)))
    return group.hours_first and bool(group.days) and not any(clocks.meet(hours, value) for hours in group.hours)


def _add_days(group: _Group, value: Days, joined: str, flags: set[Flag]) -> None:
    group.hours_first = group.hours_first or (bool(group.hours) and not group.days)
    several = [value, *value.others]
    if joined in ("or", "and") or not group.days:
        narrowed = (calendar.meet(group.frame, days) if group.frame and days.is_coming else None for days in several)
        group.days += [near or days for near, days in zip(narrowed, several, strict=True)]
        if any(days.is_weekly for days in group.days):
            group.days = [replace(days, is_coming=False) if days.is_coming and days.first == dt.date.min else days for days in group.days]
    else:
        met = [(days, calendar.meet(days, value)) for days in group.days]
        if any(near for _, near in met):
            group.days = [near or days for days, near in met]
        else:
            last = group.days[-1]
            is_apposition = not joined or (joined == "," and last.is_coming and value.is_one)
            if is_apposition and last.is_coming != value.is_coming and (last.is_one or value.is_one):
                flags.add(Flag.CONFLICT)
            group.days += several
    if not value.is_one and not value.is_coming and value.last < dt.date.max:
        group.frame = value


def _add_hours(group: _Group, value: Hours, joined: str, flags: set[Flag]) -> None:
    if not group.hours or joined == "or":
        group.hours.append(value)
        return
    met = [(hours, clocks.meet(hours, value)) for hours in group.hours]
    if any(near for _, near in met):
        group.hours = [near or hours for hours, near in met]
        return
    if not joined and len(value.readings) and all(hours.readings for hours in group.hours):
        flags.add(Flag.CONFLICT)
    group.hours.append(value)


def _spans(groups: Iterable[_Group], now: dt.datetime, hours: _Hours, flags: set[Flag]) -> list[Span]:
    """Return what is wanted, and note what is special about it."""
    spans: list[Span] = []
    for group in groups:
        for days in _days_of(group):
            settled = days.settled(now.date())
            if settled.flag:
                flags.add(settled.flag)
            if settled.flag in _VOID:
                continue
            for windows in group.hours or [Hours(((0, WHOLE_DAY),))]:
                if windows.flag:
                    flags.add(windows.flag)
                chosen, is_ambiguous = clocks.choose(windows.readings, *hours.on(settled))
                if is_ambiguous and len(group.days) > 1:
                    chosen, is_ambiguous = clocks.choose(windows.readings, *hours.on_any(one.settled(now.date()) for one in group.days))
                if is_ambiguous:
                    flags.add(Flag.AMBIGUOUS)
                found = [Span(settled.first, settled.last, settled.weekdays, lo, hi) for lo, hi in chosen]
                spans += [span for span in found if not _note(span, now, flags)]
    return list(dict.fromkeys(spans))


def _days_of(group: _Group) -> list[Days]:
    named = [hours.day for hours in group.hours if hours.day is not None]
    if not group.days and named:
        return [Days.one(named[0])]
    return group.days or [Days()]


def _note(span: Span, now: dt.datetime, flags: set[Flag]) -> bool:
    """Note whether a span has gone, or is on no clock in the night when clocks change; say whether nothing is left of it."""
    if span.last < now.date() or (span.first == span.last == now.date() and span.hi <= now.hour * 60 + now.minute):
        flags.add(Flag.PAST)
        return True
    if span.at is not None and span.first == span.last:
        local = dt.datetime.combine(span.first, span.at, now.tzinfo)
        if local.astimezone(dt.UTC).astimezone(now.tzinfo).replace(fold=0) != local:
            flags.add(Flag.IMPOSSIBLE)
            return True
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            flags.add(Flag.AMBIGUOUS)
    return False


def _excluded(groups: Iterable[_Group], now: dt.datetime, hours: _Hours) -> list[Span]:
    """Return what is ruled out. A weekday is ruled out for good: "not monday" is no Monday."""
    spans = []
    for group in groups:
        for days in _days_of(group):
            if days.flag in _VOID and days.first == dt.date.min:
                continue
            barred = Days(weekdays=days.weekdays) if days.is_run else replace(days, is_coming=False)
            for windows in group.hours or [Hours(((0, WHOLE_DAY),))]:
                chosen, _ = clocks.choose(windows.readings, *hours.on(barred))
                spans += [Span(barred.first, barred.last, barred.weekdays, lo, hi) for lo, hi in chosen]
    return list(dict.fromkeys(spans))


def _is_asap(items: Sequence[Item], *, has_wish: bool) -> bool:
    wishes = (
        item
        for place, item in enumerate(items)
        if item.kind == "asap" and not item.is_ignored and not (place and items[place - 1].cue.startswith("negative"))
    )
    return any(item.cue == "soonest" or not has_wish for item in wishes)
