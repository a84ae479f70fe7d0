"""What is still to be told, to the clinic's system and by mail: rows that are written together with what they tell of.

Only statements; the transactions are the store's, so that an appointment and its rows are kept together or not at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import sqlalchemy as sa

from frontdesk.booking.appointment import Appointment, Opening, State
from frontdesk.booking.database import outbox

TO_CLINIC = frozenset({"undelivered", "unreachable", "hook_undelivered", "call_back", "message"})
"""Messages that go to the clinic; the others go to visitors."""

EVENTS: Mapping[str, str] = {
    "confirmation": "appointment.confirmed",
    "requested": "appointment.requested",
    "changed": "appointment.moved",
    "cancelled": "appointment.cancelled",
}
"""What a system of the clinic's own is told when a visitor is told something."""


class Kind(Enum):
    """Whom a row is for."""

    BACKEND = "backend"
    """The clinic's booking system."""
    MESSAGE = "message"
    """A person: the visitor or the clinic."""
    WEBHOOK = "webhook"
    """A system of the clinic's own that is told of everything."""


class RowState(Enum):
    """Where a row stands."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"
    """Given up; the clinic was told in its place."""
    HANDLED = "handled"
    """Given up, and a person at the clinic has seen to it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row of the outbox, and what follows for its appointment."""

    row_state: RowState
    error: str | None = None
    next_try_at: dt.datetime | None = None
    """When the row is pending."""
    state: State | None = None
    """What the appointment is now, when nothing has happened to it since."""
    remote: str | None = None
    is_undone: bool = False
    """Whether the appointment does not get its time: a new one has none, one that was to move goes back."""
    is_settled: bool = False
    """Whether the time it had before a move is free now."""
    messages: tuple[str, ...] = ()
    """Messages to be sent, by name."""
    why: str | None = None
    """For the message to the clinic."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """Something to be told."""

    kind: Kind
    operation: str
    """create, move or cancel; or the name of a message."""
    reference: str | None
    revision: int = 0
    opening: Opening | None = None
    """The time that it is about, which may not be the appointment's when it is told."""
    details: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    """Only for what is about no appointment."""

    @property
    def unique_key(self) -> str:
        """Return what a second row of the same content is recognised by: `reference:operation:revision`."""
        return self.key or f"{self.reference}:{self.operation}:{self.revision}"


@dataclass(frozen=True, slots=True)
class Row:
    """Something to be told, as it is kept."""

    id: int
    key: str
    kind: Kind
    operation: str
    reference: str | None
    revision: int
    opening: Opening | None
    details: Mapping[str, Any]
    state: RowState
    tries: int
    """Including the one under way."""
    created_at: dt.datetime
    next_try_at: dt.datetime
    last_error: str | None
    """transient, unknown, or the code of a refusal."""
    follows_dead: bool = False
    """Whether an earlier row of the appointment was given up, so that the clinic keeps it by hand."""
    appointment: Appointment | None = None
    """As it is now, but with the row's opening."""


def add(
    connection: sa.engine.Connection,
    rows: tuple[NewRow, ...],
    now: dt.datetime,
    *,
    claimed_until: dt.datetime | None = None,
    has_webhook: bool = False,
) -> None:
    """Write rows; one whose key is there already is left as it is.

    With a webhook, what visitors are told about an appointment goes there too.

    A row for the backend that is claimed is being told by whoever writes it, and counts as tried once. It is not claimed
    when the backend has yet to hear of something else about the appointment: that comes first.
    """
    if has_webhook:
        told = [row for row in rows if row.kind is Kind.MESSAGE and row.operation in EVENTS]
        rows = (*rows, *(replace(row, kind=Kind.WEBHOOK, operation=EVENTS[row.operation]) for row in told))
    for row in rows:
        if connection.execute(sa.select(outbox.c.id).where(outbox.c.key == row.unique_key)).first():
            continue
        is_claimed = row.kind is Kind.BACKEND and claimed_until is not None and not is_being_told(connection, row.reference or "")
        payload = {"opening": opening_to_json(row.opening) if row.opening else None, "details": dict(row.details)}
        connection.execute(
            outbox.insert().values(
                key=row.unique_key,
                kind=row.kind.value,
                operation=row.operation,
                reference=row.reference,
                revision=row.revision,
                payload=payload,
                state=RowState.PENDING.value,
                tries=1 if is_claimed else 0,
                created_at=now,
                next_try_at=now,
                claimed_until=claimed_until if is_claimed else None,
            )
        )


def is_being_told(connection: sa.engine.Connection, reference: str) -> bool:
    """Say whether the backend still has to hear of something about an appointment."""
    pending = sa.and_(outbox.c.kind == Kind.BACKEND.value, outbox.c.state == RowState.PENDING.value)
    return connection.execute(sa.select(outbox.c.id).where(outbox.c.reference == reference, pending)).first() is not None


def claim_due(connection: sa.engine.Connection, now: dt.datetime, lease: dt.timedelta, most: int) -> list[Row]:
    """Return rows whose time has come, claimed for the caller until the lease ends.

    The backend hears of an appointment in the order in which things happened: a row waits for those before it.
    """
    other = outbox.alias()
    waits = sa.exists().where(
        other.c.reference == outbox.c.reference,
        other.c.kind == Kind.BACKEND.value,
        other.c.state == RowState.PENDING.value,
        other.c.id < outbox.c.id,
    )
    due = sa.select(outbox).where(
        outbox.c.state == RowState.PENDING.value,
        outbox.c.next_try_at <= now,
        sa.or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= now),
        sa.or_(outbox.c.kind != Kind.BACKEND.value, ~waits),
    )
    claimed = []
    for found in connection.execute(due.order_by(outbox.c.id).limit(most)).all():
        connection.execute(outbox.update().where(outbox.c.id == found.id).values(claimed_until=now + lease, tries=found.tries + 1))
        claimed.append(read_row(connection, found, tries=found.tries + 1))
    return claimed


def end(connection: sa.engine.Connection, row_id: int, state: RowState, error: str | None, now: dt.datetime) -> None:
    """Write how a row ended. What only the row held, such as whom to call back, goes with a row that is done."""
    values: dict[str, Any] = {"state": state.value, "last_error": error, "claimed_until": None, "ended_at": now}
    if state is RowState.DONE:
        values["payload"] = {"opening": None, "details": {}}
    connection.execute(outbox.update().where(outbox.c.id == row_id).values(**values))


def put_off(connection: sa.engine.Connection, row_id: int, error: str, next_try_at: dt.datetime) -> None:
    """Leave a row for later."""
    values = {"last_error": error, "claimed_until": None, "next_try_at": next_try_at}
    connection.execute(outbox.update().where(outbox.c.id == row_id).values(**values))


def read_row(connection: sa.engine.Connection, found: Any, *, tries: int | None = None) -> Row:
    """Return a row of the table as it is used."""
    follows_dead = False
    if found.kind == Kind.BACKEND.value:
        earlier = sa.select(outbox.c.id).where(
            outbox.c.reference == found.reference,
            outbox.c.kind == Kind.BACKEND.value,
            outbox.c.state.in_((RowState.DEAD.value, RowState.HANDLED.value)),
            outbox.c.id < found.id,
        )
        follows_dead = connection.execute(earlier).first() is not None
    opening = found.payload["opening"]
    return Row(
        id=found.id,
        key=found.key,
        kind=Kind(found.kind),
        operation=found.operation,
        reference=found.reference,
        revision=found.revision,
        opening=opening_from_json(opening) if opening else None,
        details=found.payload["details"],
        state=RowState(found.state),
        tries=found.tries if tries is None else tries,
        created_at=found.created_at,
        next_try_at=found.next_try_at,
        last_error=found.last_error,
        follows_dead=follows_dead,
    )


def opening_to_json(opening: Opening) -> dict[str, str]:
    """Return an opening as JSON can hold it."""
    start, end = opening.start.astimezone(dt.UTC).isoformat(), opening.end.astimezone(dt.UTC).isoformat()
    return {"start": start, "end": end, "service": opening.service, "practitioner": opening.practitioner}


def opening_from_json(kept: Mapping[str, str]) -> Opening:
    """Return an opening from JSON."""
    start, end = dt.datetime.fromisoformat(kept["start"]), dt.datetime.fromisoformat(kept["end"])
    return Opening(start, end, kept["service"], kept["practitioner"])
