"""The page of an appointment in a real browser, with scripts switched off."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from frontdesk.booking.appointment import Appointment, Contact, State
from frontdesk.booking.desk import Kept
from frontdesk.booking.office import Office, open_office
from frontdesk.gateway import Secret, Settings, create_app
from frontdesk.gateway.standby import Standby
from frontdesk.practice import Practice
from frontdesk.safety.record import AlarmRecord
from tests.widget.conftest import DESKTOP, PHONE, browser

__all__ = ["browser"]

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOT = Path(__file__).parents[2]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass
class Link:
    """An appointment, and a browser window at the address in its mail."""

    page: Page
    office: Office
    appointment: Appointment
    complaints: list[str]

    @property
    def now(self) -> Appointment:
        found = self.office.store.get(self.appointment.reference)
        assert found
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def follow(browser: Browser, practice: Practice, standby: Standby, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Link]]]:
    """A function that books, and follows the link."""
    closing: list[BrowserContext | TestServer] = []

    async def follow_one(**options: Any) -> Link:
        office = open_office(ROOT / "clinic", url=f"sqlite:///{tmp_path / 'booking.db'}", environment={"FRONTDESK_DATA_DIR": str(tmp_path)})
        start = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
        opening = (await office.desk.openings("first_visit", start=start))[0]
        kept = await office.desk.book(opening, Contact("Jane Roe", email="jane@example.com"), "key", dt.datetime.now(dt.UTC))
        assert isinstance(kept, Kept)
        settings = Settings(secret=Secret("s" * 40), clinic_dir=ROOT / "clinic", widget_dir=ROOT / "widget")
        record = AlarmRecord(f"sqlite:///{tmp_path / 'alarms.db'}")
        server = TestServer(create_app(settings, practice=practice, standby=standby, record=record, office=office))
        await server.start_server()
        context = await browser.new_context(**options)
        closing.extend((server, context))
        page = await context.new_page()
        page.set_default_timeout(20_000)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        await page.goto(str(server.make_url(f"/appointments/{office.tokens.link(kept.appointment)}")))
        return Link(page, office, kept.appointment, complaints)

    yield follow_one
    for thing in reversed(closing):
        await thing.close()


async def test_a_visitor_moves_and_then_cancels_with_the_keyboard_alone(follow) -> None:
    link = await follow(**PHONE, java_script_enabled=False)
    page = link.page

    await page.get_by_role("link", name="Choose another time").press("Enter")
    await page.get_by_role("radio").last.press("Space")
    await page.get_by_role("button", name="Move it to this time").press("Enter")
    await page.get_by_role("status").filter(has_text="Your appointment has moved.").wait_for()
    assert link.now.opening != link.appointment.opening

    await page.locator("summary").press("Enter")
    await page.get_by_role("button", name="Yes, cancel it").press("Enter")
    await page.get_by_role("status").filter(has_text="Your appointment is canceled.").wait_for()
    assert link.now.state is State.CANCELLED
    assert link.complaints == []


async def test_going_back_and_sending_again_changes_nothing_more(follow) -> None:
    link = await follow(java_script_enabled=False)
    page = link.page
    await page.locator("summary").click()
    await page.get_by_role("button", name="Yes, cancel it").click()
    await page.get_by_role("status").wait_for()
    cancelled = link.now

    await page.reload()
    await page.go_back()

    assert await page.get_by_role("heading", level=1).inner_text() == "Sorry"
    assert link.now == cancelled


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_axe_finds_nothing_and_nothing_runs_off_the_side(follow, device, colours) -> None:
    link = await follow(**device, color_scheme=colours)
    page = link.page
    found: list[str] = []

    await page.locator("summary").click()
    found += await _violations(page)
    await page.get_by_role("link", name="Choose another time").click()
    found += await _violations(page)
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert found == []
    assert wide <= 0
    assert link.complaints == []


async def _violations(page: Page) -> list[str]:
    found = await Axe().run(page, options=WCAG)
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found.response["violations"]]
