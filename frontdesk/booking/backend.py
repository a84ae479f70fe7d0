"""The port to the clinic's booking system. `docs/how-to/add-a-booking-backend.md` says how to write another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from frontdesk.booking.appointment import Appointment, Opening
from frontdesk.booking.results import Result


class BackendUnusable(Exception):
    """Raised at the start when a backend cannot be relied on; says why, and what to do."""


class BackendDown(Exception):
    """Raised when openings or busy times cannot be read now; the visitor is given the phone number."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do; what it cannot is not offered to visitors."""

    openings: Literal["clinic", "own", "none"]
    """Whose openings are offered: those of the clinic's hours less what the backend says is busy, the backend's own, or none."""
    creates: bool = True
    moves: bool = True
    cancels: bool = True
    finds: bool = True
    """Whether an appointment can be looked up by its reference: needed before anything is tried again."""
    is_idempotent: bool = False
    """Whether the same key does the same thing once, so that a second try needs no look-up."""
    links: bool = False
    """Whether there is a page of the clinic's own to send visitors to."""
    needs_email: bool = False
    """Whether nobody can be booked without a mail address."""
    is_local: bool = False
    """Whether the clinic's book is our own database, so that what is kept there is confirmed and nobody has to be told."""


@dataclass(frozen=True, slots=True)
class Busy:
    """A stretch in which somebody is not free."""

    practitioner: str | None
    """None when nobody is."""
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True, slots=True)
class Found:
    """An appointment as the backend has it."""

    remote: str
    start: dt.datetime | None
    """None when it is cancelled."""


class Backend(Protocol):
    """A clinic's booking system. Its methods never raise for what a system may do on a bad day, but for `BackendDown`.

    `key` is `reference:operation:revision` and the same at every try. A backend is called only for what its
    capabilities say.
    """

    name: str
    capabilities: Capabilities

    async def start(self) -> None:
        """Test that the system does what is relied on.

        Raises:
            BackendUnusable: When it does not.
        """

    async def stop(self) -> None:
        """Give back connections."""

    async def openings(self, service: str, start: dt.datetime, end: dt.datetime) -> Sequence[Opening]:
        """Return the system's own openings; raises `BackendDown`."""

    async def busy(self, start: dt.datetime, end: dt.datetime) -> Sequence[Busy]:
        """Return when people are not free by the system's calendar; raises `BackendDown`."""

    async def create(self, appointment: Appointment, key: str) -> Result:
        """Put an appointment into the system."""

    async def move(self, appointment: Appointment, key: str) -> Result:
        """Move it to `appointment.opening`; one that is refused stays where it was."""

    async def cancel(self, appointment: Appointment, key: str) -> Result:
        """Cancel it; cancelling twice is no error."""

    async def find(self, appointment: Appointment) -> Found | None:
        """Look an appointment up by its reference; raises `BackendDown` when that cannot be said now."""

    def link(self, service: str | None, opening: Opening | None) -> str | None:
        """Return the clinic's own page, with service and time filled in where it allows that."""
