"""What was booked reaches the clinic's system once, however its day is; what cannot reach it reaches a person."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
import structlog

from frontdesk.booking.appointment import Appointment, Contact, Opening, State
from frontdesk.booking.delivery import GIVE_UP_AFTER, Delivery
from frontdesk.booking.desk import Desk, Kept, NoLongerFree
from frontdesk.booking.outbox import RowState
from frontdesk.booking.results import Refused, Transient, Unknown
from frontdesk.booking.store import Store
from tests.booking.clinic import JANE, JOHN, NOW, Clock, booking, opening
from tests.booking.office import Office, Postbox

NINE, TEN, NOON = opening(1, "09:00"), opening(1, "10:30"), opening(1, "12:00")


class Clinic:
    """A desk, its system, its postbox, and the worker between them."""

    def __init__(self, store: Store, clock: Clock, **capabilities) -> None:
        self.store, self.clock = store, clock
        self.office, self.post = Office(**capabilities), Postbox()
        self.desk = Desk(booking(), store, self.office, clock, limit_s=0.2)
        self.delivery = Delivery(booking(), store, self.office, self.post, self.desk.alternatives, clock, jitter=lambda: 1.0)

    async def book(self, wanted: Opening = NINE, contact: Contact = JANE, key: str = "tap-1"):
        return await self.desk.book(wanted, contact, key, NOW)

    async def booked(self, wanted: Opening = NINE, contact: Contact = JANE, key: str = "tap-1") -> Appointment:
        answer = await self.book(wanted, contact, key)
        assert isinstance(answer, Kept), answer
        return answer.appointment

    async def work(self, minutes: float = 0) -> None:
        """Let time go by, with the worker at work every minute."""
        await self.delivery.run_once()
        for _ in range(int(minutes)):
            self.clock.advance(minutes=1)
            await self.delivery.run_once()

    def state(self, reference: str) -> State:
        kept = self.store.get(reference)
        assert kept is not None
        return kept.state


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """A file; that PostgreSQL keeps the same, the tests of the store say."""
    return f"sqlite:///{tmp_path / 'booking.db'}"


@pytest.fixture
def clinic(store: Store, clock: Clock) -> Clinic:
    return Clinic(store, clock)


async def test_a_visitor_hears_at_once_that_the_system_has_it(clinic: Clinic) -> None:
    kept = await clinic.booked()
    await clinic.work()

    assert (kept.state, kept.remote) == (State.CONFIRMED, f"office-{kept.reference}")
    assert clinic.office.heard == ["create"]
    assert clinic.post.of(kept.reference) == ["confirmation"]


@pytest.mark.parametrize("mood", ["busy", "down", "garbled", "slow", "broken"])
async def test_a_system_with_a_bad_moment_is_told_again_and_the_visitor_hears_requested_until_then(clinic: Clinic, mood: str) -> None:
    clinic.office.mood = [mood]
    kept = await clinic.booked()
    assert kept.state is State.REQUESTED

    await clinic.work(minutes=2)

    assert clinic.state(kept.reference) is State.CONFIRMED
    assert clinic.office.book == {kept.reference: NINE}
    assert clinic.post.of(kept.reference) == ["requested", "confirmation"]


async def test_what_may_have_been_done_is_looked_up_before_it_is_tried_again(clinic: Clinic) -> None:
    clinic.office.mood = ["drops"]
    kept = await clinic.booked()

    await clinic.work(minutes=2)

    assert clinic.state(kept.reference) is State.CONFIRMED
    assert clinic.office.heard == ["create", "find"]


async def test_what_certainly_was_not_done_needs_no_look_up(clinic: Clinic) -> None:
    clinic.office.mood = ["busy"]
    await clinic.booked()

    await clinic.work(minutes=2)

    assert clinic.office.heard == ["create", "create"]


async def test_a_look_up_that_fails_is_no_leave_to_try_again(clinic: Clinic) -> None:
    clinic.office.mood = ["drops", "down", "down"]
    await clinic.booked()

    await clinic.work(minutes=3)

    assert clinic.office.heard == ["create", "find", "find", "find"]


async def test_a_system_that_knows_its_keys_is_told_again_without_a_look_up(store: Store, clock: Clock) -> None:
    clinic = Clinic(store, clock, is_idempotent=True, finds=False)
    clinic.office.mood = ["drops"]
    await clinic.booked()

    await clinic.work(minutes=2)

    assert clinic.office.heard == ["create", "create"]


async def test_where_a_second_try_could_book_twice_and_nothing_can_be_looked_up_a_person_is_asked(store: Store, clock: Clock) -> None:
    clinic = Clinic(store, clock, finds=False)
    clinic.office.mood = ["garbled"]
    kept = await clinic.booked()

    await clinic.work(minutes=2)

    assert clinic.office.heard == ["create"]
    assert clinic.post.of(kept.reference) == ["undelivered: no_answer", "requested"]


async def test_retry_after_is_honoured(clinic: Clinic) -> None:
    clinic.office.mood = ["busy"]
    await clinic.booked()

    for _ in range(29):
        clinic.clock.advance(seconds=1)
        await clinic.work()
    assert clinic.office.heard == ["create"]
    clinic.clock.advance(seconds=1)
    await clinic.work()
    assert clinic.office.heard == ["create", "create"]


async def test_a_time_that_is_taken_in_the_system_is_said_at_once_with_others_that_are_free(clinic: Clinic) -> None:
    clinic.office.others = [NINE]

    answer = await clinic.book()

    assert isinstance(answer, NoLongerFree)
    assert len(answer.alternatives) == 5
    await clinic.work()
    # The visitor has read it in the chat.
    assert clinic.post.sent == []
    # Our own book has the time free again.
    assert await clinic.booked(TEN, key="tap-2")


async def test_a_time_that_turns_out_to_be_taken_later_is_said_by_mail_with_others_that_are_free(clinic: Clinic) -> None:
    clinic.office.mood, clinic.office.others = ["down"], [NINE]
    kept = await clinic.booked()

    await clinic.work(minutes=2)

    assert clinic.state(kept.reference) is State.REFUSED
    assert clinic.post.of(kept.reference) == ["requested", "refused, 5 others"]


async def test_a_system_that_does_not_let_us_in_is_the_clinics_to_mend_and_the_visitors_wish_is_kept(clinic: Clinic) -> None:
    clinic.office.mood = ["misconfigured"]
    kept = await clinic.booked()

    await clinic.work(minutes=30)

    assert kept.state is State.REQUESTED
    assert clinic.office.heard == ["create"]
    assert clinic.post.of(kept.reference) == ["undelivered: misconfigured", "requested"]


@pytest.mark.parametrize("code", ["too_soon", "too_far", "invalid"])
async def test_what_the_visitor_can_mend_is_said_to_the_visitor(clinic: Clinic, code: str) -> None:
    clinic.office.mood = [code]

    assert await clinic.book() == Refused(code)

    await clinic.work()
    assert clinic.post.sent == []


async def test_after_twelve_hours_without_an_answer_the_clinic_is_told(clinic: Clinic) -> None:
    clinic.office.mood = ["down"] * 10_000
    kept = await clinic.booked()

    await clinic.work(minutes=GIVE_UP_AFTER // dt.timedelta(minutes=1) + 15)

    assert clinic.post.of(kept.reference) == ["requested", "undelivered: no_answer"]
    assert clinic.store.rows(reference=kept.reference)[0].state is RowState.DEAD
    # Not every two seconds, and not never.
    assert 50 < len(clinic.office.heard) < 200


async def test_for_an_appointment_this_afternoon_the_clinic_is_told_while_it_can_still_act(clinic: Clinic) -> None:
    clinic.office.mood = ["down"] * 10_000
    soon = opening(24, "14:00", month=11)
    kept = await clinic.booked(soon)

    await clinic.work(minutes=125)

    assert "undelivered: no_answer" in clinic.post.of(kept.reference)
    assert clinic.clock.now < soon.start


async def test_what_was_given_up_and_entered_by_hand_is_not_told_the_system_later(clinic: Clinic) -> None:
    clinic.office.mood = ["misconfigured"]
    kept = await clinic.booked()

    await clinic.desk.cancel(kept)
    await clinic.work()

    assert clinic.office.heard == ["create"]
    assert clinic.post.of(kept.reference) == ["undelivered: misconfigured", "cancelled", "undelivered: not_allowed"]


# Moves and cancellations


async def test_a_move_that_the_system_takes_is_confirmed(clinic: Clinic) -> None:
    kept = await clinic.booked()

    answer = await clinic.desk.move(kept, NOON, "tap-2")
    await clinic.work()

    assert isinstance(answer, Kept)
    assert answer.appointment.state is State.CONFIRMED
    assert clinic.office.book == {kept.reference: NOON}
    # The first was on its way when the second overtook it.
    assert clinic.post.of(kept.reference) == ["changed"]


async def test_a_move_that_the_system_does_not_take_leaves_everything_as_it_was(clinic: Clinic) -> None:
    kept = await clinic.booked()
    clinic.office.others = [NOON]

    answer = await clinic.desk.move(kept, NOON, "tap-2")

    assert isinstance(answer, NoLongerFree)
    assert clinic.store.get(kept.reference) == kept
    assert clinic.office.book == {kept.reference: NINE}


async def test_a_move_that_turns_out_to_be_taken_later_goes_back_and_says_so_by_mail(clinic: Clinic) -> None:
    kept = await clinic.booked()
    await clinic.work()
    clinic.office.mood, clinic.office.others = ["down"], [NOON]

    answer = await clinic.desk.move(kept, NOON, "tap-2")
    assert isinstance(answer, Kept)
    assert answer.appointment.state is State.REQUESTED
    await clinic.work(minutes=2)

    assert clinic.store.get(kept.reference) == kept
    assert clinic.post.of(kept.reference) == ["confirmation", "requested", "not moved, 5 others"]


async def test_a_cancellation_stands_whatever_the_system_says(clinic: Clinic) -> None:
    kept = await clinic.booked()
    clinic.office.mood = ["too_late_to_change"]

    answer = await clinic.desk.cancel(kept)
    await clinic.work()

    assert isinstance(answer, Kept)
    assert answer.appointment.state is State.CANCELLED
    assert clinic.post.of(kept.reference) == ["cancelled", "undelivered: too_late_to_change"]


@pytest.mark.parametrize("code", ["not_found", "cancelled"])
async def test_cancelling_what_the_system_no_longer_has_needs_nobody(clinic: Clinic, code: str) -> None:
    kept = await clinic.booked()
    clinic.office.mood = [code]

    await clinic.desk.cancel(kept)
    await clinic.work()

    assert clinic.post.of(kept.reference) == ["cancelled"]


async def test_who_cancels_before_the_system_has_heard_is_entered_and_taken_out_in_that_order(clinic: Clinic) -> None:
    clinic.office.mood = ["down"]
    kept = await clinic.booked()

    await clinic.desk.cancel(kept)
    await clinic.work(minutes=2)

    assert clinic.office.book == {kept.reference: None}
    assert clinic.state(kept.reference) is State.CANCELLED
    assert clinic.post.of(kept.reference) == ["cancelled"]


# Messages


async def test_a_mail_server_with_a_bad_moment_is_tried_again(clinic: Clinic) -> None:
    clinic.post.mood = [Transient(), Unknown()]
    kept = await clinic.booked()

    await clinic.work(minutes=3)

    assert clinic.post.of(kept.reference) == ["confirmation"]


async def test_when_a_visitors_address_does_not_work_the_clinic_is_told(clinic: Clinic) -> None:
    clinic.post.mood = [Refused("invalid")]
    kept = await clinic.booked()

    await clinic.work(minutes=1)

    assert clinic.post.of(kept.reference) == ["unreachable"]


async def test_the_clinic_is_written_to_until_it_works(clinic: Clinic) -> None:
    clinic.office.mood = ["misconfigured"]
    clinic.post.mood = [Refused("misconfigured")] * 20
    kept = await clinic.booked()

    await clinic.work(minutes=4 * 60)

    assert "undelivered: misconfigured" in clinic.post.of(kept.reference)


async def test_a_wish_to_be_called_reaches_the_clinic_once(clinic: Clinic) -> None:
    for _ in range(2):
        assert await clinic.desk.message_to_clinic("Jane", JANE, "call_back", "tap-1")

    await clinic.work(minutes=1)

    assert clinic.post.sent == [("call_back", "Jane")]


async def test_a_visitor_is_reminded_once_a_day_before(clinic: Clinic) -> None:
    kept = await clinic.booked()
    clinic.clock.now = NINE.start - dt.timedelta(hours=25)
    await clinic.work()
    assert clinic.post.of(kept.reference) == ["confirmation"]

    await clinic.work(minutes=120)

    assert clinic.post.of(kept.reference) == ["confirmation", "reminder"]


async def test_who_has_moved_is_reminded_of_the_new_time_only(clinic: Clinic) -> None:
    kept = await clinic.booked()
    await clinic.desk.move(kept, opening(3, "09:00"), "tap-2")
    clinic.clock.now = NINE.start - dt.timedelta(hours=23)
    await clinic.work(minutes=5)
    assert "reminder" not in clinic.post.of(kept.reference)

    clinic.clock.now = opening(3, "09:00").start - dt.timedelta(hours=23)
    await clinic.work(minutes=5)
    assert clinic.post.of(kept.reference).count("reminder") == 1


# Many at once


async def test_on_a_bad_day_nothing_is_lost_and_nothing_is_booked_twice(clinic: Clinic) -> None:
    """Down, busy, dropped and garbled in turns; two workers."""
    clinic.office.mood = ["drops", "busy", "well", "garbled", "down", "drops", "well"] * 12
    other = Delivery(booking(), clinic.store, clinic.office, clinic.post, clinic.desk.alternatives, clinic.clock, jitter=lambda: 0.5)
    wanted = [opening(day, time, practitioner=who) for day in (1, 2, 3, 4) for time in ("09:00", "10:30", "13:00") for who in ("ann", "bo")]
    kept = [
        await clinic.booked(one, Contact(f"Visitor {number}", f"+15035550{number:03}"), f"tap-{number}")
        for number, one in enumerate(wanted)
    ]

    for _ in range(40):
        await asyncio.gather(clinic.delivery.run_once(), other.run_once())
        clinic.clock.advance(minutes=1)

    assert clinic.office.book == {one.reference: one.opening for one in kept}
    assert {clinic.state(one.reference) for one in kept} == {State.CONFIRMED}
    confirmations = Counter(about for message, about in clinic.post.sent if message == "confirmation")
    assert set(confirmations.values()) == {1}
    assert len(confirmations) == len(kept)


async def test_what_goes_wrong_in_a_backend_is_logged_without_who_it_was_about(clinic: Clinic) -> None:
    clinic.office.mood = ["broken"]
    with structlog.testing.capture_logs() as logs:
        await clinic.booked(contact=JOHN)

    assert [(entry["event"], entry["reason"]) for entry in logs] == [("backend_failed", "ZeroDivisionError")]
    assert JOHN.phone not in str(logs)
