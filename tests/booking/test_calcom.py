"""Cal.com as the clinic's book, against a server that behaves as documented. The rest is in `conformance.py`."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import structlog

from frontdesk.booking.appointment import Appointment, Contact, Opening
from frontdesk.booking.backend import BackendDown, BackendUnusable
from frontdesk.booking.backends.calcom import Calcom
from frontdesk.booking.results import Confirmed, Refused, Requested, Taken, Transient, Unknown
from tests.booking.calcom_server import EVENT_TYPE, KEY, LIMIT, OUT_OF_BOUNDS, PAST, TAKEN, TAKEN_BY_TEAM, CalcomServer
from tests.booking.clinic import FOLLOW_UP, JANE, JOHN, NOW, ZONE, Clock, appointment, opening
from tests.booking.loopback import Loopback

OPENINGS = [opening(day, time, FOLLOW_UP) for day in (1, 2) for time in ("09:00", "10:30", "12:00")]
NINE, HALF_TEN, NOON = OPENINGS[:3]
LIMIT_S = 1.0


@pytest.fixture
async def server() -> CalcomServer:
    return CalcomServer([one.start for one in OPENINGS], NOW)


@pytest.fixture
async def web(server: CalcomServer) -> AsyncIterator[Loopback]:
    async with Loopback(server.app()) as running:
        yield running


@pytest.fixture
async def backend(web: Loopback) -> AsyncIterator[Calcom]:
    made = make(web)
    yield made
    await made.stop()


def make(web: Loopback, key: str = KEY, event_type: int = EVENT_TYPE, **changes) -> Calcom:
    wanted = {"timeout_s": LIMIT_S, "clock": Clock()} | changes
    return Calcom(f"{web.url}/v2", key, {FOLLOW_UP.id: event_type}, "ann", ZONE, **wanted)


async def create(backend: Calcom, wanted: Opening = NINE, **changes) -> Appointment:
    booked = appointment(wanted, **changes)
    result = await backend.create(booked, "key")
    assert isinstance(result, Confirmed)
    return replace(booked, remote=result.remote)


def moved(booked: Appointment, wanted: Opening) -> Appointment:
    return replace(booked, opening=wanted, revision=booked.revision + 1)


# What is sent


async def test_a_booking_says_what_is_needed_and_no_more(backend: Calcom, server: CalcomServer) -> None:
    await create(backend)

    method, path, body = server.requests[-1]
    assert (method, path) == ("POST", "/bookings")
    assert body == {
        "eventTypeId": EVENT_TYPE,
        "start": "2026-12-01T17:00:00Z",
        "attendee": {"name": JANE.name, "email": JANE.email, "phoneNumber": JANE.phone, "timeZone": "America/Los_Angeles"},
        "metadata": {"ref": "AB2C-D3EF"},
    }


async def test_openings_are_read_in_utc_and_between_the_times_asked_for(backend: Calcom) -> None:
    found = await backend.openings(FOLLOW_UP.id, HALF_TEN.start, NOON.start + dt.timedelta(minutes=1))

    assert found == [HALF_TEN, NOON]
    assert all(one.start.tzinfo is dt.UTC for one in found)


async def test_a_service_that_is_not_booked_there_has_no_openings(backend: Calcom, server: CalcomServer) -> None:
    assert await backend.openings("first_visit", NINE.start, NOON.start) == []
    assert await backend.create(appointment(replace(NINE, service="first_visit")), "key") == Refused("misconfigured")
    assert not server.requests


async def test_a_visitor_without_a_mail_address_is_refused_before_anything_is_sent(backend: Calcom, server: CalcomServer) -> None:
    assert JOHN.email is None

    assert await backend.create(appointment(NINE, JOHN), "key") == Refused("invalid")
    assert await backend.find(appointment(NINE, JOHN)) is None
    assert not server.requests


async def test_the_clinic_can_give_a_mailbox_for_visitors_without_one(web: Loopback, server: CalcomServer) -> None:
    backend = make(web, email_without="desk@clinic.example")

    booked = await create(backend, contact=JOHN)

    assert server.requests[-1][2]["attendee"]["email"] == "desk@clinic.example"
    assert await backend.find(replace(booked, remote=None)) is not None
    await backend.stop()


async def test_a_name_with_line_breaks_stays_in_its_field(backend: Calcom, server: CalcomServer) -> None:
    strange = 'Eve\r\nX-Evil: 1","allowConflicts":true,"x":"'

    await create(backend, contact=Contact(strange, None, "eve@example.com"))

    assert server.requests[-1][2]["attendee"]["name"] == strange
    assert "allowConflicts" not in server.requests[-1][2]


async def test_a_name_of_a_booking_cannot_lead_elsewhere(backend: Calcom, server: CalcomServer) -> None:
    odd = replace(appointment(NINE), remote="../../me?x=1#")

    assert await backend.cancel(odd, "key") == Refused("not_found")

    assert all(path.startswith("/bookings") for _, path, _ in server.requests)


# What is answered


@pytest.mark.parametrize(
    ("sentence", "result"),
    [
        (TAKEN, Taken()),
        (TAKEN_BY_TEAM, Taken()),
        (PAST, Refused("too_soon")),
        (LIMIT, Refused("not_allowed")),
        ("Missing attendee phone number - it is required by the event type.", Refused("invalid")),
        ("Missing required booking field response: insurance - it is required", Refused("misconfigured")),
        ("Something new", Refused("invalid")),
    ],
)
async def test_each_sentence_of_a_refusal_has_its_meaning(backend: Calcom, server: CalcomServer, sentence: str, result: object) -> None:
    booked = await create(backend, NOON)
    with server.refusing(sentence):
        assert await backend.create(appointment(NINE, reference="AB2C-D3EG"), "key") == result
        assert await backend.move(moved(booked, NINE), "key") == result


@pytest.mark.parametrize(("days", "code"), [(1, "too_soon"), (13, "too_soon"), (15, "too_far"), (200, "too_far")])
async def test_a_time_out_of_bounds_is_too_soon_or_too_far_by_our_clock(
    backend: Calcom, server: CalcomServer, days: int, code: str
) -> None:
    start = NOW + dt.timedelta(days=days)
    wanted = Opening(start, start + dt.timedelta(minutes=45), FOLLOW_UP.id, "ann")

    assert await backend.create(appointment(wanted), "key") == Refused(code)
    assert OUT_OF_BOUNDS


async def test_a_booking_that_the_clinic_has_to_agree_to_is_requested(backend: Calcom, server: CalcomServer) -> None:
    server.is_pending = True

    result = await backend.create(appointment(NINE), "key")

    assert isinstance(result, Requested)
    found = await backend.find(replace(appointment(NINE), remote=result.remote))
    assert found is not None
    assert found.start == NINE.start


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        ("busy", Transient(17.0)),
        ("out_of_order", Unknown()),
        ("not_let_in", Refused("misconfigured")),
        ("redirects", Refused("misconfigured")),
        ("html", Unknown()),
        ("garbled", Unknown()),
        ("drops", Unknown()),
        ("slow", Unknown()),
    ],
)
async def test_each_bad_day_has_its_result(backend: Calcom, server: CalcomServer, fault: str, result: object) -> None:
    began = time.monotonic()
    with server.being(fault):
        assert await backend.create(appointment(NINE), "key") == result
        with pytest.raises(BackendDown):
            await backend.openings(FOLLOW_UP.id, NINE.start, NOON.start)
        with pytest.raises(BackendDown):
            await backend.find(appointment(NINE))

    assert time.monotonic() - began < 3 * LIMIT_S + 1


@pytest.mark.parametrize("fault", ["garbled", "drops"])
async def test_what_was_done_without_a_readable_answer_is_found(backend: Calcom, server: CalcomServer, fault: str) -> None:
    booked = appointment(NINE)
    with server.being(fault):
        assert await backend.create(booked, "key") == Unknown()
    found = await backend.find(booked)
    assert found is not None
    assert found.start == NINE.start

    booked = replace(booked, remote=found.remote)
    with server.being(fault):
        assert await backend.move(moved(booked, NOON), "key") == Unknown()
    later = await backend.find(booked)
    assert later is not None
    assert later.remote != found.remote
    assert later.start == NOON.start

    booked = replace(moved(booked, NOON), remote=later.remote)
    with server.being(fault):
        assert await backend.cancel(booked, "key") == Unknown()
    over = await backend.find(booked)
    assert over is not None
    assert over.start is None


async def test_the_older_contract_is_never_asked_for(backend: Calcom, server: CalcomServer) -> None:
    """The server answers another version of a call with nothing that can be used."""
    booked = await create(backend)
    assert await backend.openings(FOLLOW_UP.id, HALF_TEN.start, NOON.start)
    result = await backend.move(moved(booked, HALF_TEN), "key")
    assert isinstance(result, Confirmed)

    assert isinstance(await backend.cancel(replace(booked, remote=result.remote), "key"), Confirmed)


# Moves


async def test_a_move_gives_another_name_and_keeps_the_reference(backend: Calcom, server: CalcomServer) -> None:
    booked = await create(backend)

    result = await backend.move(moved(booked, NOON), "key")

    assert isinstance(result, Confirmed)
    assert result.remote != booked.remote
    assert server.bookings[str(result.remote)]["metadata"] == {"ref": booked.reference}


async def test_a_move_that_is_made_again_by_its_old_name_is_made_once(backend: Calcom, server: CalcomServer) -> None:
    booked = await create(backend)
    first = await backend.move(moved(booked, NOON), "key")

    assert await backend.move(moved(booked, NOON), "key") == first
    assert len(server.bookings) == 2


async def test_what_staff_have_moved_is_found_moved_and_cancelled_where_it_is_now(backend: Calcom, server: CalcomServer) -> None:
    booked = await create(backend)
    by_hand = server.move_by_hand(str(booked.remote), HALF_TEN.start)

    found = await backend.find(booked)
    assert found is not None
    assert (found.remote, found.start) == (by_hand["uid"], HALF_TEN.start)
    result = await backend.move(moved(booked, NOON), "key")
    assert isinstance(result, Confirmed)
    assert await backend.cancel(booked, "key") == Confirmed(result.remote)

    assert all(one["status"] == "cancelled" for one in server.bookings.values())


async def test_what_staff_have_cancelled_cannot_be_moved(backend: Calcom, server: CalcomServer) -> None:
    booked = await create(backend)
    server.bookings[str(booked.remote)]["status"] = "cancelled"

    assert await backend.move(moved(booked, NOON), "key") == Refused("cancelled")
    assert isinstance(await backend.cancel(booked, "key"), Confirmed)


async def test_a_booking_is_moved_and_cancelled_without_its_name(backend: Calcom) -> None:
    booked = replace(await create(backend), remote=None)

    assert isinstance(await backend.move(moved(booked, NOON), "key"), Confirmed)
    assert isinstance(await backend.cancel(moved(booked, NOON), "key"), Confirmed)


async def test_what_was_never_booked_is_not_found(backend: Calcom) -> None:
    nowhere = replace(appointment(NINE), remote="bk9999")

    assert await backend.move(moved(nowhere, NOON), "key") == Refused("not_found")
    assert await backend.cancel(nowhere, "key") == Refused("not_found")


async def test_a_reference_is_found_behind_many_bookings_of_one_address(backend: Calcom, server: CalcomServer) -> None:
    booked = replace(await create(backend), remote=None)
    attendee = {"name": "Family", "email": JANE.email}
    for number in range(250):
        server._add(NOON.start + dt.timedelta(days=number), attendee, {"ref": f"OTHER-{number}"})

    found = await backend.find(booked)

    assert found is not None
    assert found.start == NINE.start


async def test_of_eight_at_once_exactly_one_gets_the_time_in_every_round(web: Loopback, server: CalcomServer) -> None:
    rivals = [make(web) for _ in range(8)]
    for wanted in OPENINGS:
        results = await asyncio.gather(*(one.create(appointment(wanted, reference=f"AB2C-D3E{n}"), "key") for n, one in enumerate(rivals)))
        assert sum(isinstance(result, Confirmed) for result in results) == 1
        assert sum(result == Taken() for result in results) == 7
    for one in rivals:
        await one.stop()


# Starting, and secrets


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"key": "cal_wrong_secret"}, "check the key"), ({"event_type": 1}, "no event type 1, which is to be 'follow_up'")],
)
async def test_an_account_that_cannot_be_relied_on_is_refused(web: Loopback, changes: dict, said: str) -> None:
    backend = make(web, **changes)
    with pytest.raises(BackendUnusable, match=said) as refused:
        await backend.start()
    assert "cal_wrong_secret" not in repr(refused.value)
    await backend.stop()


@pytest.mark.parametrize("fault", ["html", "garbled", "out_of_order", "busy", "slow"])
async def test_a_service_that_does_not_answer_at_the_start_is_refused(backend: Calcom, server: CalcomServer, fault: str) -> None:
    with server.being(fault), pytest.raises(BackendUnusable, match="cannot be reached, or does not answer"):
        await backend.start()


@pytest.mark.parametrize("url", ["http://api.cal.com/v2", "https://me:secret@api.cal.com/v2", "file:///etc/passwd"])
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(ValueError) as refused:
        Calcom(url, KEY, {}, "ann", ZONE)
    assert "secret" not in str(refused.value)


async def test_nothing_of_a_visitor_or_a_secret_is_logged_or_shown(
    backend: Calcom, server: CalcomServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    with structlog.testing.capture_logs() as logs:
        for fault in ("", "html", "garbled", "drops", "not_let_in", "busy"):
            with server.being(fault):
                await backend.create(appointment(NINE), "key")

    for secret in (KEY, JANE.name, str(JANE.email), str(JANE.phone)):
        assert secret not in caplog.text + str(logs) + repr(backend)
