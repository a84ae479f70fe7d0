"""What the front desk does: look for openings, hold one, book, look up, move and cancel.

The one door for dialogue, web pages and commands. It decides by the clinic's rules and says what a visitor may be told;
what is kept, `store.py` knows, and how the clinic's system hears of it, `delivery.py`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from frontdesk.booking.appointment import Appointment, Contact, Opening, State
from frontdesk.booking.backend import Backend, BackendDown
from frontdesk.booking.claims import digest
from frontdesk.booking.delivery import pass_on
from frontdesk.booking.openings import busy_until, find_openings, is_offered, why_not, without_taken
from frontdesk.booking.outbox import Kind, NewRow
from frontdesk.booking.results import Refused
from frontdesk.booking.settings import Booking
from frontdesk.booking.store import (
    AppointmentChanged,
    KeyUsed,
    OpeningTaken,
    StillBeingTold,
    Store,
    StoreUnavailable,
    TooManyOpen,
)

HOLD = dt.timedelta(minutes=5)
"""How long a time is kept for somebody who is typing their name."""
ALTERNATIVES = 5
_AROUND = dt.timedelta(days=7)
# Until the answer is written down as well.
_GRACE = dt.timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Kept:
    """It is kept. The appointment's state says what the visitor may be told: confirmed, requested or cancelled."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class Held:
    """The time is the visitor's until then."""

    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class NoLongerFree:
    """Somebody else was faster; nothing has changed."""

    alternatives: tuple[Opening, ...]
    """Free times near it, soonest first."""


@dataclass(frozen=True, slots=True)
class Down:
    """Nothing can be booked now; nothing has changed."""


Answer = Kept | NoLongerFree | Refused | Down
"""Refused holds a code: too_soon, too_far, too_late_to_change, too_many, cancelled, changed, pending, invalid, not_allowed
or not_found."""


class Desk:
    """The front desk of one clinic."""

    def __init__(self, booking: Booking, store: Store, backend: Backend, clock: Callable[[], dt.datetime], *, limit_s: float = 3.0) -> None:
        """Take the clinic's settings, its store and system, and a clock that tells aware times.

        `limit_s` is how long a visitor waits for the clinic's system; after that the wish is kept, and told later.
        """
        self.booking = booking
        self.backend = backend
        self.store = store
        self._clock = clock
        self._limit_s = limit_s

    # Openings

    async def openings(
        self,
        service: str,
        practitioner: str | None = None,
        start: dt.datetime | None = None,
        end: dt.datetime | None = None,
        *,
        holder: str | None = None,
    ) -> list[Opening]:
        """Return what can be booked, soonest first; none when the clinic's system tells none.

        Args:
            service: Its id.
            practitioner: Only with this one.
            start: From when; now unless given.
            end: Until when; the horizon unless given.
            holder: Whose own hold is not in the way.

        Raises:
            BackendDown: When that cannot be said now.
        """
        now = self._clock()
        first = max(start or now, now)
        last = end or now + self.booking.horizon + dt.timedelta(days=1)
        whose = self.backend.capabilities.openings
        if whose == "none" or first >= last:
            return []
        try:
            claimed = await asyncio.to_thread(self.store.claimed, first, last, except_holder=holder)
        except StoreUnavailable as err:
            raise BackendDown from err
        try:
            async with asyncio.timeout(self._limit_s):
                if whose == "own":
                    theirs = await self.backend.openings(service, first, last)
                    wanted = [one for one in theirs if practitioner in (None, one.practitioner) and self._rule_against(one, now) is None]
                    return without_taken(self.booking, wanted, claimed)
                busy = [] if self.backend.capabilities.is_local else list(await self.backend.busy(first, last))
        except TimeoutError as err:
            raise BackendDown from err
        return find_openings(self.booking, service, first, last, now=now, busy=[*claimed, *busy], practitioner=practitioner)

    async def alternatives(self, wanted: Opening, most: int = ALTERNATIVES) -> tuple[Opening, ...]:
        """Return the free times nearest to one that cannot be had, soonest first; none when that cannot be said."""
        try:
            found = await self.openings(wanted.service, None, wanted.start - _AROUND, wanted.start + _AROUND)
        except BackendDown:
            return ()
        others = [one for one in found if one != wanted]
        near = sorted(others, key=lambda one: (abs(one.start - wanted.start), one.practitioner != wanted.practitioner, one))
        # Two practitioners at the same time are one choice.
        by_start = {one.start: one for one in reversed(near)}
        return tuple(sorted([one for one in near if by_start[one.start] is one][:most]))

    # Holding

    async def hold(self, opening: Opening, holder: str, *, moving: Appointment | None = None) -> Held | NoLongerFree | Refused | Down:
        """Keep a time for `HOLD` while contact data are typed; whoever holds another gives that up."""
        now = self._clock()
        if code := self._rule_against(opening, now):
            return Refused(code)
        expires_at = now + HOLD
        until = busy_until(self.booking, opening)
        try:
            await asyncio.to_thread(self.store.hold, opening, until, holder, expires_at, moving=moving.reference if moving else None)
        except OpeningTaken:
            return NoLongerFree(await self.alternatives(opening))
        except StoreUnavailable:
            return Down()
        return Held(expires_at)

    async def release(self, holder: str) -> None:
        """Give up what is held; a hold that cannot be given up now expires."""
        try:
            await asyncio.to_thread(self.store.release, holder)
        except StoreUnavailable:
            return

    # Booking

    async def book(
        self, opening: Opening, contact: Contact, request_key: str, consented_at: dt.datetime, *, holder: str | None = None
    ) -> Answer:
        """Book an opening.

        Args:
            opening: One that was offered.
            contact: Who comes, with a phone number or a mail address.
            request_key: Made when the visitor is asked to confirm: a second tap has the same, and books once.
            consented_at: When the visitor agreed to be contacted; aware.
            holder: Whose hold becomes the booking.
        """
        can = self.backend.capabilities
        if not can.creates or can.openings == "none":
            return Refused("not_allowed")
        if not contact.name.strip() or not (contact.phone or contact.email):
            return Refused("invalid")
        state = State.CONFIRMED if can.is_local else State.REQUESTED
        wanted = Appointment("", 0, state, opening, contact, consented_at)
        tell = _message("confirmation") if can.is_local else _backend("create")
        try:
            if code := self._rule_against(opening, self._clock()):
                # The second tap may come when it is too late for the first.
                done = await asyncio.to_thread(self.store.by_key, request_key)
                return Refused(code) if done is None else Kept(done)
            appointment, is_new = await asyncio.to_thread(
                self.store.book,
                wanted,
                busy_until(self.booking, opening),
                request_key=request_key,
                holder=holder,
                per_visitor=self.booking.per_visitor,
                tell=[tell],
                claimed_until=self._claimed_until(),
            )
        except OpeningTaken:
            return NoLongerFree(await self.alternatives(opening))
        except TooManyOpen:
            return Refused("too_many")
        except KeyUsed:
            return Refused("invalid")
        except StoreUnavailable:
            return Down()
        return await self._tell_now("create", appointment) if is_new and not can.is_local else Kept(appointment)

    async def look_up(self, reference: str, contact: Contact) -> Appointment | None:
        """Return an appointment to somebody who knows its reference and one way to reach its visitor.

        None says nothing about which of the two was wrong.

        Raises:
            BackendDown: When that cannot be said now.
        """
        try:
            appointment = await asyncio.to_thread(self.store.get, reference)
        except StoreUnavailable as err:
            raise BackendDown from err
        kept = appointment.contact if appointment else Contact("")
        is_known = [_is_same(kept.phone, contact.phone), _is_same(kept.email, contact.email)]
        return appointment if any(is_known) else None

    async def move(
        self, appointment: Appointment, opening: Opening, request_key: str, *, holder: str | None = None, by_staff: bool = False
    ) -> Answer:
        """Move an appointment; one that is not moved stays where it was.

        Args:
            appointment: As it was looked up.
            opening: One that was offered, of the same service.
            request_key: As in `book`.
            holder: Whose hold becomes the new time.
            by_staff: Whether the notice for changes does not matter.
        """
        can = self.backend.capabilities
        now = self._clock()
        if not can.moves or opening.service != appointment.opening.service:
            return Refused("not_allowed" if not can.moves else "invalid")
        if opening == appointment.opening and appointment.state is not State.CANCELLED:
            return Kept(appointment)
        try:
            code = self._too_late(appointment, now, by_staff) or self._rule_against(opening, now)
            if code:
                done = await asyncio.to_thread(self.store.by_key, request_key)
                return Refused(code) if done is None else Kept(done)
            moved, is_new = await asyncio.to_thread(
                self.store.move,
                appointment,
                opening,
                busy_until(self.booking, opening),
                state=State.CONFIRMED if can.is_local else State.REQUESTED,
                keeps_old=not can.is_local,
                request_key=request_key,
                holder=holder,
                tell=[_message("changed") if can.is_local else _backend("move")],
                claimed_until=self._claimed_until(),
            )
        except OpeningTaken:
            return NoLongerFree(await self.alternatives(opening))
        except AppointmentChanged:
            return Refused("changed")
        except StillBeingTold:
            return Refused("pending")
        except KeyUsed:
            return Refused("invalid")
        except StoreUnavailable:
            return Down()
        return await self._tell_now("move", moved) if is_new and not can.is_local else Kept(moved)

    async def cancel(self, appointment: Appointment, *, by_staff: bool = False) -> Answer:
        """Cancel an appointment; cancelling twice is no error. The visitor's word stands, whatever the clinic's system says."""
        is_local = self.backend.capabilities.is_local
        if appointment.state in (State.CONFIRMED, State.REQUESTED) and (code := self._too_late(appointment, self._clock(), by_staff)):
            return Refused(code)
        tell = [_message("cancelled")] if is_local else [_backend("cancel"), _message("cancelled")]
        try:
            cancelled, is_new = await asyncio.to_thread(self.store.cancel, appointment, tell=tell, claimed_until=self._claimed_until())
        except AppointmentChanged:
            return Refused("changed")
        except StoreUnavailable:
            return Down()
        if is_new and not is_local:
            await self._tell_now("cancel", cancelled)
        return Kept(cancelled)

    def why_no_change(self, appointment: Appointment) -> str | None:
        """Return the code of the rule by which a visitor can no longer move or cancel an appointment, or None."""
        return self._too_late(appointment, self._clock(), by_staff=False)

    # The clinic

    async def answer(self, reference: str, *, agrees: bool) -> Appointment | None:
        """Keep the clinic's answer to a request and let the visitor know; None when there is nothing to answer.

        Raises:
            StoreUnavailable: When it cannot be kept.
        """
        return await asyncio.to_thread(self.store.answer, reference, agrees=agrees)

    async def message_to_clinic(self, name: str, contact: Contact, kind: Literal["call_back", "message"], request_key: str) -> bool:
        """Let the clinic know that somebody wants to be called or written to; False when that cannot be kept now."""
        details = {"name": name, "phone": contact.phone, "email": contact.email}
        row = NewRow(Kind.MESSAGE, kind, None, details=details, key=f"{kind}-{digest(request_key)}")
        try:
            await asyncio.to_thread(self.store.add_rows, [row])
        except StoreUnavailable:
            return False
        return True

    def link(self, service: str | None = None, opening: Opening | None = None) -> str | None:
        """Return the clinic's own page, with service and time filled in where it allows that."""
        return self.backend.link(service, opening) if self.backend.capabilities.links else None

    # Rules

    def _rule_against(self, opening: Opening, now: dt.datetime) -> str | None:
        """Return the code of the rule by which an opening cannot be booked, or None."""
        if self.backend.capabilities.openings != "own":
            return None if is_offered(self.booking, opening, now) else why_not(self.booking, opening, now)
        if self.booking.service(opening.service) is None:
            return "invalid"
        code = why_not(self.booking, opening, now)
        return None if code == "invalid" else code

    def _too_late(self, appointment: Appointment, now: dt.datetime, by_staff: bool) -> str | None:
        if appointment.state not in (State.CONFIRMED, State.REQUESTED):
            return "cancelled"
        notice = dt.timedelta() if by_staff else self.booking.change_notice
        return "too_late_to_change" if now > appointment.opening.start - notice else None

    # Telling the clinic's system at once

    def _claimed_until(self) -> dt.datetime:
        return self._clock() + dt.timedelta(seconds=self._limit_s) + _GRACE

    async def _tell_now(self, operation: str, appointment: Appointment) -> Answer:
        """Tell the clinic's system within the limit; what it has not answered by then is told later."""
        key = f"{appointment.reference}:{operation}:{appointment.revision}"
        try:
            row = await asyncio.to_thread(self.store.row, key)
            if row.tries == 0:
                # It waits for what the system has yet to hear before.
                return Kept(appointment)
            told = await pass_on(row, self.store, self.backend, self._clock, limit_s=self._limit_s, visitor_waits=True)
        except StoreUnavailable:
            # It is kept, and what the system has done will be looked up.
            return Kept(appointment)
        if not told.outcome.is_undone:
            return Kept(told.appointment or appointment)
        if isinstance(told.result, Refused):
            return Refused(told.result.code)
        return NoLongerFree(await self.alternatives(appointment.opening))


def _message(name: str) -> NewRow:
    return NewRow(Kind.MESSAGE, name, None)


def _backend(operation: str) -> NewRow:
    return NewRow(Kind.BACKEND, operation, None)


def _is_same(kept: str | None, given: str | None) -> bool:
    if not kept or not given:
        return False
    return hmac.compare_digest(kept.casefold().encode(), given.casefold().encode())
