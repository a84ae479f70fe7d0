"""Names, phone numbers and mail addresses out of what visitors type: tables, bad input among them."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from frontdesk.booking.contact_details import Doubt, Reason, read_contact, read_email, read_name, read_phone
from frontdesk.booking.conversation import Said
from frontdesk.booking.office import open_office

NAMES = [
    ("Jane", "Jane"),
    ("jane", "Jane"),
    ("JANE DOE", "Jane Doe"),
    ("it's jane", "Jane"),
    ("my name is Jane O'Neill-Smith", "Jane O'Neill-Smith"),
    ("My name’s Bob", "Bob"),  # noqa: RUF001  # phones type it
    ("hi I'm jane doe, thanks", "Jane Doe"),
    ("ok so its Bob please", "Bob"),
    ("anna-lena o'brien", "Anna-Lena O'Brien"),
    ("maría de la cruz", "María de la Cruz"),
    ("J. R. Smith", "J. R. Smith"),
    ("mrs. Ann Lee", "Ann Lee"),
    ("Li", "Li"),
    ("李小龙", "李小龙"),
    ("Nguyễn Văn A", "Nguyễn Văn A"),
    ("Will Smith", "Will Smith"),
    ("April May", "April May"),
    ("call me Ishmael", "Ishmael"),
    ("my name is jane and my number is 5035550142", "Jane"),
    ("Jane Doe 503 555 0142", "Jane Doe"),
    ("Jane Doe, jane@clinic.org", "Jane Doe"),
    ("not hana, Hannah", "Hannah"),
    ("not hana it's hannah", "Hannah"),
    ("it's Hannah not Hana", "Hannah"),
    ("No it's Hannah", "Hannah"),
]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_name_is_read_out_of_what_stands_around_it(text: str, name: str) -> None:
    found = read_name(text)

    assert found.value == name
    assert found.doubt is None
    assert found


@pytest.mark.parametrize(
    "text", ["this is for my mom Carol Ng", "it's for my mother, Carol Ng", "Carol Ng for my mom", "my mom's name is Carol Ng"]
)
def test_a_name_of_somebody_else_is_taken_and_doubted(text: str) -> None:
    found = read_name(text)

    assert found.value == "Carol Ng"
    assert found.doubt is Doubt.FOR_SOMEBODY


NO_NAMES = [
    ("", Reason.NOTHING),
    ("   ", Reason.NOTHING),
    ("jane@clinic.org", Reason.NOTHING),
    ("503 555 0142", Reason.NOTHING),
    ("for my mom", Reason.NO_NAME_GIVEN),
    ("how much is it?", Reason.QUESTION),
    ("Jane?", Reason.QUESTION),
    ("what do you charge", Reason.NOT_A_NAME),
    ("can I talk to a person", Reason.NOT_A_NAME),
    ("I want to book for monday", Reason.NOT_A_NAME),
    ("cancel", Reason.NOT_A_NAME),
    ("Stop", Reason.NOT_A_NAME),
    ("yes", Reason.NOT_A_NAME),
    ("no", Reason.NOT_A_NAME),
    ("call me later", Reason.NOT_A_NAME),
    ("it's tomorrow", Reason.NOT_A_NAME),
    ("i am nervous about needles", Reason.NOT_A_NAME),
    ("my name is none of your business", Reason.NOT_A_NAME),
    ("I'd rather not say", Reason.NOT_A_NAME),
    ("fuck you", Reason.NOT_A_NAME),
    ("X", Reason.NOT_A_NAME),
    ("👍", Reason.NOT_A_NAME),
    ("<script>alert()</script>", Reason.NOT_A_NAME),
    ("Jane 5", Reason.DIGITS),
    ("a" * 61, Reason.TOO_LONG),
    ("Jane " * 2000, Reason.TOO_LONG),
    ("jane\nBcc: x@y.z", Reason.LINE_BREAK),
    ("jane\r\nSubject: x", Reason.LINE_BREAK),
    ("jane\u2028doe", Reason.LINE_BREAK),
]


@pytest.mark.parametrize(("text", "reason"), NO_NAMES)
def test_what_is_no_name_is_not_taken_for_one(text: str, reason: Reason) -> None:
    found = read_name(text)

    assert found.value is None
    assert found.reason is reason
    assert not found


@pytest.mark.parametrize("text", ["jane", "i am jane", "I'm busy", "it's monday", "this is urgent"])
def test_a_name_that_was_not_asked_for_needs_words_that_say_so(text: str) -> None:
    assert read_name(text, asked=False).value is None
    assert read_name("my name is jane doe and i want monday", asked=False).value == "Jane Doe"


PHONES = [
    ("503-555-0142", "+15035550142"),
    ("(503) 555 0142", "+15035550142"),
    ("+1 503 555 0142", "+15035550142"),
    ("my number is 503 555 0142 and 3pm works", "+15035550142"),
    ("call me on 212.867.5309 after 5", "+12128675309"),
    ("5035550142 ext 5", "+15035550142"),
    ("+49 30 901820", "+4930901820"),
]


@pytest.mark.parametrize(("text", "number"), PHONES)
def test_a_phone_number_is_found_in_a_sentence(text: str, number: str) -> None:
    found = read_phone(text, "US")

    assert found.value == number
    assert found.doubt is None


def test_a_number_that_is_possible_but_given_to_nobody_is_doubted() -> None:
    found = read_phone("07700 900123", "GB")

    assert found.value == "+447700900123"
    assert found.doubt is Doubt.NOT_VALID


def test_the_region_says_what_a_number_without_country_code_is() -> None:
    assert read_phone("020 7946 0018", "GB").value == "+442079460018"


NO_PHONES = [
    ("", Reason.NOTHING),
    ("monday at 2", Reason.NOTHING),
    ("911", Reason.NOTHING),
    ("2026-12-03 14:30", Reason.NOTHING),
    ("11/24/2026", Reason.NOTHING),
    ("9-11 or 2-4", Reason.NOTHING),
    ("jane5035550142@clinic.org", Reason.NOTHING),
    ("555-0142", Reason.NEEDS_AREA_CODE),
    ("503 555", Reason.INCOMPLETE),
    ("1234567890123456789", Reason.TOO_LONG),
]


@pytest.mark.parametrize(("text", "reason"), NO_PHONES)
def test_what_is_no_phone_number_is_not_taken_for_one(text: str, reason: Reason) -> None:
    found = read_phone(text, "US")

    assert found.value is None
    assert found.reason is reason


EMAILS = [
    ("jane@clinic.org", "jane@clinic.org"),
    ("it's jane@clinic.org thanks", "jane@clinic.org"),
    ("jane@clinic.org.", "jane@clinic.org"),
    ("(jane@clinic.org)", "jane@clinic.org"),
    ("<mailto:jane@clinic.org>", "jane@clinic.org"),
    ("jane+desk@clinic.org", "jane+desk@clinic.org"),
    ("Jane@GMAIL.com", "Jane@gmail.com"),
    ("jane@mail.com", "jane@mail.com"),
    ("jane at gmail dot com", "jane@gmail.com"),
    ("jane dot doe at gmail dot com", "jane.doe@gmail.com"),
    ("jane@gmail.com\nBcc: other@clinic.org", "jane@gmail.com"),
]


@pytest.mark.parametrize(("text", "address"), EMAILS)
def test_a_mail_address_is_found_in_a_sentence(text: str, address: str) -> None:
    found = read_email(text)

    assert found.value == address
    assert found.doubt is None


SLIPS = [
    ("jane@gmial.com", "jane@gmail.com"),
    ("jane@gmail.con", "jane@gmail.com"),
    ("jane@hotmial.com", "jane@hotmail.com"),
    ("jane@yaho.com", "jane@yahoo.com"),
    ("jane@clinic.con", "jane@clinic.com"),
]


@pytest.mark.parametrize(("text", "suggestion"), SLIPS)
def test_a_domain_that_is_nearly_a_known_one_is_asked_about(text: str, suggestion: str) -> None:
    found = read_email(text)

    assert found.value == text
    assert found.doubt is Doubt.DOMAIN_TYPO
    assert found.suggestion == suggestion


NO_EMAILS = [
    ("", Reason.NOTHING),
    ("I have no mail", Reason.NOTHING),
    ("2pm @ the clinic", Reason.NOTHING),
    ("jane@", Reason.MALFORMED),
    ("@jane", Reason.MALFORMED),
    ("a@b", Reason.MALFORMED),
    ("x@y..com", Reason.MALFORMED),
    ("jane@exa mple.com and that is it", Reason.MALFORMED),
]


@pytest.mark.parametrize(("text", "reason"), NO_EMAILS)
def test_what_is_no_mail_address_is_not_taken_for_one(text: str, reason: Reason) -> None:
    found = read_email(text)

    assert found.value is None
    assert found.reason is reason


def test_one_message_may_hold_both_ways_to_reach_somebody() -> None:
    found = read_contact("503 555 0142 or jane@clinic.org", "US")

    assert found.phone.value == "+15035550142"
    assert found.email.value == "jane@clinic.org"
    assert found
    assert not read_contact("monday at 2", "US")


def test_no_contact_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    found = [read_name("Jane Doe"), read_email("jane@gmial.com"), read_contact("503 555 0142", "US")]

    logging.getLogger("booking").warning("read %r", found)

    assert not any(secret in caplog.text for secret in ("Jane", "jane", "5550142"))


@pytest.mark.parametrize("part", ["a", "@", "a@", "1 ", "1-", "not ", "my name is ", "dot ", "(", "a.", "'", "ok, "])
def test_hostile_text_is_read_without_an_error(part: str) -> None:
    text = (part * 5000)[:5000]

    read_name(text)
    read_contact(text, "US")


async def test_a_number_without_a_country_code_is_one_of_the_clinics_country(tmp_path: Path) -> None:
    shutil.copytree("clinic", tmp_path / "clinic")
    practice = tmp_path / "clinic" / "practice.yml"
    practice.write_text(practice.read_text().replace('country: "US"', 'country: "GB"'))
    office = open_office(tmp_path / "clinic", url=f"sqlite:///{tmp_path / 'b.db'}", environment={"FRONTDESK_DATA_DIR": str(tmp_path)})

    step = await office.flow.hear(Said("020 7946 0018", "faq"), {"goal": "call_back", "name": "Jane"}, "contact", "c")
    office.close()

    assert step.details["contact"]["phone"] == "+442079460018"
