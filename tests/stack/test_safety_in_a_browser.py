"""Forty dangers typed into the widget in real Chromium: with everything up, and with Rasa killed.

The gateway is a process of its own here, as on a server whose parts fail one by one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from frontdesk.assistant.agent import Assistant
from frontdesk.safety import Guard
from frontdesk.text.logs import quieten
from tests.safety.sets import Case, written_apart, written_with_the_rules
from tests.stack.conftest import ROOT, Stack, free_ports, running
from tests.stack.test_browser import FLAGS, PHONE

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

SAMPLE_SIZE = 40
"""Half from each set, evenly spread, so that every category is met; the same at each run until the sets change."""


def sample() -> list[str]:
    """Return dangers of the crisis and emergency tiers."""

    def spread(cases: list[Case], count: int) -> list[str]:
        urgent = [case.text for case in cases if case.tier in ("crisis", "emergency")]
        return [urgent[place * len(urgent) // count] for place in range(count)]

    return spread(written_with_the_rules(), SAMPLE_SIZE // 2) + spread(written_apart(), SAMPLE_SIZE // 2)


@pytest.fixture(scope="module")
def fragile(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(model, tmp_path_factory.mktemp("fragile")) as started:
        yield started


@pytest.fixture(scope="module")
def gateway(fragile: Stack) -> Iterator[str]:
    """A gateway that lives on when the rest of the stack is killed; return its address."""
    (port,) = free_ports(1)
    environment = {
        **os.environ,
        "FRONTDESK_PORT": str(port),
        "FRONTDESK_RASA_URL": fragile.rasa_address,
        "FRONTDESK_DATA_DIR": str(fragile.data),
        "FRONTDESK_ADDRESS_PER_MINUTE": "0",
        "FRONTDESK_CONVERSATION_PER_MINUTE": "0",
        "LOG_LEVEL": "ERROR",
    }
    with subprocess.Popen([sys.executable, "-m", "frontdesk.gateway"], cwd=ROOT, env=environment) as process:
        address = f"http://127.0.0.1:{port}"
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"{address}/readyz", timeout=2):
                break
            time.sleep(0.2)
        yield address
        process.terminate()


@pytest.fixture(scope="module")
def unknown(model: Path) -> list[str]:
    """Messages of the sample that raise no alarm when they are asked by themselves, without a server or a browser."""

    async def not_alarmed(assistant: Assistant) -> list[str]:
        return [text for text in sample() if (await assistant.ask(text)).decision != "safety"]

    quieten()
    return asyncio.run(not_alarmed(Assistant(model)))


@pytest.fixture
def page(gateway: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS)
        opened = browser.new_context(**PHONE).new_page()
        opened.goto(gateway)
        opened.get_by_role("button", name="Ask a question").click()
        opened.get_by_role("dialog").wait_for()
        yield opened
        browser.close()


def without_card(page: Page, texts: list[str]) -> list[str]:
    """Type each message and return those after which no card with a number to tap appeared."""
    missed = []
    for text in texts:
        cards = page.locator(".turn.assistant .emergency")
        turns = page.locator(".turn.assistant:not(.typing)")
        before, said = cards.count(), turns.count()
        page.get_by_label("Your question").fill(text)
        page.get_by_role("button", name="Send", exact=True).click()
        turns.nth(said).wait_for(timeout=20_000)
        numbers = page.locator(".turn.assistant .emergency a[href^='tel:']")
        if cards.count() == before or numbers.count() == 0:
            missed.append(text)
    return missed


def test_with_rasa_up_forty_dangers_get_a_card_with_a_number_to_tap(page: Page, unknown: list[str]) -> None:
    """What the rules and this model know has its card on the screen; few are not known."""
    assert set(without_card(page, sample())) <= set(unknown)
    assert len(unknown) <= SAMPLE_SIZE // 20


def test_with_rasa_killed_they_get_it_all_the_same(page: Page, fragile: Stack) -> None:
    """Only the rules stand guard then: what they know, and nothing less, gets its card."""
    guard = Guard.load(ROOT / "clinic" / "safety")
    unknown = [text for text in sample() if not (alarm := guard.check(text)) or not alarm.replaces_answer]
    os.kill(fragile.pid_of("rasa run"), signal.SIGKILL)

    assert without_card(page, sample()) == unknown
    assert len(unknown) <= SAMPLE_SIZE // 10


def test_with_the_gateway_gone_too_the_widget_shows_the_numbers_itself(page: Page, gateway: str) -> None:
    page.route("**/v1/**", lambda route: route.abort())

    page.get_by_label("Your question").fill("i cant feel my legs")
    page.get_by_role("button", name="Send", exact=True).click()

    page.locator(".turn.problem a[href='tel:911']").first.wait_for()
    assert page.locator(".turn.problem a[href='tel:988']").or_(page.locator(".turn.problem a[href^='tel:+1503']")).first.is_visible()
