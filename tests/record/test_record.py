"""Turns are kept once, looked at for a reason, erased on request and purged by age; counts stay."""

from __future__ import annotations

import datetime as dt
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from frontdesk.record import Feedback, Reason, Record, RecordMisconfigured, Settings, StoreUnavailable, Withheld
from frontdesk.record.counts import Measure
from frontdesk.record.tables import counts as counts_table
from frontdesk.record.tables import tables
from tests.record.visits import NOON, Clock, answered, missed, pressed, said


def reasons(record: Record, conversation_id: str) -> list[list[str]]:
    return [turn["reasons"] for turn in record.export(conversation_id)["turns"]]


def numbers(record: Record, measure: Measure) -> dict[tuple[str, str], int]:
    with record.database.reading() as connection:
        rows = connection.execute(sa.select(counts_table).where(counts_table.c.measure == measure)).all()
    return {(row.day, row.of): row.number for row in rows}


def test_a_turn_is_kept_once_however_often_it_comes(record: Record) -> None:
    turn = answered("a", "how much is it", reply_ms=120)

    first, second = record.add([turn]), record.add([turn, turn])

    assert (first, second) == (1, 0)
    assert len(record.export("a")["turns"]) == 1
    assert sum(numbers(record, Measure.QUESTIONS).values()) == 1


def test_what_is_shown_on_request_is_all_that_is_kept(record: Record) -> None:
    record.add([answered("a", "how much is it", language="es"), Feedback("a", "cost", True, NOON), answered("b", "another")])

    shown = record.export("a")

    assert [turn["text"] for turn in shown["turns"]] == ["how much is it"]
    assert [(one["topic"], one["is_helpful"]) for one in shown["feedback"]] == [("cost", True)]
    assert shown["began_at"] == NOON.isoformat()
    assert record.export("nobody") is None


def test_a_miss_and_a_doubtful_answer_are_looked_at_and_a_sure_answer_is_not(record: Record) -> None:
    record.add([missed("a", "zorblat"), missed("a", "frimp", again=True), answered("a", "cost?", confidence=0.6), answered("a", "cost")])

    assert reasons(record, "a") == [["fell_back"], ["second_miss"], ["doubt"], []]


def test_none_of_these_and_a_person_asked_for_speak_of_the_message_before(record: Record) -> None:
    record.add(
        [
            said("a", "can it help", decision="suggest", intent="did_you_mean", suggestions=("cost", "hours")),
            pressed("a", "None of these", "none_of_these"),
            answered("b", "how much"),
            answered("b", "a human please", topic="talk_to_human"),
        ]
    )

    assert reasons(record, "a") == [["none_of_these"], []]
    assert reasons(record, "b") == [["wanted_person"], []]


def test_what_a_retired_topic_answered_is_looked_at_again(record: Record) -> None:
    record.add([answered("a", "how much"), answered("a", "where", topic="location"), pressed("b", "Prices", "faq"), missed("c", "zorblat")])

    again = record.note_retired("cost")

    assert again == 1
    assert [*reasons(record, "a"), *reasons(record, "b"), *reasons(record, "c")] == [["retired"], [], [], ["fell_back"]]


def test_who_taps_the_other_thumb_has_changed_their_mind(record: Record) -> None:
    record.add([answered("a", "how much"), Feedback("a", "cost", False, NOON)])
    assert reasons(record, "a") == [["not_helpful"]]

    record.add([Feedback("a", "cost", True, NOON), Feedback("a", "cost", True, NOON)])

    assert reasons(record, "a") == [[]]
    assert numbers(record, Measure.HELPFUL) == {("2026-11-24", "cost"): 1}
    assert numbers(record, Measure.NOT_HELPFUL) == {("2026-11-24", "cost"): 0}


def test_after_a_crisis_no_words_are_kept_until_it_was_a_general_question(record: Record) -> None:
    record.add(
        [
            said("a", None, withheld=Withheld.DANGER, decision="safety", tier="crisis", category="self_harm"),
            missed("a", "nobody would mind"),
            pressed("a", "I asked in general", "general_question"),
            answered("a", "how much"),
        ]
    )

    assert [turn["text"] for turn in record.export("a")["turns"]] == [None, None, "I asked in general", "how much"]
    assert reasons(record, "a")[1] == []


def test_a_booking_counts_once_in_a_conversation(record: Record) -> None:
    record.add(
        [
            said("a", "I want to book", intent="book_appointment", decision="dialogue", replies=("utter_ask_booking_service",)),
            said("a", None, intent="book_appointment", decision="dialogue", withheld=Withheld.BOOKING),
            pressed("a", "Yes, book it", "confirm_booking", replies=("utter_booking_confirmed",)),
            said("b", "book me in", intent="book_appointment", decision="dialogue", replies=("utter_booking_link",)),
        ]
    )

    assert sum(numbers(record, Measure.WANTED_BOOKING).values()) == 2
    assert sum(numbers(record, Measure.BOOKED).values()) == 1
    assert sum(numbers(record, Measure.HANDED_TO_CLINIC).values()) == 1
    assert sum(numbers(record, Measure.QUESTIONS).values()) == 2


def test_a_day_is_the_clinics_day(record: Record) -> None:
    evening = dt.datetime(2026, 11, 25, 5, tzinfo=dt.UTC)

    record.add([answered("a", "late question", at=evening)])

    assert list(numbers(record, Measure.QUESTIONS)) == [("2026-11-24", "answer")]


def test_erasing_takes_one_conversation_and_leaves_the_counts(record: Record) -> None:
    record.add([missed("a", "zorblat"), Feedback("a", "cost", False, NOON), missed("b", "frimp")])

    gone = record.erase("a")

    assert gone == 1
    assert record.export("a") is None
    assert record.export("b") is not None
    assert sum(numbers(record, Measure.QUESTIONS).values()) == 2
    assert record.erase("a") == 0


def test_what_is_erased_is_in_no_file(tmp_path: Path) -> None:
    record = Record(Settings(f"sqlite:///{tmp_path / 'record.db'}"))
    record.add([missed("a", "zorblat frimp")])
    assert b"zorblat" in b"".join(path.read_bytes() for path in tmp_path.iterdir())

    record.erase("a")

    assert b"zorblat" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    record.close()


def test_words_go_after_a_month_and_counts_after_a_year_and_a_month(record: Record, clock: Clock) -> None:
    record.add([missed("a", "zorblat")])
    clock.pass_days(29)
    assert record.purge().turns == 0

    clock.pass_days(2)
    gone = record.purge()

    assert (gone.turns, gone.days) == (1, 0)
    assert record.export("a") is None
    clock.pass_days(365)
    assert record.purge().days == 0
    clock.pass_days(31)
    assert record.purge().days == 1
    assert numbers(record, Measure.QUESTIONS) == {}


def test_the_last_purge_is_known_and_what_it_took(record: Record, clock: Clock) -> None:
    assert record.last_purge() is None
    record.add([missed("a", "zorblat")])
    record.purge()
    clock.pass_days(31)

    gone = record.purge()

    assert record.last_purge() == gone
    assert (gone.turns, gone.at) == (1, clock.now)


def test_questions_of_the_last_days_come_with_what_was_said_before(record: Record) -> None:
    record.add(
        [
            answered("a", "old", at=NOON - dt.timedelta(days=9)),
            answered("b", "how much is it"),
            pressed("b", "Prices", "answer_faq"),
            answered("b", "and for two?"),
            said("b", None, withheld=Withheld.BOOKING),
        ]
    )

    asked = list(record.iter_asked(days=7))

    assert [(one.text, one.previous) for one in asked] == [("and for two?", ("how much is it", "Prices")), ("how much is it", ())]


def test_of_what_was_said_before_a_question_the_last_two_are_given(record: Record) -> None:
    record.add([answered("a", text) for text in ("one", "two", "three", "four")])

    newest = next(iter(record.iter_asked(days=7)))

    assert (newest.text, newest.previous) == ("four", ("two", "three"))


def test_turns_that_were_lost_are_counted(record: Record) -> None:
    record.add([], dropped=3)

    assert numbers(record, Measure.DROPPED) == {("2026-11-24", ""): 3}


def test_a_failure_says_nothing_of_the_words(tmp_path: Path) -> None:
    record = Record(Settings(f"sqlite:///{tmp_path}"))

    with pytest.raises(StoreUnavailable) as failure:
        record.add([missed("a", "zorblat")])

    assert "zorblat" not in str(failure.value)


def test_only_the_owner_reads_the_file_and_it_holds_the_records_tables_alone(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "record.db"
    record = Record(Settings(f"sqlite:///{path}"))
    record.add([])

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with record.database.reading() as connection:
        assert set(sa.inspect(connection).get_table_names()) == set(tables.tables)
    record.close()


def test_words_do_not_show_in_the_repr_of_a_turn() -> None:
    assert "zorblat" not in repr(missed("a", "zorblat"))
    assert missed("a", "zorblat").own_reasons == (Reason.FELL_BACK,)
    assert replace(missed("a", "zorblat"), text=None).own_reasons == ()


def test_settings_are_those_of_the_installation(tmp_path: Path) -> None:
    settings = Settings.of_installation({"FRONTDESK_DATA_DIR": str(tmp_path), "FRONTDESK_RECORD_DAYS": "7"})

    assert settings.url == f"sqlite:///{tmp_path / 'record.db'}"
    assert (settings.days, settings.months, str(settings.zone), settings.region) == (7, 13, "America/Los_Angeles", "US")
    elsewhere = Settings.of_installation({"FRONTDESK_DATABASE_URL": "postgresql://db/clinic"}, clinic=tmp_path)
    assert (elsewhere.url, elsewhere.zone) == ("postgresql://db/clinic", dt.UTC)


@pytest.mark.parametrize("value", ["0", "-1", "many", "9999", "3.5"])
def test_a_setting_that_makes_no_sense_is_named(value: str) -> None:
    with pytest.raises(RecordMisconfigured, match="FRONTDESK_RECORD_DAYS"):
        Settings.of_installation({"FRONTDESK_RECORD_DAYS": value})
