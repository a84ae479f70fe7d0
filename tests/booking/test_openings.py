"""When a service can be booked: hours, holidays, who works, what is taken, notice, horizon, and the two odd nights of the year."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.booking.appointment import Opening, Practitioner
from frontdesk.booking.backend import Busy
from frontdesk.booking.openings import busy_until, cells, find_openings, is_offered, why_not
from frontdesk.booking.settings import Booking, Roster, Week, load_booking
from tests.booking.clinic import FIRST_VISIT, FOLLOW_UP, NOW, ZONE, booking, opening

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def times(found: list[Opening], zone: ZoneInfo = ZONE) -> list[str]:
    return [f"{one.start.astimezone(zone):%d %H:%M}" for one in found]


def on(day: int, month: int = 12, **how) -> list[Opening]:
    """Return Ann's openings for a first visit on a day of 2026."""
    start = dt.datetime(2026, month, day, tzinfo=ZONE)
    options = {"now": NOW, "practitioner": "ann", **how}
    clinic = options.pop("clinic", booking())
    return find_openings(clinic, options.pop("service", "first_visit"), start, start + DAY, **options)


def test_a_day_is_offered_from_the_first_minute_until_the_visit_would_outlast_the_hours() -> None:
    found = times(on(1))

    assert (found[0], found[1], found[-1]) == ("01 09:00", "01 09:15", "01 16:45")


def test_the_time_afterwards_may_go_beyond_the_hours_but_not_into_another_appointment() -> None:
    taken = Busy("ann", opening(1, "11:30").start, opening(1, "12:00").start)

    found = times(on(1, busy=[taken]))

    assert "01 10:00" in found
    assert "01 10:15" not in found
    assert "01 11:45" not in found
    assert "01 12:00" in found


def test_what_makes_nobody_free_stops_everybody_and_what_is_anothers_stops_only_them() -> None:
    start, end = opening(1, "00:00").start, opening(2, "00:00").start

    assert on(1, busy=[Busy(None, start, end)]) == []
    assert on(1, busy=[Busy("bo", start, end)]) == on(1)


def test_holidays_days_off_and_closed_days_have_none() -> None:
    clinic = booking(holidays=frozenset({dt.date(2026, 12, 1)}))
    ann, bo = clinic.rosters
    clinic = replace(clinic, rosters=(replace(ann, days_off=frozenset({dt.date(2026, 12, 2)})), bo))

    assert on(1, clinic=clinic) == []
    assert on(2, clinic=clinic) == []
    assert {one.practitioner for one in on(2, clinic=clinic, practitioner=None)} == {"bo"}
    assert on(5, clinic=clinic) == []


def test_only_who_gives_a_service_is_offered_for_it() -> None:
    ann, bo = booking().rosters
    clinic = booking(rosters=(replace(ann, services=frozenset({"follow_up"})), bo))

    assert {one.practitioner for one in on(1, clinic=clinic, practitioner=None)} == {"bo"}
    assert on(1, clinic=clinic, service="massage") == []


def test_nothing_is_offered_within_the_notice_or_beyond_the_horizon() -> None:
    assert times(on(24, 11))[0] == "24 14:00"
    assert times(on(24, 11, now=NOW + dt.timedelta(minutes=1)))[0] == "24 14:15"
    clinic = booking(horizon=dt.timedelta(days=7))
    assert times(on(1, clinic=clinic))[-1] == "01 16:45"
    assert on(2, clinic=clinic) == []


def test_a_break_at_noon_is_kept_free() -> None:
    week: Week = tuple(((540, 720), (780, 1080)) for _ in range(7))
    clinic = booking(rosters=(Roster(Practitioner("ann", "Ann"), frozenset({"first_visit"}), week),))

    found = times(on(1, clinic=clinic))

    assert [one for one in found if "01 10:30" <= one <= "01 13:15"] == ["01 10:30", "01 10:45", "01 13:00", "01 13:15"]


@pytest.mark.parametrize(
    ("change", "code"),
    [({}, None), ({"start": 1}, "invalid"), ({"end": 15}, "invalid")],
    ids=["as offered", "another minute", "longer"],
)
def test_an_opening_that_comes_back_changed_is_not_offered(change: dict[str, int], code: str | None) -> None:
    wanted = opening(1, "09:00")
    for name, minutes in change.items():
        wanted = replace(wanted, **{name: getattr(wanted, name) + dt.timedelta(minutes=minutes)})

    assert is_offered(booking(), wanted, NOW) is (code is None)
    if code:
        assert why_not(booking(), wanted, NOW) == code


def test_why_an_opening_is_not_offered_has_a_code() -> None:
    assert why_not(booking(), opening(24, "10:00", month=11), NOW) == "too_soon"
    assert why_not(booking(), opening(24, "10:00", month=3, year=2027), NOW) == "too_far"


# The clock changes in Los Angeles on 14 March 2027, when 02:00 becomes 03:00, and on 7 November 2027, when 02:00 becomes 01:00.

NIGHTS: Week = tuple(((0, 300),) for _ in range(7))


def night(year: int, month: int, day: int) -> tuple[Booking, list[Opening]]:
    clinic = booking(
        rosters=(Roster(Practitioner("ann", "Ann"), frozenset({"follow_up"}), NIGHTS),),
        step=dt.timedelta(minutes=30),
        notice=dt.timedelta(),
    )
    start = dt.datetime(year, month, day, tzinfo=ZONE)
    return clinic, find_openings(clinic, "follow_up", start, start + DAY, now=start - DAY)


def test_a_time_that_the_clock_leaves_out_is_not_offered() -> None:
    _, found = night(2027, 3, 14)

    assert times(found) == [f"14 {time}" for time in ("00:00", "00:30", "01:00", "01:30", "03:00", "03:30", "04:00")]
    # 01:30 and 03:00 are half an hour apart.
    assert found[4].start - found[3].start == HOUR / 2


def test_a_time_that_the_clock_shows_twice_is_offered_once() -> None:
    _, found = night(2027, 11, 7)

    assert times(found) == [f"07 {time}" for time in ("00:00", "00:30", "01:00", "01:30", "02:00", "02:30", "03:00", "03:30", "04:00")]
    assert found[4].start - found[3].start == HOUR * 3 / 2


@pytest.mark.parametrize(("day", "offset"), [((2027, 3, 13), -8), ((2027, 3, 14), -7), ((2027, 11, 6), -7), ((2027, 11, 7), -8)])
def test_nine_in_the_morning_is_nine_in_the_morning_before_and_after_the_clock_changes(day: tuple[int, int, int], offset: int) -> None:
    every_day: Week = tuple(((540, 1080),) for _ in range(7))
    clinic = booking(rosters=(Roster(Practitioner("ann", "Ann"), frozenset({"follow_up"}), every_day),))
    start = dt.datetime(*day, tzinfo=ZONE)

    first = find_openings(clinic, "follow_up", start, start + DAY, now=start - DAY)[0].start

    assert first == dt.datetime(*day, 9, tzinfo=dt.UTC) - dt.timedelta(hours=offset)


# Against a slow and plain reading of the rules, for any week, any day of the year and anything taken.

SPANS = st.lists(st.integers(0, 96), min_size=2, max_size=4, unique=True).map(
    lambda marks: tuple((15 * a, 15 * b) for a, b in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False))
)


@settings(max_examples=150, deadline=None)
@given(
    spans=SPANS,
    zone=st.sampled_from(["America/Los_Angeles", "Europe/London", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu"]),
    day=st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)),
    taken=st.lists(st.tuples(st.integers(0, 47), st.integers(1, 12)), max_size=4),
)
def test_openings_are_those_of_a_minute_by_minute_reading(spans, zone: str, day: dt.date, taken) -> None:
    where = ZoneInfo(zone)
    start = dt.datetime.combine(day, dt.time(), where).astimezone(dt.UTC)
    busy = [Busy("ann", start + first * HOUR / 2, start + (first + length) * HOUR / 2) for first, length in taken]
    clinic = booking(
        zone=where, rosters=(Roster(Practitioner("ann", "Ann"), frozenset({"follow_up"}), (spans,) * 7),), notice=dt.timedelta()
    )

    found = find_openings(clinic, "follow_up", start, start + DAY, now=start - 2 * DAY, busy=busy)

    expected = []
    length, afterwards = dt.timedelta(minutes=45), dt.timedelta(minutes=60)
    for minute in range(0, 24 * 60, 5):
        at = start + dt.timedelta(minutes=minute)
        local = at.astimezone(where)
        clock = local.hour * 60 + local.minute
        for opens, closes in spans:
            close = (dt.datetime.combine(local.date(), dt.time()) + dt.timedelta(minutes=closes)).replace(tzinfo=where)
            is_start = opens <= clock < closes and (clock - opens) % 15 == 0 and local.fold == 0
            is_free = all(at + afterwards <= one.start or one.end <= at for one in busy)
            if is_start and at + length <= close and is_free:
                expected.append(at)
    assert [one.start for one in found] == sorted(set(expected))


@given(minutes=st.integers(0, 600), length=st.integers(1, 300))
def test_cells_cover_a_stretch_without_a_gap(minutes: int, length: int) -> None:
    start = NOW + dt.timedelta(minutes=minutes)
    end = start + dt.timedelta(minutes=length)

    found = cells(start, end)

    assert found[0] <= start < found[0] + dt.timedelta(minutes=5)
    assert found[-1] < end <= found[-1] + dt.timedelta(minutes=5)
    assert all(later - earlier == dt.timedelta(minutes=5) for earlier, later in pairwise(found))


def test_the_time_afterwards_belongs_to_the_service() -> None:
    assert busy_until(booking(), opening(1, "09:00", FIRST_VISIT)) == opening(1, "10:30").start
    assert busy_until(booking(), opening(1, "09:00", FOLLOW_UP)) == opening(1, "10:00").start


def test_four_weeks_of_the_example_clinic_are_found_while_nobody_waits(root: Path) -> None:
    clinic = load_booking(root / "clinic")
    began = time.perf_counter()
    found = find_openings(clinic, "follow_up", NOW, NOW + dt.timedelta(days=28), now=NOW)
    took_ms = (time.perf_counter() - began) * 1000

    print(f"\n{len(found)} openings in four weeks: {took_ms:.1f} ms")
    assert len(found) > 500
