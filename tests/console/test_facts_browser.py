"""Facts and safety texts in real Chromium: a holiday is put in, a change is approved by a second person, and every page passes axe."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from frontdesk.console.keys import PROPOSALS
from frontdesk.practice.editing import PracticeFile
from tests.console.conftest import PASSWORD
from tests.console.test_safety_texts import CARDS, MEDICINE, NEW, OLD

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        await opened.close()


async def sign_in(browser: Browser, address: str, name: str, width: int = 1000) -> Page:
    """Return a page of somebody's own browser window, signed in."""
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await context.new_page()
    page.set_default_timeout(30_000)
    await page.goto(f"{address}/sign-in")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{address}/")
    return page


def address_of(console: TestClient[Any, Any]) -> str:
    return str(console.make_url("/")).rstrip("/")


async def test_a_receptionist_changes_a_price_and_puts_a_holiday_in(console: TestClient[Any, Any], project: Path, browser: Browser) -> None:
    address = address_of(console)
    page = await sign_in(browser, address, "Ana")

    await page.get_by_role("link", name="Facts", exact=True).click()
    await page.get_by_label("The price of a first visit").fill("$130")
    await page.get_by_label("Friday").fill("9 am - 1 pm")
    days = page.locator("[id='fact-hours.holidays']")
    await days.get_by_label("Day").nth(3).fill("2027-05-31")
    await days.get_by_label("Name").nth(3).fill("Memorial Day")
    await page.get_by_role("button", name="Preview").click()
    changes = page.locator("section", has=page.get_by_role("heading", name="What a visit costs"))
    assert "$130" in await changes.inner_text()
    await page.get_by_role("button", name="Save").click()

    await page.get_by_text("Saved. Answers in the chat use it from now on.").wait_for()
    facts = PracticeFile(project / "clinic").open().facts
    assert facts["prices.first_visit"] == "$130"
    assert facts["hours.week"]["friday"] == ["09:00-13:00"]
    assert facts["hours.holidays"][-1] == {"date": "2027-05-31", "name": "Memorial Day"}


async def test_a_fact_leads_to_the_answer_that_uses_it(console: TestClient[Any, Any], browser: Browser) -> None:
    page = await sign_in(browser, address_of(console), "Ana")

    await page.goto(f"{address_of(console)}/facts")
    await page.locator("[id='fact-prices.first_visit']").get_by_role("link").first.click()

    assert await page.locator("details:has(:target)").evaluate("part => part.open")


async def test_a_safety_text_takes_two_windows(console: TestClient[Any, Any], project: Path, browser: Browser) -> None:
    address = address_of(console)
    ana, ben = await sign_in(browser, address, "Ana"), await sign_in(browser, address, "Ben")

    await ana.goto(f"{address}/safety/tiers.emergency.text")
    # A link only when the chat window's own code has drawn it.
    await ana.get_by_role("link", name="Call 911", exact=True).wait_for()
    text = ana.locator("textarea[name=after]")
    await text.fill((await text.input_value()).replace("Don't wait", "Do not wait"))
    await ana.get_by_role("button", name="Propose").click()
    await ana.wait_for_url(re.compile("/safety/proposals/1"))
    assert await ana.get_by_role("button", name="Approve").count() == 0

    await ben.goto(f"{address}/safety")
    await ben.get_by_role("link", name="Emergency card").first.click()
    assert await ben.locator("ins").last.inner_text() == "Do not"
    await ben.get_by_role("button", name="Approve").click()

    await ben.get_by_text("Approved, and written.").wait_for()
    cards = project / "clinic" / "safety" / "cards.yml"
    assert cards.read_text("utf-8") == CARDS.replace("Don't wait", "Do not wait")


@pytest.mark.parametrize("width", [1000, 390])
async def test_every_page_passes_axe_and_scrolls_one_way(console: TestClient[Any, Any], browser: Browser, width: int) -> None:
    address = address_of(console)
    for name in ("Ana", "Cem"):
        console.app[PROPOSALS].propose("variants.medicine.replaces", OLD, NEW, name, "because")
    console.app[PROPOSALS].propose("variants.medicine.replaces", "Outdated.", NEW, "Ana")
    console.app[PROPOSALS].decline(1, "Ben", "no")
    page = await sign_in(browser, address, "Cem", width)
    found: dict[str, list[dict[str, Any]]] = {}
    wide = []

    async def look(name: str) -> None:
        await page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
        found[name] = (await Axe().run(page)).response["violations"]
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(name)

    for path in ("/facts", "/safety", MEDICINE, "/safety/tiers.crisis.text", *(f"/safety/proposals/{number}" for number in (1, 2, 3))):
        await page.goto(address + path)
        await look(path)
    await page.goto(f"{address}/facts")
    await page.get_by_label("The price of a first visit").fill("130")
    await page.get_by_label("Monday").fill("mornings")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("It is not saved yet").wait_for()
    await look("refused")

    assert {name: [(one["id"], one["nodes"][0]["html"][:200]) for one in ids] for name, ids in found.items() if ids} == {}
    assert wide == []
