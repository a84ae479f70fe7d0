"""Tokens open what they were made for, for a while, to whom they were given; every other one is refused, and code knows why."""

from __future__ import annotations

import datetime as dt
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.booking.tokens import (
    LINK_LIFETIME,
    OPENING_LIFETIME,
    BookingTokens,
    Grant,
    TokenExpired,
    TokenForeign,
    TokenForged,
    TokenRefused,
    TokenSpent,
    load_keys,
)
from frontdesk.secret_files import KeysInvalid
from tests.booking.clinic import JANE, Clock, appointment, opening

NINE = opening(1, "09:00")
KEY, OLD_KEY = "k" * 40, "o" * 40


@pytest.fixture
def tokens(clock: Clock) -> BookingTokens:
    return BookingTokens([KEY], clock)


def test_a_button_chooses_the_opening_it_was_made_for(tokens: BookingTokens) -> None:
    assert tokens.read_opening(tokens.opening(NINE, "conversation-1"), "conversation-1") == NINE


def test_a_button_of_another_conversation_is_foreign(tokens: BookingTokens) -> None:
    with pytest.raises(TokenForeign):
        tokens.read_opening(tokens.opening(NINE, "conversation-1"), "conversation-2")


def test_a_button_is_good_for_half_an_hour(tokens: BookingTokens, clock: Clock) -> None:
    token = tokens.opening(NINE, "conversation-1")

    clock.now += OPENING_LIFETIME - dt.timedelta(seconds=1)
    assert tokens.read_opening(token, "conversation-1") == NINE
    clock.advance(seconds=1)
    with pytest.raises(TokenExpired):
        tokens.read_opening(token, "conversation-1")


def test_a_link_opens_its_appointment_until_a_day_after_it(tokens: BookingTokens, clock: Clock) -> None:
    token = tokens.link(appointment(NINE))

    assert tokens.read_link(token, {"AB2C-D3EF": 0}.get) == Grant("AB2C-D3EF", 0)
    clock.now = NINE.end + LINK_LIFETIME
    with pytest.raises(TokenExpired):
        tokens.read_link(token, {"AB2C-D3EF": 0}.get)


def test_a_link_from_before_a_move_is_spent(tokens: BookingTokens) -> None:
    token = tokens.link(appointment(NINE))

    with pytest.raises(TokenSpent):
        tokens.read_link(token, {"AB2C-D3EF": 1}.get)
    with pytest.raises(TokenSpent):
        tokens.read_link(token, {}.get)


def test_a_token_for_one_purpose_is_none_for_another(tokens: BookingTokens) -> None:
    with pytest.raises(TokenForged):
        tokens.read_link(tokens.opening(NINE, "c"), {"AB2C-D3EF": 0}.get)
    with pytest.raises(TokenForged):
        tokens.read_opening(tokens.link(appointment(NINE)), "c")


@given(place=st.integers(0, 200), sign=st.sampled_from("Ab0-_."))
def test_a_token_that_is_changed_anywhere_is_forged(place: int, sign: str) -> None:
    tokens = BookingTokens([KEY], Clock())
    token = tokens.link(appointment(NINE))
    at = place % len(token)
    changed = token[:at] + sign + token[at + 1 :]

    # The last sign holds bits that mean nothing.
    if changed != token and at < len(token) - 1:
        with pytest.raises(TokenForged):
            tokens.read_link(changed, {"AB2C-D3EF": 0}.get)


@given(st.text(max_size=200))
def test_anything_typed_is_forged(typed: str) -> None:
    with pytest.raises(TokenRefused):
        BookingTokens([KEY], Clock()).read_opening(typed, "c")


def test_after_a_change_of_keys_old_links_still_open_and_new_ones_are_signed_with_the_new(clock: Clock) -> None:
    before, during, after = BookingTokens([OLD_KEY], clock), BookingTokens([KEY, OLD_KEY], clock), BookingTokens([KEY], clock)
    old, new = before.link(appointment(NINE)), during.link(appointment(NINE))
    revisions = {"AB2C-D3EF": 0}

    assert during.read_link(old, revisions.get) == after.read_link(new, revisions.get)
    with pytest.raises(TokenForged):
        after.read_link(old, revisions.get)
    with pytest.raises(TokenForged):
        before.read_link(new, revisions.get)


def test_a_token_says_nothing_of_a_person_and_fits_a_button(tokens: BookingTokens) -> None:
    kept = replace(appointment(NINE), contact=JANE)

    assert len(tokens.link(kept)) < 120
    assert len(tokens.opening(NINE, "conversation-1" * 20)) < 200
    assert tokens.link(kept) == tokens.link(replace(kept, contact=replace(JANE, name="Somebody Else")))


# Keys


def test_a_key_is_made_once_kept_for_its_owner_alone_and_shared_by_all_processes(tmp_path: Path) -> None:
    environment = {"FRONTDESK_DATA_DIR": str(tmp_path / "var")}

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_keys(environment), range(32)))

    assert len(keys) == 1
    path = tmp_path / "var" / "booking.secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_given_keys_are_used_and_short_ones_refused(tmp_path: Path) -> None:
    environment = {"FRONTDESK_BOOKING_SECRET": KEY, "FRONTDESK_BOOKING_SECRET_BEFORE": OLD_KEY, "FRONTDESK_DATA_DIR": str(tmp_path)}
    assert load_keys(environment) == (KEY, OLD_KEY)

    with pytest.raises(KeysInvalid, match="FRONTDESK_BOOKING_SECRET_BEFORE must have at least 32"):
        load_keys({**environment, "FRONTDESK_BOOKING_SECRET_BEFORE": "short"})


def test_a_key_file_that_was_cut_short_is_named(tmp_path: Path) -> None:
    (tmp_path / "booking.secret").write_text("abc")

    with pytest.raises(KeysInvalid, match=r"booking\.secret is too short .* delete that file"):
        load_keys({"FRONTDESK_DATA_DIR": str(tmp_path)})
