"""The console as its people use it, and as somebody would abuse it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from frontdesk.console.keys import AUDIT, INBOX, MODELS_SECRET, SESSIONS, SHELF
from frontdesk.faq.editing import TopicFolder
from frontdesk.record.record import Record
from frontdesk.staff.sessions import IDLE
from tests.console.conftest import PASSWORD, Visit
from tests.publishing.test_shelf import put
from tests.record.visits import missed

Client = TestClient[Any, Any]
SignIn = Callable[[str], Awaitable[Visit]]
PAGES = ("/", "/inbox", "/publish", "/account")
FORMS = ("/publish/draft", "/publish", "/publish/back", "/publish/away", "/people", "/people/change", "/account/password", "/inbox/1/topic")


@pytest.mark.parametrize("path", PAGES)
async def test_nobody_sees_a_page_without_signing_in(console: Client, path: str) -> None:
    async with console.get(path, allow_redirects=False) as answer:
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/sign-in?to=")


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_keeps_scripts_of_others_out_and_itself_out_of_frames_and_caches(sign_in: SignIn, console: Client, path: str) -> None:
    visit = await sign_in("Ana")

    async with console.get(path, headers=visit.headers) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert "<script>" not in await answer.text()


async def test_the_cookie_is_for_the_server_alone(console: Client) -> None:
    data = {"name": "Ana", "password": PASSWORD}
    async with console.post("/sign-in", data=data, headers=Visit(console).headers, allow_redirects=False) as answer:
        cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "inbox"])
async def test_signing_in_leads_nowhere_else(console: Client, to: str) -> None:
    data = {"name": "Ana", "password": PASSWORD, "to": to}
    async with console.post("/sign-in", data=data, headers=Visit(console).headers, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/")


async def test_a_wrong_password_is_told_in_words_that_name_nothing(console: Client) -> None:
    data = {"name": "Ana", "password": "wrong wrong wrong"}
    async with console.post("/sign-in", data=data, headers=Visit(console).headers) as answer:
        assert answer.status == 403
        assert "name, password or code is not right" in await answer.text()


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_of_another_website_changes_nothing(sign_in: SignIn, console: Client, path: str) -> None:
    visit = await sign_in("Cem")

    data = {"form_key": visit.key}
    async with console.post(path, data=data, headers={"Cookie": visit.cookie, "Origin": "https://evil.example"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_without_the_key_of_the_session_changes_nothing(sign_in: SignIn, path: str) -> None:
    visit = await sign_in("Cem")
    visit.key = "0" * 64

    status, page, _ = await visit.send(path)

    assert status == 403
    assert "older than your session" in page


@pytest.mark.parametrize(
    ("path", "role"), [("/publish", "publisher"), ("/publish/back", "publisher"), ("/people", "admin"), ("/people/change", "admin")]
)
async def test_a_role_may_do_so_much_and_no_more(sign_in: SignIn, path: str, role: str) -> None:
    visit = await sign_in("Ana")

    status, page, _ = await visit.send(path)

    assert status == 403
    assert f"takes the role &#39;{role}&#39;" in page


async def test_an_admin_makes_an_account_and_the_log_says_so(sign_in: SignIn, console: Client) -> None:
    visit = await sign_in("Cem")

    status, _, _ = await visit.send("/people", name="Dee", password=PASSWORD, role="editor")

    assert status == 303
    assert (await sign_in("Dee")).key
    assert ("Cem", "account_made", "Dee") in [(deed.name, deed.what, deed.subject) for deed in console.app[AUDIT].last()]


async def test_an_admin_cannot_shut_the_last_door(sign_in: SignIn) -> None:
    visit = await sign_in("Cem")

    status, page, _ = await visit.send("/people/change", name="cem", what="remove")

    assert status == 400
    assert "Another admin must change your account" in page


async def test_a_form_sent_after_the_session_ended_is_kept_on_the_page(sign_in: SignIn, console: Client) -> None:
    visit = await sign_in("Cem")
    console.app[SESSIONS]._clock = lambda: dt.datetime.now(dt.UTC) + IDLE + dt.timedelta(minutes=1)

    status, page, _ = await visit.send("/people", name="Somebody <b>new</b>")

    assert status == 403
    assert "Somebody &lt;b&gt;new&lt;/b&gt;" in page
    assert "Sign in again" in page


async def test_signing_out_ends_the_session_and_not_only_the_cookie(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")

    await visit.send("/sign-out")

    await visit.open("/", status=303)


# The inbox


async def test_the_first_page_counts_what_came_in_since_somebody_looked(sign_in: SignIn, record: Record) -> None:
    visit = await sign_in("Ana")
    assert "Nothing waits in the inbox" in await visit.open("/")

    record.add([missed("c1", "do you validate for the fish market garage")])

    assert "1 question waits in the inbox" in await visit.open("/")


async def test_what_a_visitor_wrote_is_words_and_never_markup(sign_in: SignIn, record: Record) -> None:
    record.add([missed("c1", "<script>alert(1)</script> do you {{ 7*7 }} dry needle")])
    visit = await sign_in("Ana")

    page = await visit.open("/inbox")

    assert "&lt;script&gt;alert(1)&lt;/script&gt; do you {{ 7*7 }} dry needle" in page
    assert "<script>alert" not in page


async def test_one_click_adds_a_question_to_a_topic(sign_in: SignIn, record: Record, project: Path, console: Client) -> None:
    record.add([missed("c1", "do you validate for the fish market garage")])
    visit = await sign_in("Ana")
    await visit.open("/inbox")

    status, page, _ = await visit.send("/inbox/1/topic", topic="location_parking")

    assert status == 200
    assert "Prepare a new version" in page
    assert "do you validate for the fish market garage" in TopicFolder(project).open("location_parking").draft.examples
    assert console.app[INBOX].page().total == 0
    assert ("Ana", "inbox_assigned", "location_parking") in [(deed.name, deed.what, deed.subject) for deed in console.app[AUDIT].last()]


async def test_a_topic_that_cannot_be_saved_leaves_the_question_in_the_inbox(
    sign_in: SignIn, record: Record, project: Path, console: Client
) -> None:
    record.add([missed("c1", "do you validate for the fish market garage")])
    visit = await sign_in("Ana")
    await visit.open("/inbox")
    path = project / "data" / "faq" / "location_parking.yml"
    path.write_text("nlu: [", encoding="utf-8")

    status, _, _ = await visit.send("/inbox/1/topic", topic="location_parking")

    assert status == 409
    assert console.app[INBOX].page().total == 1
    assert path.read_text(encoding="utf-8") == "nlu: ["


@pytest.mark.parametrize("topic", ["", "../secrets", "no_such_topic"])
async def test_a_topic_that_is_not_there_takes_no_question(sign_in: SignIn, record: Record, topic: str) -> None:
    record.add([missed("c1", "do you validate")])
    visit = await sign_in("Ana")
    await visit.open("/inbox")

    status, page, _ = await visit.send("/inbox/1/topic", topic=topic)

    assert status == 400
    assert "There is no topic" in page


async def test_what_is_set_aside_can_be_found_and_opened_again(sign_in: SignIn, record: Record) -> None:
    record.add([missed("c1", "what is the capital of peru")])
    visit = await sign_in("Ana")
    await visit.open("/inbox")

    await visit.send("/inbox/1/aside", state="out_of_scope")

    assert "capital of peru" not in await visit.open("/inbox")
    assert "capital of peru" in await visit.open("/inbox?state=out_of_scope")
    await visit.send("/inbox/1/aside", state="open")
    assert "capital of peru" in await visit.open("/inbox")


@pytest.mark.parametrize("path", ["/inbox/999", "/inbox?state=nonsense", "/nowhere"])
async def test_an_address_that_leads_nowhere_says_so_kindly(sign_in: SignIn, path: str) -> None:
    visit = await sign_in("Ana")

    async with visit._client.get(path, headers=visit.headers) as answer:
        assert answer.status in (400, 404)
        assert "Back to the first page" in await answer.text()


# Publishing


async def test_a_draft_that_is_not_there_is_not_published(sign_in: SignIn, console: Client) -> None:
    visit = await sign_in("Ben")
    await visit.open("/publish")

    status, page, _ = await visit.send("/publish", model="anything")

    assert status == 409
    assert "not there any more" in page
    assert console.app[SHELF].published_name() is None


async def test_going_back_with_nothing_before_says_so(sign_in: SignIn, console: Client) -> None:
    put(console.app[SHELF], "monday")
    console.app[SHELF].publish("monday")
    visit = await sign_in("Ben")
    await visit.open("/publish")

    status, page, _ = await visit.send("/publish/back")

    assert status == 409
    assert "no earlier model" in page


async def test_rasa_gets_the_published_model_once_and_then_nothing_new(console: Client) -> None:
    shelf = console.app[SHELF]
    content = put(shelf, "monday").read_bytes()
    shelf.publish("monday")
    address = f"/models/published?token={console.app[MODELS_SECRET]}"

    async with console.get(address) as answer:
        assert await answer.read() == content
        fingerprint = answer.headers["ETag"]
    async with console.get(address, headers={"If-None-Match": fingerprint}) as answer:
        assert answer.status == 304


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_nobody_else_gets_a_model(console: Client, token: str) -> None:
    put(console.app[SHELF], "monday")
    console.app[SHELF].publish("monday")

    async with console.get(f"/models/published?token={token}") as answer:
        assert answer.status == 403
