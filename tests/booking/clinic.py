"""A small clinic for the tests of booking: two services, two practitioners, Los Angeles, and a clock that stands still."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from frontdesk.booking.appointment import Appointment, Contact, Opening, Practitioner, Service, State
from frontdesk.booking.settings import Booking, Roster, Week

ZONE = ZoneInfo("America/Los_Angeles")
NOW = dt.datetime(2026, 11, 24, 10, 0, tzinfo=ZONE).astimezone(dt.UTC)
"""A Tuesday, at ten in the morning."""

FIRST_VISIT = Service("first_visit", "First visit", 75, 15, ("initial visit",))
FOLLOW_UP = Service("follow_up", "Follow-up visit", 45, 15)
NINE_TO_SIX: Week = tuple(((540, 1080),) if day < 5 else () for day in range(7))
JANE = Contact("Jane Roe", "+15035550142", "jane@example.com")
JOHN = Contact("John Doe", "+15035550143")


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self, now: dt.datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


def booking(**changes: Any) -> Booking:
    """Return how the clinic books, with changes."""
    both = frozenset({"first_visit", "follow_up"})
    plain = Booking(
        example=True,
        backend="embedded",
        services=(FIRST_VISIT, FOLLOW_UP),
        rosters=(Roster(Practitioner("ann", "Ann Li"), both, NINE_TO_SIX), Roster(Practitioner("bo", "Bo Park"), both, NINE_TO_SIX)),
        zone=ZONE,
    )
    return replace(plain, **changes)


def opening(
    day: int, time: str, service: Service = FIRST_VISIT, practitioner: str = "ann", *, month: int = 12, year: int = 2026
) -> Opening:
    """Return an opening at a time of the clinic's clock, in December 2026 unless said otherwise."""
    hour, minute = map(int, time.split(":"))
    start = dt.datetime(year, month, day, hour, minute, tzinfo=ZONE).astimezone(dt.UTC)
    return Opening(start, start + dt.timedelta(minutes=service.minutes), service.id, practitioner)


def appointment(wanted: Opening, contact: Contact = JANE, reference: str = "AB2C-D3EF", **changes: Any) -> Appointment:
    """Return an appointment that has just been made."""
    return replace(Appointment(reference, 0, State.CONFIRMED, wanted, contact, NOW), **changes)
