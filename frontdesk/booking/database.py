"""The tables of booking. How their database is opened, `frontdesk/database.py` knows."""

from __future__ import annotations

import sqlalchemy as sa

from frontdesk import database as databases
from frontdesk.database import StoreUnavailable, Utc

__all__ = ["Database", "StoreUnavailable", "appointments", "cells", "outbox", "requests"]

_tables = sa.MetaData()

appointments = sa.Table(
    "appointments",
    _tables,
    sa.Column("reference", sa.String(9), primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    # Goes up only, where `revision` goes back when a move was not taken.
    sa.Column("highest_revision", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("service", sa.String(32), nullable=False),
    sa.Column("practitioner", sa.String(32), nullable=False),
    sa.Column("start", Utc, nullable=False, index=True),
    sa.Column("end", Utc, nullable=False),
    sa.Column("busy_until", Utc, nullable=False),
    # What the appointment goes back to when the clinic's system does not take a move.
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("phone", sa.String(32), index=True),
    sa.Column("email", sa.String(320), index=True),
    sa.Column("consented_at", Utc, nullable=False),
    sa.Column("remote", sa.String(1000)),
    sa.Column("created_at", Utc, nullable=False),
)

cells = sa.Table(
    "cells",
    _tables,
    # Two appointments of a practitioner never share a cell: this key is what says so.
    sa.Column("practitioner", sa.String(32), primary_key=True),
    sa.Column("cell_start", Utc, primary_key=True),
    # A reference; or `hold:` and whoever is typing.
    sa.Column("owner", sa.String(200), nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    # None for an appointment.
    sa.Column("expires_at", Utc, index=True),
)

outbox = sa.Table(
    "outbox",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(200), nullable=False, unique=True),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("operation", sa.String(32), nullable=False),
    # None for a message that is about no appointment.
    sa.Column("reference", sa.String(9), index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("state", sa.String(8), nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("next_try_at", Utc, nullable=False),
    # Whoever delivers it has until then; afterwards anybody may.
    sa.Column("claimed_until", Utc),
    sa.Column("last_error", sa.String(32)),
    sa.Column("ended_at", Utc),
)

requests = sa.Table(
    "requests",
    _tables,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("reference", sa.String(9), nullable=False),
    # What the key was used for, so that a key is not taken for another wish.
    sa.Column("wish", sa.String(200), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
)


class Database(databases.Database):
    """A database with the tables of booking in it."""

    def __init__(self, url: str | sa.engine.URL) -> None:
        """Take an address as SQLAlchemy writes it; nothing is opened yet."""
        super().__init__(url, _tables)
