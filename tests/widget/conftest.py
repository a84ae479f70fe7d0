"""A real browser, a real gateway and a fake Rasa server, all on loopback."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Request, async_playwright

from frontdesk.booking.office import Office
from frontdesk.gateway import Secret, Settings, create_app
from frontdesk.gateway.standby import Standby
from frontdesk.practice import Practice
from frontdesk.safety.record import AlarmRecord
from tests.gateway.conftest import office, practice, standby
from tests.gateway.fake_rasa import FakeRasa

__all__ = ["office", "practice", "standby"]

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}


@dataclass
class Visit:
    """One visitor in one browser window."""

    page: Page
    rasa: FakeRasa
    url: str
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """What the browser complained about, Content-Security-Policy included."""
    warnings: list[str] = field(default_factory=list)
    """What the site owner reads on the console."""

    def asked(self, method: str, part: str) -> int:
        """Return how often the widget asked the gateway for something."""
        return sum(request.method == method and part in request.url for request in self.requests)

    async def open_chat(self, label: str = "Ask a question") -> None:
        """Click the button and wait for the window."""
        await self.page.get_by_role("button", name=label).click()
        await self.page.get_by_role("dialog").wait_for()

    async def choose(self, item: str) -> None:
        """Choose from the window's menu."""
        await self.page.get_by_role("button", name="More", exact=True).click()
        await self.page.get_by_role("button", name=item).click()

    async def say(self, text: str) -> None:
        """Type a question and send it."""
        await self.page.get_by_label("Your question").fill(text)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def answer(self, number: int = 1) -> Any:
        """Wait for the assistant's turn with this number and return it."""
        turn = self.page.locator(".turn.assistant:not(.typing)").nth(number - 1)
        await turn.wait_for()
        return turn

    async def violations(self) -> list[str]:
        """Return what axe finds wrong, WCAG 2.2 A and AA and its best practices."""
        found = await Axe().run(self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
        return [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in found.response["violations"]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a word to the outside."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(
    browser: Browser, practice: Practice, standby: Standby, office: Office, tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[Visit]]]:
    """A function that opens a page with the widget: the demo page, or `page_html` on a website of another origin."""
    closing: list[Callable[[], Awaitable[Any]]] = []

    async def open_page(
        device: dict[str, Any] = DESKTOP,
        *,
        page_html: str | None = None,
        path: str = "/",
        theme: dict[str, str] | None = None,
        **options: Any,
    ) -> Visit:
        rasa = FakeRasa()
        rasa_server = TestServer(rasa.app())
        await rasa_server.start_server()
        closing.append(rasa_server.close)
        host_server = TestServer(_host_page(page_html or ""))
        await host_server.start_server()
        closing.append(host_server.close)
        host_origin = str(host_server.make_url("")).rstrip("/")
        settings = Settings(
            secret=Secret("s" * 40),
            rasa_url=str(rasa_server.make_url("")).rstrip("/"),
            origins=frozenset({host_origin}),
            clinic_dir=ROOT / "clinic",
            widget_dir=ROOT / "widget",
            rasa_timeout_s=2,
        )
        chosen = replace(practice, raw={**practice.raw, **{f"theme.{key}": value for key, value in (theme or {}).items()}})
        record = AlarmRecord(f"sqlite:///{tmp_path / 'alarms.db'}")
        gateway = TestServer(create_app(settings, practice=chosen, standby=standby, record=record, office=office))
        await gateway.start_server()
        closing.append(gateway.close)
        context = await browser.new_context(**(device | options))
        closing.append(context.close)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        url = str(gateway.make_url("/"))
        visit = Visit(page, rasa, url)
        page.on("request", lambda request: visit.requests.append(request))
        page.on("console", lambda message: visit.complaints.append(message.text) if message.type == "error" else None)
        page.on("console", lambda message: visit.warnings.append(message.text) if message.type == "warning" else None)
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        await page.goto(f"{host_origin}{path}?gateway={url}" if page_html else url)
        return visit

    yield open_page
    for close in reversed(closing):
        await close()


def _host_page(page_html: str) -> web.Application:
    """Return a website of another origin; `GATEWAY` in its page becomes the gateway's address."""

    async def show(request: web.Request) -> web.Response:
        gateway = request.query.get("gateway", "")
        policy = f"default-src 'none'; script-src {gateway}; connect-src {gateway}; style-src 'self'"
        return web.Response(
            text=page_html.replace("GATEWAY", gateway),
            content_type="text/html",
            headers={"Content-Security-Policy": policy} if gateway else {},
        )

    async def style(request: web.Request) -> web.Response:
        """Answer the page's own style sheet: what it says behind `<!-- css`."""
        return web.Response(text=page_html.partition("<!-- css")[2].partition("-->")[0], content_type="text/css")

    app = web.Application()
    app.router.add_get("/page.css", style)
    app.router.add_get("/{path:.*}", show)
    return app
