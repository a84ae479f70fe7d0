"""The chat by keyboard, by ear, enlarged, and without colour: WCAG 2.2 AA."""

import pytest

from tests.gateway.fake_rasa import ANSWER, SUGGESTION
from tests.widget.conftest import DESKTOP, PHONE
from tests.widget.test_conversation import CARD

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def reach(v, state):
    """Bring the chat into one of its states."""
    v.rasa.script |= {"hm": [SUGGESTION], "help": [CARD]}
    if state == "closed":
        return
    await v.open_chat()
    if state == "error":
        v.rasa.fault = "500"
    if state == "waiting":
        v.rasa.delay_s = 3
    words = {"answer": "sciatica", "waiting": "sciatica", "choices": "hm", "emergency": "help", "error": "sciatica"}
    if state in words:
        await v.say(words[state])
        if state == "waiting":
            await v.page.locator(".slow").wait_for()
        else:
            await v.answer()
    if state == "erasing":
        await v.say("sciatica")
        await v.answer()
        await v.page.get_by_role("button", name="Erase this conversation").click()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("state", ["closed", "open", "waiting", "answer", "choices", "emergency", "error", "erasing"])
async def test_axe_finds_nothing(visit, state, device, colours):
    v = await visit(device, color_scheme=colours, reduced_motion="reduce")
    await reach(v, state)

    assert await v.violations() == []


async def test_the_focus_moves_in_and_returns_with_escape(visit):
    v = await visit()
    await v.page.get_by_role("button", name="Ask a question").focus()
    await v.page.keyboard.press("Enter")
    await v.page.get_by_role("dialog").wait_for()

    assert await focused(v) == "input"
    await v.page.keyboard.press("Escape")
    assert await v.page.get_by_role("dialog").count() == 0
    assert "launcher" in await focused(v)


async def test_on_a_touch_screen_no_keyboard_pops_up(visit):
    v = await visit(PHONE)
    await v.open_chat()

    assert await focused(v) == "title"


async def test_the_whole_conversation_works_by_keyboard(visit):
    v = await visit()
    v.rasa.script["hm"] = [SUGGESTION]
    await v.page.get_by_role("button", name="Ask a question").press("Enter")
    await v.page.get_by_role("dialog").wait_for()
    await v.page.keyboard.type("hm")
    await v.page.keyboard.press("Enter")
    turn = await v.answer()
    await turn.get_by_role("button", name="Prices").press("Enter")
    await v.answer(2)

    assert v.rasa.said[1]["choice"] == "c2"
    assert await focused(v) == "input"


async def test_a_wide_window_does_not_trap_the_keyboard(visit):
    v = await visit()
    await v.open_chat()

    assert not await v.page.evaluate("document.querySelector('clinic-chat').shadowRoot.querySelector('dialog').matches(':modal')")


async def test_a_phone_gets_a_modal_window_that_fills_the_screen(visit):
    v = await visit(PHONE)
    await v.open_chat()

    assert await v.page.evaluate("document.querySelector('clinic-chat').shadowRoot.querySelector('dialog').matches(':modal')")
    box = await v.page.get_by_role("dialog").bounding_box()
    assert (round(box["width"]), round(box["height"])) == (390, 844)


async def test_each_answer_is_announced_once_in_plain_words(visit):
    v = await visit()
    v.rasa.script["hm"] = [ANSWER, {"text": "**Call [988](tel:988)** now."}, SUGGESTION]
    await v.open_chat()
    await v.page.evaluate(
        """() => { window.heard = []; const live = document.querySelector('clinic-chat').shadowRoot.querySelector('[role=status]');
        new MutationObserver((changes) => changes.forEach((c) => c.addedNodes.forEach((n) => window.heard.push(n.textContent))))
          .observe(live, { childList: true, subtree: true }); }"""
    )
    await v.say("hm")
    await v.answer()

    assert await v.page.evaluate("window.heard") == [
        "Assistant: From our article: Our article says it may help. What research says: A 2024 trial found less leg pain. "
        "Call 988 now. Did you mean one of these? 3 choices: Sciatica, Prices, None of these."
    ]


async def test_the_live_region_is_the_only_one(visit):
    v = await visit()
    await v.open_chat()

    regions = ":is([aria-live], [role=log], [role=alert], [role=status])"
    assert await v.page.locator(f"clinic-chat dialog {regions}").count() == 1


@pytest.mark.parametrize(("device", "least"), [(DESKTOP, 24), (PHONE, 44)], ids=["mouse", "touch"])
async def test_every_target_is_large_enough(visit, device, least):
    v = await visit(device)
    v.rasa.script["hm"] = [ANSWER, SUGGESTION, CARD]
    await v.open_chat()
    await v.say("hm")
    await v.answer()

    small = await v.page.evaluate(
        """(least) => [...document.querySelector('clinic-chat').shadowRoot
        .querySelectorAll('dialog button, dialog a, dialog textarea')]
        .map((e) => [e.textContent, e.getBoundingClientRect()])
        .filter(([, b]) => b.width && (b.height < least - 0.5 || b.width < least - 0.5))
        .map(([t, b]) => `${t} ${b.width}x${b.height}`)""",
        least,
    )
    assert small == []


async def test_enlarged_to_200_percent_everything_is_in_reach(visit):
    v = await visit({"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2})
    await v.open_chat()
    await v.say("sciatica")
    await v.answer()

    for name in ("Send", "Close chat"):
        box = await v.page.get_by_role("button", name=name).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 400


async def test_on_a_320_pixel_screen_nothing_is_cut_off(visit):
    v = await visit({"viewport": {"width": 320, "height": 568}})
    await v.open_chat()
    await v.say("sciatica")
    await v.answer()

    cut = await v.page.evaluate(
        """() => [...document.querySelector('clinic-chat').shadowRoot.querySelectorAll('dialog *')]
        .filter((e) => !e.closest('.spoken')).map((e) => e.getBoundingClientRect())
        .filter((b) => b.width && b.right > innerWidth + 1).length"""
    )
    assert cut == 0


async def test_nothing_moves_for_those_who_ask_for_it(visit):
    v = await visit(reduced_motion="reduce")
    await v.open_chat()

    assert await v.page.evaluate("document.getAnimations().length") == 0


async def focused(v):
    """Return the id or class of what has the focus inside the widget."""
    return await v.page.evaluate(
        "(() => { const e = document.querySelector('clinic-chat').shadowRoot.activeElement; return e ? e.id || e.className : ''; })()"
    )
