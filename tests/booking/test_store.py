"""Appointments are kept together with the time they claim and with what is to be told, in SQLite and in PostgreSQL alike."""

from __future__ import annotations

import datetime as dt
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from frontdesk.booking.appointment import Appointment, Contact, Opening, State
from frontdesk.booking.database import appointments, cells, outbox, requests
from frontdesk.booking.openings import busy_until
from frontdesk.booking.outbox import Kind, NewRow, Outcome, RowState
from frontdesk.booking.references import read_reference
from frontdesk.booking.store import (
    AppointmentChanged,
    KeyUsed,
    OpeningTaken,
    StillBeingTold,
    Store,
    StoreUnavailable,
    TooManyOpen,
)
from tests.booking.clinic import FOLLOW_UP, JANE, JOHN, NOW, Clock, appointment, booking, opening

NINE, TEN, NOON = opening(1, "09:00"), opening(1, "10:30"), opening(1, "12:00")


def until(wanted: Opening) -> dt.datetime:
    return busy_until(booking(), wanted)


def book(
    store: Store, wanted: Opening, key: str = "tap-1", contact: Contact = JANE, *, operation: str = "confirmation", **how
) -> Appointment:
    kind = Kind.BACKEND if operation == "create" else Kind.MESSAGE
    state = State.REQUESTED if operation == "create" else State.CONFIRMED
    new = appointment(wanted, contact, "", state=state)
    options = {"request_key": key, "holder": None, "per_visitor": 3, "tell": [NewRow(kind, operation, None)], **how}
    kept, _ = store.book(new, until(wanted), **options)
    return kept


def move(store: Store, seen: Appointment, wanted: Opening, key: str = "tap-2", *, keeps_old: bool = False, **how) -> Appointment:
    kind, operation = (Kind.BACKEND, "move") if keeps_old else (Kind.MESSAGE, "changed")
    state = State.REQUESTED if keeps_old else State.CONFIRMED
    options = {"state": state, "keeps_old": keeps_old, "request_key": key, "holder": None, "tell": [NewRow(kind, operation, None)], **how}
    kept, _ = store.move(seen, wanted, until(wanted), **options)
    return kept


def spans(store: Store) -> list[tuple[str, str, str]]:
    """Return what is claimed, in the clinic's time; claims that touch are one."""
    zone = booking().zone
    joined: list[list] = []
    for one in sorted(store.claimed(NOW, NOW + dt.timedelta(days=60)), key=lambda one: (one.practitioner, one.start)):
        if joined and joined[-1][0] == one.practitioner and joined[-1][2] == one.start:
            joined[-1][2] = one.end
        else:
            joined.append([one.practitioner, one.start, one.end])
    return [(who, f"{start.astimezone(zone):%d %H:%M}", f"{end.astimezone(zone):%H:%M}") for who, start, end in joined]


def keys(store: Store) -> list[str]:
    return [row.key.partition(":")[2] for row in store.rows()]


# Booking


def test_a_booking_is_kept_with_its_time_and_what_is_to_be_told(store: Store) -> None:
    kept = book(store, NINE)

    assert store.get(kept.reference) == kept
    assert read_reference(kept.reference) == kept.reference
    assert spans(store) == [("ann", "01 09:00", "10:30")]
    assert keys(store) == ["confirmation:0"]


def test_the_time_a_practitioner_needs_afterwards_is_not_free_either(store: Store) -> None:
    book(store, NINE)

    with pytest.raises(OpeningTaken):
        book(store, opening(1, "10:15"), "tap-2", JOHN)
    book(store, TEN, "tap-3", JOHN)
    book(store, opening(1, "10:15", practitioner="bo"), "tap-4", JOHN)


def test_an_appointment_that_overlaps_one_and_starts_earlier_is_taken_too(store: Store) -> None:
    book(store, TEN)

    with pytest.raises(OpeningTaken):
        book(store, opening(1, "09:15"), "tap-2", JOHN)
    assert keys(store) == ["confirmation:0"]


def test_the_same_key_twice_books_once_and_says_the_same(store: Store) -> None:
    first = book(store, NINE)

    assert book(store, NINE) == first
    assert keys(store) == ["confirmation:0"]


def test_a_key_that_comes_back_with_another_time_is_refused(store: Store) -> None:
    book(store, NINE)

    with pytest.raises(KeyUsed):
        book(store, TEN)


@pytest.mark.parametrize("other", [Contact("J.", phone=JANE.phone), Contact("J.", email="JANE@example.com")], ids=["phone", "mail"])
def test_a_visitor_has_three_coming_appointments_at_most_by_either_way_to_reach_them(store: Store, clock: Clock, other: Contact) -> None:
    for number, wanted in enumerate((NINE, TEN, NOON)):
        book(store, wanted, f"tap-{number}")
    fourth = opening(2, "09:00")

    with pytest.raises(TooManyOpen):
        book(store, fourth, "tap-9", other)

    clock.now = NINE.end
    book(store, fourth, "tap-9", other)


# Holds


def test_the_name_of_a_conversation_is_not_kept_beside_appointments(store: Store) -> None:
    store.hold(NINE, until(NINE), "conversation-1", NOW + dt.timedelta(minutes=5))
    book(store, TEN, "conversation-1:tap-1")

    with store._database.reading() as connection:
        kept = [connection.execute(table.select()).all() for table in (cells, requests, outbox, appointments)]
    assert "conversation" not in str(kept)


def test_a_time_that_is_held_is_taken_for_others_and_becomes_the_holders_booking(store: Store, clock: Clock) -> None:
    store.hold(NINE, until(NINE), "conversation-1", NOW + dt.timedelta(minutes=5))

    with pytest.raises(OpeningTaken):
        book(store, NINE, "tap-1", JOHN)
    assert store.claimed(NOW, NINE.end, except_holder="conversation-1") == []
    book(store, NINE, "tap-2", holder="conversation-1")
    assert spans(store) == [("ann", "01 09:00", "10:30")]


def test_a_hold_that_has_expired_is_nobodys(store: Store, clock: Clock) -> None:
    store.hold(NINE, until(NINE), "conversation-1", NOW + dt.timedelta(minutes=5))
    clock.advance(minutes=5)

    assert spans(store) == []
    book(store, NINE, "tap-1", JOHN)


def test_who_holds_another_time_gives_up_the_first(store: Store) -> None:
    store.hold(NINE, until(NINE), "conversation-1", NOW + dt.timedelta(minutes=5))
    store.hold(NOON, until(NOON), "conversation-1", NOW + dt.timedelta(minutes=5))

    assert spans(store) == [("ann", "01 12:00", "13:30")]
    store.release("conversation-1")
    assert spans(store) == []


def test_a_hold_that_is_refused_leaves_the_one_before(store: Store) -> None:
    book(store, TEN, contact=JOHN)
    store.hold(NOON, until(NOON), "conversation-1", NOW + dt.timedelta(minutes=5))

    with pytest.raises(OpeningTaken):
        store.hold(TEN, until(TEN), "conversation-1", NOW + dt.timedelta(minutes=5))

    assert spans(store) == [("ann", "01 10:30", "13:30")]


def test_who_moves_by_a_quarter_of_an_hour_can_hold_the_new_time(store: Store) -> None:
    kept = book(store, NINE)
    later = opening(1, "09:15")
    with pytest.raises(OpeningTaken):
        store.hold(later, until(later), "conversation-1", NOW + dt.timedelta(minutes=5))

    store.hold(later, until(later), "conversation-1", NOW + dt.timedelta(minutes=5), moving=kept.reference)
    move(store, kept, later, holder="conversation-1")

    assert spans(store) == [("ann", "01 09:15", "10:45")]


# Moving and cancelling


def test_a_move_claims_the_new_time_and_frees_the_old(store: Store) -> None:
    moved = move(store, book(store, NINE), opening(2, "14:00", practitioner="bo"))

    assert (moved.revision, moved.state) == (1, State.CONFIRMED)
    assert spans(store) == [("bo", "02 14:00", "15:30")]
    assert keys(store) == ["confirmation:0", "changed:1"]


def test_a_move_to_a_time_that_is_taken_changes_nothing(store: Store) -> None:
    kept = book(store, NINE)
    book(store, TEN, "tap-9", JOHN)
    before = spans(store)

    with pytest.raises(OpeningTaken):
        move(store, kept, opening(1, "09:30"))

    assert store.get(kept.reference) == kept
    assert spans(store) == before
    assert keys(store) == ["confirmation:0", "confirmation:0"]


def test_the_same_move_twice_moves_once(store: Store) -> None:
    kept = book(store, NINE)

    assert move(store, kept, NOON) == move(store, kept, NOON)
    assert keys(store) == ["confirmation:0", "changed:1"]


def test_who_has_not_seen_the_last_change_cannot_move(store: Store) -> None:
    kept = book(store, NINE)
    move(store, kept, NOON)

    with pytest.raises(AppointmentChanged):
        move(store, kept, TEN, "tap-3")


def test_cancelling_frees_the_time_and_twice_is_no_error(store: Store) -> None:
    kept = book(store, NINE)
    tell = [NewRow(Kind.MESSAGE, "cancelled", None)]

    gone, is_new = store.cancel(kept, tell=tell)
    again, is_new_again = store.cancel(kept, tell=tell)

    assert (gone.state, gone.revision, is_new) == (State.CANCELLED, 1, True)
    assert (again, is_new_again) == (gone, False)
    assert spans(store) == []
    assert keys(store) == ["confirmation:0", "cancelled:1"]


# When the clinic's system has a say


def test_the_old_time_stays_claimed_until_the_system_has_agreed_to_a_move(store: Store) -> None:
    kept = book(store, NINE)
    moved = move(store, kept, NOON, keeps_old=True)
    assert spans(store) == [("ann", "01 09:00", "10:30"), ("ann", "01 12:00", "13:30")]

    now = store.settle(store.row(f"{moved.reference}:move:1"), Outcome(RowState.DONE, state=State.CONFIRMED, is_settled=True))

    assert now == replace(moved, state=State.CONFIRMED)
    assert spans(store) == [("ann", "01 12:00", "13:30")]


def test_a_move_that_the_system_does_not_take_goes_back_to_where_it_was(store: Store) -> None:
    kept = book(store, NINE)
    moved = move(store, kept, opening(1, "09:15"), keeps_old=True)

    now = store.settle(
        store.row(f"{moved.reference}:move:1"), Outcome(RowState.DONE, error="taken", is_undone=True, messages=("not_moved",))
    )

    assert now == kept
    assert spans(store) == [("ann", "01 09:00", "10:30")]
    assert store.row(f"{kept.reference}:not_moved:1").opening == opening(1, "09:15")
    again = move(store, kept, NOON, "tap-3", keeps_old=True)
    assert again.revision == 2


def test_an_appointment_cannot_move_before_the_system_has_heard_of_it(store: Store) -> None:
    kept = book(store, NINE, operation="create")

    with pytest.raises(StillBeingTold):
        move(store, kept, NOON, keeps_old=True)


def test_a_new_appointment_that_the_system_does_not_take_frees_its_time(store: Store) -> None:
    kept = book(store, NINE, operation="create")
    told = Outcome(RowState.DONE, error="taken", is_undone=True, messages=("refused_with_alternatives",))

    now = store.settle(store.row(f"{kept.reference}:create:0"), told)

    assert now == replace(kept, state=State.REFUSED)
    assert spans(store) == []
    assert keys(store) == ["create:0", "refused_with_alternatives:0"]


def test_what_was_cancelled_meanwhile_stays_cancelled_when_the_system_confirms(store: Store) -> None:
    kept = book(store, NINE, operation="create")
    row = store.row(f"{kept.reference}:create:0")
    store.cancel(kept, tell=[NewRow(Kind.BACKEND, "cancel", None)])

    now = store.settle(row, Outcome(RowState.DONE, state=State.CONFIRMED, remote="abc", messages=("confirmation",)))

    assert now is not None
    assert (now.state, now.remote) == (State.CANCELLED, "abc")
    assert keys(store) == ["create:0", "cancel:1"]


def test_what_another_worker_has_settled_stays_as_it_is(store: Store) -> None:
    kept = book(store, NINE, operation="create")
    row = store.row(f"{kept.reference}:create:0")
    store.settle(row, Outcome(RowState.DONE, state=State.CONFIRMED, remote="abc", messages=("confirmation",)))

    now = store.settle(row, Outcome(RowState.DONE, error="taken", is_undone=True, messages=("refused_with_alternatives",)))

    assert now is not None
    assert (now.state, now.remote) == (State.CONFIRMED, "abc")
    assert keys(store) == ["create:0", "confirmation:0"]


@pytest.mark.parametrize(
    ("agrees", "state", "message"), [(True, State.CONFIRMED, "confirmation"), (False, State.REFUSED, "refused_with_alternatives")]
)
def test_a_person_at_the_clinic_answers_a_request(store: Store, agrees: bool, state: State, message: str) -> None:
    kept = book(store, NINE, operation="create")
    store.settle(store.row(f"{kept.reference}:create:0"), Outcome(RowState.DONE, state=State.REQUESTED))

    answered = store.answer(kept.reference, agrees=agrees)

    assert answered == replace(kept, state=state)
    assert keys(store) == ["create:0", f"{message}:0"]
    assert store.answer(kept.reference, agrees=agrees) is None


# The outbox


def test_a_row_is_claimed_by_one_worker_and_again_when_its_lease_ends(store: Store, clock: Clock) -> None:
    book(store, NINE)
    lease = dt.timedelta(seconds=60)

    assert [row.tries for row in store.claim_due(lease)] == [1]
    assert store.claim_due(lease) == []
    clock.advance(seconds=60)
    assert [row.tries for row in store.claim_due(lease)] == [2]


def test_the_system_hears_of_an_appointment_in_the_order_in_which_things_happened(store: Store, clock: Clock) -> None:
    kept = book(store, NINE, operation="create")
    store.cancel(kept, tell=[NewRow(Kind.BACKEND, "cancel", None), NewRow(Kind.MESSAGE, "cancelled", None)])
    lease = dt.timedelta(seconds=60)

    first = store.claim_due(lease)
    assert [row.operation for row in first] == ["create", "cancelled"]
    store.settle(first[0], Outcome(RowState.PENDING, error="transient", next_try_at=clock.now + dt.timedelta(minutes=5)))
    assert store.claim_due(lease) == []
    clock.advance(minutes=5)
    [again] = [row for row in store.claim_due(lease) if row.kind is Kind.BACKEND]
    store.settle(again, Outcome(RowState.DONE))
    assert [row.operation for row in store.claim_due(lease)] == ["cancel"]


def test_a_row_carries_the_time_it_is_about_even_when_the_appointment_has_moved_on(store: Store) -> None:
    kept = book(store, NINE)
    move(store, kept, NOON)

    told = {row.operation: row.appointment.opening for row in store.claim_due(dt.timedelta(seconds=60)) if row.appointment}
    assert told == {"confirmation": NINE, "changed": NOON}


def test_a_wish_to_be_called_is_kept_once_and_forgotten_when_it_is_passed_on(store: Store) -> None:
    row = NewRow(Kind.MESSAGE, "call_back", None, details={"name": "Jane", "phone": "+15035550142", "email": None}, key="tap-1")
    store.add_rows([row])
    store.add_rows([row])

    [claimed] = store.claim_due(dt.timedelta(seconds=60))
    assert claimed.details["name"] == "Jane"
    store.settle(claimed, Outcome(RowState.DONE))
    assert [kept.details for kept in store.rows()] == [{}]


def test_what_was_given_up_can_be_tried_again(store: Store) -> None:
    kept = book(store, NINE, operation="create")
    row = store.row(f"{kept.reference}:create:0")
    store.settle(row, Outcome(RowState.DEAD, error="misconfigured", why="misconfigured", messages=("undelivered",)))
    assert store.row(f"{kept.reference}:undelivered:0").details == {"why": "misconfigured"}
    assert [one.operation for one in store.rows(undelivered_since=NOW - dt.timedelta(hours=1))] == ["create"]

    assert store.retry(row.id)

    assert store.row(row.key).state is RowState.PENDING


def test_what_a_person_has_seen_to_is_off_the_list_and_stays_in_their_hands(store: Store) -> None:
    kept = book(store, NINE, operation="create")
    told = Outcome(RowState.DEAD, error="misconfigured", why="misconfigured", messages=("undelivered",))
    store.settle(store.row(f"{kept.reference}:create:0"), told)

    assert store.handled(kept.reference) == 1

    assert store.rows(undelivered_since=NOW - dt.timedelta(hours=1)) == []
    store.cancel(kept, tell=[NewRow(Kind.BACKEND, "cancel", None)])
    # The system never had it: the clinic is told of the cancellation as well.
    assert store.row(f"{kept.reference}:cancel:1").follows_dead


# What is erased


def test_contact_data_are_erased_thirty_days_after_the_appointment_and_the_rest_is_kept(store: Store, clock: Clock) -> None:
    old, coming = book(store, NINE), book(store, opening(1, "09:00", month=2, year=2027), "tap-2", JOHN)
    clock.now = NINE.end + dt.timedelta(days=30, minutes=1)

    assert store.purge(30) == 1

    assert store.get(old.reference) == replace(old, contact=Contact(""))
    assert store.get(coming.reference) == coming
    assert [row.reference for row in store.rows()] == [coming.reference]
    assert store.purge(30) == 0


def test_erased_contact_data_are_not_in_the_file_any_more(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "booking.db"
    store = Store(f"sqlite:///{path}", clock)
    kept = book(store, NINE)
    clock.now = NINE.end + dt.timedelta(days=31)
    store.purge(30)

    kept_bytes = b"".join(one.read_bytes() for one in tmp_path.glob("booking.db*"))
    store.close()
    assert kept.reference.encode() in kept_bytes
    assert b"jane@example.com" not in kept_bytes


# The database


def test_the_file_is_its_owners_alone_and_survives_a_power_cut(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "kept" / "booking.db"
    store = Store(f"sqlite:///{path}", clock)
    book(store, NINE)

    for one in (path, *path.parent.glob("booking.db-*")):
        assert stat.S_IMODE(one.stat().st_mode) == 0o600, one
    with store._database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    store.close()


def test_a_database_that_cannot_be_used_says_so_without_what_was_to_be_kept(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    store = Store(f"sqlite:///{tmp_path / 'kept' / 'booking.db'}", clock)

    with pytest.raises(StoreUnavailable) as caught:
        book(store, NINE)

    assert "Jane" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_follow_up_needs_less_time_than_a_first_visit(store: Store) -> None:
    book(store, opening(1, "09:00", FOLLOW_UP))
    book(store, opening(1, "10:00", FOLLOW_UP), "tap-2", JOHN)

    assert spans(store) == [("ann", "01 09:00", "11:00")]
