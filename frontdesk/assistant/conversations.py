"""Where conversations are kept while they live, and how they end: Rasa's SQL tracker store with four things added.

A turn reads its conversation once. A failure says nothing of what the visitor wrote. Conversations can be erased, and
are purged 24 hours after they began. An SQLite file is made in WAL mode, in a folder for its owner alone.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, SQLTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import SQLAlchemyError

PURGE_EVERY_S = 15 * 60
RETENTION_S = 24 * 60 * 60 - PURGE_EVERY_S
"""After the first message; with a purge every quarter of an hour nothing is older than 24 hours."""

_ids_at_once = 500
_turn: ContextVar[dict[str, DialogueStateTracker] | None] = ContextVar("turn", default=None)


class ConversationsUnavailable(Exception):
    """Raised when conversations cannot be read or written; holds the kind of failure and no word of the visitor's."""


class ErasureUnsupported(Exception):
    """Raised when the tracker store in endpoints.yml is one from which we cannot erase."""


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL tracker store as described above; named in endpoints.yml under `tracker_store: type:`."""

    def __init__(self, domain: Domain | None = None, dialect: str = "sqlite", db: str = "rasa.db", **rest: Any) -> None:
        """Connect; the arguments are those of Rasa's store."""
        if dialect == "sqlite" and db != ":memory:":
            folder = Path(db).parent
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(domain=domain, dialect=dialect, db=db, **rest)
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.execute(sa.text("PRAGMA journal_mode=WAL"))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return a conversation; within `one_turn` the one that was read or saved last."""
        held = _turn.get()
        if held is not None and sender_id in held:
            return held[sender_id]
        with _without_text():
            tracker: DialogueStateTracker | None = await super().retrieve(sender_id)
        if held is not None and tracker is not None:
            held[sender_id] = tracker
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new in a conversation."""
        with _without_text():
            await super().save(tracker)
        held = _turn.get()
        if held is not None:
            held[tracker.sender_id] = tracker


@contextlib.contextmanager
def one_turn(store: TrackerStore) -> Iterator[None]:
    """Read each conversation once within the block, which holds the conversation's lock.

    Rasa's fail-safe wrapper would log the text of what could not be written and go on in memory, where nobody finds it
    again: here a failure is raised, so that the visitor's message can be sent again.
    """
    if isinstance(store, FailSafeTrackerStore):
        store._on_tracker_store_error = _fail
    token = _turn.set({})
    try:
        yield
    finally:
        _turn.reset(token)


def open_store(endpoints: Path) -> TrackerStore:
    """Return the tracker store that an endpoints.yml names, without a model.

    Raises:
        ConversationsUnavailable: When it cannot be opened.
    """
    try:
        return TrackerStore.create(AvailableEndpoints.read_endpoints(str(endpoints)).tracker_store, domain=Domain.empty())
    except Exception as err:
        raise ConversationsUnavailable(f"the tracker store of {endpoints} cannot be opened ({type(err).__name__})") from None


def erase(store: TrackerStore, conversation_id: str) -> int:
    """Delete a conversation for good and return how much was deleted: events in SQL, conversations in memory.

    Raises:
        ErasureUnsupported: When the store is neither SQL nor in memory.
        ConversationsUnavailable: When it cannot be written.
    """
    match _plain(store):
        case SQLTrackerStore() as sql:
            return _delete(sql, sql.SQLEvent.sender_id == conversation_id)
        case InMemoryTrackerStore() as memory:
            return 1 if memory.store.pop(conversation_id, None) is not None else 0
        case other:
            raise ErasureUnsupported(f"cannot erase from a {type(other).__name__}; use SQL in endpoints.yml")


def purge(store: TrackerStore, *, older_than_s: float = RETENTION_S, clock: Callable[[], float] = time.time) -> int:
    """Delete conversations that began more than `older_than_s` ago and return how many events went.

    A conversation is deleted whole or not at all, so that no visitor meets an assistant with half a memory.

    Raises:
        ErasureUnsupported: When the store is not SQL.
        ConversationsUnavailable: When it cannot be read or written.
    """
    plain = _plain(store)
    if not isinstance(plain, SQLTrackerStore):
        raise ErasureUnsupported(f"cannot purge a {type(plain).__name__}; use SQL in endpoints.yml")
    table = plain.SQLEvent
    limit = clock() - older_than_s
    with _without_text(), plain.session_scope() as session:
        stale = session.query(table.sender_id).group_by(table.sender_id).having(sa.func.min(table.timestamp) < limit)
        ids = [row[0] for row in stale]
    chunks = [ids[start : start + _ids_at_once] for start in range(0, len(ids), _ids_at_once)]
    return sum(_delete(plain, table.sender_id.in_(chunk)) for chunk in chunks)


def _plain(store: TrackerStore) -> TrackerStore:
    return store._tracker_store if isinstance(store, FailSafeTrackerStore) else store


def _delete(store: SQLTrackerStore, which: Any) -> int:
    with _without_text(), store.session_scope() as session:
        gone = session.query(store.SQLEvent).filter(which).delete(synchronize_session=False)
        session.commit()
    return int(gone)


@contextlib.contextmanager
def _without_text() -> Iterator[None]:
    """Turn a failure of the database, whose message repeats what was to be written, into one that does not."""
    try:
        yield
    except SQLAlchemyError as err:
        raise ConversationsUnavailable(type(err).__name__) from None


def _fail(error: Exception) -> None:
    raise error if isinstance(error, ConversationsUnavailable) else ConversationsUnavailable(type(error).__name__)
