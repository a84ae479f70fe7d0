"""What is kept of a conversation is shown and erased wherever it is, and what is too old goes from both places."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from frontdesk.cli import main
from frontdesk.record import Record, Settings, Turn

LONG_AGO = dt.datetime(2024, 5, 6, tzinfo=dt.UTC)


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Record]:
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(tmp_path))
    made = Record(Settings.of_installation())
    yield made
    made.close()


def converse(record: Record, conversation_id: str, text: str, at: dt.datetime) -> None:
    """Keep a message in both places."""
    from frontdesk.assistant.conversations import open_store

    tracker = DialogueStateTracker.from_events(conversation_id, [UserUttered(text, {"name": "greeting"}, timestamp=at.timestamp())])
    asyncio.run(open_store(Path("endpoints.yml")).save(tracker))
    record.add([Turn(conversation_id, "m1", at, text, decision="answer")])


def test_what_is_kept_of_a_conversation_can_be_handed_over(record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    converse(record, "a", "how much is it", dt.datetime.now(dt.UTC))

    status = main(["forget", "a", "--show"])

    shown = json.loads(capsys.readouterr().out)
    assert status == 0
    assert [turn["text"] for turn in shown["conversation"]] == ["how much is it"]
    assert [turn["text"] for turn in shown["record"]["turns"]] == ["how much is it"]
    assert main(["forget", "nobody", "--show"]) == 1


def test_forgetting_reaches_both_places(record: Record, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    converse(record, "a", "zorblat frimp", dt.datetime.now(dt.UTC))

    status = main(["forget", "a"])

    assert status == 0
    assert "1 events and 1 recorded messages" in capsys.readouterr().out
    assert record.export("a") is None
    assert b"zorblat" not in b"".join(path.read_bytes() for path in tmp_path.glob("record.db*"))
    assert main(["forget", "a"]) == 1


def test_a_purge_reaches_both_places(record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    converse(record, "old", "how much is it", LONG_AGO)
    converse(record, "new", "how much is it", dt.datetime.now(dt.UTC))

    status = main(["purge"])

    assert status == 0
    assert capsys.readouterr().out.splitlines() == [
        "Deleted 1 events of old conversations.",
        "Deleted 1 recorded messages, and the counts of 1 days.",
    ]
    assert record.export("old") is None
    assert record.export("new") is not None


def test_a_setting_that_makes_no_sense_stops_with_its_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FRONTDESK_RECORD_DAYS", "soon")

    assert main(["purge"]) == 2
    assert "FRONTDESK_RECORD_DAYS" in capsys.readouterr().err
