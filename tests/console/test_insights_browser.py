"""Insights, privacy and the form to try a question in real Chromium: axe finds nothing, wide and narrow, light and dark."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright

from frontdesk.console.conversations import Conversations
from frontdesk.console.keys import CONVERSATIONS
from frontdesk.record import Feedback, Record, Turn
from tests.console.conftest import PASSWORD
from tests.gateway.fake_rasa import WELCOME, FakeRasa
from tests.record.visits import answered, missed, pressed, said

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PICTURES = os.environ.get("FRONTDESK_SCREENSHOTS")
TOPICS = ("cost", "hours", "does_it_hurt", "location_parking", "how_many_sessions", "insurance_accepted")
MISSED = ("do you validate for the fish market garage", "is there wifi in the waiting room", "can i bring my dog")


def a_month(today: dt.datetime) -> list[Turn | Feedback]:
    """What visitors may have asked in thirty days; nothing on Sundays."""
    kept: list[Turn | Feedback] = []
    for ago in range(30):
        at = today - dt.timedelta(days=ago)
        if at.weekday() == 6:
            continue
        for number in range(6 + (ago * 7) % 11):
            conversation, topic = f"c{ago}-{number}", TOPICS[number * number % len(TOPICS)]
            kept.append(answered(conversation, f"about {topic}", topic=topic, at=at, reply_ms=90 + (ago * 13 + number * 29) % 160))
            if number % 4 == 0:
                kept.append(Feedback(conversation, topic, number % 3 != 1, at))
        kept.append(said(f"s{ago}", "can it help", decision="suggest", intent="did_you_mean", at=at, reply_ms=110))
        kept.append(said(f"b{ago}", "book me in", intent="book_appointment", decision="dialogue", at=at, reply_ms=140))
        if ago % 3 == 0:
            kept.append(missed(f"m{ago}", MISSED[ago % len(MISSED)], at=at, reply_ms=120))
            kept.append(pressed(f"b{ago}", "Yes, book it", "confirm_booking", replies=("utter_booking_confirmed",), at=at))
    return kept


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("width", "scheme"), [(1000, "light"), (1000, "dark"), (390, "light")])
async def test_the_pages_pass_axe_and_scroll_one_way(console: TestClient[Any, Any], record: Record, width: int, scheme: str) -> None:
    record.add(a_month(dt.datetime.now(dt.UTC)))
    record.purge()
    rasa = FakeRasa()
    rasa.conversations["c1-0"] = [{"from": "assistant", "message": WELCOME, "at": ""}]
    address, found, wide = str(console.make_url("/")).rstrip("/"), {}, []
    async with TestServer(rasa.app()) as server, async_playwright() as playwright:
        console.app[CONVERSATIONS]._url = Conversations(str(server.make_url("/")))._url
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": width, "height": 1000}, color_scheme=scheme)
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)

        async def look(name: str) -> None:
            found[name] = [one["id"] for one in (await Axe().run(page)).response["violations"]]
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)

        await page.goto(f"{address}/sign-in?to=/try")
        await page.get_by_label("Name").fill("Cem")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        await look("try")
        await page.goto(f"{address}/insights?days=7")
        await look("insights")
        await page.goto(f"{address}/insights?days=30")
        if PICTURES and (width, scheme) == (1000, "light"):
            await page.screenshot(path=Path(PICTURES) / "console-insights.png", clip={"x": 0, "y": 0, "width": 1000, "height": 980})
        for summary in await page.locator("summary").all():
            await summary.click()
        await look("insights, opened")
        charts = await page.get_by_role("img").all()
        names = [
            await page.evaluate("(chart) => chart.querySelector('title').textContent", await chart.element_handle()) for chart in charts
        ]
        await page.goto(f"{address}/privacy")
        await look("privacy")
        await page.get_by_label("Id of the conversation").fill("c1-0")
        await page.get_by_role("button", name="See what is kept").click()
        await page.get_by_role("button", name="Erase all of it, for good").wait_for()
        await look("privacy, of one conversation")
        await browser.close()

    assert {name: violations for name, violations in found.items() if violations} == {}
    assert wide == []
    assert refused == []
    assert names == ["Questions per day", "Reply time per day, in milliseconds", "Most asked topics", "Bookings"]
