"""Opening hours and holidays as data, and as the line a visitor reads."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from itertools import groupby

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Not strftime, which follows the locale of the machine.
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


def check_week(week: object) -> list[str]:
    """Return what is wrong with a week of opening hours, in words; empty when it can be used.

    A week maps each day to a list of spans such as `"09:00-18:00"` in the clinic's local time; an empty list is closed.
    """
    if not isinstance(week, Mapping):
        return ["must map monday to sunday to lists of spans such as ['09:00-18:00']"]
    problems = [f"'{day}' is not a day; use {', '.join(DAYS)}" for day in week if day not in DAYS]
    for day in DAYS:
        spans = week.get(day)
        if not isinstance(spans, Sequence) or isinstance(spans, str):
            problems.append(f"{day} must be a list of spans such as ['09:00-18:00'], or [] when closed")
            continue
        ends_before = ""
        for span in spans:
            if not isinstance(span, str) or not _SPAN.fullmatch(span):
                problems.append(f"{day}: {span!r} is not a span such as '09:00-18:00'")
                continue
            start, end = span.split("-")
            if start >= end:
                problems.append(f"{day}: {span} ends before it starts")
            if start < ends_before:
                problems.append(f"{day}: {span} starts before the span above it has ended")
            ends_before = end
    return problems


def render_week(week: Mapping[str, Sequence[str]]) -> str:
    """Return the week as one line, equal neighbouring days together.

    >>> render_week({"monday": ["09:00-18:00"], "tuesday": ["09:00-18:00"], "wednesday": [], "thursday": [],
    ...     "friday": [], "saturday": ["09:30-12:00"], "sunday": []})
    'Monday and Tuesday 9 am to 6 pm, Saturday 9:30 am to 12 pm, closed Wednesday to Friday and Sunday'
    """
    runs = [(spans, [day for day, _ in group]) for spans, group in groupby(((d, tuple(week[d])) for d in DAYS), key=lambda pair: pair[1])]
    opened = [f"{_render_days(days)} {' and '.join(map(_render_span, spans))}" for spans, days in runs if spans]
    closed = [_render_days(days) for spans, days in runs if not spans]
    parts = opened + ([f"closed {join_words(closed)}"] if closed else [])
    return ", ".join(parts)


def check_dates(days: object) -> list[str]:
    """Return what is wrong with a list of holidays, in words; empty when it can be used.

    Each is a quoted year-month-day and a name: `{date: "2026-12-25", name: Christmas Day}`.
    """
    if not isinstance(days, list):
        return ["must be a list, one '- {date: \"2026-12-25\", name: Christmas Day}' on a line"]
    problems = []
    for day in days:
        if not isinstance(day, Mapping) or set(day) != {"date", "name"} or not isinstance(day["name"], str):
            problems.append("must hold a date and a name in each line, such as '- {date: \"2026-12-25\", name: Christmas Day}'")
        elif not is_iso_date(day["date"]):
            problems.append(f'has a date for {day["name"]} that is not a year-month-day in quotes, such as "2026-12-25"')
    return problems


def is_iso_date(value: object) -> bool:
    """Say whether a value is a day of the calendar, written as year-month-day.

    >>> is_iso_date("2026-12-25"), is_iso_date("2026-02-30"), is_iso_date("25.12.2026")
    (True, False, False)
    """
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def render_dates(days: Sequence[Mapping[str, str]]) -> str:
    """Return holidays as one line.

    >>> render_dates([{"date": "2026-12-25", "name": "Christmas Day"}, {"date": "2027-01-01", "name": "New Year's Day"}])
    "Christmas Day (December 25) and New Year's Day (January 1)"
    """
    dates = [(day["name"], dt.date.fromisoformat(day["date"])) for day in days]
    return join_words([f"{name} ({MONTHS[date.month - 1]} {date.day})" for name, date in dates])


def join_words(words: Sequence[str]) -> str:
    """Return "a, b and c".

    >>> join_words(["card", "cash", "check"])
    'card, cash and check'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _render_days(days: Sequence[str]) -> str:
    names = [day.capitalize() for day in days]
    return f"{names[0]} to {names[-1]}" if len(names) > 2 else " and ".join(names)


def _render_span(span: str) -> str:
    return " to ".join(_render_time(time) for time in span.split("-"))


def _render_time(time: str) -> str:
    hour, minute = (int(part) for part in time.split(":"))
    return render_clock(hour, minute)


def render_clock(hour: int, minute: int) -> str:
    """Return a time of day as visitors read it; the end of a day is hour 24.

    >>> render_clock(9, 30), render_clock(24, 0)
    ('9:30 am', '12 am')
    """
    half = "am" if hour % 24 < 12 else "pm"
    return f"{(hour - 1) % 12 + 1}{f':{minute:02}' if minute else ''} {half}"
