"""How it goes, from counts that outlive the words."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import pytest

from frontdesk.console.inbox import Inbox
from frontdesk.console.insights import Unanswered, load_insights, to_csv
from frontdesk.record import Feedback, Record, Settings
from tests.record.visits import NOON, Clock, answered, missed, pressed, said

TODAY = NOON.date()


@pytest.fixture
def record(tmp_path: Path) -> Record:
    made = Record(Settings(f"sqlite:///{tmp_path / 'record.db'}"), Clock())
    yesterday = NOON - dt.timedelta(days=1)
    made.add(
        [
            answered("a", "how much is it", reply_ms=100, at=yesterday),
            answered("b", "when are you open", topic="hours", reply_ms=100),
            Feedback("b", "hours", True, NOON),
            answered("c", "prices please", reply_ms=900),
            Feedback("c", "cost", False, NOON),
            missed("d", "do you have an elevator", reply_ms=100),
            said("e", "can it help", decision="suggest", intent="did_you_mean"),
            pressed("e", "None of these", "none_of_these"),
            said("f", "book me in", intent="book_appointment", decision="dialogue"),
            pressed("f", "Yes, book it", "confirm_booking", replies=("utter_booking_confirmed",)),
        ]
    )
    Inbox(made).sort_in()
    yield made
    made.close()


def test_a_span_of_days_is_told_whole_and_by_day(record: Record) -> None:
    insights = load_insights(record, TODAY - dt.timedelta(days=2), TODAY)

    whole = insights.whole
    assert (whole.conversations, whole.questions, whole.answered, whole.suggested, whole.handed_off) == (6, 6, 3, 1, 1)
    assert (whole.wanted_booking, whole.booked, whole.none_of_these) == (1, 1, 1)
    assert whole.helpful_rate == 0.5
    assert [day.questions for day in insights.days] == [0, 1, 5]
    assert insights.days[0].helpful_rate is None


def test_the_median_of_reply_times_is_within_a_twentieth(record: Record) -> None:
    whole = load_insights(record, TODAY, TODAY).whole

    assert whole.median_reply_ms == pytest.approx(100, rel=0.05)
    assert load_insights(record, TODAY - dt.timedelta(days=9), TODAY - dt.timedelta(days=9)).whole.median_reply_ms is None


def test_topics_and_what_was_not_answered_come_in_order(record: Record) -> None:
    insights = load_insights(record, TODAY - dt.timedelta(days=1), TODAY)

    assert [(one.topic, one.served, one.not_helpful) for one in insights.topics] == [("cost", 2, 1), ("hours", 1, 0)]
    assert [one.text for one in insights.unanswered] == ["prices please", "can it help", "do you have an elevator"]


def test_numbers_outlive_the_words(record: Record) -> None:
    for conversation in "abcdef":
        record.erase(conversation)

    insights = load_insights(record, TODAY - dt.timedelta(days=1), TODAY)

    assert insights.whole.questions == 6
    assert insights.unanswered == ()


def test_a_table_is_written_so_that_a_spreadsheet_runs_nothing(record: Record) -> None:
    table = to_csv([Unanswered('=HYPERLINK("https://example.com")', 1, 3, 7), Unanswered("a, b", 2, 6, 8)])
    days = to_csv(load_insights(record, TODAY, TODAY).days)

    rows = list(csv.reader(io.StringIO(table)))
    assert rows == [
        ["text", "messages", "weight", "group"],
        ['\'=HYPERLINK("https://example.com")', "1", "3", "7"],
        ["a, b", "2", "6", "8"],
    ]
    assert next(csv.DictReader(io.StringIO(days)))["questions"] == "5"
    assert to_csv([]) == ""
