"""A clinic's booking system in this process, with a memory of its own and bad days; and a messenger that keeps what it is told."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Literal

from frontdesk.booking.appointment import Appointment, Contact, Opening
from frontdesk.booking.backend import BackendDown, Busy, Capabilities, Found
from frontdesk.booking.results import Confirmed, Refused, Requested, Result, Taken, Transient, Unknown


class Office:
    """A system that books by itself. `mood` says how it answers next; when that is over it is well again."""

    name = "office"

    def __init__(self, **capabilities) -> None:
        self.capabilities = Capabilities(**{"openings": "clinic", **capabilities})
        self.book: dict[str, Opening | None] = {}
        self.others: list[Opening] = []
        self.offers: list[Opening] = []
        self.mood: list[str] = []
        self.heard: list[str] = []
        self.asks_a_person = False

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def openings(self, service: str, start: dt.datetime, end: dt.datetime) -> Sequence[Opening]:
        return [one for one in self.offers if start <= one.start < end]

    async def busy(self, start: dt.datetime, end: dt.datetime) -> Sequence[Busy]:
        if self.mood[:1] == ["down"]:
            raise BackendDown
        return []

    async def create(self, appointment: Appointment, key: str) -> Result:
        return await self._do("create", appointment, appointment.opening)

    async def move(self, appointment: Appointment, key: str) -> Result:
        return await self._do("move", appointment, appointment.opening)

    async def cancel(self, appointment: Appointment, key: str) -> Result:
        return await self._do("cancel", appointment, None)

    async def find(self, appointment: Appointment) -> Found | None:
        self.heard.append("find")
        if self.mood[:1] == ["down"]:
            self.mood.pop(0)
            raise BackendDown
        opening = self.book.get(appointment.reference, ...)
        return None if opening is ... else Found(f"office-{appointment.reference}", opening.start if opening else None)

    def link(self, service: str | None, opening: Opening | None) -> str | None:
        return None

    async def _do(self, operation: str, appointment: Appointment, opening: Opening | None) -> Result:
        self.heard.append(operation)
        match self.mood.pop(0) if self.mood else "well":
            case "busy":
                return Transient(retry_after_s=30)
            case "down":
                return Transient()
            case "slow":
                await asyncio.sleep(30)
            case "garbled":
                return Unknown()
            case "broken":
                raise ZeroDivisionError(appointment.contact.phone)
            case "drops":
                self.book[appointment.reference] = opening
                return Unknown()
            case "well":
                pass
            case code:
                return Refused(code)
        taken = [*self.others, *(kept for name, kept in self.book.items() if kept and name != appointment.reference)]
        if opening and any(
            one.practitioner == opening.practitioner and one.start < opening.end and opening.start < one.end for one in taken
        ):
            return Taken()
        self.book[appointment.reference] = opening
        return (Requested if self.asks_a_person else Confirmed)(f"office-{appointment.reference}")


class Postbox:
    """A messenger that keeps what it was to send; `mood` as above."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        """Which message, and about which appointment or person."""
        self.mood: list[Result] = []

    async def confirmation(self, appointment: Appointment) -> Result:
        return self._keep("confirmation", appointment.reference)

    async def requested(self, appointment: Appointment) -> Result:
        return self._keep("requested", appointment.reference)

    async def changed(self, appointment: Appointment) -> Result:
        return self._keep("changed", appointment.reference)

    async def cancelled(self, appointment: Appointment) -> Result:
        return self._keep("cancelled", appointment.reference)

    async def reminder(self, appointment: Appointment) -> Result:
        return self._keep("reminder", appointment.reference)

    async def refused_with_alternatives(self, appointment: Appointment, openings: Sequence[Opening]) -> Result:
        return self._keep(f"refused, {len(openings)} others", appointment.reference)

    async def not_moved(self, appointment: Appointment, wanted: Opening, openings: Sequence[Opening]) -> Result:
        return self._keep(f"not moved, {len(openings)} others", appointment.reference)

    async def request(self, appointment: Appointment) -> Result:
        return self._keep("request", appointment.reference)

    async def undelivered(self, appointment: Appointment, why: str) -> Result:
        return self._keep(f"undelivered: {why}", appointment.reference)

    async def unreachable(self, appointment: Appointment) -> Result:
        return self._keep("unreachable", appointment.reference)

    async def hook_undelivered(self, appointment: Appointment, why: str) -> Result:
        return self._keep(f"hook undelivered: {why}", appointment.reference)

    async def call_back(
        self, name: str, contact: Contact, kind: Literal["call_back", "message"] = "call_back", *, key: str | None = None
    ) -> Result:
        return self._keep(kind, name)

    def of(self, who: str) -> list[str]:
        return [message for message, about in self.sent if about == who]

    def _keep(self, message: str, about: str) -> Result:
        result = self.mood.pop(0) if self.mood else Confirmed()
        if isinstance(result, Confirmed):
            self.sent.append((message, about))
        return result
