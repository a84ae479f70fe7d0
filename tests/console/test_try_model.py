"""Trying a question out with the real model, in a process of its own, and in real Chromium."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import time
from collections.abc import Awaitable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright

from frontdesk.console.app import create_app
from frontdesk.console.drafting import Progress, Stage
from frontdesk.console.keys import AUDIT, DRAFTING, PEOPLE, TRYING
from frontdesk.console.settings import Settings
from frontdesk.publishing.publisher import Draft
from frontdesk.publishing.replay import Question, Replay
from frontdesk.publishing.shelf import Shelf
from frontdesk.record import Record
from frontdesk.record.settings import Settings as RecordSettings
from frontdesk.staff.people import Role
from tests.console.conftest import PASSWORD, Visit
from tests.publishing.test_shelf import put

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]

Client = TestClient[Any, Any]
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


class Desk:
    """A console over a copy of the project with the real model published, in a loop of its own."""

    def __init__(self, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.folder, self._loop = folder, loop
        self.client: Client
        self.visit: Visit

    def run(self, work: Awaitable[Any]) -> Any:
        return self._loop.run_until_complete(work)

    def ask(self, question: str, before: str = "") -> str:
        status, page, _ = self.run(self.visit.send("/try", question=question, before=before))
        assert status == 200, page
        return unescape(page)

    async def start(self) -> None:
        project = self.folder / "project"
        settings = Settings(project=project, models_dir=project / "models", database_url=f"sqlite:///{self.folder / 'staff.db'}")
        app = create_app(settings, Record(RecordSettings(url=f"sqlite:///{self.folder / 'record.db'}")), self.folder)
        app[PEOPLE]._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        app[PEOPLE].add("Ana", PASSWORD, Role.EDITOR)
        self.client = TestClient(TestServer(app))
        await self.client.start_server()
        self.visit = Visit(self.client)
        data = {"name": "Ana", "password": PASSWORD, "to": "/"}
        async with self.client.post("/sign-in", data=data, headers=self.visit.headers, allow_redirects=False) as answer:
            self.visit.cookie = answer.headers["Set-Cookie"].split(";")[0]
        self.client.session.cookie_jar.clear()
        await self.visit.open("/try")
        # Loading takes as long as the machine is slow; here it is waited for.
        await self.client.app[TRYING]._warming


@pytest.fixture(scope="module")
def desk(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("trying")
    project = folder / "project"
    for name in ("data", "clinic", "actions", "widget"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, project)
    (project / "models").mkdir()
    for name in ("live", "draft"):
        shutil.copy(model, project / "models" / f"{name}.tar.gz")
    if (encoded := ROOT / "var" / "embeddings.npz").is_file():
        # As in an installation, where a training has made it.
        (project / "var").mkdir()
        shutil.copy(encoded, project / "var")
    Shelf(project / "models").publish("live")
    loop = asyncio.new_event_loop()
    made = Desk(folder, loop)
    made.run(made.start())
    yield made
    made.run(made.client.close())
    loop.close()


@pytest.fixture
def with_draft(desk: Desk) -> Iterator[None]:
    draft = Draft(Shelf(desk.folder / "project" / "models").get("draft"), (), Replay(), Replay(), (), 0.0)
    desk.client.app[DRAFTING].progress = Progress(Stage.READY, "Ben", draft=draft)
    yield
    desk.client.app[DRAFTING].progress = Progress()


def test_an_answer_says_what_matched_and_how_sure_and_is_the_one_that_visitors_get(desk: Desk) -> None:
    page = desk.ask("how much is a visit")

    assert "Answers" in page
    assert re.search(r"<dd>very sure \(\d+ %\)</dd>", page)
    assert "(cost)" in page
    told = json.loads(re.search(r"data-replies=\"(.*)\">", page)[1])
    assert told["messages"][0]["type"] == "text"
    assert "$" in told["messages"][0]["text"]
    assert told["config"]["kinds"][told["messages"][0]["kind"]]


def test_the_nearest_examples_are_named_with_their_topic(desk: Desk) -> None:
    page = desk.ask("how mcuh is a visit")

    rows = re.findall(r'<tr><td>(.+?)</td><td>(\d+) %</td>\s*<td><a href="/topics/(\w+)">', page)
    assert len(rows) >= 5
    assert rows[0][2] == "cost"
    assert int(rows[0][1]) > 75
    assert [int(row[1]) for row in rows] == sorted((int(row[1]) for row in rows), reverse=True)


def test_an_example_that_was_just_written_is_among_them(desk: Desk) -> None:
    path = desk.folder / "project" / "data" / "faq" / "location_parking.yml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("    examples: |\n", "    examples: |\n      - zorblat at the fish market\n", 1), encoding="utf-8")
    try:
        page = desk.ask("zorblat at the fish market")
    finally:
        path.write_text(whole, encoding="utf-8")

    assert "<tr><td>zorblat at the fish market</td><td>100 %</td>" in page


def test_without_a_draft_the_page_leads_to_where_one_is_prepared(desk: Desk) -> None:
    page = desk.ask("how much is a visit")

    assert 'No new version is ready, so only what visitors meet now can answer. <a href="/publish">' in page
    assert page.count("data-replies=") == 1


def test_draft_and_live_stand_side_by_side(desk: Desk, with_draft: None) -> None:
    page = desk.ask("how much is a visit")

    assert re.findall(r"<dt>Version</dt><dd>(\w+)</dd>", page) == ["live", "draft"]
    assert page.count("data-replies=") == 2
    assert "No new version is ready" not in page


def test_an_alarm_is_told_with_its_rule_and_no_percent(desk: Desk) -> None:
    page = desk.ask("i want to kill myself")

    assert "Alarm: it points to help at once" in page
    assert "a rule of the safety texts: crisis" in page
    assert "How sure" not in page
    assert json.loads(re.search(r"data-replies=\"(.*)\">", page)[1])["messages"][0]["type"] == "emergency"


def test_what_was_said_before_counts(desk: Desk) -> None:
    assert "(does_it_hurt)" not in desk.ask("and the cost?", before="does it hurt")
    assert "(cost)" in desk.ask("and the cost?", before="does it hurt")


@pytest.mark.parametrize(
    ("question", "does"),
    [
        ("is it the same for the other one", "Hands off"),
        ("do you validate for the garage under the fish market", "Suggests topics and asks which is meant"),
        ("hello", "Goes on with the conversation"),
        ("what is the capital of france", "not something the clinic answers"),
    ],
)
def test_whatever_comes_of_it_has_words(desk: Desk, question: str, does: str) -> None:
    assert does in desk.ask(question)


def test_once_warm_both_answer_within_a_second(desk: Desk, with_draft: None) -> None:
    desk.ask("hello")
    took = []
    for question in ("how much is a visit", "does it hurt", "where can i park"):
        began = time.perf_counter()
        desk.ask(question)
        took.append(time.perf_counter() - began)

    assert min(took) < 1


def test_what_was_tried_is_kept_nowhere(desk: Desk) -> None:
    desk.ask("zorblat my knee", before="frimp my elbow")

    kept = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    assert [path for path, content in kept.items() if b"zorblat" in content or b"frimp" in content] == []
    assert {deed.what for deed in desk.client.app[AUDIT].last()} == {"signed_in"}


def test_who_waits_too_long_for_others_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk.console.trying.WAIT_S", 0.05)

    async def ask() -> tuple[int, str, str]:
        async with desk.client.app[TRYING]._workshop._turn:
            return await desk.visit.send("/try", question="how much")

    status, page, _ = desk.run(ask())

    assert (status, "The workshop is busy with another job. Try your question again in a minute." in page) == (503, True)


def test_when_the_workshop_dies_the_page_says_what_to_do_and_the_next_question_is_answered(desk: Desk) -> None:
    desk.ask("hello")

    async def ask_and_kill() -> tuple[int, str, str]:
        pid = desk.client.app[TRYING]._workshop.pid
        # Stopped first, so that it cannot answer before it is killed.
        os.kill(pid, signal.SIGSTOP)
        asking = asyncio.ensure_future(desk.visit.send("/try", question="how much is a visit"))
        await asyncio.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        return await asking

    status, page, _ = desk.run(ask_and_kill())

    assert (status, "Ask again: it starts anew" in page) == (503, True)
    assert "how much is a visit</textarea>" in page

    async def ask_and_look_elsewhere() -> tuple[bool, str]:
        asking = asyncio.ensure_future(desk.visit.send("/try", question="how much is a visit"))
        await asyncio.sleep(0.3)
        await asyncio.wait_for(desk.visit.open("/inbox"), 2)
        was_loading = not asking.done()
        return was_loading, (await asking)[1]

    was_loading, page = desk.run(ask_and_look_elsewhere())

    assert was_loading
    assert "(cost)" in page


def test_a_model_that_cannot_be_loaded_is_told(desk: Desk) -> None:
    models = desk.folder / "project" / "models"
    put(Shelf(models), "broken")
    Shelf(models).publish("broken")
    try:
        status, page, _ = desk.run(desk.visit.send("/try", question="how much"))
    finally:
        Shelf(models).publish("live")

    assert (status, "A version could not be asked" in page) == (503, True)


def test_the_workshop_by_itself_names_examples_and_gives_replies_as_the_gateway_gets_them(desk: Desk) -> None:
    workshop = desk.client.app[TRYING]._workshop
    near = desk.run(workshop.nearest("what does a visit cost", wait_s=30, count=3))
    tried = desk.run(workshop.try_out(desk.folder / "project" / "models" / "live.tar.gz", Question("how much is a visit"), wait_s=30))

    assert (near[0].name, near[0].is_topic, len(near)) == ("cost", True, 3)
    assert tried.heard.topics == ("cost",)
    assert tried.messages[0]["metadata"]["topic"] == "cost"
    assert tried.category is None


@pytest.mark.parametrize("width", [1000, 390])
def test_in_a_browser_the_reply_looks_as_in_the_chat_window_and_the_page_passes_axe(desk: Desk, with_draft: None, width: int) -> None:
    async def look() -> tuple[list[str], list[str], bool]:
        address = str(desk.client.make_url("/")).rstrip("/")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            page = await browser.new_page(viewport={"width": width, "height": 800})
            await page.goto(f"{address}/sign-in?to=/try")
            await page.get_by_label("Name").fill("Ana")
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Sign in").click()
            await page.get_by_label("A visitor asks").fill("how much is a visit")
            await page.get_by_role("button", name="Ask", exact=True).click()
            bubbles = page.locator("[data-replies] .panel .bubble")
            await bubbles.nth(1).wait_for()
            kinds = await page.locator("[data-replies] .kind").all_inner_texts()
            violations = (await Axe().run(page)).response["violations"]
            too_wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            await browser.close()
        return kinds, [one["id"] for one in violations], too_wide

    kinds, violations, too_wide = desk.run(look())

    assert kinds[:1] == ["From the clinic"]
    assert violations == []
    assert not too_wide
