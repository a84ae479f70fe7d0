"""What the desk says to a visitor, with its own book: what may be booked, what is kept, and who may see and change it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from frontdesk.booking.appointment import Appointment, Contact, Opening, State
from frontdesk.booking.backend import BackendDown
from frontdesk.booking.backends.embedded import Embedded
from frontdesk.booking.backends.link import Link
from frontdesk.booking.desk import HOLD, Desk, Down, Held, Kept, NoLongerFree
from frontdesk.booking.results import Refused
from frontdesk.booking.settings import LinkSettings
from frontdesk.booking.store import Store
from tests.booking.clinic import FOLLOW_UP, JANE, JOHN, NOW, ZONE, Clock, booking, opening
from tests.booking.office import Office

NINE, TEN, NOON = opening(1, "09:00"), opening(1, "10:30"), opening(1, "12:00")


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'booking.db'}", clock)
    yield made
    made.close()


@pytest.fixture
def desk(store: Store, clock: Clock) -> Desk:
    return Desk(booking(), store, Embedded(booking(), store), clock)


async def booked(desk: Desk, wanted: Opening = NINE, contact: Contact = JANE, key: str = "tap-1") -> Appointment:
    answer = await desk.book(wanted, contact, key, NOW)
    assert isinstance(answer, Kept), answer
    return answer.appointment


async def test_what_is_booked_is_confirmed_and_no_longer_offered(desk: Desk) -> None:
    assert NINE in await desk.openings("first_visit", "ann")

    kept = await booked(desk)

    assert kept.state is State.CONFIRMED
    found = await desk.openings("first_visit", "ann", NINE.start, NINE.start + dt.timedelta(days=1))
    assert f"{found[0].start.astimezone(ZONE):%H:%M}" == "10:30"


async def test_openings_are_asked_for_between_two_times_and_with_one_practitioner(desk: Desk) -> None:
    found = await desk.openings("follow_up", "bo", NINE.start, NINE.start + dt.timedelta(hours=2))

    assert len(found) == 8
    assert {one.practitioner for one in found} == {"bo"}
    assert await desk.openings("massage") == []


async def test_two_who_tap_at_once_are_not_both_booked(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.book(NINE, JOHN, f"tap-{number}", NOW) for number in range(6)))

    assert sum(isinstance(answer, Kept) for answer in answers) == 1
    assert all(isinstance(answer, (Kept, NoLongerFree)) for answer in answers)


async def test_a_tap_that_arrives_twice_books_once_even_when_it_is_too_late_for_the_first(desk: Desk, clock: Clock) -> None:
    kept = await booked(desk)
    assert await booked(desk) == kept

    clock.now = NINE.start - dt.timedelta(hours=1)
    assert await booked(desk) == kept
    assert await desk.book(TEN, JOHN, "tap-9", NOW) == Refused("too_soon")


async def test_a_key_that_comes_back_for_another_time_is_invalid(desk: Desk) -> None:
    await booked(desk)

    assert await desk.book(NOON, JANE, "tap-1", NOW) == Refused("invalid")


async def test_who_is_too_late_is_offered_the_times_nearest_to_it(desk: Desk) -> None:
    await booked(desk, TEN)

    answer = await desk.book(TEN, JOHN, "tap-2", NOW)

    assert isinstance(answer, NoLongerFree)
    assert len(answer.alternatives) == 5
    assert len({one.start for one in answer.alternatives}) == 5
    # The other practitioner at the very same time is the nearest.
    assert replace(TEN, practitioner="bo") in answer.alternatives
    assert list(answer.alternatives) == sorted(answer.alternatives)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (opening(24, "13:45", month=11), "too_soon"),
        (opening(24, "09:00", month=3, year=2027), "too_far"),
        (opening(5, "09:00"), "invalid"),
        (opening(1, "09:07"), "invalid"),
        (replace(NINE, end=NINE.end + dt.timedelta(hours=4)), "invalid"),
        (replace(NINE, practitioner="somebody"), "invalid"),
        (replace(NINE, service="massage"), "invalid"),
    ],
    ids=["within the notice", "beyond the horizon", "a Saturday", "no start", "longer", "who is that", "what is that"],
)
async def test_what_is_not_offered_cannot_be_booked_whoever_asks_for_it(desk: Desk, wanted: Opening, code: str) -> None:
    assert await desk.book(wanted, JANE, "tap-1", NOW) == Refused(code)
    assert await desk.hold(wanted, "conversation-1") == Refused(code)


@pytest.mark.parametrize("contact", [Contact("Jane"), Contact("  ", "+15035550142")], ids=["no way to reach them", "no name"])
async def test_somebody_has_to_come_and_be_reached(desk: Desk, contact: Contact) -> None:
    assert await desk.book(NINE, contact, "tap-1", NOW) == Refused("invalid")


async def test_a_fourth_appointment_of_one_visitor_is_too_many(desk: Desk) -> None:
    for number, wanted in enumerate((NINE, TEN, NOON)):
        await booked(desk, wanted, key=f"tap-{number}")

    assert await desk.book(opening(2, "09:00"), JANE, "tap-9", NOW) == Refused("too_many")
    assert await booked(desk, opening(2, "09:00"), JOHN, "tap-10")


# Holding


async def test_a_time_is_held_while_somebody_types_and_no_longer_than_that(desk: Desk, clock: Clock) -> None:
    assert await desk.hold(NINE, "conversation-1") == Held(NOW + HOLD)

    assert isinstance(await desk.book(NINE, JOHN, "tap-2", NOW), NoLongerFree)
    assert NINE not in await desk.openings("first_visit", "ann")
    assert NINE in await desk.openings("first_visit", "ann", holder="conversation-1")
    clock.now += HOLD
    assert await booked(desk, NINE, JOHN, "tap-3")


async def test_who_held_a_time_gets_it(desk: Desk) -> None:
    await desk.hold(NINE, "conversation-1")

    assert isinstance(await desk.book(NINE, JANE, "tap-1", NOW, holder="conversation-1"), Kept)


async def test_what_is_given_up_is_free(desk: Desk) -> None:
    await desk.hold(NINE, "conversation-1")
    await desk.release("conversation-1")

    assert await booked(desk, NINE, JOHN)


# Looking up


@pytest.mark.parametrize(
    "given", [Contact("", phone=JANE.phone), Contact("", email="Jane@Example.com"), JANE], ids=["phone", "mail", "both"]
)
async def test_reference_and_one_way_to_be_reached_show_an_appointment(desk: Desk, given: Contact) -> None:
    kept = await booked(desk)

    assert await desk.look_up(kept.reference, given) == kept


async def test_a_wrong_contact_and_an_unknown_reference_are_answered_alike(desk: Desk) -> None:
    kept = await booked(desk)

    assert await desk.look_up(kept.reference, JOHN) is None
    assert await desk.look_up(kept.reference, Contact("")) is None
    assert await desk.look_up("AB2C-D3EF", JANE) is None


async def test_an_appointment_whose_contact_was_erased_is_shown_to_nobody(desk: Desk, store: Store, clock: Clock) -> None:
    kept = await booked(desk)
    clock.now = NINE.end + dt.timedelta(days=31)
    store.purge(30)

    assert await desk.look_up(kept.reference, JANE) is None
    assert await desk.look_up(kept.reference, Contact("", "", "")) is None


# Moving and cancelling


async def test_a_moved_appointment_has_its_new_time_and_the_old_one_is_free(desk: Desk) -> None:
    kept = await booked(desk)

    answer = await desk.move(kept, NOON, "tap-2")

    assert isinstance(answer, Kept)
    assert (answer.appointment.opening, answer.appointment.revision) == (NOON, 1)
    assert await booked(desk, NINE, JOHN, "tap-3")
    # The second tap of the same.
    assert await desk.move(kept, NOON, "tap-2") == answer


async def test_a_move_to_a_taken_time_leaves_the_old_one(desk: Desk) -> None:
    kept = await booked(desk)
    await booked(desk, NOON, JOHN, "tap-2")

    answer = await desk.move(kept, NOON, "tap-3")

    assert isinstance(answer, NoLongerFree)
    assert await desk.look_up(kept.reference, JANE) == kept


async def test_less_than_a_day_before_only_the_clinic_moves_or_cancels(desk: Desk, clock: Clock) -> None:
    kept = await booked(desk)
    clock.now = NINE.start - dt.timedelta(hours=23)
    later = opening(3, "09:00")

    assert await desk.move(kept, later, "tap-2") == Refused("too_late_to_change")
    assert await desk.cancel(kept) == Refused("too_late_to_change")
    moved = await desk.move(kept, later, "tap-3", by_staff=True)
    assert isinstance(moved, Kept)
    assert isinstance(await desk.cancel(moved.appointment, by_staff=True), Kept)


async def test_who_has_an_old_picture_of_an_appointment_is_told_so(desk: Desk) -> None:
    kept = await booked(desk)
    await desk.move(kept, NOON, "tap-2")

    assert await desk.move(kept, TEN, "tap-3") == Refused("changed")
    assert await desk.cancel(kept) == Refused("changed")


async def test_cancelling_twice_says_the_same_twice(desk: Desk) -> None:
    kept = await booked(desk)

    first, second = await desk.cancel(kept), await desk.cancel(kept)

    assert isinstance(first, Kept)
    assert first == second
    assert first.appointment.state is State.CANCELLED
    assert await desk.move(first.appointment, NOON, "tap-2") == Refused("cancelled")


async def test_a_service_is_not_changed_by_moving(desk: Desk) -> None:
    kept = await booked(desk)

    assert await desk.move(kept, opening(2, "09:00", FOLLOW_UP), "tap-2") == Refused("invalid")


# Bad days


async def test_without_its_database_the_desk_is_down_and_says_nothing_else(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    store = Store(f"sqlite:///{tmp_path / 'kept' / 'booking.db'}", clock)
    desk = Desk(booking(), store, Embedded(booking(), store), clock)

    assert await desk.book(NINE, JANE, "tap-1", NOW) == Down()
    assert await desk.hold(NINE, "conversation-1") == Down()
    assert not await desk.message_to_clinic("Jane", JANE, "call_back", "tap-2")
    with pytest.raises(BackendDown):
        await desk.openings("first_visit")
    with pytest.raises(BackendDown):
        await desk.look_up("AB2C-D3EF", JANE)


async def test_a_system_that_cannot_say_who_is_busy_is_down(store: Store, clock: Clock) -> None:
    office = Office()
    office.mood = ["down"]

    with pytest.raises(BackendDown):
        await Desk(booking(), store, office, clock).openings("first_visit")


async def test_a_system_with_openings_of_its_own_is_believed_but_for_what_is_booked_or_held_here(store: Store, clock: Clock) -> None:
    office = Office(openings="own")
    late, too_soon = opening(1, "19:30"), opening(24, "11:00", month=11)
    office.offers = [late, TEN, NINE, too_soon]
    desk = Desk(booking(), store, office, clock)

    assert await desk.openings("first_visit") == [NINE, TEN, late]
    await booked(desk, late)
    await desk.hold(NINE, "conversation-1")
    assert await desk.openings("first_visit") == [TEN]
    assert await desk.openings("first_visit", holder="conversation-1") == [NINE, TEN]
    assert await desk.book(too_soon, JOHN, "tap-2", NOW) == Refused("too_soon")


async def test_a_clinic_that_books_on_its_own_page_has_a_link_and_no_openings(store: Store, clock: Clock) -> None:
    page = Link(LinkSettings("other", "https://example.com/book?what={service}&when={start}", {"first_visit": "17"}), ZONE)
    desk = Desk(booking(), store, page, clock)

    assert await desk.openings("first_visit") == []
    assert await desk.book(NINE, JANE, "tap-1", NOW) == Refused("not_allowed")
    assert desk.link("first_visit", NINE) == "https://example.com/book?what=17&when=2026-12-01T09%3A00%3A00-08%3A00"
    assert desk.link() == "https://example.com/book"
