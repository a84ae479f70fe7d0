"""How databases are opened, and transactions of which one writes at a time; which tables there are, others say.

SQLite in a file, or PostgreSQL by address; the same behaviour on both. Writers wait for one another, so that what a
transaction has read stays true until it commits. Times are kept in UTC.
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
from sqlalchemy.exc import OperationalError, SQLAlchemyError

_WAIT_S = 10
"""How long a writer waits for another; one takes milliseconds."""
# Any number will do, as long as nothing else in the database uses it.
_ADVISORY_LOCK = 4_702_611


class StoreUnavailable(Exception):
    """Raised when the database cannot be read or written; names the kind of failure, and nothing that was to be kept."""

    def __init__(self, kind: str, *, may_pass: bool = False) -> None:
        """Take the kind of failure, and whether the same may work later: the database is busy or gone, or the disk is full."""
        super().__init__(kind)
        self.may_pass = may_pass


class Utc(sa.types.TypeDecorator):  # type: ignore[misc]  # SQLAlchemy 1.4 has no types
    """An aware time, kept in UTC without its zone: both databases compare that alike."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Return what is kept."""
        return value if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        """Return what was meant."""
        return value if value is None else value.replace(tzinfo=dt.UTC)


class Database:
    """Opens transactions; makes the tables at the first."""

    def __init__(self, url: str | sa.engine.URL, tables: sa.MetaData) -> None:
        """Take an address as SQLAlchemy writes it, and the tables that are to be in it; nothing is opened yet."""
        self._tables = tables
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
                make_file(Path(self._engine.url.database))
                self._use_wal()
            # Two processes that start together would both find no tables; the second waits.
            with self._begin_writing() as connection:
                self._tables.create_all(connection)
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


def url_of_installation(file: str, environment: Mapping[str, str] | None = None) -> str:
    """Return where this installation keeps something: a file in the data folder, or what `FRONTDESK_DATABASE_URL` names."""
    env = os.environ if environment is None else environment
    folder = Path(env.get("FRONTDESK_DATA_DIR") or "var")
    return env.get("FRONTDESK_DATABASE_URL") or f"sqlite:///{folder / file}"


def make_file(path: Path) -> None:
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
        raise StoreUnavailable(type(err).__name__, may_pass=isinstance(err, (OperationalError, sqlite3.OperationalError))) from None
    except OSError as err:
        raise StoreUnavailable(f"{type(err).__name__} ({err.strerror})", may_pass=True) from None
