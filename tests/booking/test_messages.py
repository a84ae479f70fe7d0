"""Visitors and the clinic are told what they need and nothing more, and every mail reads back as it was meant."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.booking.appointment import Appointment, Contact, Opening, Service, State
from frontdesk.booking.feed import Feed
from frontdesk.booking.invites import uid_of
from frontdesk.booking.mail import Mailer, MailSettings
from frontdesk.booking.message_texts import MessagesError, check_messages, find_health_words, load_texts
from frontdesk.booking.messages import Messages, MessageSettings, due_reminders, read_public_url, render_span
from frontdesk.booking.results import Confirmed, Refused, Transient
from frontdesk.booking.settings import Booking, RequestSettings, load_booking
from frontdesk.booking.store import Store
from frontdesk.practice import Practice, load_practice
from frontdesk.text.readability import grade
from frontdesk.text.wording_lint import lint
from tests.booking.smtp_server import Desk, running

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2026, 11, 24, 18, 0, tzinfo=dt.UTC)
START = dt.datetime(2026, 12, 1, 17, 30, tzinfo=dt.UTC)
OPENING = Opening(START, START + dt.timedelta(minutes=75), "first_visit", "example")
CONTACT = Contact("Jane Doe", "+15035550142", "jane@example.com")
APPOINTMENT = Appointment("AB2C-D3EF", 0, State.CONFIRMED, OPENING, CONTACT, NOW)
CANCELLED = replace(APPOINTMENT, revision=1, state=State.CANCELLED)
MOVED = replace(
    APPOINTMENT, revision=1, opening=replace(OPENING, start=START + dt.timedelta(days=7), end=OPENING.end + dt.timedelta(days=7))
)
OTHERS = [Opening(START + dt.timedelta(days=day), START + dt.timedelta(days=day, minutes=75), "first_visit", "second") for day in (1, 2)]
NO_MAIL = replace(APPOINTMENT, contact=replace(CONTACT, email=None))

TO_VISITORS = ("confirmation", "requested", "changed", "cancelled", "reminder", "refused_with_alternatives", "not_moved")
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=200) | st.sampled_from(
    [
        "x\r\nBcc: all@example.com",
        "{contact.phone}",
        "Win at http://evil.example",
        "evil.example",
        "call +1 900 555 0100",
        "\u202ereversed",
        "=?utf-8?q?x?=",
    ]
)


BOOKING = load_booking(ROOT / "clinic")


class Clinic:
    """Messages that end in a folder, and what is in it."""

    def __init__(self, outbox: Path, practice: Practice, booking: Booking = BOOKING, **more: Any) -> None:
        self.outbox = outbox
        chosen = {"public_url": "https://chat.example.com", "token": lambda one: f"token-{one.reference}-{one.revision}", **more}
        mailer = Mailer(MailSettings(outbox, sender="bookings@example.com"), clock=lambda: NOW)
        self.messages = Messages(practice, MessageSettings(booking, load_texts(ROOT / "clinic"), **chosen), mailer, clock=lambda: NOW)

    @property
    def mails(self) -> dict[str, EmailMessage]:
        """The mails by their kind."""
        return {path.stem.split(".")[-1]: read(path.read_bytes()) for path in self.outbox.glob("*.eml")}

    async def send_all(self, appointment: Appointment = APPOINTMENT) -> None:
        """Send every mail there is."""
        messages = self.messages
        moved = replace(appointment, revision=1)
        cancelled = replace(moved, state=State.CANCELLED)
        for sent in (
            await messages.confirmation(appointment),
            await messages.requested(appointment),
            await messages.changed(moved),
            await messages.cancelled(cancelled),
            await messages.reminder(appointment),
            await messages.refused_with_alternatives(appointment, OTHERS),
            await messages.refused_with_alternatives(replace(appointment, contact=replace(appointment.contact, email=None)), OTHERS),
            await messages.not_moved(appointment, OTHERS[0], OTHERS[1:]),
            await messages.unreachable(appointment),
            await messages.hook_undelivered(appointment, "no_answer"),
            await messages.request(appointment),
            await messages.request(moved),
            await messages.request(cancelled),
            await messages.undelivered(appointment, "not_allowed"),
            await messages.call_back(appointment.contact.name, appointment.contact, "call_back"),
            await messages.call_back(appointment.contact.name, appointment.contact, "message"),
        ):
            assert isinstance(sent, Confirmed)


@pytest.fixture
def practice() -> Practice:
    return load_practice(ROOT / "clinic")


@pytest.fixture
def clinic(tmp_path: Path, practice: Practice) -> Clinic:
    return Clinic(tmp_path / "outbox", practice)


def without(practice: Practice, *names: str) -> Practice:
    return Practice(practice.example, {name: value for name, value in practice.raw.items() if name not in names})


def read(data: bytes) -> EmailMessage:
    mail = BytesParser(policy=policy.default).parsebytes(data)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def invites_of(mail: EmailMessage) -> list[icalendar.Calendar]:
    parts = [part for part in mail.walk() if part.get_content_type() in ("text/calendar", "application/ics")]
    return [icalendar.Calendar.from_ical(part.get_payload(decode=True)) for part in parts]


# To visitors


async def test_a_confirmation_says_when_where_with_whom_and_how_to_change_it(clinic):
    await clinic.messages.confirmation(APPOINTMENT)

    mail = clinic.mails["confirmation"]
    text = text_of(mail)
    assert mail["Subject"] == "Your appointment on Tuesday, December 1, 2026"
    assert mail["To"] == "jane@example.com"
    assert mail["Reply-To"] == "desk@example.com"
    assert mail["From"] == "Example Acupuncture Clinic <bookings@example.com>"
    for line in (
        "Date: Tuesday, December 1, 2026",
        "Time: 9:30 am to 10:45 am PST",
        "For: Jane Doe",
        "With: Example Practitioner",
        "Place: 100 Example Street, Portland, OR 97204",
        "Reference: AB2C-D3EF",
        "To change or cancel it: https://chat.example.com/appointments/token-AB2C-D3EF-0",
        "Please cancel or move a visit at least 24 hours before it starts.",
        "Fee for a late cancellation: $40",
    ):
        assert line in text.splitlines()


async def test_the_invite_is_a_part_for_calendars_and_a_file_for_the_rest(clinic):
    await clinic.messages.confirmation(APPOINTMENT)

    mail = clinic.mails["confirmation"]
    shape = [(part.get_content_type(), part.get_content_disposition()) for part in mail.walk()]
    assert shape == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("text/calendar", None),
        ("application/ics", "attachment"),
    ]
    calendar_part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert calendar_part.get_param("method") == "REQUEST"
    assert calendar_part["Content-Transfer-Encoding"] == "base64"
    first, second = invites_of(mail)
    assert first == second


async def test_booked_moved_and_cancelled_by_mail_is_one_event_in_a_calendar(clinic):
    entries: dict[str, dt.datetime] = {}
    sequences = []

    await clinic.messages.confirmation(APPOINTMENT)
    await clinic.messages.changed(MOVED)
    await clinic.messages.cancelled(replace(MOVED, revision=2, state=State.CANCELLED))
    states = []
    for kind in ("confirmation", "changed", "cancelled"):
        mail = clinic.mails[kind]
        calendar = invites_of(mail)[0]
        (event,) = calendar.walk("VEVENT")
        sequences.append(event["SEQUENCE"])
        if calendar["METHOD"] == "CANCEL":
            del entries[str(event["UID"])]
        else:
            entries[str(event["UID"])] = event["DTSTART"].dt
        states.append(dict(entries))

    uid = uid_of("AB2C-D3EF")
    assert states == [{uid: START}, {uid: START + dt.timedelta(days=7)}, {}]
    assert sequences == [0, 1, 2]


@pytest.mark.parametrize("kind", ["requested", "reminder"])
async def test_what_is_not_agreed_or_known_already_goes_into_no_calendar(clinic, kind):
    await getattr(clinic.messages, kind)(APPOINTMENT)

    assert invites_of(clinic.mails[kind]) == []


async def test_a_refusal_offers_times_that_are_free(clinic):
    await clinic.messages.refused_with_alternatives(APPOINTMENT, OTHERS)

    lines = text_of(clinic.mails["refused_with_alternatives"]).splitlines()
    start = lines.index("These times are free at the moment:")
    assert lines[start + 1 : start + 3] == ["- Wednesday, December 2, 2026, 9:30 am PST", "- Thursday, December 3, 2026, 9:30 am PST"]


async def test_a_refusal_with_nothing_free_says_nothing_of_times(clinic):
    await clinic.messages.refused_with_alternatives(APPOINTMENT, [])

    assert "free" not in text_of(clinic.mails["refused_with_alternatives"])


@pytest.mark.parametrize("kind", TO_VISITORS)
async def test_every_mail_to_a_visitor_has_link_phone_reference_and_policy(clinic, practice, kind):
    await clinic.send_all()

    text = text_of(clinic.mails[kind])
    for needed in ("https://chat.example.com/appointments/token-AB2C-D3EF-", "+1 503 555 0142", "Reference: AB2C-D3EF", "24 hours before"):
        assert needed in text


@pytest.mark.parametrize("kind", TO_VISITORS)
async def test_a_line_about_an_unknown_fact_is_left_out(tmp_path, practice, kind):
    poor = without(
        practice, "clinic.name", "contact.address", "contact.booking_url", "policies.cancellation_fee", "access.parking", "access.transport"
    )
    clinic = Clinic(tmp_path / "outbox", poor, replace(BOOKING, rosters=()), public_url=None)

    await clinic.send_all()

    mail = clinic.mails[kind]
    text = text_of(mail)
    for left_out in ("{", "None", "Place:", "Fee", "With:", "cancel it:", "https://"):
        assert left_out not in text
    assert mail["From"] == "bookings@example.com"
    for calendar in invites_of(mail):
        (event,) = calendar.walk("VEVENT")
        assert event["SUMMARY"] == "Appointment"
        assert "LOCATION" not in event


async def test_a_visitor_without_a_mail_address_gets_no_mail(clinic):
    for kind in TO_VISITORS[:-2]:
        assert await getattr(clinic.messages, kind)(NO_MAIL) == Confirmed()

    assert clinic.mails == {}


async def test_of_a_refusal_the_clinic_is_asked_to_tell_a_visitor_without_a_mail_address(clinic):
    await clinic.messages.refused_with_alternatives(NO_MAIL, OTHERS)

    mail = clinic.mails["tell_visitor"]
    assert mail["To"] == "desk@example.com"
    assert "Phone: +15035550142" in text_of(mail)
    assert "- Wednesday, December 2, 2026, 9:30 am PST" in text_of(mail)


async def test_a_move_that_fails_says_what_stays_and_what_was_asked_for(clinic):
    await clinic.messages.not_moved(APPOINTMENT, OTHERS[0], OTHERS[1:])

    lines = text_of(clinic.mails["not_moved"]).splitlines()
    assert "You asked for: Wednesday, December 2, 2026, 9:30 am PST" in lines
    assert "Date: Tuesday, December 1, 2026" in lines
    assert "- Thursday, December 3, 2026, 9:30 am PST" in lines


async def test_two_moves_that_fail_are_two_mails_though_the_revision_stays(clinic):
    for wanted in (*OTHERS, *OTHERS):
        await clinic.messages.not_moved(APPOINTMENT, wanted, [])

    assert len(list(clinic.outbox.iterdir())) == 2


async def test_of_a_move_that_fails_nothing_is_said_once_it_is_cancelled(clinic):
    assert await clinic.messages.not_moved(CANCELLED, OTHERS[0], []) == Confirmed()
    assert clinic.mails == {}


async def test_the_clinic_tells_a_visitor_without_a_mail_address_what_stays(clinic):
    await clinic.messages.not_moved(NO_MAIL, OTHERS[0], [])

    lines = text_of(clinic.mails["tell_visitor"]).splitlines()
    assert "Asked for: Wednesday, December 2, 2026, 9:30 am PST" in lines
    assert "Stays booked: Tuesday, December 1, 2026, 9:30 am PST" in lines


@pytest.mark.parametrize(
    ("state", "said"),
    [(State.CONFIRMED, "booked"), (State.REQUESTED, "asked for, and not booked yet"), (State.REFUSED, "could not be booked")],
)
async def test_of_a_mail_that_did_not_arrive_the_clinic_learns_how_things_stand(clinic, state, said):
    await clinic.messages.unreachable(replace(APPOINTMENT, state=state))

    lines = text_of(clinic.mails["unreachable"]).splitlines()
    assert f"How things stand: {said}" in lines
    assert "Phone: +15035550142" in lines


async def test_a_mail_to_a_visitor_names_no_service_and_no_phone_of_theirs(tmp_path, practice):
    clinic = Clinic(tmp_path / "outbox", practice, replace(BOOKING, services=(Service("first_visit", "Frozen shoulder hour", 75),)))

    await clinic.send_all()

    for kind in TO_VISITORS:
        assert "Frozen" not in clinic.mails[kind].as_string()
        assert "15035550142" not in text_of(clinic.mails[kind])


# To the clinic


@pytest.mark.parametrize(
    ("appointment", "kind"),
    [(APPOINTMENT, "request_new"), (MOVED, "request_move"), (CANCELLED, "request_cancel")],
    ids=["new", "move", "cancel"],
)
async def test_a_request_says_what_is_asked_of_the_clinic(clinic, appointment, kind):
    await clinic.messages.request(appointment)

    ((found, mail),) = clinic.mails.items()
    assert found == kind
    assert mail["To"] == "desk@example.com"
    for line in ("Service: First visit", "Name: Jane Doe", "Phone: +15035550142", "E-mail: jane@example.com", "Reference: AB2C-D3EF"):
        assert line in text_of(mail).splitlines()


@pytest.mark.parametrize(
    ("to", "mailbox"),
    [(None, "desk@example.com"), ("rota@example.com", "rota@example.com"), ("https://example.com/hook", "desk@example.com")],
)
async def test_requests_go_where_the_clinic_wants_them(tmp_path, practice, to, mailbox):
    clinic = Clinic(tmp_path / "outbox", practice, replace(BOOKING, request=RequestSettings(to)))

    await clinic.messages.request(APPOINTMENT)

    assert clinic.mails["request_new"]["To"] == mailbox


@pytest.mark.parametrize(
    ("why", "said"), [("taken", "Somebody else had taken the time."), ("<b>?", "Your system gave no clear answer for a long time.")]
)
async def test_what_could_not_be_passed_on_ends_with_a_person(clinic, why, said):
    await clinic.messages.undelivered(MOVED, why)

    text = text_of(clinic.mails["undelivered"])
    assert "What was to be done: move it to this time" in text
    assert f"What went wrong: {said}" in text
    assert "Phone: +15035550142" in text


@pytest.mark.parametrize("kind", ["call_back", "message"])
async def test_who_wants_to_be_called_or_written_to_is_passed_on_once(clinic, kind):
    for _ in range(2):
        await clinic.messages.call_back("Jane Doe", CONTACT, kind, key="conversation:7/call")

    assert len(list(clinic.outbox.iterdir())) == 1
    assert "Name: Jane Doe" in text_of(clinic.mails[kind]).splitlines()


async def test_without_a_mailbox_of_the_clinic_the_operator_is_at_fault(tmp_path, practice):
    clinic = Clinic(tmp_path / "outbox", without(practice, "contact.email"))

    assert await clinic.messages.request(APPOINTMENT) == Refused("misconfigured")


# What nobody else may read


async def test_no_mail_and_no_calendar_holds_a_word_about_health(tmp_path, practice):
    """The clinic's own name may be one; it is the only thing taken out before looking."""
    clinic = Clinic(tmp_path / "outbox", practice)

    await clinic.send_all()
    feed = Feed("Example Clinic", BOOKING, Store("sqlite://", lambda: NOW), {"cancelled": "Canceled"}, lambda: NOW)
    texts = [feed.render([APPOINTMENT])]
    for mail in clinic.mails.values():
        texts += [
            text_of(mail),
            *(str(value) for value in mail.values()),
            *(str(calendar.to_ical(), "utf-8") for calendar in invites_of(mail)),
        ]

    assert len(clinic.mails) == 16
    for text in texts:
        assert find_health_words(text.replace("\r\n ", "").replace("Example Acupuncture Clinic", "")) == []


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES)
async def test_no_name_breaks_a_mail_or_gets_into_a_header(tmp_path, practice, name):
    clinic = Clinic(tmp_path / "outbox", practice)
    plain = {key: value for key, value in HEADERS.items() if value}

    await clinic.send_all(replace(APPOINTMENT, contact=replace(CONTACT, name=name)))

    for kind, mail in clinic.mails.items():
        assert sorted(mail.keys()) == plain[kind]
        assert not mail.defects
        for calendar in invites_of(mail):
            assert len(calendar.walk("VEVENT")) == 1
    for path in clinic.outbox.iterdir():
        path.unlink()


HEADERS = {
    kind: sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type"]
        + (["Reply-To"] if kind in TO_VISITORS else [])
        + ([] if kind in ("confirmation", "changed", "cancelled") else ["Content-Transfer-Encoding"])
    )
    for kind in (
        *TO_VISITORS,
        "tell_visitor",
        "unreachable",
        "hook_undelivered",
        "request_new",
        "request_move",
        "request_cancel",
        "undelivered",
        "call_back",
        "message",
    )
}


@pytest.mark.parametrize("name", ["Win at http://evil.example", "evil.example", "call +1 900 555 0100", "a@b", "x" * 61, "{contact.phone}"])
async def test_whoever_types_a_message_for_a_name_sends_it_to_nobody_else(clinic, name):
    await clinic.messages.confirmation(replace(APPOINTMENT, contact=replace(CONTACT, name=name)))

    mail = clinic.mails["confirmation"]
    assert "For:" not in text_of(mail)
    assert name not in mail.as_string()


@pytest.mark.parametrize("name", ["Jane Doe", "José María O'Neill-Núñez", "王小明", "Dr. Ada Lovelace", "علی رضا"])
async def test_a_name_is_shown_as_it_was_typed(clinic, name):
    await clinic.messages.confirmation(replace(APPOINTMENT, contact=replace(CONTACT, name=name)))

    assert f"For: {name}" in text_of(clinic.mails["confirmation"]).splitlines()


# Over the wire


async def test_the_same_mail_twice_is_one_in_a_mailbox_that_looks_at_ids(tmp_path, practice):
    desk = Desk()
    with running(desk) as port:
        mailer = Mailer(MailSettings(tmp_path, "127.0.0.1", port, tls="none", sender="bookings@example.com"), clock=lambda: NOW)
        messages = Messages(practice, MessageSettings(BOOKING, load_texts(ROOT / "clinic")), mailer, clock=lambda: NOW)
        desk.to_data = "451 later"
        assert await messages.confirmation(APPOINTMENT) == Transient()
        desk.to_data = "250 OK"
        await messages.confirmation(APPOINTMENT)
        await messages.confirmation(APPOINTMENT)
        await messages.changed(MOVED)

    assert [mail["Message-ID"] for mail in desk.mails] == [
        "<AB2C-D3EF.0.confirmation@example.com>",
        "<AB2C-D3EF.0.confirmation@example.com>",
        "<AB2C-D3EF.1.changed@example.com>",
    ]
    assert [invites_of(mail)[0]["METHOD"] for mail in desk.mails] == ["REQUEST"] * 3


# Reminders


def at(hours: float) -> dt.datetime:
    return START - dt.timedelta(hours=hours)


EARLY = replace(APPOINTMENT, consented_at=at(100))


@pytest.mark.parametrize(("hours", "is_due"), [(24.1, False), (24, True), (3, True), (0.1, True), (0, False), (-1, False)])
def test_a_reminder_is_due_from_a_day_before_until_the_start(hours, is_due):
    assert due_reminders([EARLY], at(hours)) == ([EARLY] if is_due else [])


def test_how_long_before_is_for_the_clinic_to_say():
    assert due_reminders([EARLY], at(40), hours=48) == [EARLY]
    assert due_reminders([EARLY], at(40), hours=24) == []
    assert due_reminders([EARLY], at(1), hours=0) == []


@pytest.mark.parametrize(
    "appointment",
    [replace(EARLY, state=state) for state in State if state is not State.CONFIRMED]
    + [replace(EARLY, contact=replace(CONTACT, email=None)), replace(EARLY, consented_at=at(5))],
    ids=["requested", "refused", "cancelled", "without a mail address", "booked a moment ago"],
)
def test_nobody_is_reminded_who_need_not_be(appointment):
    assert due_reminders([appointment], at(2)) == []


def test_the_next_one_is_reminded_first():
    later = replace(EARLY, reference="GHJK-MNPQ", opening=replace(OPENING, start=START + dt.timedelta(hours=1)))

    assert due_reminders([later, EARLY], at(2)) == [EARLY, later]


# Words


def test_the_words_of_the_example_clinic_are_in_order():
    assert check_messages(ROOT / "clinic") == []


def test_every_text_is_plain_and_passes_the_lint():
    for _, text in load_texts(ROOT / "clinic").mails.values():
        assert list(lint(text)) == []
        assert grade(text) <= 8


def changed(tmp_path: Path, change: Any) -> Path:
    shutil.copy(ROOT / "clinic" / "messages.yml", tmp_path)
    raw = yaml.safe_load((tmp_path / "messages.yml").read_text())
    change(raw)
    (tmp_path / "messages.yml").write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True))
    return tmp_path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.pop("reminder"), "'reminder:' is missing"),
        (lambda raw: raw["reminder"].pop("text"), "'text:' is missing"),
        (lambda raw: raw.update(reminders={}), "did you mean 'reminder'?"),
        (lambda raw: raw["changed"].update(text=7), "'text' must be a text"),
        (lambda raw: raw["changed"].update(subject="one\ntwo"), "a subject is one line"),
        (lambda raw: raw["why"].pop("taken"), "'taken:' is missing"),
    ],
    ids=["mail", "text", "name", "number", "subject", "why"],
)
def test_a_sentence_that_is_missing_stops_the_start_and_is_named(tmp_path, change, said):
    folder = changed(tmp_path, change)

    with pytest.raises(MessagesError, match=re.escape(said)):
        load_texts(folder)
    assert any(said in problem.message for problem in check_messages(folder))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(MessagesError, match=r"messages\.yml"):
        load_texts(tmp_path)


@pytest.mark.parametrize(
    ("kind", "key", "text", "said"),
    [
        ("confirmation", "text", "Call {contact.fone}.", "{contact.fone} may not stand here"),
        ("confirmation", "text", "Fine.\nYour {appointment.service}", "{appointment.service} may not stand here"),
        ("confirmation", "text", "{services.cupping}", "{services.cupping} may not stand here"),
        ("confirmation", "subject", "For {visitor.name}", "{visitor.name} may not stand here"),
        ("calendar", "description", "{appointment.link}", "{appointment.link} may not stand here"),
        ("reminder", "text", "Your treatment is near.", "'treatment' is a word about health"),
        ("reminder", "text", "This will help and is guaranteed.", "'guaranteed' promises a result"),
        ("request_new", "text", "{appointment.operation}", ""),
    ],
)
def test_a_word_or_a_placeholder_that_should_not_be_there_is_found(tmp_path, kind, key, text, said):
    folder = changed(tmp_path, lambda raw: raw[kind].update({key: text}))

    problems = check_messages(folder)

    assert any(said in problem.message for problem in problems) == bool(said)


# Settings and times


@pytest.mark.parametrize(
    "given",
    [
        "http://chat.example.com",
        "chat.example.com",
        "https://chat.example.com/?a=b",
        "https://user@chat.example.com",
        "ftp://x",
        "https://[x",
    ],
)
def test_an_address_that_would_give_a_link_away_is_refused(given):
    with pytest.raises(MessagesError, match="FRONTDESK_PUBLIC_URL"):
        read_public_url({"FRONTDESK_PUBLIC_URL": given})


def test_the_public_address_may_be_left_out_or_be_this_machine():
    assert read_public_url({}) is None
    assert read_public_url({"FRONTDESK_PUBLIC_URL": "http://127.0.0.1:8080/"}) == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("zone", "start", "said"),
    [
        ("America/Los_Angeles", dt.datetime(2026, 7, 1, 16, 0, tzinfo=dt.UTC), "9 am to 10 am PDT"),
        ("America/Los_Angeles", dt.datetime(2026, 12, 1, 19, 30, tzinfo=dt.UTC), "11:30 am to 12:30 pm PST"),
        ("America/Los_Angeles", dt.datetime(2026, 11, 1, 8, 30, tzinfo=dt.UTC), "1:30 am PDT to 1:30 am PST"),
        ("Asia/Kathmandu", dt.datetime(2026, 12, 1, 4, 15, tzinfo=dt.UTC), "10 am to 11 am UTC+05:45"),
    ],
)
def test_times_are_those_of_the_clinic_with_the_zones_name_on_that_day(zone, start, said):
    assert render_span(start, start + dt.timedelta(hours=1), ZoneInfo(zone)) == said
