"""The link in a mail: what it shows, what it does, and what it does not do for whoever should not have it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import structlog
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from frontdesk.booking.appointment import Appointment, Contact, State
from frontdesk.booking.backend import BackendUnusable
from frontdesk.booking.desk import Desk, Kept
from frontdesk.booking.office import Office, open_office
from frontdesk.booking.outbox import RowState
from tests.booking.clinic import Clock
from tests.booking.office import Office as System

pytestmark = pytest.mark.asyncio

ROOT = Path(__file__).parents[2]
JANE = Contact("Jane Roe", "+15035550142", "jane@example.com")
PHONE = "+1 503 555 0142"


class Page(HTMLParser):
    """What a visitor finds on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title = ""
        self.links: dict[str, str] = {}
        self.buttons: list[str] = []
        self.choices: dict[str, str] = {}
        self.words: list[str] = []
        self.tags: set[str] = set()
        self._inside: list[str] = []
        self._href = self._choice = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = {name: value or "" for name, value in attrs}
        if tag not in ("meta", "input"):
            self._inside.append(tag)
        self._href = given.get("href", self._href)
        if tag == "input":
            self._choice = given["value"]

    def handle_endtag(self, tag: str) -> None:
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        inside = self._inside[-1] if self._inside else ""
        if inside == "style":
            return
        if inside == "title":
            self.title = data
        elif inside == "a":
            self.links[data] = self._href
        elif inside == "button":
            self.buttons.append(data)
        elif inside == "label":
            self.choices[data] = self._choice
        self.words.append(data)

    @property
    def text(self) -> str:
        return "\n".join(self.words)


@dataclass
class Front:
    """The gateway with the office behind it, and a clock for both."""

    client: TestClient
    office: Office
    clock: Clock

    async def book(self, contact: Contact = JANE, days: int = 3) -> Appointment:
        start = self.clock() + dt.timedelta(days=days)
        opening = (await self.office.desk.openings("first_visit", "second", start))[0]
        answer = await self.office.desk.book(opening, contact, f"{contact.name}{days}", self.clock())
        assert isinstance(answer, Kept), answer
        return answer.appointment

    def path(self, appointment: Appointment) -> str:
        return f"/appointments/{self.office.tokens.link(appointment)}"

    async def get(self, path: str, **kwargs) -> tuple[ClientResponse, Page]:
        response = await self.client.get(path, **kwargs)
        return response, Page(await response.text())

    async def post(self, path: str, form: dict[str, str], **kwargs) -> tuple[ClientResponse, Page]:
        response = await self.client.post(path, data=form, **kwargs)
        return response, Page(await response.text())

    def now(self, appointment: Appointment) -> Appointment:
        found = self.office.store.get(appointment.reference)
        assert found
        return found


@pytest.fixture
def booking_clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, booking_clock: Clock) -> Office:
    """The example clinic with an empty database."""
    environment = {"FRONTDESK_DATA_DIR": str(tmp_path), "FRONTDESK_PUBLIC_URL": "https://chat.example.com"}
    return open_office(ROOT / "clinic", url=f"sqlite:///{tmp_path / 'booking.db'}", clock=booking_clock, environment=environment)


@pytest.fixture
async def front(open_desk: Callable[..., Awaitable], office: Office, booking_clock: Clock) -> Front:
    desk = await open_desk(office=office)
    return Front(desk.client, office, booking_clock)


async def test_the_link_shows_when_with_whom_and_how_to_reach_the_clinic(front: Front) -> None:
    kept = await front.book()

    response, page = await front.get(front.path(kept))

    assert response.status == 200
    assert page.title == "Your appointment – Example Acupuncture Clinic"  # noqa: RUF001  # a dash between two names
    assert page.words[page.words.index("When") + 1].endswith(("PST", "PDT"))
    for shown in ("First visit", "Second Example Practitioner", kept.reference, "Booked"):
        assert shown in page.words
    assert page.links[f"Call {PHONE}"] == "tel:+15035550142"
    assert page.buttons == ["Yes, cancel it"]


async def test_the_page_says_neither_who_comes_nor_how_to_reach_them(front: Front) -> None:
    kept = await front.book()

    response, _ = await front.get(front.path(kept))

    text = await response.text()
    assert [secret for secret in ("Jane", "Roe", "jane@", "5035550143") if secret in text] == []


async def test_the_page_runs_no_script_and_tells_nobody_its_address(front: Front) -> None:
    kept = await front.book()

    for path in (front.path(kept), f"{front.path(kept)}/times", "/appointments/made-up"):
        response, page = await front.get(path)

        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Robots-Tag"].startswith("noindex")
        assert "script-src" not in response.headers["Content-Security-Policy"]
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert not page.tags & {"script", "img", "iframe", "link"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_mail_scanner_that_follows_every_link_changes_nothing(front: Front, method: str) -> None:
    kept = await front.book()
    _, page = await front.get(front.path(kept))

    followed = [front.path(kept), *(f"/appointments/{href}" for href in page.links.values() if not href.startswith("tel:"))]
    for path in (*followed, f"{front.path(kept)}?do=cancel"):
        assert (await front.client.request(method, path)).status == 200

    assert len(followed) == 2
    assert front.now(kept) == kept


async def test_cancelling_leads_to_a_page_that_says_so(front: Front) -> None:
    kept = await front.book()

    response, page = await front.post(front.path(kept), {"do": "cancel"})

    assert [one.status for one in response.history] == [303]
    assert response.status == 200
    assert "Your appointment is canceled." in page.words
    assert page.buttons == []
    assert front.now(kept).state is State.CANCELLED


async def test_a_second_click_on_cancel_is_told_that_it_is_done(front: Front) -> None:
    kept = await front.book()

    await front.post(front.path(kept), {"do": "cancel"})
    response, page = await front.post(front.path(kept), {"do": "cancel"})

    assert response.status == 200
    assert "Your appointment is canceled." in page.words
    assert [row.operation for row in front.office.store.rows(reference=kept.reference)] == ["confirmation", "cancelled"]


async def test_other_times_are_listed_by_day_with_the_zone(front: Front) -> None:
    kept = await front.book()

    _, page = await front.get(f"{front.path(kept)}/times")

    assert page.choices
    assert all(re.fullmatch(r"\d{1,2}(:\d\d)? [ap]m P[SD]T, .+", label) for label in page.choices)
    assert page.links["Keep it as it is"] == f"../{front.path(kept).rpartition('/')[2]}"
    assert page.links["Later times"].startswith("times?from=")


async def test_later_times_begin_where_the_page_ended(front: Front) -> None:
    kept = await front.book()
    times = f"{front.path(kept)}/times"
    _, first = await front.get(times)

    _, second = await front.get(f"{times.removesuffix('times')}{first.links['Later times']}")

    openings = [
        [front.office.tokens.read_opening(token, f"link:{kept.reference}").start for token in page.choices.values()]
        for page in (first, second)
    ]
    assert max(openings[0]) < min(openings[1])


async def test_a_time_that_is_chosen_is_the_new_time(front: Front) -> None:
    kept = await front.book()
    _, times = await front.get(f"{front.path(kept)}/times")
    choice = list(times.choices.values())[5]

    response, page = await front.post(front.path(kept), {"do": "move", "opening": choice})

    assert response.status == 200
    assert "Your appointment has moved. This is the new time." in page.words
    assert front.now(kept).opening == front.office.tokens.read_opening(choice, f"link:{kept.reference}")


async def test_a_second_click_on_move_moves_once_and_shows_the_new_time(front: Front) -> None:
    kept = await front.book()
    _, times = await front.get(f"{front.path(kept)}/times")
    form = {"do": "move", "opening": list(times.choices.values())[5]}

    await front.post(front.path(kept), form)
    response, page = await front.post(front.path(kept), form)

    assert response.status == 200
    assert "Your appointment has moved. This is the new time." in page.words
    assert front.now(kept).revision == 1


async def test_whoever_comes_second_keeps_their_time_and_chooses_again(front: Front) -> None:
    kept, other = await front.book(), await front.book(Contact("John Doe", "+15035550143"), days=5)
    _, times = await front.get(f"{front.path(kept)}/times")
    label, choice = next((label, token) for label, token in times.choices.items() if label.endswith("Second Example Practitioner"))
    wanted = front.office.tokens.read_opening(choice, f"link:{kept.reference}")
    assert isinstance(await front.office.desk.move(other, wanted, "faster"), Kept)

    response, page = await front.post(front.path(kept), {"do": "move", "opening": choice})

    assert response.status == 409
    assert any(line.startswith("Somebody else has just taken that time.") for line in page.words)
    assert choice not in page.choices.values(), label
    assert front.now(kept) == kept


async def test_a_list_of_times_that_lay_about_is_shown_anew(front: Front) -> None:
    kept = await front.book()
    _, times = await front.get(f"{front.path(kept)}/times")
    front.clock.advance(minutes=31)

    response, page = await front.post(front.path(kept), {"do": "move", "opening": next(iter(times.choices.values()))})

    assert response.status == 409
    assert "That list of times was too old. Please choose again." in page.words
    assert page.choices
    assert front.now(kept) == kept


async def test_a_time_that_was_offered_to_another_visitor_is_not_taken(front: Front) -> None:
    kept, other = await front.book(), await front.book(Contact("John Doe", "+15035550143"), days=5)
    _, times = await front.get(f"{front.path(other)}/times")

    response, _ = await front.post(front.path(kept), {"do": "move", "opening": next(iter(times.choices.values()))})

    assert response.status == 409
    assert front.now(kept) == kept


async def test_shortly_before_the_visit_the_page_names_the_phone(front: Front) -> None:
    kept = await front.book()
    front.clock.now = kept.opening.start - dt.timedelta(hours=5)

    _, page = await front.get(front.path(kept))
    response, _ = await front.post(front.path(kept), {"do": "cancel"})

    assert "It is too late to move or cancel it here." in page.words
    assert page.buttons == []
    assert response.status == 409
    assert front.now(kept) == kept


# Whoever should not be here


async def test_whatever_is_wrong_with_a_link_the_page_is_the_same(front: Front) -> None:
    kept, moved, past = await front.book(), await front.book(days=5), await front.book(Contact("John", "+15035550143"), days=4)
    later = (await front.office.desk.openings("first_visit", start=moved.opening.start + dt.timedelta(days=3)))[0]
    await front.office.desk.move(moved, later, "key")
    genuine, expired = front.path(kept), front.path(past)
    front.clock.now = past.opening.end + dt.timedelta(days=1)

    bad = {
        "made up": (404, "/appointments/made-up"),
        "damaged": (404, genuine[:-2]),
        "a button's": (404, f"/appointments/{front.office.tokens.opening(kept.opening, 'c')}"),
        "spent": (410, front.path(moved)),
        "expired": (410, expired),
    }
    said = set()
    for name, (status, path) in bad.items():
        for response, page in (await front.get(path), await front.get(f"{path}/times"), await front.post(path, {"do": "cancel"})):
            assert response.status == status, name
            assert response.content_type == "text/html"
            said.add(page.text)

    assert len(said) == 1
    assert PHONE in said.pop()


async def test_an_old_link_does_not_cancel_what_has_moved_since(front: Front) -> None:
    kept = await front.book()
    old = front.path(kept)
    _, times = await front.get(f"{old}/times")
    await front.post(old, {"do": "move", "opening": list(times.choices.values())[5]})

    response, _ = await front.post(old, {"do": "cancel"})

    assert response.status == 410
    assert front.now(kept).state is State.CONFIRMED


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://attacker.example"},
        {"Origin": "https://clinic.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_website_sends_the_form(front: Front, headers: dict[str, str]) -> None:
    kept = await front.book()

    response, _ = await front.post(front.path(kept), {"do": "cancel"}, headers=headers)

    assert response.status == 403
    assert front.now(kept) == kept


@pytest.mark.parametrize("form", [{}, {"do": "confirm"}, {"do": "move"}, {"do": "move", "opening": "x" * 30_000}])
async def test_a_form_of_ones_own_making_does_nothing(front: Front, form: dict[str, str]) -> None:
    kept = await front.book()

    response, _ = await front.post(front.path(kept), form)

    assert 400 <= response.status < 500
    assert response.content_type == "text/html"
    assert front.now(kept) == kept


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "9999-12-31", "2026-02-30"])
async def test_a_day_that_is_none_is_no_error(front: Front, day: str) -> None:
    kept = await front.book()

    response, _ = await front.get(f"{front.path(kept)}/times?from={day}")

    assert response.status == 200


async def test_guessing_is_slowed_down(open_desk: Callable[..., Awaitable], office: Office) -> None:
    desk = await open_desk(office=office, address_per_minute=3)

    statuses = [(await desk.client.get(f"/appointments/guess{number}")).status for number in range(4)]

    assert statuses == [404, 404, 404, 429]


async def test_neither_the_link_nor_the_reference_is_logged(front: Front) -> None:
    kept = await front.book()

    with structlog.testing.capture_logs() as lines:
        await front.get(front.path(kept))
        await front.post(front.path(kept), {"do": "cancel"})

    assert lines
    assert [line for line in map(str, lines) if kept.reference in line or front.path(kept).rpartition("/")[2] in line] == []


# With a system of the clinic's own


async def with_system(open_desk: Callable[..., Awaitable], office: Office, system: System, clock: Clock) -> Front:
    """Return the gateway with another system behind the desk."""
    desk = Desk(office.booking, office.store, system, clock)
    own = replace(office, backend=system, desk=desk)
    return Front((await open_desk(office=own)).client, own, clock)


async def test_a_move_that_a_person_must_agree_to_is_not_called_done(open_desk, office, booking_clock) -> None:
    system = System()
    system.asks_a_person = True
    front = await with_system(open_desk, office, system, booking_clock)
    kept = await front.book()
    _, times = await front.get(f"{front.path(kept)}/times")

    _, page = await front.post(front.path(kept), {"do": "move", "opening": list(times.choices.values())[5]})

    assert "Your wish to move has been passed on. The clinic still has to agree." in page.words
    assert "Asked for, not confirmed yet" in page.words


async def test_a_move_that_the_system_does_not_take_leaves_the_appointment_where_it_was(open_desk, office, booking_clock) -> None:
    system = System()
    front = await with_system(open_desk, office, system, booking_clock)
    kept = await front.book()
    _, times = await front.get(f"{front.path(kept)}/times")
    system.mood = ["too_far"]

    response, page = await front.post(front.path(kept), {"do": "move", "opening": list(times.choices.values())[5]})

    assert response.status == 409
    assert page.choices
    assert front.now(kept).opening == kept.opening


async def test_a_second_move_waits_until_the_system_knows_the_first(open_desk, office, booking_clock) -> None:
    system = System()
    front = await with_system(open_desk, office, system, booking_clock)
    kept = await front.book()
    _, times = await front.get(f"{front.path(kept)}/times")
    system.mood = ["garbled"]
    choices = list(times.choices.values())
    await front.post(front.path(kept), {"do": "move", "opening": choices[-12]})

    response, page = await front.post(front.path(front.now(kept)), {"do": "move", "opening": choices[-1]})

    assert response.status == 409
    assert any(line.startswith("The last change is still on its way.") for line in page.words)


async def test_a_cancellation_stands_whatever_the_system_says(open_desk, office, booking_clock) -> None:
    system = System()
    front = await with_system(open_desk, office, system, booking_clock)
    kept = await front.book()
    system.mood = ["busy"]

    _, page = await front.post(front.path(kept), {"do": "cancel"})

    assert "Your appointment is canceled." in page.words
    rows = front.office.store.rows(reference=kept.reference)
    assert [(row.operation, row.state) for row in rows if row.operation == "cancel"] == [("cancel", RowState.PENDING)]


async def test_a_system_that_cannot_be_used_closes_the_page_and_not_the_chat(open_desk, office, booking_clock) -> None:
    class Unusable(System):
        is_mended = False

        async def start(self) -> None:
            if not self.is_mended:
                raise BackendUnusable("the calendar is not there")

    system = Unusable()
    front = await with_system(open_desk, office, system, booking_clock)
    kept = await front.book()

    down, page = await front.get(front.path(kept))
    chat = await front.client.get("/v1/config")
    system.is_mended = True
    up, _ = await front.get(front.path(kept))

    assert (down.status, chat.status, up.status) == (503, 200, 200)
    assert PHONE in page.text


async def test_the_mail_about_an_appointment_holds_the_link(front: Front, tmp_path: Path) -> None:
    kept = await front.book()

    await front.office.delivery.run_once()

    mail = next((tmp_path / "outbox").glob("*.confirmation.eml")).read_text()
    link = re.search(r"https://chat\.example\.com(/appointments/\S+)", mail.replace("=\n", "").replace("=3D", "="))
    assert link
    response, page = await front.get(link[1])
    assert response.status == 200
    assert kept.reference in page.words
