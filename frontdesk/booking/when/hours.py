"""Times of day that a phrase names, as a value, in each reading that it has.

"At 5" has two readings. Both are kept until the rest of the message, or the opening hours, decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.booking.when.wish import Flag

HALF_DAY = 12 * 60
NIGHT = 6 * 60
"""Minutes: nobody means a time of day that ends before, if it can mean another."""
NEARLY = 60
"""Minutes around a time that "about" reaches."""

Window = tuple[int, int]
"""First minute, and the first that is no longer meant."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Times of day that a phrase names, in each reading that it has."""

    readings: tuple[Window, ...]
    flag: Flag | None = None
    is_weak: bool = False
    """A time only beside other words about time: "2-4"."""
    day: dt.date | None = None
    """The day, where the phrase names it too: "tonight", "in 2 hours"."""

    @property
    def is_exact(self) -> bool:
        """Say whether it is one time on the clock."""
        return bool(self.readings) and all(hi - lo == 1 for lo, hi in self.readings)


def between(first: Sequence[int], second: Sequence[int], *, is_weak: bool = False) -> Hours:
    """Return the stretches that two times can bound: with no half of the day said, each shorter than half a day."""
    if not first or not second:
        return Hours((), Flag.IMPOSSIBLE)
    pairs = [(lo, hi) for lo in first for hi in second if lo < hi]
    if len(second) == 1 and pairs:
        pairs = [max(pairs)]
    elif len(first) == 1 and pairs:
        pairs = [min(pairs)]
    short = [(lo, hi) for lo, hi in pairs if hi - lo < HALF_DAY]
    return Hours(tuple(short or pairs), None if pairs else Flag.IMPOSSIBLE, is_weak)


def meet(one: Hours, other: Hours) -> Hours | None:
    """Return the times that both phrases name, or None when they name none together.

    The readings that narrow each other most are the ones meant: in "afternoon after 3" the 3 is that of the afternoon.
    """
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in one.readings for b in other.readings)
    readings = dict.fromkeys((lo, hi) for lo, hi in pairs if lo < hi)
    if not readings:
        return _nearly(one, other) or _nearly(other, one)
    readings = {one: None for one in readings if one[1] > NIGHT} or readings
    shortest = min(hi - lo for lo, hi in readings)
    meant = tuple((lo, hi) for lo, hi in readings if hi - lo == shortest)
    return Hours(meant, one.flag or other.flag, one.is_weak and other.is_weak, one.day or other.day)


def _nearly(point: Hours, part: Hours) -> Hours | None:
    """Return the exact times that lie just outside of a part of the day: "5 in the afternoon"."""
    if any(hi - lo != 1 for lo, hi in point.readings) or any(hi - lo == 1 for lo, hi in part.readings):
        return None
    near = tuple((lo, hi) for lo, hi in point.readings if any(start - NEARLY <= lo <= end + NEARLY for start, end in part.readings))
    return Hours(near, point.flag, day=point.day or part.day) if near else None


def choose(readings: Sequence[Window], opens: int, closes: int) -> tuple[tuple[Window, ...], bool]:
    """Return the readings in which the clinic is open, and whether it remains open which is meant.

    >>> choose([(300, 301), (1020, 1021)], 9 * 60, 19 * 60)
    (((1020, 1021),), False)
    """
    if len(readings) < 2:
        return tuple(readings), False
    bounds = [lo if lo else hi for lo, hi in readings]
    if all(hi - lo < HALF_DAY for lo, hi in readings):
        open_for = [max(0, min(hi, closes) - max(lo, opens)) for lo, hi in readings]
    else:
        open_for = [int(opens <= (lo or hi) < closes) for lo, hi in readings]
    best = [reading for reading, share in zip(readings, open_for, strict=True) if share and share == max(open_for)]
    if any(open_for):
        return tuple(best), len(best) > 1
    nearest = min(range(len(readings)), key=lambda place: max(opens - bounds[place], bounds[place] - closes))
    return (readings[nearest],), True
