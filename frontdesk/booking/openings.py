"""When can a service be booked? Hours, holidays, who works, what is taken, notice and horizon. Pure: the clock is passed in.

The visit has to end within the hours; the time a practitioner needs afterwards may go beyond them.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from frontdesk.booking.appointment import Opening, Service
from frontdesk.booking.backend import Busy
from frontdesk.booking.settings import CELL_MINUTES, Booking, Roster

_CELL = dt.timedelta(minutes=CELL_MINUTES)


def find_openings(
    booking: Booking,
    service_id: str,
    start: dt.datetime,
    end: dt.datetime,
    *,
    now: dt.datetime,
    busy: Iterable[Busy] = (),
    practitioner: str | None = None,
) -> list[Opening]:
    """Return the openings that start from `start` to before `end`, soonest first; none for a service nobody gives.

    Args:
        booking: How the clinic books.
        service_id: What is to be booked.
        start: Aware.
        end: Aware.
        now: Aware; decides on notice and horizon.
        busy: Claims of other appointments with their buffers, and what calendars say. In any order.
        practitioner: Only with this one.
    """
    service = booking.service(service_id)
    if service is None:
        return []
    first, last = max(start, now + booking.notice), min(end, _horizon(booking, now))
    taken = list(busy)
    found = [
        opening
        for roster in booking.rosters
        if service_id in roster.services and practitioner in (None, roster.practitioner.id)
        for opening in _of_practitioner(booking, service, roster, first, last, taken)
    ]
    # Their own order, by a key: comparing one by one takes longer than finding them.
    return sorted(found, key=attrgetter("start", "end", "service", "practitioner"))


def without_taken(booking: Booking, openings: Iterable[Opening], busy: Sequence[Busy]) -> list[Opening]:
    """Return the openings, in order, that nothing overlaps; for those that do not follow from the clinic's hours."""
    return [
        one
        for one in sorted(openings)
        if not any(
            other.practitioner in (None, one.practitioner) and other.start < busy_until(booking, one) and one.start < other.end
            for other in busy
        )
    ]


def is_offered(booking: Booking, opening: Opening, now: dt.datetime) -> bool:
    """Say whether an opening is one that the clinic's rules offer at this moment, whoever may have taken it."""
    offered = find_openings(booking, opening.service, opening.start, opening.start + _CELL, now=now, practitioner=opening.practitioner)
    return opening in offered


def why_not(booking: Booking, opening: Opening, now: dt.datetime) -> str:
    """Return the code of the rule by which an opening is not offered: too_soon, too_far or invalid."""
    if opening.start < now + booking.notice:
        return "too_soon"
    return "too_far" if opening.start >= _horizon(booking, now) else "invalid"


def busy_until(booking: Booking, opening: Opening) -> dt.datetime:
    """Return when the practitioner is free again."""
    service = booking.service(opening.service)
    return opening.end + dt.timedelta(minutes=service.buffer_minutes if service else 0)


def cells(start: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """Return the starts of the cells that a stretch of time touches.

    >>> at = dt.datetime(2026, 12, 1, 17, 0, tzinfo=dt.UTC)
    >>> [f"{cell:%H:%M}" for cell in cells(at, at + dt.timedelta(minutes=15))]
    ['17:00', '17:05', '17:10']
    """
    first = start.astimezone(dt.UTC)
    first -= dt.timedelta(minutes=first.minute % CELL_MINUTES, seconds=first.second, microseconds=first.microsecond)
    return [first + step * _CELL for step in range(-((first - until) // _CELL))]


def _horizon(booking: Booking, now: dt.datetime) -> dt.datetime:
    """Return the end of the last day that can be booked."""
    day = now.astimezone(booking.zone).date() + booking.horizon + dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), booking.zone).astimezone(dt.UTC)


def _of_practitioner(
    booking: Booking, service: Service, roster: Roster, first: dt.datetime, last: dt.datetime, busy: Sequence[Busy]
) -> Iterator[Opening]:
    length = dt.timedelta(minutes=service.minutes)
    claims = length + dt.timedelta(minutes=service.buffer_minutes)
    taken = _merged(one for one in busy if one.practitioner in (None, roster.practitioner.id))
    ends = [until for _, until in taken]
    for start, close in _starts(booking, roster, first, last):
        if start + length > close:
            continue
        # The first stretch that has not ended by the start is the only one that can be in the way.
        index = bisect_left(ends, start)
        while index < len(taken) and ends[index] <= start:
            index += 1
        if index == len(taken) or taken[index][0] >= start + claims:
            yield Opening(start, start + length, service.id, roster.practitioner.id)


def _starts(booking: Booking, roster: Roster, first: dt.datetime, last: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Yield each possible start with the end of the hours it falls into, in UTC."""
    zone = booking.zone
    day, last_day = first.astimezone(zone).date(), last.astimezone(zone).date()
    step = booking.step // dt.timedelta(minutes=1)
    while day <= last_day:
        if day not in booking.holidays and day not in roster.days_off:
            midnight = dt.datetime.combine(day, dt.time())
            for opens, closes in roster.week[day.weekday()]:
                # Upwards to a full cell, for a clinic that opens at 9:03.
                minutes = range(-(-opens // CELL_MINUTES) * CELL_MINUTES, closes, step)
                close = _instant(midnight + dt.timedelta(minutes=closes), zone)
                for start in _instants(midnight, minutes, closes, zone):
                    if first <= start < last:
                        yield start, close
        day += dt.timedelta(days=1)


def _instants(midnight: dt.datetime, minutes: range, closes: int, zone: dt.tzinfo) -> Iterator[dt.datetime]:
    """Yield the moments, in UTC, at which a clock shows so many minutes after midnight; none for what it leaves out in spring."""
    opening, closing = (midnight + dt.timedelta(minutes=minute) for minute in (minutes.start, closes))
    if _is_on_the_clock(opening, zone) and _is_on_the_clock(closing, zone) and _offset(opening, zone) == _offset(closing, zone):
        # No clock changes in between, so that counting is enough: a zone takes its time to look up.
        begin = _instant(opening, zone)
        yield from (begin + dt.timedelta(minutes=minute - minutes.start) for minute in minutes)
        return
    walls = (midnight + dt.timedelta(minutes=minute) for minute in minutes)
    yield from (_instant(wall, zone) for wall in walls if _is_on_the_clock(wall, zone))


def _instant(wall: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    return wall.replace(tzinfo=zone).astimezone(dt.UTC)


def _is_on_the_clock(wall: dt.datetime, zone: dt.tzinfo) -> bool:
    return _instant(wall, zone).astimezone(zone).replace(tzinfo=None) == wall


def _offset(wall: dt.datetime, zone: dt.tzinfo) -> dt.timedelta | None:
    return wall.replace(tzinfo=zone).utcoffset()


def _merged(busy: Iterable[Busy]) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return stretches that do not overlap, in order."""
    merged: list[tuple[dt.datetime, dt.datetime]] = []
    for start, end in sorted((one.start, one.end) for one in busy):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
