"""Where appointments are kept, whatever the clinic's system: appointments, the time they claim, and what is still to be told.

An appointment, its time and its outbox rows are written in one transaction. Calls block; the desk makes them in a thread.
What the rules of the clinic allow, the desk has decided before: here is kept what must be true at every moment, that no
practitioner is booked twice, that a key books once, and that nothing is forgotten.

    StoreUnavailable        the database cannot be used
    OpeningTaken            somebody else has the time
    TooManyOpen             the visitor has as many coming appointments as one may have
    AppointmentChanged      it has been moved or cancelled since it was looked at
    StillBeingTold          the clinic's system has not answered to the last change yet
    KeyUsed                 the key was used for something else
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from frontdesk.booking import claims
from frontdesk.booking import outbox as rows
from frontdesk.booking.appointment import Appointment, Contact, Opening, State
from frontdesk.booking.backend import Busy
from frontdesk.booking.claims import OpeningTaken
from frontdesk.booking.database import Database, StoreUnavailable, appointments, outbox, requests
from frontdesk.booking.openings import cells as cells_of
from frontdesk.booking.outbox import TO_CLINIC, Kind, NewRow, Outcome, Row, RowState
from frontdesk.booking.references import new_reference

__all__ = ["AppointmentChanged", "KeyUsed", "OpeningTaken", "StillBeingTold", "Store", "StoreUnavailable", "TooManyOpen"]

OPEN = (State.REQUESTED.value, State.CONFIRMED.value)
_KEY_DAYS = 30


class TooManyOpen(Exception):
    """Raised when a visitor has as many coming appointments as one may have."""


class AppointmentChanged(Exception):
    """Raised when an appointment is not as the caller has seen it."""


class StillBeingTold(Exception):
    """Raised when an appointment cannot move because the clinic's system has yet to hear of what happened before."""


class KeyUsed(Exception):
    """Raised when a request key comes back with another wish."""


class Store:
    """The appointments of one installation; several processes may share it."""

    def __init__(self, url: str | sa.engine.URL, clock: Callable[[], dt.datetime], *, has_webhook: bool = False) -> None:
        """Take a database address as SQLAlchemy writes it, and a clock that tells aware times; nothing is opened yet.

        `has_webhook` says whether a system of the clinic's own is to be told of everything.
        """
        self._has_webhook = has_webhook
        self._database = Database(url)
        self._clock = clock

    def close(self) -> None:
        """Give back connections."""
        self._database.close()

    # Reading

    def get(self, reference: str) -> Appointment | None:
        """Return an appointment by its reference."""
        with self._database.reading() as connection:
            return _get(connection, reference)

    def between(self, start: dt.datetime, end: dt.datetime, states: Iterable[State] = tuple(State)) -> list[Appointment]:
        """Return the appointments that start from `start` to before `end`, soonest first."""
        chosen = sa.select(appointments).where(
            appointments.c.start >= start,
            appointments.c.start < end,
            appointments.c.state.in_([state.value for state in states]),
        )
        with self._database.reading() as connection:
            found = connection.execute(chosen.order_by(appointments.c.start, appointments.c.reference)).all()
            return [_appointment(row) for row in found]

    def claimed(self, start: dt.datetime, end: dt.datetime, *, except_holder: str | None = None) -> list[Busy]:
        """Return the time that is claimed, with buffers; holds too, but for those that have expired or are the caller's own."""
        with self._database.reading() as connection:
            return claims.claimed(connection, start, end, self._clock(), except_holder)

    def rows(self, *, undelivered_since: dt.datetime | None = None, reference: str | None = None) -> list[Row]:
        """Return rows of the outbox, oldest first.

        Args:
            undelivered_since: Only those that were given up, and those that have been waiting since then or longer.
            reference: Only those of an appointment.
        """
        chosen = sa.select(outbox).order_by(outbox.c.id)
        if undelivered_since is not None:
            waits = sa.and_(outbox.c.state == RowState.PENDING.value, outbox.c.created_at <= undelivered_since)
            chosen = chosen.where(sa.or_(outbox.c.state == RowState.DEAD.value, waits))
        if reference is not None:
            chosen = chosen.where(outbox.c.reference == reference)
        with self._database.reading() as connection:
            return [rows.read_row(connection, found) for found in connection.execute(chosen).all()]

    # What visitors do

    def hold(self, opening: Opening, until: dt.datetime, holder: str, expires_at: dt.datetime, *, moving: str | None = None) -> None:
        """Keep a time for somebody who is still typing; a holder has one time at most.

        Args:
            opening: What is kept.
            until: When the practitioner would be free again.
            holder: Who is typing.
            expires_at: When it is free again by itself.
            moving: The appointment that is to move there, whose own time is not in the way.

        Raises:
            OpeningTaken: When it is somebody else's; what was held before stays held.
        """
        with self._database.writing() as connection:
            claims.clear_way(connection, self._clock(), holder)
            own = claims.own_cells(connection, moving, opening.practitioner) if moving else set()
            wanted = [cell for cell in cells_of(opening.start, until) if cell not in own]
            claims.claim(connection, opening.practitioner, wanted, claims.hold_of(holder), expires_at=expires_at)

    def release(self, holder: str) -> None:
        """Give up what is held."""
        with self._database.writing() as connection:
            claims.clear_way(connection, self._clock(), holder)

    def book(
        self,
        wanted: Appointment,
        until: dt.datetime,
        *,
        request_key: str,
        holder: str | None,
        per_visitor: int,
        tell: Sequence[NewRow],
        claimed_until: dt.datetime | None = None,
    ) -> tuple[Appointment, bool]:
        """Keep a new appointment with its time and the rows that tell of it.

        Args:
            wanted: Without a reference, which is given here, unless it has one.
            until: When the practitioner is free again.
            request_key: The same for the same wish, however often it arrives.
            holder: Whose hold gives way.
            per_visitor: Most coming appointments of one contact.
            tell: Rows for the outbox; their reference is filled in.
            claimed_until: Until when the caller tells the backend itself.

        Returns:
            The appointment, and whether it is new; an old one when the key was used before.

        Raises:
            OpeningTaken: When the time is somebody else's.
            TooManyOpen: When the visitor has enough.
            KeyUsed: When the key was used for another wish.
        """
        now = self._clock()
        opening = wanted.opening
        wish = f"book:{opening.practitioner}:{opening.start.astimezone(dt.UTC).isoformat()}"
        with self._database.writing() as connection:
            if before := _use_key(connection, request_key, wish):
                return before, False
            if _count_open(connection, wanted.contact, now) >= per_visitor:
                raise TooManyOpen
            appointment = replace(wanted, reference=wanted.reference or _unused_reference(connection))
            claims.clear_way(connection, self._clock(), holder)
            claims.claim(connection, opening.practitioner, cells_of(opening.start, until), appointment.reference, appointment.revision)
            connection.execute(appointments.insert().values(**_values(appointment), busy_until=until, highest_revision=0, created_at=now))
            self._tell(connection, appointment, tell, claimed_until)
            _keep_key(connection, request_key, wish, appointment.reference, now)
            return appointment, True

    def move(
        self,
        seen: Appointment,
        opening: Opening,
        until: dt.datetime,
        *,
        state: State,
        keeps_old: bool,
        request_key: str,
        holder: str | None,
        tell: Sequence[NewRow],
        claimed_until: dt.datetime | None = None,
    ) -> tuple[Appointment, bool]:
        """Move an appointment: the new time is claimed and the old one freed together, or nothing happens.

        Args:
            seen: The appointment as the caller has seen it.
            opening: The new time.
            until: When the practitioner is free again.
            state: What the appointment is then.
            keeps_old: Keep the old time too, until the clinic's system has agreed.
            request_key: As in `book`.
            holder: Whose hold gives way.
            tell: As in `book`; their revision is filled in.
            claimed_until: As in `book`.

        Raises:
            OpeningTaken: When the time is somebody else's; the old one is untouched.
            AppointmentChanged: When it is no longer as it was seen.
            StillBeingTold: When the clinic's system has yet to hear of the last change.
            KeyUsed: When the key was used for another wish.
        """
        now = self._clock()
        wish = f"move:{seen.reference}:{opening.practitioner}:{opening.start.astimezone(dt.UTC).isoformat()}"
        with self._database.writing() as connection:
            if done := _use_key(connection, request_key, wish):
                return done, False
            kept = _require(connection, seen)
            if kept.state not in OPEN:
                raise AppointmentChanged
            if rows.is_being_told(connection, seen.reference):
                raise StillBeingTold
            revision = kept.highest_revision + 1
            claims.clear_way(connection, self._clock(), holder)
            before = (kept.before or _before(kept)) if keeps_old else None
            wanted = [(opening.practitioner, cell) for cell in cells_of(opening.start, until)]
            kept_too = [(before["practitioner"], cell) for cell in _before_cells(before)] if before else []
            # Everything of its own that it no longer needs goes first, so that it may move by a quarter of an hour.
            claims.keep_only(connection, seen.reference, {*wanted, *kept_too})
            own = claims.own_cells(connection, seen.reference, opening.practitioner)
            claims.claim(connection, opening.practitioner, [cell for _, cell in wanted if cell not in own], seen.reference, revision)
            moved = replace(_appointment(kept), opening=opening, revision=revision, state=state)
            self._update(connection, moved, busy_until=until, before=before, highest_revision=revision)
            self._tell(connection, moved, tell, claimed_until)
            _keep_key(connection, request_key, wish, seen.reference, now)
            return moved, True

    def cancel(self, seen: Appointment, *, tell: Sequence[NewRow], claimed_until: dt.datetime | None = None) -> tuple[Appointment, bool]:
        """Cancel an appointment and free its time; one that is cancelled already stays so.

        Raises:
            AppointmentChanged: When it has moved since it was seen.
        """
        with self._database.writing() as connection:
            kept = _find(connection, seen.reference)
            if kept is not None and kept.state not in OPEN:
                return _appointment(kept), False
            kept = _require(connection, seen)
            cancelled = replace(_appointment(kept), state=State.CANCELLED, revision=kept.highest_revision + 1)
            claims.keep_only(connection, seen.reference, set())
            self._update(connection, cancelled, before=None, highest_revision=cancelled.revision)
            self._tell(connection, cancelled, tell, claimed_until)
            return cancelled, True

    # What staff and the clinic's system say

    def answer(self, reference: str, *, agrees: bool) -> Appointment | None:
        """Keep what a person at the clinic answered to a request; None when it is not waiting for one."""
        with self._database.writing() as connection:
            kept = _find(connection, reference)
            if kept is None or kept.state != State.REQUESTED.value:
                return None
            was_move = kept.before is not None
            if agrees:
                messages = ("changed" if was_move else "confirmation",)
                outcome = Outcome(RowState.DONE, state=State.CONFIRMED, is_settled=True, messages=messages)
            else:
                outcome = Outcome(RowState.DONE, is_undone=True, messages=("not_moved" if was_move else "refused_with_alternatives",))
            self._take_off_list(connection, reference)
            told = NewRow(Kind.MESSAGE, "", reference, kept.revision, _appointment(kept).opening)
            self._follow(connection, kept, outcome, told, is_current=True)
            return _get(connection, reference)

    def handled(self, reference: str) -> int:
        """Take what the clinic's system was not told of an appointment off the list, since a person has seen to it; return how much."""
        with self._database.writing() as connection:
            return self._take_off_list(connection, reference)

    def settle(self, row: Row, outcome: Outcome) -> Appointment | None:
        """Keep what became of a row, with what follows for its appointment, and return that.

        What another worker has settled meanwhile stays as it is. An outcome is not applied to an appointment that has
        been changed since, but for the name the clinic's system gave it.
        """
        now = self._clock()
        with self._database.writing() as connection:
            found = connection.execute(sa.select(outbox).where(outbox.c.id == row.id)).one()
            if found.state != RowState.PENDING.value:
                return _get(connection, row.reference) if row.reference else None
            if outcome.row_state is RowState.PENDING:
                rows.put_off(connection, row.id, outcome.error or "", outcome.next_try_at or now)
            else:
                rows.end(connection, row.id, outcome.row_state, outcome.error, now)
            kept = _find(connection, row.reference) if row.reference else None
            if kept is None:
                return None
            told = NewRow(Kind.MESSAGE, "", row.reference, row.revision, row.opening)
            self._follow(connection, kept, outcome, told, is_current=kept.highest_revision == row.revision)
            return _get(connection, kept.reference)

    def add_rows(self, new: Sequence[NewRow]) -> None:
        """Write rows that tell of no change, such as a reminder or a wish to be called."""
        with self._database.writing() as connection:
            rows.add(connection, tuple(new), self._clock())

    def claim_due(self, lease: dt.timedelta, most: int = 10) -> list[Row]:
        """Return rows whose time has come, each for this worker alone until the lease ends."""
        with self._database.writing() as connection:
            claimed = rows.claim_due(connection, self._clock(), lease, most)
            return [self._with_appointment(connection, row) for row in claimed]

    def by_key(self, request_key: str) -> Appointment | None:
        """Return what a request key was used for, whatever the wish."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(requests.c.reference).where(requests.c.key == claims.digest(request_key))).first()
            return None if found is None else _get(connection, found.reference)

    def row(self, key: str) -> Row:
        """Return a row with its appointment; for whoever wrote it."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(outbox).where(outbox.c.key == key)).one()
            return self._with_appointment(connection, rows.read_row(connection, found))

    def retry(self, row_id: int) -> bool:
        """Let a row that was given up be tried again, from now; False when there is none."""
        now = self._clock()
        again = {"state": RowState.PENDING.value, "next_try_at": now, "created_at": now, "claimed_until": None, "ended_at": None}
        with self._database.writing() as connection:
            chosen = outbox.update().where(outbox.c.id == row_id, outbox.c.state.in_((RowState.PENDING.value, RowState.DEAD.value)))
            return bool(connection.execute(chosen.values(**again)).rowcount)

    def purge(self, contact_days: int) -> int:
        """Erase the contact data of appointments that ended so many days ago and return how many appointments that were.

        Rows of the outbox and keys of that age go as well, delivered or not, and so does claimed time that is past.
        """
        now = self._clock()
        limit = now - dt.timedelta(days=contact_days)
        old = sa.and_(appointments.c.end < limit, appointments.c.name != "")
        past = sa.select(appointments.c.reference).where(appointments.c.end < limit)
        with self._database.writing() as connection:
            erased = connection.execute(appointments.update().where(old).values(name="", phone=None, email=None)).rowcount
            connection.execute(outbox.delete().where(outbox.c.reference.in_(past)))
            connection.execute(outbox.delete().where(outbox.c.reference.is_(None), outbox.c.created_at < limit))
            connection.execute(requests.delete().where(requests.c.created_at < now - dt.timedelta(days=_KEY_DAYS)))
            claims.forget_past(connection, now)
        if erased:
            self._database.forget_history()
        return int(erased)

    # Within a transaction

    def _take_off_list(self, connection: sa.engine.Connection, reference: str) -> int:
        """Mark what the system has not been told as seen to: it is in nobody's hands but the clinic's from now on."""
        waits = sa.and_(outbox.c.kind == Kind.BACKEND.value, outbox.c.state == RowState.PENDING.value)
        chosen = outbox.update().where(outbox.c.reference == reference, sa.or_(waits, outbox.c.state == RowState.DEAD.value))
        return int(connection.execute(chosen.values(state=RowState.HANDLED.value, ended_at=self._clock())).rowcount)

    def _tell(
        self, connection: sa.engine.Connection, appointment: Appointment, tell: Sequence[NewRow], claimed_until: dt.datetime | None
    ) -> None:
        filled = tuple(
            replace(row, reference=appointment.reference, revision=appointment.revision, opening=row.opening or appointment.opening)
            for row in tell
        )
        rows.add(connection, filled, self._clock(), claimed_until=claimed_until, has_webhook=self._has_webhook)

    def _follow(self, connection: sa.engine.Connection, kept: Any, outcome: Outcome, told: NewRow, *, is_current: bool) -> None:
        """Apply an outcome to the appointment it is about, and write the messages that follow.

        `told` says what they are about. Of an appointment that has changed since, the clinic alone is told.
        """
        appointment = _appointment(kept)
        if outcome.remote is not None and outcome.remote != kept.remote:
            connection.execute(appointments.update().where(appointments.c.reference == kept.reference).values(remote=outcome.remote))
            appointment = replace(appointment, remote=outcome.remote)
        names = outcome.messages
        if not is_current or kept.state not in OPEN:
            names = tuple(name for name in names if name in TO_CLINIC)
        elif outcome.is_undone:
            self._undo(connection, kept, appointment)
        elif outcome.is_settled or outcome.state is not None:
            self._settle_time(connection, kept, appointment, outcome)
        new = [replace(told, operation=name, details={"why": outcome.why} if outcome.why else {}) for name in names]
        rows.add(connection, tuple(new), self._clock(), has_webhook=self._has_webhook)

    def _settle_time(self, connection: sa.engine.Connection, kept: Any, appointment: Appointment, outcome: Outcome) -> None:
        values: dict[str, Any] = {"state": (outcome.state or appointment.state).value}
        if outcome.is_settled and kept.before is not None:
            wanted = {(kept.practitioner, cell) for cell in cells_of(kept.start, kept.busy_until)}
            claims.keep_only(connection, kept.reference, wanted)
            values["before"] = None
        connection.execute(appointments.update().where(appointments.c.reference == kept.reference).values(**values))

    def _undo(self, connection: sa.engine.Connection, kept: Any, appointment: Appointment) -> None:
        if kept.before is None:
            claims.keep_only(connection, kept.reference, set())
            self._update(connection, replace(appointment, state=State.REFUSED))
            return
        before = kept.before
        back = replace(appointment, opening=rows.opening_from_json(before), state=State(before["state"]), revision=before["revision"])
        claims.keep_only(connection, kept.reference, {(before["practitioner"], cell) for cell in _before_cells(before)})
        self._update(connection, back, busy_until=dt.datetime.fromisoformat(before["busy_until"]), before=None)

    def _update(self, connection: sa.engine.Connection, appointment: Appointment, **more: Any) -> None:
        chosen = appointments.update().where(appointments.c.reference == appointment.reference)
        connection.execute(chosen.values(**_values(appointment), **more))

    def _with_appointment(self, connection: sa.engine.Connection, row: Row) -> Row:
        appointment = _get(connection, row.reference) if row.reference else None
        if appointment is not None and row.opening is not None:
            appointment = replace(appointment, opening=row.opening)
        return replace(row, appointment=appointment)


def _find(connection: sa.engine.Connection, reference: str) -> Any:
    return connection.execute(sa.select(appointments).where(appointments.c.reference == reference)).first()


def _get(connection: sa.engine.Connection, reference: str) -> Appointment | None:
    found = _find(connection, reference)
    return None if found is None else _appointment(found)


def _require(connection: sa.engine.Connection, seen: Appointment) -> Any:
    kept = _find(connection, seen.reference)
    if kept is None or kept.revision != seen.revision:
        raise AppointmentChanged
    return kept


def _appointment(found: Any) -> Appointment:
    return Appointment(
        reference=found.reference,
        revision=found.revision,
        state=State(found.state),
        opening=Opening(found.start, found.end, found.service, found.practitioner),
        contact=Contact(found.name, found.phone, found.email),
        consented_at=found.consented_at,
        remote=found.remote,
    )


def _values(appointment: Appointment) -> dict[str, Any]:
    opening, contact = appointment.opening, appointment.contact
    return {
        "reference": appointment.reference,
        "revision": appointment.revision,
        "state": appointment.state.value,
        "service": opening.service,
        "practitioner": opening.practitioner,
        "start": opening.start,
        "end": opening.end,
        "name": contact.name,
        "phone": contact.phone,
        "email": contact.email,
        "consented_at": appointment.consented_at,
        "remote": appointment.remote,
    }


def _before(kept: Any) -> dict[str, Any]:
    """Return what an appointment goes back to when a move is not taken."""
    opening = rows.opening_to_json(Opening(kept.start, kept.end, kept.service, kept.practitioner))
    return {**opening, "busy_until": kept.busy_until.isoformat(), "state": kept.state, "revision": kept.revision}


def _before_cells(before: dict[str, Any]) -> list[dt.datetime]:
    return cells_of(dt.datetime.fromisoformat(before["start"]), dt.datetime.fromisoformat(before["busy_until"]))


def _count_open(connection: sa.engine.Connection, contact: Contact, now: dt.datetime) -> int:
    ways = []
    if contact.phone:
        ways.append(appointments.c.phone == contact.phone)
    if contact.email:
        ways.append(sa.func.lower(appointments.c.email) == contact.email.lower())
    if not ways:
        return 0
    chosen = sa.select(sa.func.count()).select_from(appointments)
    chosen = chosen.where(sa.or_(*ways), appointments.c.state.in_(OPEN), appointments.c.end > now)
    return int(connection.execute(chosen).scalar_one())


def _unused_reference(connection: sa.engine.Connection) -> str:
    while True:
        reference = new_reference()
        if _find(connection, reference) is None:
            return reference


def _use_key(connection: sa.engine.Connection, key: str, wish: str) -> Appointment | None:
    """Return what a key was used for before."""
    found = connection.execute(sa.select(requests).where(requests.c.key == claims.digest(key))).first()
    if found is None:
        return None
    if found.wish != wish:
        raise KeyUsed
    return _get(connection, found.reference)


def _keep_key(connection: sa.engine.Connection, key: str, wish: str, reference: str, now: dt.datetime) -> None:
    connection.execute(requests.insert().values(key=claims.digest(key), reference=reference, wish=wish, created_at=now))
