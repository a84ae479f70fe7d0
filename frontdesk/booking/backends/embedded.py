"""The clinic's book is our own database: what is kept there is confirmed.

The desk has nobody to tell then, and reads and writes the database by itself. The methods are for whoever uses this as one
backend among others.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence

from frontdesk.booking.appointment import Appointment, Opening, State
from frontdesk.booking.backend import BackendDown, Busy, Capabilities, Found
from frontdesk.booking.openings import busy_until
from frontdesk.booking.results import Confirmed, Refused, Result, Taken, Transient
from frontdesk.booking.settings import Booking
from frontdesk.booking.store import AppointmentChanged, OpeningTaken, StillBeingTold, Store, StoreUnavailable

_NO_LIMIT = 1_000_000


class Embedded:
    """A backend that keeps appointments in the store."""

    name = "embedded"
    capabilities = Capabilities(openings="clinic", is_idempotent=True, is_local=True)

    def __init__(self, booking: Booking, store: Store) -> None:
        """Take the clinic's settings, for the time that practitioners need afterwards, and the store."""
        self._booking = booking
        self._store = store

    async def start(self) -> None:
        """Do nothing: the database is opened when it is used."""

    async def stop(self) -> None:
        """Do nothing: the store is its owner's to close."""

    async def openings(self, service: str, start: dt.datetime, end: dt.datetime) -> Sequence[Opening]:
        """Return none: they follow from the clinic's hours and what is claimed."""
        return []

    async def busy(self, start: dt.datetime, end: dt.datetime) -> Sequence[Busy]:
        """Return what is claimed; raises `BackendDown`."""
        try:
            return await asyncio.to_thread(self._store.claimed, start, end)
        except StoreUnavailable as err:
            raise BackendDown from err

    async def create(self, appointment: Appointment, key: str) -> Result:
        """Keep an appointment; one that is kept already is confirmed as it is."""
        until = busy_until(self._booking, appointment.opening)
        try:
            await asyncio.to_thread(self._store.book, appointment, until, request_key=key, holder=None, per_visitor=_NO_LIMIT, tell=[])
        except OpeningTaken:
            return Taken()
        except StoreUnavailable:
            return Transient()
        return Confirmed(appointment.reference)

    async def move(self, appointment: Appointment, key: str) -> Result:
        """Move an appointment that is kept."""
        until = busy_until(self._booking, appointment.opening)
        try:
            kept = await asyncio.to_thread(self._store.get, appointment.reference)
            if kept is None:
                return Refused("not_found")
            await asyncio.to_thread(
                self._store.move,
                kept,
                appointment.opening,
                until,
                state=State.CONFIRMED,
                keeps_old=False,
                request_key=key,
                holder=None,
                tell=[],
            )
        except OpeningTaken:
            return Taken()
        except AppointmentChanged:
            return Refused("cancelled")
        except (StillBeingTold, StoreUnavailable):
            return Transient()
        return Confirmed(appointment.reference)

    async def cancel(self, appointment: Appointment, key: str) -> Result:
        """Free the time of an appointment."""
        try:
            kept = await asyncio.to_thread(self._store.get, appointment.reference)
            if kept is not None:
                await asyncio.to_thread(self._store.cancel, kept, tell=[])
        except (AppointmentChanged, StoreUnavailable):
            return Transient()
        return Confirmed(appointment.reference)

    async def find(self, appointment: Appointment) -> Found | None:
        """Look an appointment up; raises `BackendDown`."""
        try:
            kept = await asyncio.to_thread(self._store.get, appointment.reference)
        except StoreUnavailable as err:
            raise BackendDown from err
        if kept is None:
            return None
        is_open = kept.state in (State.CONFIRMED, State.REQUESTED)
        return Found(kept.reference, kept.opening.start if is_open else None)

    def link(self, service: str | None, opening: Opening | None) -> str | None:
        """Return None: there is no page but the chat."""
        return None
