"""What is kept, for how long, and what a visitor may ask for: to see it, and to have it erased."""

from __future__ import annotations

import datetime as dt
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from frontdesk.console.conversations import Conversations
from frontdesk.console.keys import AUDIT, CONVERSATIONS, SESSIONS
from frontdesk.record import Record
from frontdesk.staff.sessions import IDLE
from tests.console.conftest import Visit
from tests.gateway.fake_rasa import ANSWER, WELCOME, FakeRasa
from tests.record.visits import missed

Client = TestClient[Any, Any]
SignIn = Callable[[str], Awaitable[Visit]]
ID = "Zk3_visitor-1"
FORMS = ("/privacy", "/privacy/export", "/privacy/erase")


@pytest.fixture
async def rasa(console: Client) -> AsyncIterator[FakeRasa]:
    """Rasa's channel, with one conversation of this day."""
    fake = FakeRasa()
    said = {"from": "visitor", "text": "zorblat, I'm Ann", "client_message_id": "m", "at": "2026-11-24T09:00:01Z"}
    fake.conversations[ID] = [{"from": "assistant", "message": WELCOME, "at": ""}, said, {"from": "assistant", "message": ANSWER, "at": ""}]
    async with TestServer(fake.app()) as server:
        console.app[CONVERSATIONS]._url = Conversations(str(server.make_url("/")))._url
        yield fake


@pytest.fixture
def kept(record: Record) -> Record:
    record.add([missed(ID, "zorblat, I'm [name]"), missed("another", "frimp")])
    return record


def written_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("*.db*"))


def deeds(console: Client) -> list[tuple[str, str, str]]:
    return [(deed.name, deed.what, deed.subject) for deed in console.app[AUDIT].last()]


async def test_everybody_sees_what_is_kept_and_for_how_long(sign_in: SignIn) -> None:
    page = await (await sign_in("Ana")).open("/privacy")

    assert "30 days after the conversation began" in page
    assert "13 months" in page
    assert "30 days after the appointment" in page
    assert "Id of the conversation" not in page


async def test_it_says_what_the_chat_tells_visitors(sign_in: SignIn, project: Path) -> None:
    path = project / "clinic" / "practice.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("chat_retention:", "chat_retention: Gone <b>soon</b>. #"), encoding="utf-8")

    assert "Gone &lt;b&gt;soon&lt;/b&gt;." in await (await sign_in("Ana")).open("/privacy")


async def test_files_with_a_mistake_leave_the_rest_of_the_page(sign_in: SignIn, project: Path) -> None:
    for name in ("practice.yml", "booking.yml"):
        (project / "clinic" / name).write_text("services: [", encoding="utf-8")

    page = await (await sign_in("Ana")).open("/privacy")

    assert "booking.yml has a mistake" in page
    assert "30 days after the conversation began" in page


async def test_it_says_when_was_purged_and_that_nothing_was(sign_in: SignIn, record: Record) -> None:
    visit = await sign_in("Ana")
    assert "Nothing was ever deleted here" in await visit.open("/privacy")
    gone = record.purge()

    page = await visit.open("/privacy")

    assert f"last deleted on {gone.at:%Y-%m-%d %H:%M} UTC: 0 messages, and the counts of 0 days" in page
    assert "every hour while it runs" not in page
    record._clock = lambda: gone.at + dt.timedelta(hours=4)
    assert "That is long ago" in await visit.open("/privacy")


async def test_an_admin_sees_how_much_is_kept_of_a_conversation_and_not_its_words(sign_in: SignIn, rasa: FakeRasa, kept: Record) -> None:
    visit = await sign_in("Cem")

    status, page, _ = await visit.send("/privacy", id=f" {ID} ")

    assert status == 200
    assert "The conversation, 3 messages of both sides." in page
    assert "The record, 1 message of the visitor" in page
    assert "zorblat" not in page


async def test_all_that_is_kept_is_handed_out_as_the_command_prints_it(
    sign_in: SignIn, console: Client, rasa: FakeRasa, kept: Record
) -> None:
    visit = await sign_in("Cem")

    async with console.post("/privacy/export", data={"form_key": visit.key, "id": ID}, headers=visit.headers) as answer:
        held = json.loads(await answer.text())
        assert answer.headers["Content-Disposition"] == f'attachment; filename="conversation-{ID}.json"'
        assert answer.headers["Cache-Control"] == "no-store"

    assert held["conversation"] == rasa.conversations[ID]
    assert held["record"] == kept.export(ID)
    assert ("Cem", "conversation_exported", ID) in deeds(console)


async def test_erasing_takes_the_conversation_and_its_record_and_nothing_else(
    sign_in: SignIn, console: Client, rasa: FakeRasa, kept: Record, tmp_path: Path
) -> None:
    visit = await sign_in("Cem")

    status, page, _ = await visit.send("/privacy/erase", id=ID)

    assert (status, "are erased" in page) == (200, True)
    assert rasa.conversations == {}
    assert (kept.export(ID), kept.export("another") is not None) == (None, True)
    assert ("Cem", "conversation_erased", ID) in deeds(console)
    assert b"zorblat" not in written_in(tmp_path)
    status, page, _ = await visit.send("/privacy/erase", id=ID)
    assert (status, f"Nothing is kept of the conversation {ID}" in page) == (404, True)


async def test_what_is_only_in_the_record_any_more_can_be_seen_and_erased(sign_in: SignIn, rasa: FakeRasa, kept: Record) -> None:
    rasa.conversations.clear()
    visit = await sign_in("Cem")

    _, page, _ = await visit.send("/privacy", id=ID)
    status, _, _ = await visit.send("/privacy/erase", id=ID)

    assert "The conversation itself is gone." in page
    assert (status, kept.export(ID)) == (200, None)


@pytest.mark.parametrize("path", FORMS)
async def test_while_rasa_does_not_answer_nothing_is_changed(sign_in: SignIn, console: Client, kept: Record, path: str) -> None:
    visit = await sign_in("Cem")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        console.app[CONVERSATIONS]._url = f"http://127.0.0.1:{closed.getsockname()[1]}"

        status, page, _ = await visit.send(path, id=ID)

    assert (status, "does not answer. Nothing was changed." in page) == (503, True)
    assert kept.export(ID) is not None
    assert "conversation_erased" not in {what for _, what, _ in deeds(console)}


@pytest.mark.parametrize(("status", "body"), [(500, "{}"), (200, "<html>"), (200, "[]"), (200, "{}"), (404, "no such page"), (302, "")])
async def test_what_is_no_answer_of_rasas_changes_nothing(sign_in: SignIn, console: Client, kept: Record, status: int, body: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    visit = await sign_in("Cem")
    async with TestServer(app) as server:
        console.app[CONVERSATIONS]._url = str(server.make_url("/c"))

        found, page, _ = await visit.send("/privacy/erase", id=ID)

    assert (found, "does not answer. Nothing was changed." in page) == (503, True)
    assert kept.export(ID) is not None


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("name", ["Ana", "Ben"])
async def test_only_an_admin_looks_into_or_erases_a_conversation(sign_in: SignIn, kept: Record, path: str, name: str) -> None:
    visit = await sign_in(name)

    status, page, _ = await visit.send(path, id=ID)

    assert status == 403
    assert "takes the role &#39;admin&#39;" in page
    assert kept.export(ID) is not None


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_without_the_key_of_the_session_changes_nothing(sign_in: SignIn, kept: Record, path: str) -> None:
    visit = await sign_in("Cem")
    visit.key = "0" * 64

    status, _, _ = await visit.send(path, id=ID)

    assert status == 403
    assert kept.export(ID) is not None


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("what", ["", "<script>alert(1)</script>", "../../secrets", "a" * 65, "ann@example.com"])
async def test_what_is_no_id_is_not_repeated_and_noted_nowhere(sign_in: SignIn, console: Client, path: str, what: str) -> None:
    visit = await sign_in("Cem")
    before = deeds(console)

    status, page, _ = await visit.send(path, id=what)

    assert status == 400
    assert "no conversation&#39;s id" in page
    assert not what or what not in page
    assert deeds(console) == before


async def test_an_id_of_which_nothing_is_kept_is_noted_nowhere(sign_in: SignIn, console: Client, rasa: FakeRasa) -> None:
    visit = await sign_in("Cem")

    for path in FORMS:
        status, page, _ = await visit.send(path, id="nobody")
        assert (status, "Nothing is kept of the conversation nobody" in page) == (404, True)

    assert [deed for deed in deeds(console) if deed[1].startswith("conversation")] == []


async def test_after_the_session_ended_nothing_is_erased_and_the_id_is_kept_on_the_page(
    sign_in: SignIn, console: Client, kept: Record
) -> None:
    visit = await sign_in("Cem")
    console.app[SESSIONS]._clock = lambda: dt.datetime.now(dt.UTC) + IDLE + dt.timedelta(minutes=1)

    status, page, _ = await visit.send("/privacy/erase", id=ID)

    assert (status, ID in page) == (403, True)
    assert kept.export(ID) is not None
