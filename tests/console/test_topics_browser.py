"""Topics in real Chromium: found, changed with help, seen as visitors will see them, and saved; every page passes axe.

Takes the pictures of the documents too when FRONTDESK_SCREENSHOTS names the folder for them.
"""

from __future__ import annotations

import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from frontdesk.booking.office import open_office
from frontdesk.faq.editing import TopicFolder
from frontdesk.gateway import Secret, create_app
from frontdesk.gateway import Settings as GatewaySettings
from frontdesk.gateway.standby import Standby
from frontdesk.practice import load_practice
from frontdesk.record.record import Record
from frontdesk.safety.record import AlarmRecord
from tests.console.conftest import PASSWORD, ROOT
from tests.gateway.fake_rasa import FakeRasa
from tests.record.visits import missed

Client = TestClient[Any, Any]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
TOPIC = "does_it_hurt"
PATIENCE_MS = 30_000
"""For the first hints all examples are counted, which takes a while where others use the machine."""
PAGES = (
    "/topics",
    f"/topics/{TOPIC}",
    "/topics/new-topic",
    "/topics/cost/move",
    f"/topics/cost/merge?into={TOPIC}",
    "/topics/from-spreadsheet",
    "/topics/hours",
)

BUBBLES = """bubbles => bubbles.map(bubble => {
  const parts = ["color", "backgroundColor", "fontSize", "lineHeight", "fontWeight", "padding", "borderRadius", "fontFamily"];
  const look = element => parts.map(part => getComputedStyle(element)[part]);
  return [bubble.outerHTML, ...[bubble, ...bubble.querySelectorAll("*")].map(look)];
})"""


@asynccontextmanager
async def signed_in(console: Client, name: str, width: int) -> AsyncIterator[tuple[Page, BrowserContext, str, list[str]]]:
    """A window in which somebody is signed in, the console's address, and what the browser complains about."""
    address, complaints = str(console.make_url("/")).rstrip("/"), []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context(viewport={"width": width, "height": 800})
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{address}/sign-in")
        await page.get_by_label("Name").fill(name)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        yield page, context, address, complaints
        await browser.close()


async def keep_picture(page: Page, name: str, height: int) -> None:
    folder = os.environ.get("FRONTDESK_SCREENSHOTS")
    if folder:
        await page.set_viewport_size({"width": 1000, "height": height})
        picture = Image.open(io.BytesIO(await page.screenshot()))
        picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE).save(Path(folder) / f"{name}.png", optimize=True)


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[tuple[FakeRasa, str]]:
    """The real chat, before a Rasa that says what it is told, and the chat's address."""
    rasa, practice = FakeRasa(), load_practice(ROOT / "clinic")
    async with TestServer(rasa.app()) as behind:
        settings = GatewaySettings(
            secret=Secret("s" * 40), rasa_url=str(behind.make_url("")).rstrip("/"), clinic_dir=ROOT / "clinic", widget_dir=ROOT / "widget"
        )
        app = create_app(
            settings,
            practice=practice,
            standby=Standby.load(ROOT / "clinic", practice),
            record=AlarmRecord(f"sqlite:///{tmp_path / 'alarms.db'}"),
            office=open_office(
                ROOT / "clinic", url=f"sqlite:///{tmp_path / 'booking.db'}", environment={"FRONTDESK_DATA_DIR": str(tmp_path)}
            ),
        )
        async with TestServer(app) as gateway:
            yield rasa, str(gateway.make_url("/"))


@pytest.mark.timeout(180)
async def test_a_topic_is_found_changed_seen_as_visitors_see_it_and_saved(
    console: Client, project: Path, chat: tuple[FakeRasa, str]
) -> None:
    rasa, chat_address = chat
    folder, practice = TopicFolder(project), load_practice(ROOT / "clinic")
    draft = folder.open(TOPIC).draft
    answer = f"{draft.answer}\n\nRead [our page]({{contact.privacy_url}}) on **privacy**."
    kinds = [*(draft.kinds if len(draft.kinds) > 1 else draft.kinds * len(draft.answer.split("\n\n"))), "safety"]
    async with signed_in(console, "Ana", 1000) as (page, context, _, complaints):
        await page.get_by_role("link", name="Topics").click()
        await keep_picture(page, "console-topics", 800)
        await page.get_by_label("Words").fill(draft.examples[3])
        await page.get_by_role("button", name="Show").click()
        await page.get_by_role("link", name=draft.title, exact=True).click()
        await expect(page.locator("#hints-count")).not_to_contain_text("Check", timeout=PATIENCE_MS)
        await keep_picture(page, "console-topic", 1150)

        # Hints come by themselves, and go when they are followed.
        await page.get_by_label("Title, as it stands on a button").fill("A title that is longer than any button of a phone is wide")
        await expect(page.locator("#hints-list")).to_contain_text("shorten it to 40", timeout=PATIENCE_MS)
        await page.get_by_label("Title, as it stands on a button").fill(draft.title)
        await expect(page.locator("#hints-list")).not_to_contain_text("shorten it to 40", timeout=PATIENCE_MS)

        # A new paragraph gets a choice of its own, and the others stay as they are.
        await page.get_by_label("Answer", exact=False).first.fill(answer)
        choice = page.get_by_label(f"Paragraph {len(kinds)}")
        await choice.select_option("safety")
        await expect(page.locator("#preview .bubble").last).to_contain_text("privacy", timeout=PATIENCE_MS)
        await expect(page.locator("#preview .bubble").last.locator(".kind")).to_have_text("Safety")
        preview = await page.locator("#preview .bubble").evaluate_all(BUBBLES)

        # The real chat shows the same, to the letter and to the pixel's color.
        told = "\n\n".join(practice.fill(part) for part in answer.split("\n\n"))
        rasa.script["does it hurt"] = [{"text": told, "metadata": {"kind": kinds, "topic": TOPIC, "title": draft.title}}]
        window = await context.new_page()
        await window.goto(chat_address)
        await window.get_by_role("button", name="Ask a question").click()
        await window.get_by_label("Your question").fill("does it hurt")
        await window.get_by_role("button", name="Send", exact=True).click()
        turn = window.locator(".turn.assistant:not(.typing)").first
        await turn.get_by_text("privacy").wait_for()
        assert preview == await turn.locator(".bubble").evaluate_all(BUBBLES)

        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("link", name="Prepare a new version").wait_for()
        assert complaints == []

    assert folder.open(TOPIC).draft == replace(draft, answer=answer, kinds=tuple(kinds))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("width", [1000, 390])
async def test_every_page_of_topics_passes_axe_and_scrolls_one_way(
    console: Client, project: Path, record: Record, tmp_path: Path, width: int
) -> None:
    record.add([missed("c1", "do you sell gift cards")])
    folder = TopicFolder(project)
    (project / "data/faq/hours.yml").write_text("nlu: [", encoding="utf-8")
    table = tmp_path / "topics.csv"
    table.write_text("id,topic,what,text\n,cost,example,what would two visits come to\n", encoding="utf-8")
    found, wide = {}, []
    async with signed_in(console, "Ben", width) as (page, _, address, _):

        async def look(name: str) -> None:
            found[name] = (await Axe().run(page)).response["violations"]
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)

        for path in PAGES:
            await page.goto(address + path)
            if await page.locator("#hints-count").count():
                await expect(page.locator("#hints-count")).not_to_contain_text("Check", timeout=PATIENCE_MS)
            await look(path)
        # Hours is broken, and with it no table can be read.
        (project / "data/faq/hours.yml").write_bytes((ROOT / "data/faq/hours.yml").read_bytes())
        await page.goto(f"{address}/topics/from-spreadsheet")
        await page.get_by_label("Spreadsheet").set_input_files(table)
        await page.get_by_role("button", name="Show what it would change").click()
        await page.get_by_role("button", name="Make these changes").wait_for()
        await look("what a table would change")

        await page.goto(f"{address}/topics/{TOPIC}")
        there = folder.open(TOPIC)
        folder.save(TOPIC, replace(there.draft, owner="Zoe"), there.fingerprint)
        await page.get_by_label("Owner").fill("Ben")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("heading", name="What differs").wait_for()
        await look("two versions")

    assert {name: [one["id"] for one in violations] for name, violations in found.items() if violations} == {}
    assert wide == []
