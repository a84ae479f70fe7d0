"""The database of booking: its tables, and transactions of which one writes at a time.

SQLite in a file, or PostgreSQL by address; the same tables and the same behaviour. Writers wait for one another on both, so
that what a transaction has read stays true until it commits. Times are kept in UTC.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

_WAIT_S = 10
"""How long a writer waits for another; one takes milliseconds."""
# Any number will do, as long as nothing else in the database uses it.
_ADVISORY_LOCK = 4_702_611


class StoreUnavailable(Exception):
    """Raised when the database cannot be read or written; names the kind of failure, and nothing that was to be kept."""


class _Utc(sa.types.TypeDecorator):  # type: ignore[misc]  # SQLAlchemy 1.4 has no types
    """An aware time, kept in UTC without its zone: both databases compare that alike."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        return value if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        return value if value is None else value.replace(tzinfo=dt.UTC)


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
    sa.Column("start", _Utc, nullable=False, index=True),
    sa.Column("end", _Utc, nullable=False),
    sa.Column("busy_until", _Utc, nullable=False),
    # What the appointment goes back to when the clinic's system does not take a move.
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("phone", sa.String(32), index=True),
    sa.Column("email", sa.String(320), index=True),
    sa.Column("consented_at", _Utc, nullable=False),
    sa.Column("remote", sa.String(1000)),
    sa.Column("created_at", _Utc, nullable=False),
)

cells = sa.Table(
    "cells",
    _tables,
    # Two appointments of a practitioner never share a cell: this key is what says so.
    sa.Column("practitioner", sa.String(32), primary_key=True),
    sa.Column("cell_start", _Utc, primary_key=True),
    # A reference; or `hold:` and whoever is typing.
    sa.Column("owner", sa.String(200), nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),
    # None for an appointment.
    sa.Column("expires_at", _Utc, index=True),
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
    sa.Column("created_at", _Utc, nullable=False),
    sa.Column("next_try_at", _Utc, nullable=False),
    # Whoever delivers it has until then; afterwards anybody may.
    sa.Column("claimed_until", _Utc),
    sa.Column("last_error", sa.String(32)),
    sa.Column("ended_at", _Utc),
)

requests = sa.Table(
    "requests",
    _tables,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("reference", sa.String(9), nullable=False),
    # What the key was used for, so that a key is not taken for another wish.
    sa.Column("wish", sa.String(200), nullable=False),
    sa.Column("created_at", _Utc, nullable=False),
)


class Database:
    """Opens transactions; makes the tables at the first."""

    def __init__(self, url: str | sa.engine.URL) -> None:
        """Take an address as SQLAlchemy writes it; nothing is opened yet."""
        self._is_sqlite = sa.engine.make_url(url).get_backend_name() == "sqlite"
        if self._is_sqlite:
            options = {"poolclass": sa.pool.QueuePool, "connect_args": {"check_same_thread": False, "timeout": _WAIT_S}}
        else:
            options = {"pool_pre_ping": True, "connect_args": {"connect_timeout": _WAIT_S}}
        self._engine = sa.create_engine(url, **options)
        if self._is_sqlite:
            sa.event.listen(self._engine, "connect", _set_up_sqlite)
            sa.event.listen(self._engine, "begin", _begin_sqlite)
        self._lock = threading.Lock()
        self._is_made = False

    @contextmanager
    def reading(self) -> Iterator[sa.engine.Connection]:
        """Read in one transaction.

        Raises:
            StoreUnavailable: When that cannot be done.
        """
        with _without_values():
            self._make()
            with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.engine.Connection]:
        """Write in one transaction, alone; an exception that leaves the block undoes all of it.

        Raises:
            StoreUnavailable: When that cannot be done.
        """
        with _without_values():
            self._make()
            with self._begin_writing() as connection:
                yield connection

    def forget_history(self) -> None:
        """Take what was erased out of SQLite's log of changes too, as far as nobody is reading it.

        Raises:
            StoreUnavailable: When that cannot be done.
        """
        if self._is_sqlite:
            with _without_values(), self._engine.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give back connections."""
        self._engine.dispose()

    @contextmanager
    def _begin_writing(self) -> Iterator[sa.engine.Connection]:
        with self._engine.connect() as plain:
            connection = plain.execution_options(frontdesk_writes=True)
            with connection.begin():
                if not self._is_sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_WAIT_S}s'")
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
                yield connection

    def _make(self) -> None:
        with self._lock:
            if self._is_made:
                return
            if self._is_sqlite and self._engine.url.database:
                _make_file(Path(self._engine.url.database))
                self._use_wal()
            # Two processes that start together would both find no tables; the second waits.
            with self._begin_writing() as connection:
                _tables.create_all(connection)
            self._is_made = True

    def _use_wal(self) -> None:
        """Let readers read while one writes. SQLite does not wait for others to do this, so it is tried again."""
        until = time.monotonic() + _WAIT_S
        while True:
            try:
                with self._engine.connect() as connection:
                    connection.connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return


def installation_url(environment: Mapping[str, str] | None = None) -> str:
    """Return where this installation keeps appointments: `booking.db` in the data folder, or what `FRONTDESK_DATABASE_URL` names."""
    env = os.environ if environment is None else environment
    folder = Path(env.get("FRONTDESK_DATA_DIR") or "var")
    return env.get("FRONTDESK_DATABASE_URL") or f"sqlite:///{folder / 'booking.db'}"


def _make_file(path: Path) -> None:
    """Make a file that only its owner reads; SQLite gives the files beside it the same rights."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # Transactions are begun here, not by Python's module, which would begin too late.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous=FULL")
    # What is erased is overwritten.
    connection.execute("PRAGMA secure_delete=ON")


def _begin_sqlite(connection: sa.engine.Connection) -> None:
    writes = connection.get_execution_options().get("frontdesk_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _without_values() -> Iterator[None]:
    """Turn a failure of the database, whose message repeats what was to be written, into one that does not."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as err:
        raise StoreUnavailable(type(err).__name__) from None
    except OSError as err:
        raise StoreUnavailable(f"{type(err).__name__} ({err.strerror})") from None
