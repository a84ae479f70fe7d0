"""Accounts of staff: made, used, locked, given a second factor, and taken away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from frontdesk.database import Database
from frontdesk.staff.audit import Audit
from frontdesk.staff.people import LOCKED_FOR, TRIES, NameInvalid, NameTaken, NameUnknown, PasswordWeak, People, Role, SignInRefused
from frontdesk.staff.sessions import IDLE, LONGEST, Sessions
from frontdesk.staff.tables import tables

PASSWORD = "four green chairs outside"
START = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)


class Clock:
    """Tells the time that a test has set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now

    def wait(self, span: dt.timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'staff.db'}", tables)


@pytest.fixture
def people(database: Database, clock: Clock) -> People:
    # Cheap on purpose: the strength of the real one is argon2-cffi's default.
    made = People(database, clock, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    made.add("Ana Ruiz", PASSWORD, Role.EDITOR)
    return made


def test_who_knows_the_password_comes_in(people: People) -> None:
    person = people.sign_in("ana ruiz", PASSWORD)

    assert (person.name, person.role) == ("Ana Ruiz", Role.EDITOR)


@pytest.mark.parametrize(("name", "password"), [("Ana Ruiz", "wrong"), ("Nobody", PASSWORD), ("", ""), ("Ana Ruiz", PASSWORD + " ")])
def test_who_does_not_is_refused_in_the_same_words(people: People, name: str, password: str) -> None:
    with pytest.raises(SignInRefused, match="that name, password or code is not right"):
        people.sign_in(name, password)


def test_a_name_that_nobody_has_takes_a_check_of_a_password_too(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the time would tell which names there are."""
    checked: list[str] = []
    whole = People._fits
    monkeypatch.setattr(People, "_fits", lambda self, hashed, password: checked.append(password) or whole(self, hashed, password))

    with pytest.raises(SignInRefused):
        people.sign_in("Nobody", PASSWORD)

    assert checked == [PASSWORD]


def test_too_many_tries_lock_an_account_for_a_quarter_of_an_hour(people: People, clock: Clock) -> None:
    for _ in range(TRIES):
        with pytest.raises(SignInRefused):
            people.sign_in("Ana Ruiz", "wrong")

    with pytest.raises(SignInRefused):
        people.sign_in("Ana Ruiz", PASSWORD)
    clock.wait(LOCKED_FOR)
    assert people.sign_in("Ana Ruiz", PASSWORD)


def test_a_right_password_in_between_starts_the_count_anew(people: People) -> None:
    for _ in range(3):
        for _ in range(TRIES - 1):
            with pytest.raises(SignInRefused):
                people.sign_in("Ana Ruiz", "wrong")
        people.sign_in("Ana Ruiz", PASSWORD)


def test_the_password_is_not_in_the_database(people: People, tmp_path: Path) -> None:
    for path in tmp_path.iterdir():
        assert PASSWORD.encode() not in path.read_bytes()


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "Ben Okri 12", "elevenchars"])
def test_a_password_that_is_easy_to_guess_is_not_taken(people: People, password: str) -> None:
    with pytest.raises(PasswordWeak):
        people.add("Ben Okri", password, Role.EDITOR)


def test_a_name_is_there_once_whatever_its_capitals(people: People) -> None:
    with pytest.raises(NameTaken):
        people.add("ANA  RUIZ", PASSWORD, Role.ADMIN)


@pytest.mark.parametrize("name", ["", "x", "<script>", "a" * 81, "Ana\nRuiz2;"])
def test_a_name_is_a_name(people: People, name: str) -> None:
    with pytest.raises(NameInvalid):
        people.add(name, PASSWORD, Role.EDITOR)


def test_a_second_factor_is_asked_for_once_it_is_confirmed(people: People, clock: Clock) -> None:
    secret, address = people.start_totp("Ana Ruiz")
    assert address.startswith("otpauth://totp/Frontdesk:Ana%20Ruiz")
    people.sign_in("Ana Ruiz", PASSWORD)

    people.confirm_totp("Ana Ruiz", secret, pyotp.TOTP(secret).at(clock.now))

    with pytest.raises(SignInRefused):
        people.sign_in("Ana Ruiz", PASSWORD)
    assert people.sign_in("Ana Ruiz", PASSWORD, pyotp.TOTP(secret).at(clock.now)).has_totp


def test_a_code_opens_once(people: People, clock: Clock) -> None:
    secret, _ = people.start_totp("Ana Ruiz")
    code = pyotp.TOTP(secret).at(clock.now)
    people.confirm_totp("Ana Ruiz", secret, code)
    people.sign_in("Ana Ruiz", PASSWORD, code)

    with pytest.raises(SignInRefused):
        people.sign_in("Ana Ruiz", PASSWORD, code)


def test_a_code_of_an_hour_ago_opens_nothing(people: People, clock: Clock) -> None:
    secret, _ = people.start_totp("Ana Ruiz")
    old = pyotp.TOTP(secret).at(clock.now)
    people.confirm_totp("Ana Ruiz", secret, old)
    clock.wait(dt.timedelta(hours=1))

    with pytest.raises(SignInRefused):
        people.sign_in("Ana Ruiz", PASSWORD, old)


def test_a_session_is_found_until_it_has_been_idle_too_long(people: People, database: Database, clock: Clock) -> None:
    sessions = Sessions(database, clock)
    secret = sessions.start(people.get("Ana Ruiz"))

    clock.wait(IDLE - dt.timedelta(minutes=1))
    found = sessions.find(secret)
    assert found
    assert found.name == "Ana Ruiz"
    clock.wait(IDLE + dt.timedelta(seconds=1))
    assert sessions.find(secret) is None


def test_a_session_ends_with_the_day_however_busy_it_was(people: People, database: Database, clock: Clock) -> None:
    sessions = Sessions(database, clock)
    secret = sessions.start(people.get("Ana Ruiz"))

    while clock.now - START < LONGEST:
        assert sessions.find(secret)
        clock.wait(IDLE / 2)
    clock.wait(dt.timedelta(seconds=1))

    assert sessions.find(secret) is None


@pytest.mark.parametrize("end", ["sign_out", "password", "remove"])
def test_what_ends_all_sessions(people: People, database: Database, clock: Clock, end: str) -> None:
    sessions = Sessions(database, clock)
    secret = sessions.start(people.get("Ana Ruiz"))

    if end == "sign_out":
        sessions.end(secret)
    elif end == "password":
        people.change("Ana Ruiz", password="another four green chairs")
    else:
        people.remove("Ana Ruiz")

    assert sessions.find(secret) is None


def test_another_role_counts_at_once(people: People, database: Database, clock: Clock) -> None:
    sessions = Sessions(database, clock)
    secret = sessions.start(people.get("Ana Ruiz"))

    people.change("Ana Ruiz", role=Role.PUBLISHER)

    found = sessions.find(secret)
    assert found
    assert found.role.includes(Role.PUBLISHER)


def test_the_secret_of_a_session_is_not_in_the_database(people: People, database: Database, clock: Clock, tmp_path: Path) -> None:
    secret = Sessions(database, clock).start(people.get("Ana Ruiz"))

    for path in tmp_path.iterdir():
        assert secret.encode() not in path.read_bytes()


def test_who_is_not_there_cannot_be_changed(people: People) -> None:
    with pytest.raises(NameUnknown):
        people.change("Nobody", role=Role.ADMIN)


def test_deeds_are_read_back_the_latest_first(database: Database, clock: Clock) -> None:
    audit = Audit(database, clock)
    audit.note("Ana Ruiz", "topic_saved", "cost")
    audit.note("Ana Ruiz", "published", "20261124-0900")

    assert [(deed.what, deed.subject) for deed in audit.last()] == [("published", "20261124-0900"), ("topic_saved", "cost")]
