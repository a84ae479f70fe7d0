"""A question is tried on the draft and on what visitors meet: what the page takes, and what it says when it cannot."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from aiohttp.test_utils import TestClient

from frontdesk.console.drafting import Progress, Stage
from frontdesk.console.keys import DRAFTING, SESSIONS, SHELF
from frontdesk.console.replies import read_practice, show_replies
from frontdesk.faq.names import Decision
from frontdesk.staff.sessions import IDLE
from tests.console.conftest import Visit
from tests.publishing.test_shelf import put

ROOT = Path(__file__).resolve().parents[2]
Client = TestClient[Any, Any]
SignIn = Callable[[str], Awaitable[Visit]]
SCRIPT = "<script>alert(1)</script> {{ 7*7 }}"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}"


async def test_before_anything_is_published_the_page_says_what_to_do(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")

    page = await visit.open("/try")
    status, _, _ = await visit.send("/try", question="how much is it")

    assert "Nothing is published yet." in page
    assert status == 409


async def test_what_was_typed_stays_in_the_form_and_is_never_markup(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")

    _, page, _ = await visit.send("/try", question=SCRIPT, before=f'"{SCRIPT}')

    assert f">{ESCAPED}</textarea>" in page
    assert f'value="&#34;{ESCAPED}"' in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("question", "before", "says"), [(" / \u200b", "", "Type a question first"), ("a" * 2001, "", "longer"), ("a", "b" * 2001, "longer")]
)
async def test_what_no_visitor_can_write_is_not_asked(sign_in: SignIn, question: str, before: str, says: str) -> None:
    visit = await sign_in("Ana")

    status, page, _ = await visit.send("/try", question=question, before=before)

    assert (status, says in page) == (400, True)


async def test_while_a_version_is_prepared_the_page_says_who_does_it_and_keeps_the_question(sign_in: SignIn, console: Client) -> None:
    put(console.app[SHELF], "monday")
    console.app[SHELF].publish("monday")
    console.app[DRAFTING].progress = Progress(Stage.PREPARING, "Ben <b>")
    visit = await sign_in("Ana")

    status, page, _ = await visit.send("/try", question="how much is it")

    assert status == 503
    assert "Ben &lt;b&gt; is preparing a new version at the moment. Try your question again in a minute." in page
    assert "how much is it</textarea>" in page


async def test_a_published_model_that_is_gone_is_told(sign_in: SignIn, console: Client) -> None:
    put(console.app[SHELF], "monday")
    console.app[SHELF].publish("monday")
    (console.app[SHELF].folder / "monday.tar.gz").unlink()
    visit = await sign_in("Ana")

    assert "There is no model &#39;monday&#39;" in await visit.open("/try")
    status, page, _ = await visit.send("/try", question="how much is it")
    assert (status, "There is no model &#39;monday&#39;" in page) == (503, True)


async def test_a_form_without_the_key_of_the_session_asks_nothing(sign_in: SignIn) -> None:
    visit = await sign_in("Ana")
    visit.key = "0" * 64

    status, page, _ = await visit.send("/try", question="how much is it")

    assert (status, "older than your session" in page) == (403, True)


async def test_a_question_sent_after_the_session_ended_is_kept_on_the_page(sign_in: SignIn, console: Client) -> None:
    visit = await sign_in("Ana")
    console.app[SESSIONS]._clock = lambda: dt.datetime.now(dt.UTC) + IDLE + dt.timedelta(minutes=1)

    status, page, _ = await visit.send("/try", question=SCRIPT)

    assert (status, ESCAPED in page) == (403, True)


def test_every_decision_has_words() -> None:
    page = (ROOT / "frontdesk" / "console" / "templates" / "try.html").read_text(encoding="utf-8")

    assert set(re.findall(r'^  "(\w+)": "', page, re.MULTILINE)) == set(get_args(Decision))


# Replies as the chat window is told of them: the same as the gateway tells it


def test_without_scripts_a_reply_is_read_as_text() -> None:
    reply = {"text": "Which?", "buttons": [{"id": "1", "title": "Prices"}]}

    lines = show_replies([reply], ROOT / "clinic", read_practice(ROOT / "clinic")).lines

    assert lines == ("Which?", "[Prices]")


def test_a_clinic_whose_files_are_broken_has_replies_without_labels(tmp_path: Path) -> None:
    (tmp_path / "wording.yml").write_text("kinds: [", encoding="utf-8")

    shown = json.loads(show_replies([{"text": "One."}], tmp_path, read_practice(tmp_path)).data)

    assert (shown["messages"], shown["config"]["kinds"], shown["theme"]) == ([{"type": "text", "text": "One."}], {}, {})
