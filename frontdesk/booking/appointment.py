"""What booking talks about: services, practitioners, openings and appointments.

All times are aware. They are kept and compared in UTC; the clinic's time zone is used for what people read.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Service:
    """Something that can be booked, such as a first visit."""

    id: str
    title: str
    """What a visitor reads."""
    minutes: int
    """How long the visitor is there."""
    buffer_minutes: int = 0
    """How long the practitioner is not free afterwards."""
    words: tuple[str, ...] = ()
    """Other names that visitors give it."""


@dataclass(frozen=True, slots=True)
class Practitioner:
    """Somebody who treats; has openings of their own."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """A time at which a service can be booked with a practitioner."""

    start: dt.datetime
    """Aware, in UTC."""
    end: dt.datetime
    """When the visitor leaves; without the buffer."""
    service: str
    practitioner: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Who comes, and one way to reach them: a phone number (E.164), a mail address, or both."""

    name: str
    phone: str | None = None
    email: str | None = None

    def __repr__(self) -> str:
        """Return nothing of a person: contacts must not reach a log by way of a traceback."""
        return "Contact(…)"


class State(Enum):
    """Where an appointment stands, as the visitor may be told."""

    REQUESTED = "requested"
    """Kept here; the clinic or its system has not agreed yet."""
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    """The clinic's system did not take it; the clinic was told."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booking as it is kept. Holds nothing about a complaint, and must not."""

    reference: str
    """What a visitor reads out on the phone; letters and digits that are not taken for one another."""
    revision: int
    """0 when booked; one more with each move or cancellation."""
    state: State
    opening: Opening
    contact: Contact
    consented_at: dt.datetime
    """When the visitor agreed to be contacted about it; aware, UTC."""
    remote: str | None = None
    """What the clinic's system calls it."""
