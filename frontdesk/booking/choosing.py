"""Which of the free openings are shown: few enough for a phone, different enough to be a choice. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from zoneinfo import ZoneInfo

from frontdesk.booking.appointment import Opening

MOST_SHOWN = 5
_PER_DAY = 2


def at_different_times(openings: Iterable[Opening]) -> list[Opening]:
    """Return openings in order of time, one for each start: who treats is chosen for the visitor when it was left open."""
    ordered = sorted(openings)
    return [next(group) for _, group in groupby(ordered, key=lambda opening: opening.start)]


def choose(openings: Iterable[Opening], zone: ZoneInfo, *, skip: int = 0) -> list[Opening]:
    """Return at most `MOST_SHOWN` openings: on several days two of each, spread over it; on a single day as many as fit.

    Args:
        openings: Those that suit the visitor.
        zone: The clinic's, whose days are meant.
        skip: How often the visitor has asked for others.
    """
    days = [list(group) for _, group in groupby(at_different_times(openings), key=lambda opening: opening.start.astimezone(zone).date())]
    per_day = MOST_SHOWN if len(days) == 1 else _PER_DAY
    pages: list[list[Opening]] = [[]]
    while any(days):
        for day in days:
            taken = spread(day, per_day)
            for opening in taken:
                day.remove(opening)
                if len(pages[-1]) == MOST_SHOWN:
                    pages.append([])
                pages[-1].append(opening)
    shown = pages[skip % len(pages)]
    return sorted(shown)


def spread(openings: Sequence[Opening], count: int) -> list[Opening]:
    """Return so many of them, evenly spread, the first among them.

    >>> spread([1, 2, 3, 4, 5, 6], 2), spread([1, 2], 5)
    ([1, 4], [1, 2])
    """
    if len(openings) <= count:
        return list(openings)
    return [openings[place * len(openings) // count] for place in range(count)]
