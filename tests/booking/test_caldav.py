"""The calendar as the clinic's book, on real servers. What every backend must do is in `conformance.py`; this is the rest."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import pytest
import structlog

from frontdesk.booking.appointment import Appointment, Opening
from frontdesk.booking.backend import BackendUnusable
from frontdesk.booking.backends.caldav import CLAIM_COUNTS, Caldav
from frontdesk.booking.backends.calendar_entries import find_blocked, read_claim, read_entry, render_claim
from frontdesk.booking.results import Confirmed, Refused, Taken, Transient, Unknown
from tests.booking.caldav_servers import PASSWORD, USER, Proxy, Server, client, enter, read_all, running
from tests.booking.clinic import FOLLOW_UP, JANE, JOHN, ZONE, Clock, appointment, opening
from tests.booking.loopback import Loopback

MINUTE = dt.timedelta(minutes=1)
REFERENCES = [f"AB2C-D3E{sign}" for sign in "FGHJKMNP"]


@dataclass
class Calendars:
    """A server with a calendar of the staff's, and what books into it."""

    server: Server
    calendar: str
    claims: str
    clock: Clock

    def backend(self, **changes) -> Caldav:
        wanted = {"calendar": self.calendar, "claims": self.claims, "user": USER, "password": PASSWORD, "zone": ZONE, "clock": self.clock}
        return Caldav(**{**wanted, **changes})

    @asynccontextmanager
    async def proxied(self) -> AsyncIterator[tuple[Caldav, Proxy]]:
        """A backend that reaches the server through a proxy."""
        host = "/".join(self.server.home.split("/")[:3])
        proxy = Proxy(host)
        async with Loopback(proxy.app()) as web:
            backend = self.backend(calendar=self.calendar.replace(host, web.url), claims=self.claims.replace(host, web.url), timeout_s=1.0)
            try:
                yield backend, proxy
            finally:
                await backend.stop()


@pytest.fixture(params=["radicale", "xandikos"])
async def calendars(request: pytest.FixtureRequest) -> Calendars:
    server = running(request.param)
    return Calendars(server, await server.make_calendar(), server.address("claims"), Clock())


@pytest.fixture
async def backend(calendars: Calendars) -> AsyncIterator[Caldav]:
    made = calendars.backend()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def rivals(calendars: Calendars) -> AsyncIterator[list[Caldav]]:
    """Eight processes' worth of backends, each with connections of its own."""
    made = [calendars.backend() for _ in REFERENCES]
    await made[0].start()
    yield made
    for one in made:
        await one.stop()


def at(time: str, day: int = 1, practitioner: str = "ann") -> Opening:
    return opening(day, time, FOLLOW_UP, practitioner)


def booking_of(wanted: Opening, reference: str = REFERENCES[0]) -> Appointment:
    return appointment(wanted, JANE, reference)


def moved(booked: Appointment, wanted: Opening) -> Appointment:
    return replace(booked, opening=wanted, revision=booked.revision + 1)


def staff_entry(*lines: str, name: str = "staff") -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{name}", "DTSTAMP:20261101T000000Z", "SUMMARY:Staff's own", *lines, "END:VEVENT"]


async def cells_of(calendars: Calendars) -> list[str]:
    """Return who has which cell."""
    claims = await read_all(calendars.claims)
    return sorted(f"{name} {read_claim(text).reference}" for name, text in claims.items())


# Races


async def test_of_eight_at_once_exactly_one_gets_the_time_in_every_round(rivals: list[Caldav], calendars: Calendars) -> None:
    for number in range(10):
        wanted = at("09:00", 1 + number)
        results = await asyncio.gather(
            *(one.create(booking_of(wanted, f"{reference}{number}"), "key") for one, reference in zip(rivals, REFERENCES, strict=True))
        )

        assert sum(isinstance(result, Confirmed) for result in results) == 1, results
        assert sum(result == Taken() for result in results) == len(rivals) - 1, results
    assert len(await read_all(calendars.calendar)) == 10
    # Whoever lost has given back what it had claimed.
    assert len(await cells_of(calendars)) == 10 * 3


async def test_of_those_who_overlap_no_two_get_through_and_one_does(rivals: list[Caldav], calendars: Calendars) -> None:
    for number in range(10):
        wanted = [at(time, 1 + number) for time in ("09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30", "09:30")]
        results = await asyncio.gather(
            *(
                one.create(booking_of(opening, f"{reference}{number}"), "key")
                for one, opening, reference in zip(rivals, wanted, REFERENCES, strict=True)
            )
        )

        got = sorted(one for one, result in zip(wanted, results, strict=True) if isinstance(result, Confirmed))
        assert got, results
        assert all(first.end <= second.start for first, second in itertools.pairwise(got)), got
        assert all(isinstance(result, (Confirmed, Taken)) for result in results), results
    entries = [read_entry(text, ZONE) for text in (await read_all(calendars.calendar)).values()]
    spans = sorted(entry.span for entry in entries if entry)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


async def test_two_who_swap_times_at_once_never_share_one(rivals: list[Caldav], calendars: Calendars) -> None:
    first, second = booking_of(at("09:00")), booking_of(at("10:30"), REFERENCES[1])
    assert isinstance(await rivals[0].create(first, "key"), Confirmed)
    assert isinstance(await rivals[1].create(second, "key"), Confirmed)

    results = await asyncio.gather(rivals[0].move(moved(first, second.opening), "key"), rivals[1].move(moved(second, first.opening), "key"))

    assert results == [Taken(), Taken()]
    assert len(await cells_of(calendars)) == 6


# The test at the start


async def test_the_claims_are_made_when_they_are_missing_and_kept_when_not(backend: Caldav, calendars: Calendars) -> None:
    await backend.create(booking_of(at("09:00")), "key")

    await backend.start()

    assert len(await cells_of(calendars)) == 3


async def test_the_test_leaves_nothing_behind(backend: Caldav, calendars: Calendars) -> None:
    assert await read_all(calendars.calendar) == {}
    assert await read_all(calendars.claims) == {}


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("without_none_match", "ignores 'If-None-Match: \\*'"),
        ("without_match", "ignores 'If-Match'"),
        ("read_only", "does not let the account in"),
        ("redirects", "does not let the account in, or sends it elsewhere"),
        ("garbled", "does not answer as a CalDAV server does"),
        ("busy", "cannot be reached"),
    ],
)
async def test_a_server_that_cannot_be_relied_on_is_refused(calendars: Calendars, fault: str, said: str) -> None:
    async with calendars.proxied() as (backend, proxy):
        with proxy.being(fault), pytest.raises(BackendUnusable, match=said):
            await backend.start()

    assert await read_all(calendars.calendar) == {}
    if fault.startswith("without"):
        assert await read_all(calendars.claims) == {}


async def test_a_calendar_that_is_not_there_is_refused(calendars: Calendars) -> None:
    backend = calendars.backend(calendar=calendars.server.address("nothing"))
    with pytest.raises(BackendUnusable, match="there is no calendar at"):
        await backend.start()
    await backend.stop()


async def test_a_wrong_password_is_refused_and_not_shown() -> None:
    # Xandikos lets everybody in.
    server = running("radicale")
    backend = Caldav(await server.make_calendar(), server.address("claims"), USER, "wrong-secret", ZONE)
    with pytest.raises(BackendUnusable, match="check user, password") as refused:
        await backend.start()
    assert "wrong-secret" not in f"{refused.value!r} {backend!r}"
    assert await backend.create(booking_of(at("09:00")), "key") == Refused("misconfigured")
    await backend.stop()


@pytest.mark.parametrize(
    ("calendar", "claims"),
    [
        ("http://cloud.example.com/a/", "https://cloud.example.com/b/"),
        ("https://cloud.example.com/a/", "https://user:secret@cloud.example.com/b/"),
        ("https://cloud.example.com/a/", "https://cloud.example.com/a"),
    ],
)
def test_addresses_that_are_not_safe_or_the_same_are_refused(calendar: str, claims: str) -> None:
    with pytest.raises(ValueError):
        Caldav(calendar, claims, USER, PASSWORD, ZONE)


# What stands in the calendar


async def test_an_entry_says_when_and_which_reference_and_not_who(backend: Caldav, calendars: Calendars) -> None:
    await backend.create(booking_of(at("09:00")), "key")

    (text,) = (await read_all(calendars.calendar)).values()
    assert "DTSTART:20261201T170000Z" in text
    assert "DTEND:20261201T174500Z" in text
    assert "X-FRONTDESK-REF:AB2C-D3EF" in text
    assert "CLASS:PRIVATE" in text
    assert "SUMMARY:follow_up (AB2C-D3EF)" in text
    for never in ("ATTENDEE", "ORGANIZER", "METHOD", "TZID", *JANE.name.split(), JANE.phone, JANE.email):
        assert str(never) not in text
    for claim in (await read_all(calendars.claims)).values():
        assert "TRANSP:TRANSPARENT" in claim
        assert JANE.name not in claim


async def test_a_title_cannot_write_lines_of_its_own(calendars: Calendars) -> None:
    backend = calendars.backend(titles={"follow_up": "Visit\r\nATTENDEE:mailto:eve@example.com"})
    await backend.start()

    assert isinstance(await backend.create(booking_of(at("09:00")), "key"), Confirmed)

    (text,) = (await read_all(calendars.calendar)).values()
    assert "\nATTENDEE" not in text
    await backend.stop()


async def test_a_time_that_comes_back_has_another_uid(backend: Caldav) -> None:
    first = await backend.create(booking_of(at("09:00")), "key")
    await backend.cancel(booking_of(at("09:00")), "key")

    second = await backend.create(booking_of(at("09:00")), "key")

    assert isinstance(first, Confirmed)
    assert isinstance(second, Confirmed)
    assert first != second


async def test_cancelling_leaves_nothing_behind(backend: Caldav, calendars: Calendars) -> None:
    await backend.create(booking_of(at("09:00")), "key")
    await backend.move(moved(booking_of(at("09:00")), at("09:30")), "key")

    await backend.cancel(booking_of(at("09:30")), "key")

    assert await read_all(calendars.calendar) == {}
    assert await read_all(calendars.claims) == {}


async def test_practitioners_are_not_in_each_others_way(backend: Caldav) -> None:
    assert isinstance(await backend.create(booking_of(at("09:00")), "key"), Confirmed)
    assert isinstance(await backend.create(booking_of(at("09:00", practitioner="bo"), REFERENCES[1]), "key"), Confirmed)

    busy = await backend.busy(at("09:00").start, at("09:00").end)
    assert {one.practitioner for one in busy} == {"ann", "bo"}


async def test_the_time_that_a_practitioner_needs_afterwards_is_claimed_and_busy(calendars: Calendars) -> None:
    backend = calendars.backend(buffers={"follow_up": 15 * MINUTE})
    await backend.start()
    await backend.create(booking_of(at("09:00")), "key")

    assert await backend.create(booking_of(at("09:45"), REFERENCES[1]), "key") == Taken()
    assert isinstance(await backend.create(booking_of(at("10:00"), REFERENCES[2]), "key"), Confirmed)
    busy = await backend.busy(at("09:00").start, at("09:45").end)
    assert min((one.start, one.end) for one in busy) == (at("09:00").start, at("10:00").start)
    await backend.stop()


# What staff enter


LOS_ANGELES_WEEKLY = [
    "DTSTART;TZID=America/Los_Angeles:20261103T090000",
    "DTEND;TZID=America/Los_Angeles:20261103T100000",
    "RRULE:FREQ=WEEKLY;COUNT=10",
]


@pytest.mark.parametrize(
    ("lines", "day", "is_in_the_way"),
    [
        (staff_entry("DTSTART:20261201T173000Z", "DTEND:20261201T180000Z"), 1, True),
        (staff_entry("DTSTART:20261201T174500Z", "DTEND:20261201T180000Z"), 1, False),
        (staff_entry("DTSTART:20261201T173000Z", "DURATION:PT1H"), 1, True),
        (staff_entry("DTSTART:20261201T173000Z", "DTEND:20261201T180000Z", "TRANSP:TRANSPARENT"), 1, False),
        (staff_entry("DTSTART:20261201T173000Z", "DTEND:20261201T180000Z", "STATUS:CANCELLED"), 1, False),
        (staff_entry("DTSTART:20261201T173000Z", "DTEND:20261201T180000Z", "STATUS:TENTATIVE"), 1, True),
        (staff_entry("DTSTART;VALUE=DATE:20261201"), 1, True),
        (staff_entry("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261202"), 2, False),
        (staff_entry("DTSTART;VALUE=DATE:20261130", "DTEND;VALUE=DATE:20261203"), 1, True),
        (staff_entry("DTSTART:20261201T091500", "DTEND:20261201T093000"), 1, True),
        (staff_entry("DTSTART;TZID=America/Los_Angeles:20261201T091500", "DTEND;TZID=America/Los_Angeles:20261201T093000"), 1, True),
        (staff_entry("DTSTART;TZID=America/New_York:20261201T091500", "DTEND;TZID=America/New_York:20261201T093000"), 1, False),
        (staff_entry(*LOS_ANGELES_WEEKLY), 8, True),
        (staff_entry(*LOS_ANGELES_WEEKLY, "EXDATE;TZID=America/Los_Angeles:20261208T090000"), 8, False),
        (
            [
                *staff_entry(*LOS_ANGELES_WEEKLY),
                *staff_entry(
                    "RECURRENCE-ID;TZID=America/Los_Angeles:20261208T090000",
                    "DTSTART;TZID=America/Los_Angeles:20261208T140000",
                    "DTEND;TZID=America/Los_Angeles:20261208T150000",
                ),
            ],
            8,
            False,
        ),
        (
            [
                *staff_entry(*LOS_ANGELES_WEEKLY),
                *staff_entry(
                    "RECURRENCE-ID;TZID=America/Los_Angeles:20261208T090000",
                    "DTSTART;TZID=America/Los_Angeles:20261208T090000",
                    "DTEND;TZID=America/Los_Angeles:20261208T100000",
                    "STATUS:CANCELLED",
                ),
            ],
            8,
            False,
        ),
    ],
    ids=[
        "overlaps", "begins where it ends", "with a duration", "shown as free", "cancelled", "tentative", "all day", "all day before",
        "several days", "without a zone", "zone by name", "another zone", "weekly", "weekly but that day", "moved that day",
        "cancelled that day",
    ],
)  # fmt: skip
async def test_what_staff_have_entered_is_honoured(
    backend: Caldav, calendars: Calendars, lines: list[str], day: int, is_in_the_way: bool
) -> None:
    await enter(calendars.calendar, "staff", *lines)
    wanted = at("09:00", day)

    busy = await backend.busy(wanted.start, wanted.end)
    result = await backend.create(booking_of(wanted), "key")

    assert bool(busy) == is_in_the_way
    assert all(one.practitioner is None for one in busy)
    assert isinstance(result, Taken if is_in_the_way else Confirmed)
    # Nothing stays claimed for what was not booked.
    assert len(await cells_of(calendars)) == (0 if is_in_the_way else 3)


def test_an_entry_that_nobody_can_read_stops_no_booking_and_is_told_of() -> None:
    broken = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nSUMMARY:Secret\r\nDTSTART:tomorrow\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    good = _calendar(staff_entry("DTSTART:20261201T170000Z", "DURATION:PT1H"))
    start = at("09:00").start
    with structlog.testing.capture_logs() as logs:
        found = find_blocked(["nonsense", broken, good], start, start + MINUTE, ZONE)

    assert len(found) == 1
    assert logs
    assert "Secret" not in str(logs)


def _calendar(lines: list[str]) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""])


async def test_a_move_keeps_what_staff_have_written_into_the_entry(backend: Caldav, calendars: Calendars) -> None:
    booked = booking_of(at("09:00"))
    first = await backend.create(booked, "key")
    ((name, text),) = (await read_all(calendars.calendar)).items()
    await _write(calendars, name, text.replace("END:VEVENT", "DESCRIPTION:Ring the bell\r\nEND:VEVENT"))

    assert await backend.move(moved(booked, at("10:30")), "key") == first

    (text,) = (await read_all(calendars.calendar)).values()
    assert "DESCRIPTION:Ring the bell" in text
    assert "SEQUENCE:1" in text
    assert "DTSTART:20261201T183000Z" in text


async def test_what_staff_write_at_the_very_moment_of_a_move_is_not_lost(calendars: Calendars) -> None:
    async with calendars.proxied() as (backend, proxy):
        await backend.start()
        booked = booking_of(at("09:00"))
        await backend.create(booked, "key")

        async def staff_write() -> None:
            ((name, text),) = (await read_all(calendars.calendar)).items()
            await _write(calendars, name, text.replace("END:VEVENT", "DESCRIPTION:Ring the bell\r\nEND:VEVENT"))

        proxy.meanwhile = staff_write
        assert isinstance(await backend.move(moved(booked, at("10:30")), "key"), Confirmed)

    (text,) = (await read_all(calendars.calendar)).values()
    assert "DESCRIPTION:Ring the bell" in text
    assert "DTSTART:20261201T183000Z" in text
    assert len(await cells_of(calendars)) == 3


async def test_an_entry_that_staff_have_moved_is_found_where_it_is_now(backend: Caldav, calendars: Calendars) -> None:
    booked = booking_of(at("09:00"))
    await backend.create(booked, "key")
    ((name, text),) = (await read_all(calendars.calendar)).items()
    await _write(calendars, name, text.replace("T170000Z", "T210000Z", 1).replace("T174500Z", "T214500Z", 1))

    found = await backend.find(booked)

    assert found is not None
    assert found.start == at("13:00").start
    assert await backend.create(booking_of(at("13:00"), REFERENCES[1]), "key") == Taken()


async def test_an_entry_that_staff_have_marked_as_cancelled_is_over(backend: Caldav, calendars: Calendars) -> None:
    booked = booking_of(at("09:00"))
    await backend.create(booked, "key")
    ((name, text),) = (await read_all(calendars.calendar)).items()
    await _write(calendars, name, text.replace("END:VEVENT", "STATUS:CANCELLED\r\nEND:VEVENT"))

    found = await backend.find(booked)

    assert found is not None
    assert found.start is None
    assert await backend.move(moved(booked, at("10:30")), "key") == Refused("cancelled")


async def test_an_entry_from_which_a_program_has_dropped_our_marks_is_still_ours(backend: Caldav, calendars: Calendars) -> None:
    booked = booking_of(at("09:00"))
    first = await backend.create(booked, "key")
    ((name, text),) = (await read_all(calendars.calendar)).items()
    await _write(calendars, name, "".join(line for line in text.splitlines(keepends=True) if not line.startswith("X-FRONTDESK")))

    assert await backend.create(booked, "key") == first
    assert await backend.move(moved(booked, at("10:30")), "key") == first
    assert await backend.cancel(moved(booked, at("10:30")), "key") == first
    assert await read_all(calendars.calendar) == {}


async def test_something_else_at_the_address_of_an_entry_is_left_alone_and_the_clinic_told(backend: Caldav, calendars: Calendars) -> None:
    booked = booking_of(at("09:00"))
    other = staff_entry("DTSTART:20261203T173000Z", "DTEND:20261203T180000Z", "X-FRONTDESK-REF:SOME-BODY")
    await enter(calendars.calendar, "frontdesk-ab2c-d3ef", *other)

    for result in (backend.create(booked, "key"), backend.move(booked, "key"), backend.cancel(booked, "key")):
        assert await result == Refused("invalid")
    assert await cells_of(calendars) == []


async def _write(calendars: Calendars, name: str, text: str) -> None:
    headers = {"Content-Type": "text/calendar"}
    async with client() as session, session.put(f"{calendars.calendar}{name}", data=text.encode(), headers=headers) as reply:
        assert reply.status in (201, 204), await reply.text()


# Claims that are left behind


async def test_a_time_whose_entry_staff_have_deleted_can_be_booked_after_a_while(backend: Caldav, calendars: Calendars) -> None:
    await backend.create(booking_of(at("09:00")), "key")
    (name,) = await read_all(calendars.calendar)
    async with client() as session, session.delete(f"{calendars.calendar}{name}") as reply:
        assert reply.status in (200, 204)

    assert await backend.create(booking_of(at("09:15"), REFERENCES[1]), "key") == Taken()
    calendars.clock.now += CLAIM_COUNTS + MINUTE
    assert isinstance(await backend.create(booking_of(at("09:15"), REFERENCES[1]), "key"), Confirmed)


async def test_a_claim_with_its_entry_counts_for_ever(backend: Caldav, calendars: Calendars) -> None:
    await backend.create(booking_of(at("09:00")), "key")

    calendars.clock.now += dt.timedelta(days=5)

    assert await backend.create(booking_of(at("09:15"), REFERENCES[1]), "key") == Taken()


async def test_whoever_was_interrupted_goes_on_where_it_was(backend: Caldav, calendars: Calendars) -> None:
    """A crash after the claims and before the entry; tried again long after, others must not take the claims any more."""
    booked = booking_of(at("09:00"))
    await _claim_only(calendars, booked)
    calendars.clock.now += CLAIM_COUNTS + MINUTE

    async with calendars.proxied() as (proxied, proxy):
        late: list[object] = []

        async def somebody_else() -> None:
            late.append(await backend.create(booking_of(at("09:15"), REFERENCES[1]), "key"))

        proxy.meanwhile = somebody_else
        assert isinstance(await proxied.create(booked, "key"), Confirmed)

    assert late == [Taken()]
    assert all(REFERENCES[0] in cell for cell in await cells_of(calendars))


async def _claim_only(calendars: Calendars, booked: Appointment) -> None:
    start = booked.opening.start
    async with client() as session:
        for number in range(3):
            cell = (start + number * 15 * MINUTE, start + (number + 1) * 15 * MINUTE)
            text = render_claim(booked.reference, cell, calendars.clock())
            url = f"{calendars.claims}ann-{cell[0]:%Y%m%dT%H%M%SZ}.ics"
            async with session.put(url, data=text.encode(), headers={"Content-Type": "text/calendar"}) as reply:
                assert reply.status in (201, 204)


async def test_the_claims_of_days_gone_by_are_swept_up_and_no_others(backend: Caldav, calendars: Calendars) -> None:
    await backend.create(booking_of(at("09:00")), "key")
    await backend.create(booking_of(at("09:00", day=9), REFERENCES[1]), "key")
    calendars.clock.now = at("09:00", day=8).start

    assert await backend.sweep() == 3

    assert [cell.split()[0] for cell in await cells_of(calendars)] == [f"ann-20261209T{time}00Z.ics" for time in ("1700", "1715", "1730")]
    assert len(await read_all(calendars.calendar)) == 2


# Bad days


async def test_a_second_try_finds_what_the_first_has_done(calendars: Calendars) -> None:
    booked = booking_of(at("09:00"))
    async with calendars.proxied() as (backend, proxy):
        await backend.start()
        with proxy.being("drops"):
            assert await backend.create(booked, "key") == Unknown()

        found = await backend.find(booked)
        assert found is not None
        assert await backend.create(booked, "key") == Confirmed(found.remote)

        with proxy.being("drops"):
            assert await backend.move(moved(booked, at("10:30")), "key") == Unknown()
        assert await backend.move(moved(booked, at("10:30")), "key") == Confirmed(found.remote)

        with proxy.being("drops"):
            assert await backend.cancel(moved(booked, at("10:30")), "key") == Unknown()
        assert isinstance(await backend.cancel(moved(booked, at("10:30")), "key"), Confirmed)
    assert await read_all(calendars.calendar) == {}


async def test_a_second_try_finds_its_entry_though_staff_have_put_one_beside_it(backend: Caldav, calendars: Calendars) -> None:
    booked = booking_of(at("09:00"))
    first = await backend.create(booked, "key")
    await enter(calendars.calendar, "staff", *staff_entry("DTSTART:20261201T173000Z", "DTEND:20261201T180000Z"))

    assert await backend.create(booked, "key") == first
    assert len(await cells_of(calendars)) == 3


async def test_too_many_requests_say_how_long_to_wait(calendars: Calendars) -> None:
    async with calendars.proxied() as (backend, proxy):
        with proxy.being("busy"):
            assert await backend.create(booking_of(at("09:00")), "key") == Transient(7.0)


async def test_a_calendar_that_may_not_be_written_keeps_no_claims(calendars: Calendars) -> None:
    async with calendars.proxied() as (backend, proxy):
        await backend.start()
        with proxy.being("read_only"):
            assert await backend.create(booking_of(at("09:00")), "key") == Refused("misconfigured")
    assert await read_all(calendars.claims) == {}


async def test_nothing_of_a_visitor_or_a_secret_is_logged(calendars: Calendars, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    async with AsyncExitStack() as stack:
        logs = stack.enter_context(structlog.testing.capture_logs())
        backend, proxy = await stack.enter_async_context(calendars.proxied())
        await backend.start()
        for fault in ("", "slow", "garbled", "busy", "drops"):
            with proxy.being(fault):
                await backend.create(appointment(at("09:00"), JOHN, f"{fault or 'fine'}"), "key")

    for secret in (PASSWORD, JOHN.name, JOHN.phone):
        assert secret not in caplog.text + str(logs)
