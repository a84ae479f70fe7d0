"""The console in real Chromium: every page passes axe, wide and narrow."""

from __future__ import annotations

import os
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright

from frontdesk.console.keys import SHELF
from frontdesk.record.record import Record
from tests.console.conftest import PASSWORD
from tests.publishing.test_shelf import put
from tests.record.visits import missed

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PAGES = ("/", "/inbox", "/inbox/1", "/publish", "/people", "/account", "/nowhere")


@pytest.mark.timeout(180)
@pytest.mark.parametrize("width", [1000, 390, 320])
async def test_every_page_passes_axe_and_scrolls_one_way(console: TestClient[Any, Any], record: Record, width: int) -> None:
    record.add([missed("c1", "do you validate for the fish market garage")])
    for name in ("monday", "tuesday"):
        put(console.app[SHELF], name)
        console.app[SHELF].publish(name)
    address = str(console.make_url("/")).rstrip("/")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = await browser.new_page(viewport={"width": width, "height": 800})
        await page.goto(f"{address}/sign-in")
        found = {"/sign-in": (await Axe().run(page)).response["violations"]}
        await page.get_by_label("Name").fill("Cem")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in").click()
        wide = []
        for path in PAGES:
            await page.goto(address + path)
            found[path] = (await Axe().run(page)).response["violations"]
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(path)
        await browser.close()

    assert {path: [one["id"] for one in violations] for path, violations in found.items() if violations} == {}
    assert wide == []
