"""Opening hours and holidays: what is refused, and how the rest reads."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.practice.hours import DAYS, check_dates, check_week, is_iso_date, join_words, render_dates, render_week

times = st.times().map(lambda time: time.strftime("%H:%M"))
spans = (
    st.lists(times, min_size=2, max_size=6, unique=True)
    .map(sorted)
    .map(lambda ts: [f"{a}-{b}" for a, b in zip(ts[::2], ts[1::2], strict=False)])
)
weeks = st.fixed_dictionaries({day: st.just([]) | spans for day in DAYS})


@given(weeks)
def test_a_week_of_ordered_spans_is_fine_and_its_line_names_every_day_once(week: dict[str, list[str]]) -> None:
    assert check_week(week) == []

    line = render_week(week)

    assert line == render_week(dict(reversed(week.items()))), "the order of the keys must not matter"
    assert "\n" not in line
    assert all(line.count(day.capitalize()) <= 1 for day in DAYS)
    assert ("closed" in line) == any(not week[day] for day in DAYS)


@given(
    st.none()
    | st.integers()
    | st.text()
    | st.lists(st.text())
    | st.dictionaries(st.sampled_from(DAYS) | st.text(), st.text() | st.lists(st.text() | st.integers()))
)
def test_no_week_of_any_shape_raises(week: object) -> None:
    assert isinstance(check_week(week), list)


@pytest.mark.parametrize(
    ("monday", "says"),
    [
        ("09:00-18:00", "monday must be a list of spans"),
        (["9:00-18:00"], "is not a span"),
        (["09:00-25:00"], "is not a span"),
        (["18:00-09:00"], "ends before it starts"),
        (["09:00-12:00", "11:00-14:00"], "starts before the span above it has ended"),
        ([9], "is not a span"),
    ],
)
def test_a_wrong_day_is_named(monday: object, says: str) -> None:
    week = {**{day: [] for day in DAYS}, "monday": monday}

    assert [says in problem for problem in check_week(week)] == [True]


def test_a_day_that_is_none_is_named() -> None:
    assert "'funday' is not a day" in check_week({**{day: [] for day in DAYS}, "funday": []})[0]


def test_a_week_that_is_closed_says_so() -> None:
    assert render_week({day: [] for day in DAYS}) == "closed Monday to Sunday"


def test_midnight_and_noon_read_as_people_say_them() -> None:
    week = {**{day: [] for day in DAYS}, "monday": ["00:00-12:00", "12:30-24:00"]}

    assert render_week(week).startswith("Monday 12 am to 12 pm and 12:30 pm to 12 am")


@given(st.lists(st.text(alphabet="abc", min_size=1), max_size=6))
def test_joined_words_hold_every_word_in_order(words: list[str]) -> None:
    assert join_words(words).replace(" and ", ", ").split(", ") == (words or [""])


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_every_day_of_the_calendar_can_be_a_holiday(day: dt.date) -> None:
    days = [{"date": day.isoformat(), "name": "A day off"}]

    assert check_dates(days) == []
    assert render_dates(days) == f"A day off ({day:%B} {day.day})"


@given(
    st.none() | st.text() | st.lists(st.none() | st.text() | st.dictionaries(st.sampled_from(["date", "name"]), st.text() | st.integers()))
)
def test_no_holidays_of_any_shape_raise(days: object) -> None:
    assert isinstance(check_dates(days), list)


@pytest.mark.parametrize("value", ["20261225", "2026-W52-5", "2026-12-25T00:00", " 2026-12-25", dt.date(2026, 12, 25), None])
def test_other_notations_of_a_date_are_refused(value: object) -> None:
    assert not is_iso_date(value)
