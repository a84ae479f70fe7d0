"""Conversations end: erased on request, purged after a day; and what cannot be written is said without its words."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
from pathlib import Path

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from frontdesk.assistant import conversations
from frontdesk.assistant.conversations import ConversationStore, ConversationsUnavailable

DAY_S = 24 * 60 * 60
NOW = 1_795_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore(Domain.from_dict({"intents": ["greeting"]}), db=str(tmp_path / "kept" / "conversations.db"))


async def keep(store: ConversationStore, conversation_id: str, *times: float, text: str = "my lumbago aches") -> None:
    events = [ActionExecuted("action_listen", timestamp=times[0])]
    events += [UserUttered(text, {"name": "greeting"}, timestamp=time) for time in times]
    tracker = DialogueStateTracker.from_events(conversation_id, events)
    await store.save(tracker)


async def test_a_conversation_is_read_as_it_was_written(store: ConversationStore) -> None:
    await keep(store, "a", NOW)

    read = await store.retrieve("a")

    assert [event.text for event in read.events if isinstance(event, UserUttered)] == ["my lumbago aches"]


async def test_erasing_takes_one_conversation_whole_and_no_other(store: ConversationStore, tmp_path: Path) -> None:
    await keep(store, "a", NOW, NOW + 1)
    await keep(store, "b", NOW, text="another")

    gone = conversations.erase(FailSafeTrackerStore(store), "a")

    assert gone == 3
    assert await store.retrieve("a") is None
    assert await store.retrieve("b") is not None
    assert conversations.erase(store, "a") == 0


async def test_a_conversation_goes_whole_a_day_after_it_began(store: ConversationStore) -> None:
    await keep(store, "old, still used", NOW - DAY_S - 1, NOW - 60)
    await keep(store, "young", NOW - 60)

    gone = conversations.purge(store, clock=lambda: NOW)

    assert gone == 3
    assert await store.retrieve("old, still used") is None
    assert await store.retrieve("young") is not None


def test_with_a_purge_every_so_often_nothing_is_older_than_a_day() -> None:
    assert conversations.RETENTION_S + conversations.PURGE_EVERY_S <= DAY_S


async def test_more_conversations_than_a_database_takes_at_once_are_purged(store: ConversationStore) -> None:
    for number in range(conversations._ids_at_once + 3):
        await keep(store, f"old {number}", NOW - 2 * DAY_S)

    assert conversations.purge(store, clock=lambda: NOW) == 2 * (conversations._ids_at_once + 3)


def test_a_store_that_we_cannot_erase_from_is_refused_and_not_passed_over() -> None:
    with pytest.raises(conversations.ErasureUnsupported):
        conversations.purge(InMemoryTrackerStore(Domain.empty()))


async def test_a_turn_reads_its_conversation_once(store: ConversationStore) -> None:
    await keep(store, "a", NOW)

    with conversations.one_turn(store):
        first = await store.retrieve("a")
        first.update(BotUttered("hello"))
        await store.save(first)
        again = await store.retrieve("a")
    afterwards = await store.retrieve("a")

    assert again is first
    assert afterwards is not first
    assert len(afterwards.events) == len(first.events)


async def test_what_cannot_be_written_is_not_in_the_error_and_not_lost_in_memory(store: ConversationStore, tmp_path: Path, caplog) -> None:
    safe = FailSafeTrackerStore(store)
    with contextlib.closing(sqlite3.connect(tmp_path / "kept" / "conversations.db")) as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        database.commit()

    with conversations.one_turn(safe), pytest.raises(ConversationsUnavailable) as raised:
        await safe.save(DialogueStateTracker.from_events("a", [UserUttered("my lumbago aches", {"name": "greeting"})]))

    assert "lumbago" not in str(raised.value) + caplog.text
    assert raised.value.__suppress_context__


def test_the_file_is_in_wal_mode_in_a_folder_for_its_owner_alone(store: ConversationStore, tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "kept" / "conversations.db")) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
