"""The days on which holidays fall."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from typing import Any

from frontdesk.booking.when.days import DAY


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> dt.date | None:
    """Return the nth such weekday of a month, the last one for -1; None when there are not so many.

    >>> nth_weekday(2026, 11, 3, 4)
    datetime.date(2026, 11, 26)
    """
    first = dt.date(year, month, 1)
    days = [first + step * DAY for step in range(calendar.monthrange(year, month)[1]) if (first + step * DAY).weekday() == weekday]
    return days[nth - 1 if nth > 0 else nth] if nth <= len(days) else None


def holiday(rule: Mapping[str, Any], year: int) -> dt.date:
    """Return the day of a holiday in a year."""
    if "date" in rule:
        day = dt.date(year, *rule["date"])
    elif "easter" in rule:
        day = easter(year) + int(rule["easter"]) * DAY
    else:
        month, weekday, nth = rule["nth"]
        day = nth_weekday(year, month, weekday, nth) or dt.date(year, month, 1)
    return day + int(rule.get("plus", 0)) * DAY


def easter(year: int) -> dt.date:
    """Return Easter Sunday of the Gregorian calendar (the method of Butcher).

    >>> easter(2027)
    datetime.date(2027, 3, 28)
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, day + 1)
