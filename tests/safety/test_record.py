"""The record of alarms: category and time, and nothing of the visitor."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

import pytest

from frontdesk.safety.record import MEANT_GENERALLY, AlarmRecord, Count, RecordUnavailable

NOW = dt.datetime(2026, 11, 24, 18, 0, tzinfo=dt.UTC)


def record(tmp_path: Path, now: dt.datetime = NOW) -> AlarmRecord:
    return AlarmRecord(f"sqlite:///{tmp_path / 'kept' / 'alarms.db'}", clock=lambda: now)


def test_alarms_are_counted_by_tier_and_category_the_strongest_first(tmp_path: Path) -> None:
    kept = record(tmp_path)
    for tier, category in [("doctor", "infection"), ("emergency", "cauda_equina"), ("emergency", "cauda_equina"), ("crisis", "self_harm")]:
        kept.note(tier, category, "a_rule")
    kept.note("emergency", "cauda_equina", "a_rule", MEANT_GENERALLY)

    assert kept.counts(NOW - dt.timedelta(days=1)) == [
        Count("crisis", "self_harm", 1, 0),
        Count("emergency", "cauda_equina", 2, 1),
        Count("doctor", "infection", 1, 0),
    ]


def test_what_is_older_than_ninety_days_goes_with_the_next_alarm(tmp_path: Path) -> None:
    record(tmp_path, NOW - dt.timedelta(days=91)).note("crisis", "self_harm", "a_rule")
    record(tmp_path).note("doctor", "infection", "a_rule")

    assert [count.category for count in record(tmp_path).counts(NOW - dt.timedelta(days=365))] == ["infection"]


def test_it_has_no_column_for_words_or_people(tmp_path: Path) -> None:
    record(tmp_path).note("crisis", "self_harm", "a_rule")

    with sqlite3.connect(tmp_path / "kept" / "alarms.db") as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(alarms)")]
    assert columns == ["id", "at", "what", "tier", "category", "rule"]


def test_a_record_that_cannot_be_written_says_so_without_the_row(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")

    with pytest.raises(RecordUnavailable) as caught:
        record(tmp_path).note("crisis", "self_harm", "a_rule")

    assert "self_harm" not in str(caught.value)
