"""Erase conversations from Rasa's tracker store, which has no way of its own to do so."""

import time
from collections.abc import Callable

import sqlalchemy as sa
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, SQLTrackerStore, TrackerStore

RETENTION_S = 24 * 60 * 60


class ErasureUnsupported(Exception):
    """Raised when the tracker store in endpoints.yml is one from which we cannot erase."""


def erase(store: TrackerStore, conversation_id: str) -> int:
    """Delete a conversation for good and return how many of its events there were.

    Raises:
        ErasureUnsupported: When the store is neither SQL nor in memory.
    """
    match _plain(store):
        case SQLTrackerStore() as sql:
            return _delete(sql, lambda table: table.sender_id == conversation_id)
        case InMemoryTrackerStore() as memory:
            return 1 if memory.store.pop(conversation_id, None) is not None else 0
        case other:
            raise ErasureUnsupported(f"cannot erase from a {type(other).__name__}; use SQL in endpoints.yml")


def purge(store: TrackerStore, *, older_than_s: float = RETENTION_S, clock: Callable[[], float] = time.time) -> int:
    """Delete conversations whose last event is older than `older_than_s` and return how many events went.

    A conversation is deleted whole or not at all, so that no visitor meets an assistant with half a memory.

    Raises:
        ErasureUnsupported: When the store is not SQL.
    """
    plain = _plain(store)
    if not isinstance(plain, SQLTrackerStore):
        raise ErasureUnsupported(f"cannot purge a {type(plain).__name__}; use SQL in endpoints.yml")
    table = plain.SQLEvent
    limit = clock() - older_than_s
    with plain.session_scope() as session:
        stale = session.query(table.sender_id).group_by(table.sender_id).having(sa.func.max(table.timestamp) < limit)
        ids = [row[0] for row in stale]
    return sum(_delete(plain, lambda table, chosen=chosen: table.sender_id.in_(chosen)) for chosen in _chunks(ids, 500))


def _plain(store: TrackerStore) -> TrackerStore:
    return store._tracker_store if isinstance(store, FailSafeTrackerStore) else store


def _delete(store: SQLTrackerStore, which: Callable[..., object]) -> int:
    with store.session_scope() as session:
        gone = session.query(store.SQLEvent).filter(which(store.SQLEvent)).delete(synchronize_session=False)
        session.commit()
    return int(gone)


def _chunks(items: list[str], size: int) -> list[list[str]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
