"""Asking the clinic: by mail, or by a signed message that a real server receives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from frontdesk.booking.backend import BackendUnusable
from frontdesk.booking.backends import common_minutes, make_backend
from frontdesk.booking.backends.request import Request
from frontdesk.booking.backends.webhook import Webhook
from frontdesk.booking.results import Refused, Requested, Taken, Transient, Unknown
from frontdesk.booking.settings import CalcomSettings, CaldavSettings, LinkSettings, RequestSettings
from frontdesk.booking.store import Store
from tests.booking.clinic import FOLLOW_UP, JANE, JOHN, NOW, Clock, appointment, booking, opening
from tests.booking.hook_server import is_ours
from tests.booking.office import Postbox
from tests.booking.smtp_server import free_port

SECRET = "correct horse battery staple"
KEPT = appointment(opening(1, "09:00"))


class Receiver:
    """A clinic's own system: checks signatures, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[dict] = []
        self.headers: list[dict[str, str]] = []
        self.answer = web.Response
        self.takes_s = 0.0
        self.url = ""

    async def receive(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not is_ours(request.headers, body, SECRET.encode()):
            return web.Response(status=401)
        self.got.append(json.loads(body))
        self.headers.append(dict(request.headers))
        await asyncio.sleep(self.takes_s)
        return self.answer()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver, app, port = Receiver(), web.Application(), free_port()
    app.router.add_post("/bookings", receiver.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    receiver.url = f"http://127.0.0.1:{port}/bookings"
    yield receiver
    await runner.cleanup()


@pytest.fixture
async def backend(receiver: Receiver, clock: Clock) -> AsyncIterator[Request]:
    made = Request(Postbox(), Webhook(receiver.url, SECRET, clock, private_network=True, timeout_s=0.5))
    yield made
    await made.stop()


async def test_a_signed_message_says_what_is_asked_for_under_a_key_of_its_own(backend: Request, receiver: Receiver) -> None:
    assert await backend.create(KEPT, "AB2C-D3EF:create:0") == Requested()

    assert receiver.headers[0]["webhook-id"] == "AB2C-D3EF:create:0"
    assert receiver.headers[0]["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert receiver.got == [
        {
            "event": "appointment.requested",
            "id": "AB2C-D3EF:create:0",
            "reference": "AB2C-D3EF",
            "revision": 0,
            "service": "first_visit",
            "practitioner": "ann",
            "start": "2026-12-01T17:00:00+00:00",
            "end": "2026-12-01T18:15:00+00:00",
            "name": "Jane Roe",
            "phone": "+15035550142",
            "email": "jane@example.com",
            "consented_at": "2026-11-24T18:00:00+00:00",
        }
    ]


async def test_moves_cancellations_and_wishes_to_be_called_go_the_same_way(backend: Request, receiver: Receiver) -> None:
    await backend.move(KEPT, "AB2C-D3EF:move:1")
    await backend.cancel(KEPT, "AB2C-D3EF:cancel:2")
    await backend.message_to_clinic("John Doe", JOHN, "call_back", "tap-1")

    assert [got["event"] for got in receiver.got] == ["appointment.move_requested", "appointment.cancelled", "visitor.call_back"]
    assert receiver.got[-1] == {"event": "visitor.call_back", "id": "tap-1", "name": "John Doe", "phone": JOHN.phone, "email": None}


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, Requested()),
        (202, Requested()),
        (409, Taken()),
        (429, Transient(7.0)),
        (503, Transient(7.0)),
        (500, Transient(7.0)),
        (401, Refused("misconfigured")),
        (404, Refused("misconfigured")),
        (422, Refused("invalid")),
    ],
)
async def test_what_the_system_answers_is_understood(backend: Request, receiver: Receiver, status: int, result: object) -> None:
    receiver.answer = lambda: web.Response(status=status, headers={"Retry-After": "7"})

    assert await backend.create(KEPT, "key") == result


async def test_a_redirect_is_not_followed(backend: Request, receiver: Receiver) -> None:
    receiver.answer = lambda: web.Response(status=307, headers={"Location": receiver.url})

    assert await backend.create(KEPT, "key") == Refused("misconfigured")
    assert len(receiver.got) == 1


async def test_a_wrong_secret_is_misconfigured(receiver: Receiver, clock: Clock) -> None:
    backend = Request(Postbox(), Webhook(receiver.url, "another", clock, private_network=True))

    assert await backend.create(KEPT, "key") == Refused("misconfigured")
    await backend.stop()


async def test_a_system_that_is_not_there_has_done_nothing(clock: Clock) -> None:
    backend = Request(Postbox(), Webhook(f"http://127.0.0.1:{free_port()}/", SECRET, clock, private_network=True))

    assert await backend.create(KEPT, "key") == Transient()
    await backend.stop()


async def test_a_system_that_is_slow_may_have_done_it(backend: Request, receiver: Receiver) -> None:
    receiver.takes_s = 1.0

    assert await backend.create(KEPT, "key") == Unknown()
    assert len(receiver.got) == 1


@pytest.mark.parametrize("url", ["http://example.com/x", "ftp://example.com", "https://me:pw@example.com/", "example.com", "https://"])
def test_names_do_not_go_over_the_network_in_the_clear(url: str, clock: Clock) -> None:
    with pytest.raises(ValueError, match="https"):
        Webhook(url, SECRET, clock)


async def test_without_a_system_the_clinic_is_asked_by_mail() -> None:
    post = Postbox()
    backend = Request(post)

    assert await backend.create(KEPT, "key") == Requested()
    post.mood = [Transient()]
    assert await backend.move(KEPT, "key") == Transient()
    await backend.message_to_clinic("Jane", JANE, "message", "tap-1")

    assert post.sent == [("request", "AB2C-D3EF"), ("message", "Jane")]


def test_nothing_secret_is_shown(receiver: Receiver, clock: Clock) -> None:
    backend = Request(Postbox(), Webhook(receiver.url, SECRET, clock))

    assert SECRET not in repr(backend) + repr(vars(backend))


# Which backend a clinic has


def test_the_backend_is_the_one_that_the_clinic_has_chosen(tmp_path, clock: Clock) -> None:
    store = Store(f"sqlite:///{tmp_path / 'booking.db'}", clock)
    link = LinkSettings("fresha", "https://example.com/")
    caldav = CaldavSettings("https://example.com/calendar/", "https://example.com/claims/", "clinic", "PASSWORD")
    calcom = CalcomSettings("https://api.cal.com/v2", "KEY", "ann", {"first_visit": 12})
    secrets = {"PASSWORD": SECRET, "KEY": SECRET}
    choices = {
        "embedded": booking(),
        "request": booking(backend="request"),
        "link": booking(backend="link", link=link),
        "caldav": booking(backend="caldav", caldav=caldav),
        "calcom": booking(backend="calcom", calcom=calcom),
    }

    made = {name: make_backend(one, store, Postbox(), clock, secrets) for name, one in choices.items()}

    assert {name: backend.name for name, backend in made.items()} == {name: name for name in choices}
    assert SECRET not in repr(made)


def test_cells_of_a_calendar_are_as_long_as_all_starts_and_lengths_allow() -> None:
    assert common_minutes(booking()) == 15
    short = replace(FOLLOW_UP, minutes=50)
    assert common_minutes(booking(services=(short,))) == 5


def test_a_secret_that_is_not_there_is_named(tmp_path, clock: Clock) -> None:
    store = Store(f"sqlite:///{tmp_path / 'booking.db'}", clock)
    own = booking(backend="request", request=RequestSettings("https://example.com/x", "CLINIC_SECRET"))

    with pytest.raises(BackendUnusable, match="CLINIC_SECRET is not set"):
        make_backend(own, store, Postbox(), clock, {})
    assert make_backend(own, store, Postbox(), clock, {"CLINIC_SECRET": SECRET}).name == "request"
