"""What visitors' words about time mean: tables of phrases, ways to rule something out, and hostile text."""

from __future__ import annotations

import datetime as dt
import random
import time

import pytest
import yaml

from benchmarks.date_cases import (
    CASES,
    NOW,
    WEEK,
    Case,
    Frame,
    cases_of_writer,
    cases_written_apart,
    cells,
    frames,
    is_right,
    offers_what_is_ruled_out,
    own_cases,
)  # fmt: skip
from frontdesk.booking.when import Flag, Span, When, read_when
from frontdesk.booking.when.words import load_words

OWN = list(own_cases())
APART = list(cases_written_apart())
LATER = [*cases_of_writer(2), *cases_of_writer(3)]
FAILURES = yaml.safe_load((CASES / "written_apart_failures.yml").read_text(encoding="utf-8"))
# "December 3 and the 15th" is a list of two dates, also where "not" stands before it: the second is lost, and nothing ruled out is offered.
READ_AS_A_LIST = "not december 3 and the 15th is good"


@pytest.mark.parametrize("case", OWN, ids=lambda case: f"{case.source}-{case.text[:50]}")
def test_a_phrase_allows_the_openings_it_means(case: Case) -> None:
    found = read_when(case.text, case.now, week=case.week)

    assert is_right(case, found), found
    assert not offers_what_is_ruled_out(case, found)


@pytest.mark.parametrize("case", APART, ids=lambda case: case.source)
def test_a_phrase_written_apart_is_read_as_well_as_before(case: Case) -> None:
    found = read_when(case.text, case.now, week=case.week)

    assert is_right(case, found) == (case.source not in FAILURES), (case.text, found)
    assert not offers_what_is_ruled_out(case, found), (case.text, found)


@pytest.mark.parametrize("case", LATER, ids=lambda case: f"{case.source}-{case.text[:50]}")
def test_a_phrase_of_a_later_writer_is_read_as_well_as_before(case: Case) -> None:
    found = read_when(case.text, case.now, week=case.week)

    assert is_right(case, found) == (case.text not in FAILURES), found
    assert not offers_what_is_ruled_out(case, found)


def test_every_known_failure_is_a_case() -> None:
    assert set(FAILURES) <= {case.source for case in APART} | {case.text for case in LATER}


@pytest.mark.parametrize("messages", [pytest.param(messages, id=frame) for frame, messages in frames()])
def test_what_is_ruled_out_is_never_offered(messages: list[Frame]) -> None:
    for message in messages:
        found = read_when(message.text, NOW, week=WEEK)

        assert found is not None, message.text
        offered = cells(found, NOW)
        assert not any(message.ruled_out.holds(start) for start in offered), message.text
        if message.wanted is not None and message.text != READ_AS_A_LIST:
            wanted = cells(When((message.wanted,), (message.ruled_out,)), NOW)
            assert wanted <= cells(found, NOW, When((message.wanted,), (message.ruled_out,))), message.text


def test_the_way_of_writing_dates_is_the_clinics() -> None:
    assert read_when("3/12", NOW, month_first=False) == read_when("december 3", NOW)
    assert read_when("12/3", NOW) == read_when("december 3", NOW)
    assert read_when("13/12", NOW, month_first=False) == read_when("13/12", NOW)


def test_opening_hours_say_which_half_of_the_day_is_meant() -> None:
    late = {day: ["12:00-22:00"] for day in WEEK}

    assert read_when("at 9", NOW, week=WEEK) == read_when("at 9am", NOW)
    assert read_when("at 9", NOW, week=late) == read_when("at 9pm", NOW)
    # On Wednesdays this clinic opens at 11 and closes at 8.
    assert read_when("wednesday at 7", NOW, week=WEEK) == read_when("wednesday at 7pm", NOW)


def test_an_hour_at_which_the_clinic_is_open_twice_is_asked_about() -> None:
    found = read_when("at 8", NOW, week={day: ["07:00-21:00"] for day in WEEK})

    assert found is not None
    assert Flag.AMBIGUOUS in found.flags
    assert {span.at for span in found.wanted} == {dt.time(8), dt.time(20)}


def test_a_time_that_is_past_or_does_not_exist_allows_nothing() -> None:
    tomorrow = dt.datetime(2026, 11, 25, 12)

    for text in ("yesterday", "february 30", "25:00"):
        found = read_when(text, NOW)
        assert found is not None
        assert found.is_void
        assert not found.allows(tomorrow)


def test_in_some_hours_counts_hours_that_pass_when_clocks_change() -> None:
    night = dt.datetime(2027, 3, 14, 0, 30, tzinfo=NOW.tzinfo)

    found = read_when("in 3 hours", night)

    assert found is not None
    assert [span.at for span in found.wanted] == [dt.time(4, 30)]


def test_a_span_holds_its_first_minute_and_not_its_last() -> None:
    span = Span(dt.date(2026, 12, 1), dt.date(2026, 12, 2), frozenset({1, 2}), 9 * 60, 12 * 60)

    assert span.holds(dt.datetime(2026, 12, 1, 9))
    assert span.holds(dt.datetime(2026, 12, 2, 11, 59))
    assert not span.holds(dt.datetime(2026, 12, 2, 12))
    assert not span.holds(dt.datetime(2026, 12, 1, 8, 59))
    assert not span.holds(dt.datetime(2026, 12, 3, 10))
    assert not span.holds(dt.datetime(2026, 11, 30, 10))


def test_a_span_holds_only_its_weekdays() -> None:
    mondays = Span(weekdays=frozenset({0}))

    assert mondays.holds(dt.datetime(2026, 11, 30, 10))
    assert not mondays.holds(dt.datetime(2026, 12, 1, 10))


def test_the_closest_openings_come_first_and_what_is_ruled_out_never() -> None:
    found = read_when("thursday december 3 at 2pm but not friday", NOW)
    starts = [dt.datetime(2026, 12, day, hour) for day in (2, 3, 4, 10) for hour in (9, 13, 15)]

    assert found is not None
    closest = found.closest(starts)

    assert closest[:3] == [dt.datetime(2026, 12, 3, hour) for hour in (13, 15, 9)]
    assert closest[3:6] == [dt.datetime(2026, 12, 2, hour) for hour in (13, 15, 9)]
    assert not any(start.weekday() == 4 for start in closest)


def test_a_wish_for_any_monday_is_a_few_days_from_any_day() -> None:
    found = read_when("mondays", NOW)

    assert found is not None
    assert found.distance(dt.datetime(2026, 12, 1, 10)) == 24 * 60
    assert found.distance(dt.datetime(2026, 12, 4, 10)) == 3 * 24 * 60


HOSTILE = (
    "a", "not ", "monday ", "1 ", "1-", "3 or ", "a couple ", "between 2 and ", "day after ", "dec 3, 4, ", "a-", "12:", "9", "in ",
    "but any ", "week after ", "half ", "two weeks from ", "a week ", "@", "from the ", "first monday of ", "monday to ", "early in ",
    "$1", "\n", "🙂", "'", "1/", "not monday or tuesday after 3 but friday before ", "no, ", "i can't ", "the one after ", "12am", "ﷺ",
)  # fmt: skip


@pytest.mark.parametrize("part", HOSTILE)
def test_a_hostile_message_costs_little_time(part: str) -> None:
    text = (part * 5000)[:5000]
    read_when("warm", NOW)

    began = time.perf_counter()
    read_when(text, NOW)

    assert time.perf_counter() - began < 1


def test_no_message_made_of_words_about_time_is_an_error() -> None:
    choice = random.Random(20)
    words = [" ".join(phrase) for phrases in load_words().phrases.values() for phrase, _ in phrases]
    words += [
        "3",
        "12",
        "31",
        "45",
        "2026",
        "0",
        "2pm",
        "14:30",
        "12/3",
        "31/2",
        "2026-12-01",
        "3rd",
        ",",
        ".",
        "-",
        "$",
        "?",
        "the",
        "at",
        "of",
        "i",
        "to",
    ] * 8

    for _ in range(3000):
        text = " ".join(choice.choices(words, k=choice.randint(1, 12)))
        found = read_when(text, NOW, month_first=choice.random() < 0.5)
        if found is not None:
            found.allows(NOW)
            found.closest([NOW])


def test_every_word_is_text() -> None:
    """YAML takes a bare no or on for a truth value."""
    for name, values in yaml.safe_load((CASES.parents[2] / "frontdesk/booking/when/words.yml").read_text(encoding="utf-8")).items():
        if isinstance(values, list):
            assert all(isinstance(value, str) for value in values), name
