"""A morning at the front desk, in real Chromium with the real stack and the real trainer.

A visitor's question that nobody could answer becomes an item of the inbox, a fix, a replay, a publish, and a right answer.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.stack.booking_talk import Talk
from tests.stack.conftest import Stack
from tests.stack.front_desk import PASSWORD, PERSON, front_desk
from tests.stack.test_browser import FLAGS, PHONE

pytestmark = [pytest.mark.stack, pytest.mark.timeout(500)]

QUESTION = "do you validate for the garage under the fish market"
PARKING = "It helps to know the way before you set off."
SLOWLY_MS = 240_000


@pytest.fixture(scope="module")
def clinic(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with front_desk(model, tmp_path_factory.mktemp("morning")) as started:
        yield started


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS)
        yield opened
        opened.close()


def ask(browser: Browser, address: str, question: str) -> str:
    """Ask in the widget as a new visitor on a phone, and return what is read; what was not meant is said not to be meant."""
    page = browser.new_context(**PHONE).new_page()
    page.goto(address)
    page.get_by_role("button", name="Ask a question").click()
    page.get_by_role("dialog").wait_for()
    turns = page.locator(".turn.assistant:not(.typing)")
    before = turns.count()
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Send", exact=True).click()
    turns.nth(before).wait_for(timeout=20_000)
    said = "\n".join(turns.nth(place).inner_text() for place in range(before, turns.count()))
    if (none := page.get_by_role("button", name="None of these")).count():
        none.last.click()
        turns.nth(before + 1).wait_for(timeout=20_000)
    page.context.close()
    return said


class Desk:
    """The console in front of Ana, who counts her clicks."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name).click()
        self.clicks += 1


def test_a_question_that_nobody_could_answer_is_answered_by_lunch(clinic: Stack, browser: Browser) -> None:
    assert PARKING not in ask(browser, clinic.address, QUESTION)

    page = browser.new_page()
    page.goto(f"{clinic.console_address}/inbox")
    page.get_by_label("Name").fill(PERSON)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    desk = Desk(page)
    desk.click("link", QUESTION)
    page.get_by_label("Topic").select_option("location_parking")
    desk.click("button", "Add it to this topic")
    desk.click("button", "Prepare a new version")
    expect(page.get_by_role("heading", name="is ready")).to_be_visible(timeout=SLOWLY_MS)
    assert "now answered 1" in page.get_by_role("status").inner_text()
    page.get_by_label("What is new").fill("the fish market's garage")
    desk.click("button", "Publish")
    expect(page.get_by_role("cell", name="the fish market's garage")).to_be_visible(timeout=SLOWLY_MS)

    assert PARKING in ask(browser, clinic.address, QUESTION)
    assert desk.clicks <= 4
    for process in (psutil.Process(clinic.process.pid), *psutil.Process(clinic.process.pid).children(recursive=True)):
        assert process.is_running()
    assert QUESTION not in clinic.log.read_text(encoding="utf-8")


def test_a_new_holiday_reaches_the_openings_and_a_new_number_the_chat_window_without_a_hand(clinic: Stack) -> None:
    practice = clinic.data.parent / "project" / "clinic" / "practice.yml"
    day = openings_of(clinic)[0]["start"][:10]
    text = practice.read_text(encoding="utf-8")
    assert "  holidays:\n" in text
    changed = text.replace("  holidays:\n", f'  holidays:\n    - {{date: "{day}", name: Stocktaking}}\n', 1).replace("555 0142", "555 0188")
    practice.write_text(changed, encoding="utf-8")

    give_up = time.monotonic() + 60
    while "0188" not in phone_of(clinic) and time.monotonic() < give_up:
        time.sleep(0.5)

    assert "0188" in phone_of(clinic)
    assert day not in [opening["start"][:10] for opening in openings_of(clinic)]


def phone_of(clinic: Stack) -> str:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{clinic.address}/v1/config", timeout=5) as response:
        return str(json.load(response)["phone"])
    return ""


def openings_of(clinic: Stack) -> list[dict[str, str]]:
    """Begin to book a follow-up as a new visitor, and return what is offered; what starts anew is waited for."""
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        with contextlib.suppress(AssertionError, OSError, StopIteration):
            talk = Talk(clinic.address)
            talk.say("I'd like to book an appointment")
            talk.press("Follow-up")
            return next(message["openings"] for message in talk.messages if message["type"] == "openings")
        time.sleep(0.5)
    raise AssertionError("no openings were offered in a minute")
