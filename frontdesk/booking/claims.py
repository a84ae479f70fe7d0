"""Whose a practitioner's time is: cells of five minutes, each with one owner, an appointment or somebody who is still typing.

Only statements, as in `outbox.py`; the transactions are the store's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from frontdesk.booking.backend import Busy
from frontdesk.booking.database import cells
from frontdesk.booking.settings import CELL_MINUTES

Cell = tuple[str, dt.datetime]
"""A practitioner, and when the cell begins."""

_CELL = dt.timedelta(minutes=CELL_MINUTES)
_LONGEST = dt.timedelta(days=1)


class OpeningTaken(Exception):
    """Raised when a time, or a part of it, is somebody else's."""


def digest(name: str) -> str:
    """Return what stands for a name of somebody else's, such as a conversation's, which is not kept beside appointments."""
    return hashlib.sha256(f"frontdesk.booking:{name}".encode()).hexdigest()[:32]


def hold_of(holder: str) -> str:
    """Return what owns the time that somebody holds while typing."""
    return f"hold:{digest(holder)}"


def claim(
    connection: sa.engine.Connection,
    practitioner: str,
    starts: Sequence[dt.datetime],
    owner: str,
    revision: int = 0,
    expires_at: dt.datetime | None = None,
) -> None:
    """Claim cells.

    Raises:
        OpeningTaken: When one is somebody else's; the primary key says so, and the whole transaction has to end.
    """
    shared = {"practitioner": practitioner, "owner": owner, "revision": revision, "expires_at": expires_at}
    claims = [{**shared, "cell_start": start} for start in starts]
    if not claims:
        return
    try:
        connection.execute(cells.insert(), claims)
    except IntegrityError:
        raise OpeningTaken from None


def clear_way(connection: sa.engine.Connection, now: dt.datetime, holder: str | None) -> None:
    """Free what has expired, and what the holder held."""
    gone = cells.c.expires_at <= now
    connection.execute(cells.delete().where(sa.or_(gone, cells.c.owner == hold_of(holder)) if holder else gone))


def own_cells(connection: sa.engine.Connection, owner: str, practitioner: str) -> set[dt.datetime]:
    """Return the starts of the cells that an owner has of a practitioner."""
    chosen = sa.select(cells.c.cell_start).where(cells.c.owner == owner, cells.c.practitioner == practitioner)
    return set(connection.execute(chosen).scalars())


def keep_only(connection: sa.engine.Connection, owner: str, wanted: Iterable[Cell]) -> None:
    """Free the cells of an owner that are not among the wanted ones."""
    kept = set(wanted)
    if not kept:
        connection.execute(cells.delete().where(cells.c.owner == owner))
        return
    for practitioner, start in connection.execute(sa.select(cells.c.practitioner, cells.c.cell_start).where(cells.c.owner == owner)).all():
        if (practitioner, start) not in kept:
            connection.execute(cells.delete().where(cells.c.practitioner == practitioner, cells.c.cell_start == start))


def claimed(
    connection: sa.engine.Connection, start: dt.datetime, end: dt.datetime, now: dt.datetime, except_holder: str | None
) -> list[Busy]:
    """Return what is claimed between two times; holds too, but for those that have expired or are the holder's own."""
    chosen = (
        sa.select(cells.c.practitioner, sa.func.min(cells.c.cell_start), sa.func.max(cells.c.cell_start))
        .where(
            cells.c.cell_start >= start - _LONGEST,
            cells.c.cell_start < end + _LONGEST,
            sa.or_(cells.c.expires_at.is_(None), cells.c.expires_at > now),
            cells.c.owner != hold_of(except_holder or ""),
        )
        # A claim has no gaps: an appointment that keeps its old time too has another revision there.
        .group_by(cells.c.practitioner, cells.c.owner, cells.c.revision)
    )
    return [Busy(practitioner, first, last + _CELL) for practitioner, first, last in connection.execute(chosen)]


def forget_past(connection: sa.engine.Connection, now: dt.datetime) -> None:
    """Delete cells that are past."""
    connection.execute(cells.delete().where(cells.c.cell_start < now - _LONGEST))
