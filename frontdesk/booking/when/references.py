"""Words that stand for days or times said before: "after that", "in between", "then or later", "those days"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from frontdesk.booking.when.days import DAY, Days
from frontdesk.booking.when.hours import Hours, between
from frontdesk.booking.when.items import Item
from frontdesk.booking.when.wish import WHOLE_DAY

_SAID_OF_WHAT_STANDS_BESIDE = ("then", "them", "both", "these", "those")
"""Words that mean what was said before only where no day or time stands in the same clause: "any day then", not "friday then"."""

_ANYWHERE = ("anywhere", "somewhere", "sometime", "any", "some", "so", "time", "just", "or", "and", "i", "we")
"""Small words of a wish for "in there"."""


def resolve(items: Sequence[Item], today: dt.date) -> list[Item]:
    """Return the items with the pieces that are meant in the place of words that stand for them."""
    result: list[Item] = []
    for place, item in enumerate(items):
        if item.kind != "reference":
            result.append(item)
        elif item.cue == "same":
            result += _again(item, result, items[place + 1 :])
        elif item.cue == "within":
            result += _within(item, result)
        elif item.cue == "week":
            result.append(_week_of(item, result, today))
        else:
            result += _beside(item, result, items[place + 1 :], today)
    return result


def _again(item: Item, before: Sequence[Item], behind: Sequence[Item]) -> list[Item]:
    """Return once more the days that are meant by "those days", "then" or "neither"."""
    cue = [Item("cue", "neither", cue="negative_before")] if item.text == "neither" else []
    word = [*cue] or [Item("word", item.text)]
    around = [one for one in (*_clause_so_far(before), *_rest_of_clause(behind)) if one.is_piece]
    if item.text in _SAID_OF_WHAT_STANDS_BESIDE and around:
        return word
    last = next((one for one in reversed(before) if one.is_piece), None)
    if item.text == "then" and last is not None and last.bound == "until" and isinstance(last.value, Hours):
        return [Item("piece", "after that", _after(last.value), led_by="reference", bound="after")]
    run = _last_run(before) or [one for one in (last,) if one is not None and item.text == "then"]
    if not run:
        return word
    copies: list[Item] = []
    for one in run:
        is_other = bool(copies) and isinstance(one.value, Days)
        copies += [Item("join", "and")] if is_other else []
        copies.append(Item("piece", one.text, one.value, led_by=one.led_by))
    return [*cue, *copies]


def _beside(item: Item, before: Sequence[Item], behind: Sequence[Item], today: dt.date) -> list[Item]:
    """Return the times or days that lie after, before or between what was said."""
    pieces = [one for one in before if one.is_piece]
    hours = [one for one in pieces if isinstance(one.value, Hours)]
    value: Days | Hours | None = None
    meant: list[Item] = []
    if item.cue == "between" and len(hours) > 1:
        meant = hours[-2:]
        value = between(*(_edges(one.value) for one in meant if isinstance(one.value, Hours)))
    elif item.cue != "between" and hours and hours[-1] in pieces[-2:] and isinstance(last := hours[-1].value, Hours):
        meant = hours[-1:]
        value = _after(last) if item.cue in ("after", "from") else _before(last)
    elif item.cue != "between" and pieces and isinstance(days := pieces[-1].value, Days):
        meant = pieces[-1:]
        value = _days_beside(item.cue, days, today, is_until=pieces[-1].bound == "until")
    if value is None:
        return [Item("word", item.text)]
    if not (before[-1].kind == "join" and before[-1].text == "or"):
        for one in meant:
            one.is_superseded = True
            one.is_ignored |= one.bound == "until" and item.cue in ("before", "by")  # "kids are in school till 2, so before then"
    found = [Item("piece", item.text, value, led_by="reference", bound=item.cue)]
    if isinstance(value, Hours) and not any(isinstance(one.value, Days) for one in (*_clause_so_far(before), *_rest_of_clause(behind))):
        at = next(at for at, one in enumerate(pieces) if one is meant[-1])
        beside = [one for one in pieces[max(0, at - 1) : at + 2] if isinstance(one.value, Days)]
        found[:0] = [Item("piece", one.text, one.value, led_by=one.led_by) for one in beside[-1:]]
    return found


def _within(item: Item, before: Sequence[Item]) -> list[Item]:
    """Return once more the stretch of time in which somebody is free: "the kids are in school from 9 to 2, so any time in there"."""
    clause = _clause_so_far(before)
    is_wish = all(one.kind == "asap" or one.is_cue_for or one.text in _ANYWHERE for one in clause)
    place = next((at for at in range(len(before) - 1, -1, -1) if isinstance(before[at].value, Hours)), None)
    if not is_wish or place is None or not _is_closed(before[place].value):
        return [Item("word", item.text)]
    start = place - len(_clause_so_far(before[: place + 1])) + 1
    end = place + len(_rest_of_clause(before[place:]))
    meant = [one for one in before[start:end] if one.is_piece]
    for one in meant:
        one.is_ignored = True
    values = (replace(one.value, is_weak=False) if isinstance(one.value, Hours) else one.value for one in meant)
    return [Item("piece", item.text, value, led_by="reference") for value in values]


def _is_closed(value: Days | Hours | None) -> bool:
    return isinstance(value, Hours) and not value.is_exact and all(lo > 0 and hi < WHOLE_DAY for lo, hi in value.readings)


def _week_of(item: Item, before: Sequence[Item], today: dt.date) -> Item:
    """Return the week of the day that was named: "not christmas eve, but that week is okay"."""
    named = next((one.value for one in reversed(before) if isinstance(one.value, Days)), None)
    is_part = bool(before) and before[-1].cue == "place"  # "later that week"
    if named is None or named.is_weekly or named.flag or is_part or not (day := named.settled(today)).is_one:
        return Item("word", item.text)
    monday = day.first - day.first.weekday() * DAY
    is_joined = before[-1].kind == "join" and before[-1].text != ","
    is_listed = is_joined or any(one.is_piece for one in _clause_so_far(before))  # "not the 10th or any day that week"
    return Item("piece", item.text, Days(monday, monday + 6 * DAY), led_by="" if is_listed else "reference")


def _clause_so_far(before: Sequence[Item]) -> Sequence[Item]:
    start = next((at for at in range(len(before), 0, -1) if before[at - 1].is_edge), 0)
    return before[start:]


def _rest_of_clause(behind: Sequence[Item]) -> Sequence[Item]:
    return behind[: next((at for at, one in enumerate(behind) if one.is_edge), len(behind))]


def _last_run(before: Sequence[Item]) -> list[Item]:
    """Return the last days that were named, those that are joined with them included."""
    run: list[Item] = []
    for place, one in reversed(list(enumerate(before))):
        is_part = not run and place > 0 and before[place - 1].is_piece
        if one.is_piece and (isinstance(one.value, Days) or is_part):
            run.insert(0, one)
        elif run and one.kind != "join" and one.text not in ("on", "the"):
            break
    return run


def _edges(hours: Hours) -> tuple[int, ...]:
    """Return the time that a phrase names in each reading: "at 10", "from 10", "until 10"."""
    return tuple(lo if lo else hi for lo, hi in hours.readings)


def _after(hours: Hours) -> Hours:
    return Hours(tuple((lo if hi - lo == 1 or hi == WHOLE_DAY else hi, WHOLE_DAY) for lo, hi in hours.readings))


def _before(hours: Hours) -> Hours:
    return Hours(tuple((0, lo if lo else hi) for lo, hi in hours.readings))


def _days_beside(cue: str, days: Days, today: dt.date, *, is_until: bool) -> Days | None:
    if days.is_weekly or days.flag:
        return None
    days = days.settled(today)
    if days.first == dt.date.min or (days.last == dt.date.max and cue == "after"):
        return None
    if cue == "after" or (cue == "from" and days.first <= today < days.last and not is_until):
        return Days(first=days.last + DAY)
    if cue == "from" and is_until:
        return Days(first=days.last)
    return Days(first=days.first) if cue == "from" else Days(today, days.first - DAY)
