"""The whole stack as a visitor meets it: a question typed into the widget in real Chromium.

Also takes the pictures of the documents: `make screenshots` sets FRONTDESK_SCREENSHOTS to the folder for them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.stack.conftest import Stack

pytestmark = pytest.mark.stack

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1100, "height": 760}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, stack: Stack) -> Iterator:
    contexts = []

    def open_demo(device: dict, *, direction: str = "ltr") -> tuple[Page, list[str]]:
        contexts.append(browser.new_context(**device))
        page = contexts[-1].new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(stack.address)
        page.evaluate("(direction) => { document.documentElement.dir = direction; }", direction)
        page.get_by_role("button", name="Ask a question").click()
        page.get_by_role("dialog").wait_for()
        return page, complaints

    yield open_demo
    for context in contexts:
        context.close()


def say(page: Page, text: str) -> str:
    """Type a question, wait for the whole answer and return it."""
    turns = page.locator(".turn.assistant:not(.typing)")
    before = turns.count()
    page.get_by_label("Your question").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    turns.nth(before).wait_for()
    return turns.nth(before).inner_text()


def keep_picture(page: Page, name: str) -> None:
    folder = os.environ.get("FRONTDESK_SCREENSHOTS")
    if folder:
        page.wait_for_timeout(300)
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_visitor_on_a_phone_reads_the_clinics_own_answer(open_page) -> None:
    page, complaints = open_page(PHONE)

    answer = say(page, "does acupuncture help sciatica")
    keep_picture(page, "widget-phone")

    assert "sciatica" in answer.lower()
    assert "From our article" in answer
    assert "What research says" in answer
    assert complaints == []


def test_a_visitor_at_a_desk_reads_what_happens_in_a_session_and_presses_a_button(open_page) -> None:
    page, complaints = open_page(DESKTOP)

    answer = say(page, "what happens in a session")
    asked_back = say(page, "needles, how about that")
    keep_picture(page, "widget-desktop")
    turns = page.locator(".turn.assistant:not(.typing)")
    before = turns.count()
    page.get_by_role("button", name="How acupuncture works on the back").click()
    turns.nth(before).wait_for()

    assert "Our article says a session" in answer
    assert "None of these" in asked_back
    assert "From our article" in turns.nth(before).inner_text()
    assert complaints == []


def test_an_emergency_shows_numbers_to_tap(open_page) -> None:
    page, _ = open_page(PHONE)

    say(page, "numb between my legs since this morning, can I get a slot tomorrow")
    keep_picture(page, "widget-emergency")

    assert page.get_by_role("dialog").get_by_role("link", name="Call 911").first.get_attribute("href") == "tel:911"


def test_the_conversation_is_there_after_a_reload(open_page) -> None:
    page, _ = open_page(DESKTOP)
    say(page, "where can I park")

    page.reload()
    page.get_by_role("button", name="Ask a question").click()
    page.locator(".turn.visitor").wait_for()

    assert "where can I park" in page.locator(".turn.visitor").inner_text()


LOOKS = {
    "dark": {**PHONE, "color_scheme": "dark"},
    "forced-colors": {**PHONE, "forced_colors": "active"},
    "320": {"viewport": {"width": 320, "height": 568}, "device_scale_factor": 2},
    "rtl": PHONE,
}


@pytest.mark.parametrize("look", LOOKS)
def test_the_answer_is_the_same_however_the_window_looks(open_page, look) -> None:
    page, complaints = open_page(LOOKS[look], direction="rtl" if look == "rtl" else "ltr")

    answer = say(page, "does it hurt")
    keep_picture(page, f"widget-{look}")

    assert "a small prick" in answer
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


def test_a_visit_is_booked_by_pressing_buttons_and_two_answers(open_page) -> None:
    page, complaints = open_page(PHONE)
    turns = page.locator(".turn.assistant:not(.typing)")

    def press(name: str) -> str:
        before = turns.count()
        page.locator(".choice:enabled", has_text=name).first.click()
        turns.nth(before).wait_for()
        return turns.nth(before).inner_text()

    say(page, "I'd like to book an appointment")
    press("Follow-up")
    page.locator(".openings .choice:enabled").first.wait_for()
    keep_picture(page, "widget-openings")
    before = turns.count()
    page.locator(".openings .choice:enabled").last.click()
    turns.nth(before).wait_for()
    say(page, "Jane Doe")
    summary = say(page, "jane.doe@example.com")
    done = press("Yes, book it")

    assert "Jane Doe" in summary
    assert "Your visit is booked" in done
    assert complaints == []


def test_a_lost_connection_keeps_the_question_and_erasing_gives_a_receipt(open_page) -> None:
    page, _ = open_page(PHONE)
    say(page, "what should I wear")
    page.context.set_offline(True)
    lost = say(page, "where can I park")
    keep_picture(page, "widget-error")
    page.context.set_offline(False)
    page.locator(".problem").wait_for(state="detached")
    page.locator(".turn.assistant:not(.typing)").nth(1).wait_for()
    page.get_by_role("button", name="More", exact=True).click()
    keep_picture(page, "widget-menu")
    page.get_by_role("button", name="Erase this conversation").click()
    page.get_by_role("button", name="Yes, erase it").click()
    page.locator(".note").nth(1).wait_for()

    assert "Not sent." in lost
    assert "Receipt for the erased conversation:" in page.locator(".note").nth(1).inner_text()
