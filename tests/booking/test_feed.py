"""The staff's calendar feed: what it holds, that calendars take it, and that its link opens nothing once there is a new one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import icalendar
import pytest
import recurring_ical_events
from hypothesis import HealthCheck, given, settings

from frontdesk.booking.appointment import Appointment, Contact, State
from frontdesk.booking.feed import Feed, FeedSecret
from frontdesk.booking.invites import plain_line, uid_of
from frontdesk.booking.openings import busy_until
from frontdesk.booking.outbox import Kind, NewRow
from frontdesk.booking.store import Store
from frontdesk.secret_files import KeysInvalid
from tests.booking.clinic import JANE, NOW, Clock, appointment, booking, opening
from tests.booking.test_invites import TEXTS, assert_well_formed

WORDS = {"cancelled": "Canceled"}


@pytest.fixture
def keep(store: Store) -> Callable[[Appointment], Appointment]:
    """A function that puts an appointment into the store."""

    def keep_one(wanted: Appointment) -> Appointment:
        until = busy_until(booking(), wanted.opening)
        kept, _ = store.book(wanted, until, request_key=wanted.reference, holder=None, per_visitor=20, tell=[])
        return kept

    return keep_one


def feed(store: Store, clock: Callable[[], dt.datetime] = lambda: NOW, **changes: object) -> Feed:
    return Feed("Example Clinic", booking(**changes), store, WORDS, clock)


def entries(feed: Feed) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(feed.render(feed.appointments())).walk("VEVENT"))


def test_it_holds_the_last_thirty_days_and_all_that_is_to_come(store: Store, keep) -> None:
    kept = [
        keep(appointment(opening(day, "09:00", month=month), reference=reference))
        for month, day, reference in ((10, 26, "AB2C-D3E2"), (10, 25, "AB2C-D3E3"), (12, 1, "AB2C-D3E4"))
    ]

    assert [str(entry["UID"]) for entry in entries(feed(store))] == [uid_of(kept[0].reference), uid_of(kept[2].reference)]


def test_each_state_is_one_that_calendars_know(store: Store, keep) -> None:
    keep(appointment(opening(1, "09:00")))
    keep(appointment(opening(1, "13:00"), reference="AB2C-D3EG", state=State.REQUESTED))
    off = keep(appointment(opening(2, "09:00"), reference="AB2C-D3EH"))
    store.cancel(off, tell=[])
    keep(appointment(opening(2, "13:00"), reference="AB2C-D3EJ", state=State.REFUSED))

    found = [(str(entry["STATUS"]), str(entry["TRANSP"])) for entry in entries(feed(store))]

    assert found == [("CONFIRMED", "OPAQUE"), ("TENTATIVE", "OPAQUE"), ("CANCELLED", "TRANSPARENT")]


def test_an_appointment_is_the_same_entry_after_a_move_and_after_its_end(store: Store, keep) -> None:
    kept = keep(appointment(opening(1, "09:00")))
    before = entries(feed(store))
    later = opening(2, "09:00")
    until = busy_until(booking(), later)
    tell = [NewRow(Kind.MESSAGE, "changed", None)]
    moved, _ = store.move(kept, later, until, state=State.CONFIRMED, keeps_old=False, request_key="k", holder=None, tell=tell)
    after = entries(feed(store))
    store.cancel(moved, tell=[])
    at_last = entries(feed(store))

    assert [str(entry["UID"]) for entry in (*before, *after, *at_last)] == [uid_of(kept.reference)] * 3
    assert [int(entry["SEQUENCE"]) for entry in (*before, *after, *at_last)] == [0, 1, 2]
    assert str(at_last[0]["SUMMARY"]) == "Canceled: First visit (AB2C-D3EF)"


def test_it_names_nobody_unless_the_clinic_wants_it(store: Store, keep) -> None:
    keep(appointment(opening(1, "09:00")))

    plain, named = feed(store), feed(store, feed_names=True)

    assert [str(entry["SUMMARY"]) for entry in entries(plain)] == ["First visit (AB2C-D3EF)"]
    assert [str(entry["SUMMARY"]) for entry in entries(named)] == ["First visit: Jane Roe (AB2C-D3EF)"]
    assert [str(entry["DESCRIPTION"]) for entry in entries(plain)] == ["Ann Li"]
    for one in (plain, named):
        text = one.render(one.appointments())
        assert [secret for secret in ("jane@", "5550142", "ATTENDEE") if secret in text] == []
    assert "Jane" not in plain.render(plain.appointments())


def test_a_program_that_expands_calendars_finds_each_appointment_on_its_day(store: Store, keep) -> None:
    keep(appointment(opening(1, "09:00")))
    keep(appointment(opening(1, "13:00"), reference="AB2C-D3EG"))
    keep(appointment(opening(2, "09:00"), reference="AB2C-D3EH"))
    one = feed(store)

    calendar = icalendar.Calendar.from_ical(one.render(one.appointments()))

    found = recurring_ical_events.of(calendar).between(dt.datetime(2026, 12, 1, tzinfo=dt.UTC), dt.datetime(2026, 12, 2, tzinfo=dt.UTC))
    assert sorted(entry.start for entry in found) == [opening(1, "09:00").start, opening(1, "13:00").start]


def test_it_says_how_often_to_look(store: Store) -> None:
    text = feed(store).render([])
    calendar = icalendar.Calendar.from_ical(text)

    assert calendar["METHOD"] == "PUBLISH"
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT15M" in text
    assert calendar["X-PUBLISHED-TTL"] == "PT15M"
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Example Clinic"


def test_its_fingerprint_changes_with_what_it_holds_and_not_with_time(store: Store, keep, clock: Clock) -> None:
    kept = keep(appointment(opening(1, "09:00")))
    one = feed(store, clock)
    first = one.fingerprint(one.appointments())
    clock.advance(minutes=20)
    again = one.fingerprint(one.appointments())
    store.cancel(kept, tell=[])

    assert again == first
    assert one.fingerprint(one.appointments()) != first


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TEXTS, title=TEXTS)
def test_no_name_breaks_it(tmp_path: Path, name: str, title: str) -> None:
    service = replace(booking().services[0], title=title)
    one = Feed(name or "x", booking(services=(service,), feed_names=True), Store(f"sqlite:///{tmp_path / 'b.db'}", Clock()), WORDS, Clock())

    text = one.render([appointment(opening(1, "09:00"), Contact(name, JANE.phone))])

    assert_well_formed(text)
    [entry] = icalendar.Calendar.from_ical(text).walk("VEVENT")
    who = plain_line(name, 60)
    assert str(entry["SUMMARY"]) == f"{plain_line(title)}{f': {who}' if who else ''} (AB2C-D3EF)"
    assert "ATTENDEE" not in entry


# The link


def test_there_is_no_feed_until_somebody_asks_for_its_link(tmp_path: Path) -> None:
    secret = FeedSecret({"FRONTDESK_DATA_DIR": str(tmp_path)})

    assert not secret.opens("")
    assert not secret.opens("x" * 64)
    made = secret.read()
    assert secret.opens(made)
    assert FeedSecret({"FRONTDESK_DATA_DIR": str(tmp_path)}).read() == made
    assert (tmp_path / "feed.secret").stat().st_mode & 0o777 == 0o600


def test_a_new_link_ends_the_old_one(tmp_path: Path) -> None:
    environment = {"FRONTDESK_DATA_DIR": str(tmp_path)}
    of_the_gateway = FeedSecret(environment)
    old = FeedSecret(environment).read()
    new = FeedSecret(environment).renew()

    assert not of_the_gateway.opens(old)
    assert of_the_gateway.opens(new)
    assert [path.name for path in tmp_path.iterdir()] == ["feed.secret"]


@pytest.mark.parametrize("secret", ["", "ß" * 40, "\x00", "\ud800"])
def test_an_address_that_is_no_text_opens_nothing(tmp_path: Path, secret: str) -> None:
    own = FeedSecret({"FRONTDESK_DATA_DIR": str(tmp_path)})
    own.read()

    assert not own.opens(secret)


def test_a_secret_from_outside_is_used_and_changed_there(tmp_path: Path) -> None:
    environment = {"FRONTDESK_DATA_DIR": str(tmp_path), "FRONTDESK_FEED_SECRET": "s" * 40}

    assert FeedSecret(environment).opens("s" * 40)
    assert "s" * 40 not in repr(FeedSecret(environment))
    with pytest.raises(KeysInvalid, match="FRONTDESK_FEED_SECRET is set; change it there"):
        FeedSecret(environment).renew()
    with pytest.raises(KeysInvalid, match="FRONTDESK_FEED_SECRET must have at least 32"):
        FeedSecret(environment | {"FRONTDESK_FEED_SECRET": "short"})
