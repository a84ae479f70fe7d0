"""A system of the clinic's own hears of everything, from a worker with a real database over real HTTP."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from frontdesk.booking.appointment import Appointment
from frontdesk.booking.backend import BackendUnusable
from frontdesk.booking.backends import make_webhook
from frontdesk.booking.backends.connection import CallFailed
from frontdesk.booking.backends.embedded import Embedded
from frontdesk.booking.backends.webhook import Webhook, sign
from frontdesk.booking.delivery import Delivery
from frontdesk.booking.desk import Desk, Kept
from frontdesk.booking.outbox import Kind, RowState
from frontdesk.booking.results import Confirmed, Refused
from frontdesk.booking.settings import WebhookSettings
from frontdesk.booking.store import Store
from tests.booking.clinic import JANE, NOW, Clock, appointment, booking, opening
from tests.booking.hook_server import HookServer
from tests.booking.loopback import Loopback
from tests.booking.office import Office, Postbox

SECRET = "correct horse battery staple"
KEPT = appointment(opening(1, "09:00"))


@dataclass
class Clinic:
    """A desk, a worker, and the clinic's own system."""

    desk: Desk
    delivery: Delivery
    store: Store
    post: Postbox
    server: HookServer
    clock: Clock

    async def book(self, day: int = 1) -> Appointment:
        kept = await self.desk.book(opening(day, "09:00"), JANE, f"key{day}", NOW)
        assert isinstance(kept, Kept)
        return kept.appointment

    async def work(self, times: int = 1) -> None:
        """Let the worker work, with time for the next try in between."""
        for _ in range(times):
            await self.delivery.run_once()
            self.clock.advance(minutes=15)

    @property
    def events(self) -> list[str]:
        return [content["event"] for _, content in self.server.tries]

    def rows(self) -> list[tuple[str, RowState, int]]:
        return [(row.operation, row.state, row.tries) for row in self.store.rows() if row.kind is Kind.WEBHOOK]


@pytest.fixture
async def server() -> AsyncIterator[tuple[HookServer, Loopback]]:
    made = HookServer(SECRET.encode())
    async with Loopback(made.app()) as loopback:
        yield made, loopback


@pytest.fixture
async def clinic(server, clock: Clock, tmp_path) -> AsyncIterator[Clinic]:
    store = Store(f"sqlite:///{tmp_path / 'booking.db'}", clock, has_webhook=True)
    webhook = Webhook(f"{server[1].url}/hook", SECRET, clock, private_network=True, timeout_s=0.5)
    backend, post = Embedded(booking(), store), Postbox()
    desk = Desk(booking(), store, backend, clock)
    delivery = Delivery(booking(), store, backend, post, desk.alternatives, clock, webhook=webhook, jitter=lambda: 1.0)
    yield Clinic(desk, delivery, store, post, server[0], clock)
    await webhook.close()
    store.close()


async def test_booked_moved_and_cancelled_are_told_each_once(clinic: Clinic) -> None:
    kept = await clinic.book()
    await clinic.work()
    moved = await clinic.desk.move(kept, opening(2, "09:00"), "move")
    await clinic.work()
    assert isinstance(moved, Kept)
    await clinic.desk.cancel(moved.appointment)
    await clinic.work(3)

    assert clinic.events == ["appointment.confirmed", "appointment.moved", "appointment.cancelled"]
    assert len(clinic.server.heard) == 3


async def test_a_request_is_told_and_then_what_came_of_it(server, clock: Clock, tmp_path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'booking.db'}", clock, has_webhook=True)
    webhook = Webhook(f"{server[1].url}/hook", SECRET, clock, private_network=True)
    system, post = Office(), Postbox()
    system.asks_a_person = True
    desk = Desk(booking(), store, system, clock)
    delivery = Delivery(booking(), store, system, post, desk.alternatives, clock, webhook=webhook)
    clinic = Clinic(desk, delivery, store, post, server[0], clock)
    kept = await clinic.book()
    await clinic.work()
    await desk.answer(kept.reference, agrees=True)
    await clinic.work()
    await webhook.close()
    store.close()

    assert clinic.events == ["appointment.requested", "appointment.confirmed"]


async def test_a_message_says_what_and_when_and_nothing_about_who(clinic: Clinic) -> None:
    kept = await clinic.book()

    await clinic.work()

    key = f"{kept.reference}:appointment.confirmed:0"
    assert clinic.server.heard == {
        key: {
            "event": "appointment.confirmed",
            "id": key,
            "reference": kept.reference,
            "revision": 0,
            "service": "first_visit",
            "practitioner": "ann",
            "start": "2026-12-01T17:00:00+00:00",
            "end": "2026-12-01T18:15:00+00:00",
            "occurred_at": "2026-11-24T18:00:00+00:00",
        }
    }


@pytest.mark.parametrize("mood", [500, 503, 429, 404, 401, "slow", "drops", "redirect"])
async def test_whatever_goes_wrong_it_is_told_again_under_the_same_id(clinic: Clinic, mood: str | int) -> None:
    kept = await clinic.book()
    clinic.server.moods = [mood, mood]

    await clinic.work(4)

    assert clinic.rows() == [("appointment.confirmed", RowState.DONE, 3)]
    assert {key for key, _ in clinic.server.tries} == {f"{kept.reference}:appointment.confirmed:0"}
    assert clinic.server.elsewhere == 0
    assert ("confirmation", kept.reference) in clinic.post.sent


async def test_a_system_that_is_down_for_a_while_hears_of_it_when_it_is_back(clinic: Clinic, server) -> None:
    await clinic.book()
    with server[1].down():
        await clinic.work(2)

    await clinic.work(2)

    assert clinic.events == ["appointment.confirmed"]


async def test_between_tries_it_waits_longer_each_time(clinic: Clinic) -> None:
    await clinic.book()
    clinic.server.moods = [503] * 4
    waits = []

    for _ in range(4):
        await clinic.delivery.run_once()
        row = next(row for row in clinic.store.rows() if row.kind is Kind.WEBHOOK)
        waits.append((row.next_try_at - clinic.clock()).total_seconds())
        clinic.clock.now = row.next_try_at

    assert waits == [2.0, 4.0, 8.0, 16.0]


async def test_what_cannot_be_told_for_hours_ends_as_a_message_to_the_clinic(clinic: Clinic) -> None:
    kept = await clinic.book()
    clinic.server.moods = [503] * 200

    await clinic.work(60)

    assert clinic.rows()[0][:2] == ("appointment.confirmed", RowState.DEAD)
    assert clinic.post.of(kept.reference) == ["confirmation", "hook undelivered: transient"]


async def test_a_system_that_is_gone_for_good_is_not_asked_again(clinic: Clinic) -> None:
    kept = await clinic.book()
    clinic.server.moods = [410]

    await clinic.work(3)

    assert len(clinic.server.tries) == 1
    assert clinic.post.of(kept.reference)[-1] == "hook undelivered: not_allowed"


async def test_without_a_webhook_nothing_is_written_for_one(store: Store, clock: Clock) -> None:
    desk = Desk(booking(), store, Embedded(booking(), store), clock)

    await desk.book(opening(1, "09:00"), JANE, "key", NOW)

    assert [row.kind for row in store.rows()] == [Kind.MESSAGE]


async def test_a_webhook_that_was_taken_out_leaves_nothing_undelivered(clinic: Clinic) -> None:
    kept = await clinic.book()
    clinic.delivery = Delivery(booking(), clinic.store, clinic.desk.backend, clinic.post, clinic.desk.alternatives, clinic.clock)

    await clinic.work()

    assert clinic.rows() == [("appointment.confirmed", RowState.DONE, 1)]
    assert clinic.post.of(kept.reference) == ["confirmation"]


# Where it may go


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.0.0.8",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "[::1]",
        "[fd00::1]",
        "[fe80::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::a00:1]",
        "[2002:a00:1::]",
        "localhost",
    ],
)
async def test_an_address_in_a_private_network_is_not_called(host: str, server, clock: Clock) -> None:
    webhook = Webhook(f"https://{host}:{server[1].port}/hook", SECRET, clock)

    result = await webhook.tell("appointment.confirmed", "key", KEPT, NOW)
    await webhook.close()

    assert result == Refused("misconfigured")
    assert server[0].tries == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1"])
async def test_an_address_in_an_odd_spelling_is_not_called_either(host: str, server, clock: Clock) -> None:
    webhook = Webhook(f"https://{host}:{server[1].port}/hook", SECRET, clock)

    result = await webhook.tell("appointment.confirmed", "key", KEPT, NOW)
    await webhook.close()

    assert result != Confirmed()
    assert server[0].tries == []


async def test_it_is_called_where_the_clinic_says_that_it_may_be(server, clock: Clock) -> None:
    webhook = Webhook(f"{server[1].url}/hook", SECRET, clock, private_network=True)

    assert await webhook.tell("appointment.confirmed", "key", KEPT, NOW) == Confirmed()
    await webhook.close()


async def test_a_call_that_is_refused_says_nothing_of_the_address(clock: Clock) -> None:
    webhook = Webhook("https://127.0.0.1/secret-path", SECRET, clock)

    with pytest.raises(CallFailed) as caught:
        await webhook.post("event", "key", {})
    await webhook.close()

    assert "secret-path" not in str(caught.value)
    assert SECRET not in repr(webhook) + repr(vars(webhook).get("_connection"))


# Its secret


async def test_a_secret_as_services_hand_it_out_is_read_as_they_mean_it(server, clock: Clock) -> None:
    handed_out = "whsec_" + base64.b64encode(SECRET.encode()).decode()
    webhook = Webhook(f"{server[1].url}/hook", handed_out, clock, private_network=True)

    assert await webhook.tell("appointment.confirmed", "key", KEPT, NOW) == Confirmed()
    await webhook.close()


def test_the_example_of_the_standard_is_signed_as_it_says() -> None:
    """The worked example in the specification's own libraries."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_that_is_missing_or_damaged_is_named(clock: Clock) -> None:
    own = booking(webhook=WebhookSettings("https://example.com/hook", "HOOK_SECRET"))

    with pytest.raises(BackendUnusable, match="HOOK_SECRET is not set"):
        make_webhook(own, clock, {})
    with pytest.raises(BackendUnusable, match="whsec_ goes on in base64"):
        make_webhook(own, clock, {"HOOK_SECRET": "whsec_not base64"})
    assert make_webhook(own, clock, {"HOOK_SECRET": SECRET})
    assert make_webhook(booking(), clock, {}) is None
