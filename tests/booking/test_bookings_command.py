"""`frontdesk bookings`, for the people at the front desk: against a real database, in the project's folder."""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
from pathlib import Path

import pytest

from frontdesk.booking.appointment import Appointment, Contact
from frontdesk.booking.desk import Kept
from frontdesk.booking.office import Office, open_office
from frontdesk.booking.outbox import Outcome, RowState
from frontdesk.cli import bookings
from frontdesk.cli.errors import CannotRun
from tests.booking.clinic import JANE


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The example clinic with an empty database, which the command finds too."""
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(tmp_path / "var"))
    return open_office(Path("clinic"))


def book(office: Office, contact: Contact = JANE) -> Appointment:
    """Book the first opening that is far enough away to be changed."""
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    opening = asyncio.run(office.desk.openings("first_visit", "example", soon))[0]
    answer = asyncio.run(office.desk.book(opening, contact, contact.name, dt.datetime.now(dt.UTC)))
    assert isinstance(answer, Kept)
    return answer.appointment


def local(moment: dt.datetime, office: Office) -> str:
    return f"{moment.astimezone(office.booking.zone):%Y-%m-%d %H:%M}"


def frontdesk(*words: str) -> int:
    parser = argparse.ArgumentParser()
    bookings.add_parser(parser.add_subparsers())
    args = parser.parse_args(["bookings", *words])
    return int(args.run(args))


def test_what_is_booked_is_listed_by_the_clinics_clock(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    kept = book(office)

    assert frontdesk("list") == 0

    said = capsys.readouterr().out
    assert local(kept.opening.start, office) in said
    assert f"{kept.reference}  confirmed  First visit  Example Practitioner  Jane Roe" in said
    assert said.endswith("1 appointment\n")


def test_a_reference_is_found_however_it_is_typed(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    kept = book(office)

    assert frontdesk("show", kept.reference.lower().replace("-", " ")) == 0

    said = capsys.readouterr().out
    assert "phone +15035550142, mail jane@example.com" in said
    assert "confirmation by mail: waiting, tried 0 times" in said


@pytest.mark.parametrize("typed", ["AB2C-D3EF", "tuesday"])
def test_a_reference_that_is_not_there_is_said(office: Office, typed: str) -> None:
    with pytest.raises(CannotRun, match=f"there is no appointment {typed}"):
        frontdesk("show", typed)


def test_staff_move_and_cancel_an_appointment(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    kept = book(office)
    later = asyncio.run(office.desk.openings("first_visit", "example", kept.opening.end + dt.timedelta(days=1)))[0]

    assert frontdesk("move", kept.reference, local(later.start, office)) == 0
    assert local(later.start, office) in capsys.readouterr().out
    assert frontdesk("cancel", kept.reference) == 0
    assert "cancelled" in capsys.readouterr().out
    assert [row.operation for row in office.store.rows()] == ["confirmation", "changed", "cancelled"]
    assert frontdesk("list") == 0
    assert capsys.readouterr().out == "0 appointments\n"


def test_a_time_that_cannot_be_had_is_said_with_others(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = book(office), book(office, Contact("John Doe", "+15035550143"))

    assert frontdesk("move", second.reference, local(first.opening.start, office)) == 1
    assert "that time is taken; free near it:" in capsys.readouterr().out
    assert frontdesk("move", second.reference, "2030-01-01 09:00") == 1
    assert "too far ahead; see 'horizon_days'" in capsys.readouterr().out
    with pytest.raises(CannotRun, match="'tomorrow' is not a time"):
        frontdesk("move", second.reference, "tomorrow")


def test_the_free_times_of_a_day_are_listed(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    kept = book(office)

    assert frontdesk("free", "first_visit", local(kept.opening.start, office)[:10]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert not any(local(kept.opening.start, office) in line and "Second" not in line for line in lines)
    assert lines[-1] == f"{len(lines) - 1} openings"
    with pytest.raises(CannotRun, match="'massage' is not a service"):
        frontdesk("free", "massage", "2026-12-01")


def test_a_request_is_answered_once(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    kept = book(office)

    assert frontdesk("confirm", kept.reference) == 1
    assert "waits for no answer: it is confirmed" in capsys.readouterr().out


def test_what_could_not_be_told_is_listed_and_tried_again(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    kept = book(office)
    [row] = office.store.claim_due(dt.timedelta(minutes=1))
    office.store.settle(row, Outcome(RowState.DEAD, error="invalid", why="invalid", messages=("unreachable",)))

    assert frontdesk("undelivered") == 1
    said = capsys.readouterr().out
    assert f"{kept.reference}  confirmation by mail: given up, tried 1 time (invalid)" in said
    assert frontdesk("undelivered", "--retry") == 0
    assert office.store.row(row.key).state is RowState.PENDING


def test_the_link_to_the_feed_stays_until_a_new_one_is_wanted(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert frontdesk("feed") == 0
    path, hint = capsys.readouterr().out.splitlines()
    monkeypatch.setenv("FRONTDESK_PUBLIC_URL", "https://chat.example.com/")
    frontdesk("feed")
    whole = capsys.readouterr().out.strip()
    frontdesk("feed", "--new")
    new = capsys.readouterr().out.strip()

    assert "FRONTDESK_PUBLIC_URL" in hint
    assert whole == f"https://chat.example.com{path}"
    assert new != whole
    assert office.feed_secret.opens(new.rpartition("/")[2].removesuffix(".ics"))


def test_a_name_cannot_steer_the_terminal(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    book(office, Contact("Jane\x1b[2J\r\nRoe", "+15035550142"))

    frontdesk("list")

    assert "\x1b" not in capsys.readouterr().out


def test_a_clinic_that_is_not_set_up_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("config.yml", "domain.yml"):
        (tmp_path / name).touch()
    for name in ("data", "clinic"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)

    with pytest.raises(CannotRun, match=r"practice\.yml: cannot be read"):
        frontdesk("list")
