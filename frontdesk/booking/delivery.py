"""Telling the clinic's system and people what was booked, until they know: the worker behind the outbox.

A row is told again after a while, a little longer and at random each time, and looked up first where a second try could
book twice. What the system refuses, and what cannot be told in time, becomes a mail to the clinic, so that a person acts:
nothing ends in a log.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, runtime_checkable

import structlog

from frontdesk.booking.appointment import Appointment, Contact, Opening, State
from frontdesk.booking.backend import Backend, BackendDown, Capabilities
from frontdesk.booking.messages import due_reminders
from frontdesk.booking.outbox import TO_CLINIC, Kind, NewRow, Outcome, Row, RowState
from frontdesk.booking.results import Confirmed, Refused, Requested, Result, Taken, Transient, Unknown
from frontdesk.booking.settings import Booking
from frontdesk.booking.store import Store, StoreUnavailable

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = dt.timedelta(hours=12)
GIVE_UP_BEFORE_START = dt.timedelta(hours=2)
"""So that somebody can act while it still helps."""
TRY_AT_LEAST = dt.timedelta(minutes=15)
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 600.0
SETTLING_S = 5.0
"""After an unknown outcome a look-up waits so long: what the system is still doing has to be there to be found."""
CALL_S = 20.0
"""How long one call may take when no visitor waits for it."""
LEASE = dt.timedelta(seconds=CALL_S * 3)
_REMIND_EVERY = dt.timedelta(minutes=1)
_PURGE_EVERY = dt.timedelta(hours=1)

# About the time that was chosen: another one may do, and only the visitor can say which.
_ABOUT_THE_TIME = ("too_soon", "too_far", "too_late_to_change")
_NO_ANSWER = "no_answer"
_CONFIRMS = ("confirmation", "changed", "reminder")


class Messenger(Protocol):
    """Writes to visitors and to the clinic. Each method is safe to call twice with the same appointment.

    A visitor who cannot be written to, because there is no mail address, has been told: `Confirmed`.
    """

    async def confirmation(self, appointment: Appointment) -> Result:
        """Tell a visitor that the appointment stands."""

    async def requested(self, appointment: Appointment) -> Result:
        """Tell a visitor that the clinic has to agree."""

    async def changed(self, appointment: Appointment) -> Result:
        """Tell a visitor the new time."""

    async def cancelled(self, appointment: Appointment) -> Result:
        """Tell a visitor that the appointment is off."""

    async def reminder(self, appointment: Appointment) -> Result:
        """Remind a visitor."""

    async def refused_with_alternatives(self, appointment: Appointment, openings: Sequence[Opening]) -> Result:
        """Tell a visitor that the time could not be booked, and which are free."""

    async def not_moved(self, appointment: Appointment, wanted: Opening, openings: Sequence[Opening]) -> Result:
        """Tell a visitor that the appointment stays where it was, since the wanted time could not be had, and which are free."""

    async def request(self, appointment: Appointment) -> Result:
        """Ask the clinic to agree to an appointment, to its new time, or to its end."""

    async def undelivered(self, appointment: Appointment, why: str) -> Result:
        """Tell the clinic what its system was not told; `why` is the code of a refusal or no_answer."""

    async def unreachable(self, appointment: Appointment) -> Result:
        """Tell the clinic that a visitor's mail address does not work, so that somebody calls."""

    async def hook_undelivered(self, appointment: Appointment, why: str) -> Result:
        """Tell the clinic that its own system has not heard of something; `why` as above."""

    async def call_back(
        self, name: str, contact: Contact, kind: Literal["call_back", "message"] = "call_back", *, key: str | None = None
    ) -> Result:
        """Tell the clinic that somebody wants to be called, or written to."""


class Hook(Protocol):
    """A system of the clinic's own that is told of everything."""

    async def tell(self, event: str, key: str, appointment: Appointment, occurred_at: dt.datetime) -> Result:
        """Say what has happened; the same key may come twice."""


@runtime_checkable
class TakesMessages(Protocol):
    """A backend that passes on wishes to be called, so that they do not go by mail."""

    async def message_to_clinic(self, name: str, contact: Contact, kind: Literal["call_back", "message"], key: str) -> Result:
        """Pass on that somebody wants to be called, or written to."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What came of telling the clinic's system."""

    result: Result
    outcome: Outcome
    appointment: Appointment | None
    """As it is now."""


async def pass_on(
    row: Row,
    store: Store,
    backend: Backend,
    clock: Callable[[], dt.datetime],
    *,
    limit_s: float = CALL_S,
    visitor_waits: bool = False,
    jitter: Callable[[], float] = random.random,
) -> Passed:
    """Tell the clinic's system what a row says, and keep what came of it.

    Args:
        row: Claimed by the caller.
        store: Where it is kept.
        backend: The system.
        clock: Tells aware times.
        limit_s: How long it may take.
        visitor_waits: Whether somebody reads the result at once and needs no mail about it.
        jitter: From 0 to 1; spreads retries.

    Raises:
        StoreUnavailable: When the result cannot be kept; it will be looked up.
    """
    result = await call_backend(row, backend, limit_s)
    outcome = outcome_of(row, result, clock(), backend.capabilities, visitor_waits=visitor_waits, jitter=jitter())
    return Passed(result, outcome, await asyncio.to_thread(store.settle, row, outcome))


async def call_backend(row: Row, backend: Backend, limit_s: float) -> Result:
    """Tell a backend what a row says, after a look-up when an earlier try may have done it."""
    can, appointment = backend.capabilities, row.appointment
    allowed = {"create": can.creates, "move": can.moves, "cancel": can.cancels}
    if appointment is None or row.follows_dead or not allowed[row.operation]:
        return Refused("not_allowed")
    may_be_done = row.tries > 1 and row.last_error != "transient" and not can.is_idempotent
    if may_be_done and not can.finds:
        return Refused(_NO_ANSWER)
    try:
        async with asyncio.timeout(limit_s):
            if may_be_done and (done := await _look_up(row, appointment, backend)):
                return done
            calls = {"create": backend.create, "move": backend.move, "cancel": backend.cancel}
            return await calls[row.operation](appointment, row.key)
    except (TimeoutError, BackendDown):
        return Unknown()
    except Exception as err:
        # A mistake in a backend must not stop the others' bookings. Its text may hold contact data.
        log.error("backend_failed", backend=backend.name, operation=row.operation, reason=type(err).__name__)
        return Unknown()


async def _look_up(row: Row, appointment: Appointment, backend: Backend) -> Result | None:
    """Return what an earlier try has done, or None when it has done nothing."""
    found = await backend.find(appointment)
    if row.operation == "cancel":
        return Confirmed() if found is None or found.start is None else None
    if found is None:
        return None
    if found.start is None:
        return Refused("cancelled")
    is_there = row.operation == "create" or found.start == appointment.opening.start
    return Confirmed(found.remote) if is_there else None


def outcome_of(row: Row, result: Result, now: dt.datetime, can: Capabilities, *, visitor_waits: bool, jitter: float) -> Outcome:
    """Return what follows from a result. Pure.

    Args:
        row: What was told.
        result: What came of it.
        now: Aware.
        can: What the backend can do.
        visitor_waits: Whether the visitor learns of it without a mail.
        jitter: From 0 to 1.
    """
    is_move, is_cancel = row.operation == "move", row.operation == "cancel"
    match result:
        case Confirmed(remote) | Requested(remote) if is_cancel:
            return Outcome(RowState.DONE, remote=remote)
        case Confirmed(remote):
            message = "changed" if is_move else "confirmation"
            return Outcome(RowState.DONE, state=State.CONFIRMED, remote=remote, is_settled=True, messages=(message,))
        case Requested(remote):
            return Outcome(RowState.DONE, state=State.REQUESTED, remote=remote, messages=("requested",))
        case Refused("not_found" | "cancelled") if is_cancel:
            return Outcome(RowState.DONE)
        case Taken() | Refused() if not is_cancel and _is_for_the_visitor(result, visitor_waits):
            error = result.code if isinstance(result, Refused) else "taken"
            message = "not_moved" if is_move else "refused_with_alternatives"
            return Outcome(RowState.DONE, error=error, is_undone=True, messages=() if visitor_waits else (message,))
        case Taken():
            return _give_up("taken")
        case Refused(code):
            return _give_up(code, () if is_cancel else ("requested",))
        case Transient() | Unknown():
            error = "transient" if isinstance(result, Transient) else "unknown"
            waiting = () if is_cancel else ("requested",)
            is_blind = isinstance(result, Unknown) and not (can.finds or can.is_idempotent)
            if is_blind or now >= give_up_at(row):
                return _give_up(_NO_ANSWER, waiting)
            return Outcome(RowState.PENDING, error=error, next_try_at=now + wait_before(row.tries, result, jitter), messages=waiting)


def give_up_at(row: Row) -> dt.datetime:
    """Return when the clinic is to be told instead: after hours of trying, or while there is time to act before the visit."""
    latest = row.created_at + GIVE_UP_AFTER
    if row.opening is None:
        return latest
    return min(latest, max(row.created_at + TRY_AT_LEAST, row.opening.start - GIVE_UP_BEFORE_START))


def wait_before(tries: int, result: Result, jitter: float) -> dt.timedelta:
    """Return how long to wait after so many tries: twice as long at most each time, and anything below that.

    >>> wait_before(3, Transient(), 1.0).seconds, wait_before(3, Transient(retry_after_s=60), 0.0).seconds
    (8, 60)
    """
    seconds = jitter * min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(tries - 1, 20))
    if isinstance(result, Transient) and result.retry_after_s:
        seconds = max(seconds, min(result.retry_after_s, GIVE_UP_AFTER.total_seconds()))
    if isinstance(result, Unknown):
        seconds += SETTLING_S
    return dt.timedelta(seconds=seconds)


def _is_for_the_visitor(result: Taken | Refused, visitor_waits: bool) -> bool:
    """Say whether a refusal is something the visitor can mend, rather than the clinic."""
    if isinstance(result, Taken):
        return True
    return result.code in _ABOUT_THE_TIME or (visitor_waits and result.code in ("invalid", "not_found", "cancelled"))


def _give_up(why: str, also: tuple[str, ...] = ()) -> Outcome:
    return Outcome(RowState.DEAD, error=why, why=why, messages=("undelivered", *also))


class Delivery:
    """The worker: tells what is due, reminds visitors, and erases what has been kept long enough.

    Several may run at once, in one process or in many; each row is told by one.
    """

    def __init__(
        self,
        booking: Booking,
        store: Store,
        backend: Backend,
        messenger: Messenger,
        alternatives: Callable[[Opening], Awaitable[Sequence[Opening]]],
        clock: Callable[[], dt.datetime],
        *,
        webhook: Hook | None = None,
        forget_mails: Callable[[int], object] = lambda days: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Take what it works with.

        `alternatives` gives free times near one that could not be had; `webhook` is a system of the clinic's own that is
        told of everything; `forget_mails` deletes the mails that have been kept here for so many days.
        """
        self._forget_mails = forget_mails
        self._webhook = webhook
        self._booking = booking
        self._store = store
        self._backend = backend
        self._messenger = messenger
        self._alternatives = alternatives
        self._clock = clock
        self._jitter = jitter
        self._reminded_at: dt.datetime | None = None
        self._purged_at: dt.datetime | None = None

    async def run(self, every_s: float = 2.0) -> None:
        """Work until cancelled; a database that is away for a while stops nothing."""
        while True:
            try:
                busy = await self.run_once()
            except StoreUnavailable as err:
                log.error("booking_store_unavailable", reason=str(err))
                busy = 0
            if not busy:
                await asyncio.sleep(every_s)

    async def run_once(self) -> int:
        """Tell everything that is due and return how many rows that were.

        Raises:
            StoreUnavailable: When the database cannot be used.
        """
        await self._remind()
        await self._purge()
        done = 0
        while due := await asyncio.to_thread(self._store.claim_due, LEASE, 1):
            for row in due:
                if row.kind is Kind.BACKEND:
                    await pass_on(row, self._store, self._backend, self._clock, jitter=self._jitter)
                else:
                    await self._send(row)
                done += 1
        return done

    async def _remind(self) -> None:
        hours, now = self._booking.reminder_hours, self._clock()
        if not hours or (self._reminded_at is not None and now - self._reminded_at < _REMIND_EVERY):
            return
        self._reminded_at = now
        coming = await asyncio.to_thread(self._store.between, now, now + dt.timedelta(hours=hours), (State.CONFIRMED,))
        new = [NewRow(Kind.MESSAGE, "reminder", one.reference, one.revision, one.opening) for one in due_reminders(coming, now, hours)]
        if new:
            await asyncio.to_thread(self._store.add_rows, new)

    async def _purge(self) -> None:
        now = self._clock()
        if self._purged_at is None or now - self._purged_at >= _PURGE_EVERY:
            await asyncio.to_thread(self._store.purge, self._booking.contact_days)
            try:
                await asyncio.to_thread(self._forget_mails, self._booking.contact_days)
            except OSError as err:
                log.error("mails_not_deleted", reason=err.strerror)
            self._purged_at = now

    async def _send(self, row: Row) -> None:
        now = self._clock()
        if is_stale(row, now):
            await asyncio.to_thread(self._store.settle, row, Outcome(RowState.DONE, error="stale"))
            return
        try:
            async with asyncio.timeout(CALL_S):
                result = await self._tell(row)
        except TimeoutError:
            result = Unknown()
        except Exception as err:
            log.error("message_failed", message=row.operation, reason=type(err).__name__)
            result = Unknown()
        await asyncio.to_thread(self._store.settle, row, message_outcome(row, result, now, self._jitter()))

    async def _tell(self, row: Row) -> Result:
        messenger, appointment = self._messenger, row.appointment
        if row.operation in ("call_back", "message"):
            return await self._pass_message_on(row)
        if appointment is None or row.opening is None:
            return Refused("not_found")
        if row.kind is Kind.WEBHOOK:
            if self._webhook is None:
                # It was taken out of the settings meanwhile: nobody is waiting.
                return Confirmed()
            as_then = replace(appointment, revision=row.revision)
            return await self._webhook.tell(row.operation, row.key, as_then, row.created_at)
        match row.operation:
            case "confirmation":
                return await messenger.confirmation(appointment)
            case "requested":
                return await messenger.requested(appointment)
            case "changed":
                return await messenger.changed(appointment)
            case "cancelled":
                return await messenger.cancelled(appointment)
            case "reminder":
                return await messenger.reminder(appointment)
            case "refused_with_alternatives":
                return await messenger.refused_with_alternatives(appointment, await self._alternatives(row.opening))
            case "not_moved":
                return await messenger.not_moved(await self._as_it_is(appointment), row.opening, await self._alternatives(row.opening))
            case "undelivered":
                return await messenger.undelivered(appointment, row.details.get("why", _NO_ANSWER))
            case "unreachable":
                return await messenger.unreachable(appointment)
            case "hook_undelivered":
                return await messenger.hook_undelivered(appointment, row.details.get("why", _NO_ANSWER))
        return Refused("invalid")

    async def _pass_message_on(self, row: Row) -> Result:
        details = row.details
        contact = Contact(details["name"], details["phone"], details["email"])
        kind: Literal["call_back", "message"] = "message" if row.operation == "message" else "call_back"
        if isinstance(self._backend, TakesMessages):
            return await self._backend.message_to_clinic(contact.name, contact, kind, row.key)
        return await self._messenger.call_back(contact.name, contact, kind, key=row.key)

    async def _as_it_is(self, appointment: Appointment) -> Appointment:
        return await asyncio.to_thread(self._store.get, appointment.reference) or appointment


def is_stale(row: Row, now: dt.datetime) -> bool:
    """Say whether a message to a visitor has been overtaken by what happened since, or by time. Pure."""
    appointment = row.appointment
    if row.reference is None or row.operation in TO_CLINIC:
        return False
    if appointment is None or not appointment.contact.name:
        return True
    if row.operation in _CONFIRMS:
        is_so = appointment.state is State.CONFIRMED and appointment.revision == row.revision
        return not is_so or (row.operation == "reminder" and appointment.opening.start <= now)
    if row.operation == "requested":
        return appointment.state is not State.REQUESTED or appointment.revision != row.revision
    return row.operation == "cancelled" and appointment.state is not State.CANCELLED


def message_outcome(row: Row, result: Result, now: dt.datetime, jitter: float) -> Outcome:
    """Return what follows from sending a message. Pure.

    The clinic is written to until it works; there is nobody else to turn to. When a visitor or a system of its own cannot be
    reached, it is told.
    """
    to_clinic = row.operation in TO_CLINIC
    match result:
        case Confirmed() | Requested():
            return Outcome(RowState.DONE)
        case Refused(code):
            pass
        case Taken():
            code = "invalid"
        case Transient() | Unknown():
            code = "transient" if isinstance(result, Transient) else "unknown"
            if to_clinic or now < give_up_at(row):
                return Outcome(RowState.PENDING, error=code, next_try_at=now + wait_before(row.tries, result, jitter))
    if to_clinic:
        return Outcome(RowState.PENDING, error=code, next_try_at=now + dt.timedelta(seconds=LONGEST_WAIT_S))
    message = "hook_undelivered" if row.kind is Kind.WEBHOOK else "unreachable"
    return Outcome(RowState.DEAD, error=code, why=code, messages=(message,))
