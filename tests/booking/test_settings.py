"""How a clinic books is read from its files, and what is wrong with them is said with its line and what to do."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from frontdesk.booking.checks import check_booking
from frontdesk.booking.settings import BookingInvalid, WebhookSettings, load_booking, read_booking
from frontdesk.text.problem import errors

TODAY = dt.date(2026, 11, 24)
CALDAV = """caldav:
  calendar: https://cloud.example.com/dav/appointments/
  claims: https://cloud.example.com/dav/claims/
  user: clinic
  password_variable: CALDAV_PASSWORD
"""
CALCOM = """calcom:
  url: https://api.cal.com/v2
  key_variable: CALCOM_KEY
  practitioner: example
  event_types: {first_visit: 12, follow_up: 34}
"""
LINK = """link:
  vendor: {vendor}
  template: {template}
"""


@pytest.fixture
def clinic(tmp_path: Path, root: Path) -> Path:
    """The example clinic's two files, to be changed."""
    for name in ("booking.yml", "practice.yml"):
        shutil.copy(root / "clinic" / name, tmp_path / name)
    return tmp_path


def change(clinic: Path, before: str, after: str, file: str = "booking.yml") -> None:
    path = clinic / file
    text = path.read_text(encoding="utf-8")
    assert before in text, before
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def said(clinic: Path, **how) -> list[str]:
    """Return what the check says, without the folder."""
    return [problem.render().removeprefix(f"{clinic}/") for problem in check_booking(clinic, today=TODAY, environment={}, **how)]


def test_the_example_clinic_is_read_as_it_stands(root: Path) -> None:
    booking = load_booking(root / "clinic")

    assert booking.backend == "embedded"
    assert [(service.id, service.minutes, service.buffer_minutes) for service in booking.services] == [
        ("first_visit", 75, 15),
        ("follow_up", 45, 15),
    ]
    assert booking.zone.key == "America/Los_Angeles"
    assert dt.date(2026, 12, 25) in booking.holidays
    first, second = booking.rosters
    # Hours of the clinic, and hours of one's own.
    assert first.week[2] == ((660, 1200),)
    assert second.week[2] == ((660, 900), (960, 1200))
    assert booking.change_notice == dt.timedelta(hours=24)
    assert booking.service("first_visit") == booking.services[0]
    assert booking.service("massage") is None


def test_the_example_clinic_passes_its_check_and_is_refused_in_production(root: Path) -> None:
    assert check_booking(root / "clinic", today=TODAY) == []

    [problem] = check_booking(root / "clinic", today=TODAY, production=True)
    assert "example: false" in problem.message


MISTAKES = {
    "no such backend": (
        "backend: embedded",
        "backend: outlook",
        "'backend' must be embedded, request, link, caldav or calcom, not 'outlook'",
    ),
    "typing error in a key": (
        "notice_hours: 4",
        "notise_hours: 4",
        "'notise_hours' is not a key that belongs here; did you mean 'notice_hours'?",
    ),
    "missing number": ("per_visitor: 3  ", "# per_visitor: 3 ", "'per_visitor:' is missing; add it"),
    "minutes that are no multiple": (
        "minutes: 75",
        "minutes: 73",
        "'minutes' must be a whole number from 5 to 480, a multiple of 5, not 73",
    ),
    "a number in quotes": ("horizon_days: 60", 'horizon_days: "60"', "'horizon_days' must be a whole number from 1 to 366, not '60'"),
    "true is no number": ("per_visitor: 3", "per_visitor: true", "'per_visitor' must be a whole number from 1 to 20, not True"),
    "unknown service": (
        "services: [first_visit, follow_up]",
        "services: [first_visit, folow_up]",
        "'folow_up' is not the id of a service above",
    ),
    "an id with a space": ("id: first_visit", "id: first visit", "'first visit' must be small letters, digits and _"),
    "an id twice": ("id: follow_up", "id: first_visit", "the id 'first_visit' is there twice"),
    "markup in a title": ("title: First visit", "title: <b>First</b> visit", "is shown as it stands"),
    "hours that end before they start": (
        'tuesday: ["09:00-13:00",',
        'tuesday: ["13:00-09:00",',
        "tuesday: 13:00-09:00 ends before it starts",
    ),
    "a day off that is no day": ('days_off: ["2026-12-24"', 'days_off: ["2026-12-34"', "must be days in square brackets"),
    "a day off without quotes": ("days_off: []", "days_off: [2026-12-24]", "must be days in square brackets and in quotes"),
    "a backend without its section": ("backend: embedded", "backend: caldav", "needs the section 'caldav:'"),
    "a secret in the file": (
        "caldav: null",
        CALDAV.replace("CALDAV_PASSWORD", "hunter2"),
        "must be the NAME of an environment variable, such as FRONTDESK_CALDAV_PASSWORD",
    ),
    "a plain address": ("caldav: null", CALDAV.replace("https", "http", 1), "'calendar' must be an address that starts with https://"),
    "a password in an address": ("caldav: null", CALDAV.replace("//cloud", "//me:pw@cloud", 1), "without a user or password in it"),
    "requests over a plain address": ("to: null  ", "to: http://example.com/x", "or an address that starts with https://"),
    "an address that is not signed": ("to: null  ", "to: https://example.com/x", "requests to a system of your own are signed"),
    "contact data in an address": (
        "link: null",
        LINK.format(vendor="acuity", template="https://example.com/?mail={email}"),
        "{email} may not stand in 'template'; contact data never stand in an address",
    ),
    "an account of nobody": (
        "calcom: null",
        CALCOM.replace("practitioner: example", "practitioner: nobody"),
        "'practitioner' must be example or second, not 'nobody'",
    ),
    "an event type of no service": ("calcom: null", CALCOM.replace("follow_up", "folow_up"), "'folow_up' is not the id of a service above"),
    "a number in quotes, of an event type": (
        "calcom: null",
        CALCOM.replace("34", '"34"'),
        "'follow_up' must be what the vendor calls the service",
    ),
    "no such vendor": ("link: null", LINK.format(vendor="janeapp", template="https://example.com/"), "'vendor' must be jane,"),
}


@pytest.mark.parametrize(("before", "after", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line(clinic: Path, before: str, after: str, message: str) -> None:
    text = (clinic / "booking.yml").read_text(encoding="utf-8")
    line = text[: text.index(before)].count("\n") + 1
    change(clinic, before, after)

    found = [problem for problem in check_booking(clinic, today=TODAY, environment={}) if message in problem.message]

    assert found, said(clinic)
    # A section's mistake stands on one of its own lines; a missing key is said where the keys begin.
    begins = text[: text.index("\nexample:")].count("\n") + 2
    assert found[0].line == begins or line - 2 <= found[0].line <= line + after.count("\n")
    assert read_booking(clinic)[0] is None


def test_what_cannot_be_loaded_says_where_and_how_much_more_is_wrong(clinic: Path) -> None:
    change(clinic, "minutes: 75", "minutes: 73")
    change(clinic, "minutes: 45", "minutes: 43")

    with pytest.raises(BookingInvalid, match=r"booking\.yml:\d+: 'minutes' must .* \(1 more problem; see 'frontdesk check'\)"):
        load_booking(clinic)


def test_without_a_time_zone_nothing_can_be_booked(clinic: Path) -> None:
    change(clinic, "time_zone: America/Los_Angeles", "time_zone: null", "practice.yml")

    assert any("practice.yml" in problem.path.name and "time_zone" in problem.message for problem in check_booking(clinic))


def test_a_file_that_is_not_there_is_one_problem(clinic: Path) -> None:
    (clinic / "booking.yml").unlink()

    assert said(clinic) == ["booking.yml:1: the file cannot be read (No such file or directory)"]


WARNINGS = {
    "a service that nobody gives": ("services: [first_visit, follow_up]", "services: [first_visit]", "nobody gives 'follow_up'"),
    "a visit that is longer than every day": ("minutes: 75", "minutes: 480", None),
    "a name that is written differently": (
        "name: Example Practitioner",
        "name: Example P.",
        "'Example P.' is not among 'team.practitioners'",
    ),
    "days off that have passed": ('"2026-12-24", "2026-12-31"]\n\n', '"2025-12-24"]\n\n', "all these days off have passed"),
    "a placeholder that a page does not take": (
        "link: null",
        LINK.format(vendor="fresha", template="https://example.com/?at={start}"),
        "a page of 'fresha' takes nothing in its address",
    ),
}


@pytest.mark.parametrize(("before", "after", "message"), WARNINGS.values(), ids=WARNINGS)
def test_what_is_only_odd_is_a_warning_and_stops_nothing(clinic: Path, before: str, after: str, message: str | None) -> None:
    change(clinic, before, after)
    if message and message.startswith("nobody"):
        change(clinic, before, after)

    problems = check_booking(clinic, today=TODAY, environment={})

    assert errors(problems) == []
    assert [message in problem.message for problem in problems] == ([True] if message else [])
    assert read_booking(clinic)[0] is not None


def test_a_secret_that_is_not_set_is_said_and_stops_production(clinic: Path) -> None:
    change(clinic, "backend: embedded", "backend: caldav")
    change(clinic, "caldav: null", CALDAV)

    [warning] = check_booking(clinic, today=TODAY, environment={})
    assert "CALDAV_PASSWORD is not set" in warning.message
    assert errors([warning]) == []
    assert check_booking(clinic, today=TODAY, environment={"CALDAV_PASSWORD": "x"}) == []
    assert len(errors(check_booking(clinic, today=TODAY, production=True, environment={}))) == 2


def test_phone_numbers_are_those_of_the_clinics_country(clinic: Path) -> None:
    assert load_booking(clinic).region == "US"
    change(clinic, 'country: "US"', 'country: "GB"', "practice.yml")
    assert load_booking(clinic).region == "GB"
    change(clinic, '  country: "GB"\n', "", "practice.yml")
    assert load_booking(clinic).region == "US"


@pytest.mark.parametrize("written", ["UK", "us", "NO", '"XX"', "1"])
def test_a_country_that_is_none_is_named(clinic: Path, written: str) -> None:
    change(clinic, 'country: "US"', f"country: {written}", "practice.yml")

    assert any("'contact.country' must be a country in two capital letters" in line for line in said(clinic))


def test_a_webhook_and_the_names_in_the_feed_are_read(clinic: Path) -> None:
    change(clinic, "names: false", "names: true")
    change(clinic, "webhook: null", "webhook: {to: https://hooks.example.com/x, secret_variable: FRONTDESK_HOOK_SECRET}")

    booking = load_booking(clinic)

    assert booking.feed_names
    assert booking.webhook == WebhookSettings("https://hooks.example.com/x", "FRONTDESK_HOOK_SECRET")
    assert any("FRONTDESK_HOOK_SECRET is not set here" in line for line in said(clinic))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{to: http://hooks.example.com/x, secret_variable: HOOK}", "'to' must be an address that starts with https://"),
        ("{to: desk@example.com, secret_variable: HOOK}", "'to' must be an address that starts with https://"),
        ("{to: https://hooks.example.com/x}", "'secret_variable:' is missing"),
        ("{to: https://hooks.example.com/x, secret_variable: whsec_abc}", "'secret_variable' must be the NAME of an environment variable"),
        ("{to: https://hooks.example.com/x, secret_variable: HOOK, private_network: perhaps}", "'private_network' must be true or false"),
    ],
)
def test_a_webhook_that_cannot_be_used_is_named(clinic: Path, written: str, message: str) -> None:
    change(clinic, "webhook: null", f"webhook: {written}")

    assert any(message in line for line in said(clinic))
