"""The chat by keyboard, by ear, enlarged, and without colour: WCAG 2.2 AA."""

from pathlib import Path

import pytest

from tests.gateway.fake_rasa import ANSWER, SUGGESTION
from tests.widget.conftest import DESKTOP, PHONE
from tests.widget.test_conversation import CARD

pytestmark = pytest.mark.asyncio(loop_scope="session")


GOLDEN = Path(__file__).with_name("announcements.txt")
OPENINGS = {
    "text": "When would you like to come?",
    "buttons": [{"id": "o1", "title": "Wed 9 am"}, {"id": "o2", "title": "Thu 2 pm"}, {"id": "later", "title": "Other times"}],
    "custom": {"type": "openings", "starts": ["2026-11-25T17:00+00:00", "2026-11-26T22:00+00:00"]},
}
ROWS = [{"label": "When", "value": "Wednesday, 9 am"}, {"label": "Name", "value": "Jane Doe"}]
SUMMARY = {"custom": {"type": "summary", "rows": ROWS, "choices": [{"id": "ok", "title": "Yes, book it"}]}}
STATES = [
    "closed",
    "open",
    "menu",
    "waiting",
    "answer",
    "choices",
    "openings",
    "summary",
    "emergency",
    "too_long",
    "error",
    "offline",
    "erasing",
    "erased",
]
SHADOW = "document.querySelector('clinic-chat').shadowRoot"


async def reach(v, state):
    """Bring the chat into one of its states."""
    v.rasa.script |= {"hm": [SUGGESTION], "help": [CARD], "book": [OPENINGS], "o1": [SUMMARY]}
    if state == "closed":
        return
    await v.open_chat()
    if state == "error":
        v.rasa.fault = "500"
    if state == "waiting":
        v.rasa.delay_s = 3
    if state == "offline":
        await v.page.context.set_offline(True)
    if state == "open":
        return
    words = {"choices": "hm", "emergency": "help", "openings": "book", "summary": "book", "too_long": "x" * 2001}
    await v.say(words.get(state, "sciatica"))
    if state in ("waiting", "too_long"):
        await v.page.locator(".slow" if state == "waiting" else ".hint").wait_for()
        return
    await v.answer()
    if state == "summary":
        await v.page.get_by_role("button", name="Wed 9 am").click()
        await v.answer(2)
    if state == "menu":
        await v.page.get_by_role("button", name="More", exact=True).click()
    if state in ("erasing", "erased"):
        await v.choose("Erase this conversation")
    if state == "erased":
        await v.page.get_by_role("button", name="Yes, erase it").click()
        await v.page.locator(".note").first.wait_for()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("state", STATES)
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
    # The window is gone at once; the browser says so to the page a moment later, and only then the focus comes back.
    await v.page.wait_for_function(f"{SHADOW}.activeElement?.localName === 'button'")
    assert await v.page.get_by_role("dialog").count() == 0
    assert await focused_words(v) == "Ask a question"


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


async def test_what_a_screen_reader_says_in_a_whole_conversation_is_the_golden_transcript(visit):
    """Each thing once, in plain words; `announcements.txt` is what was read and found right."""
    v = await visit()
    v.rasa.script |= {
        "hm": [ANSWER, {"text": "**Call [988](tel:988)** now."}, SUGGESTION],
        "book": [OPENINGS],
        "o1": [SUMMARY],
        "help": [CARD],
    }
    await v.open_chat()
    await v.page.evaluate(
        f"""() => {{ window.heard = []; const live = {SHADOW}.querySelector('dialog [role=status]');
        new MutationObserver((changes) => changes.forEach((c) => c.addedNodes.forEach((n) => window.heard.push(n.textContent))))
          .observe(live, {{ childList: true, subtree: true }}); }}"""
    )
    await v.say("hm")
    turn = await v.answer()
    await turn.get_by_role("button", name="Yes").click()
    await v.say("book")
    await v.answer(2)
    await v.page.get_by_role("button", name="Wed 9 am").click()
    await v.answer(3)
    v.rasa.delay_s = 1.8
    v.rasa.fault = "slow"
    await v.say("does it hurt")
    await v.page.locator(".problem").wait_for()
    v.rasa.fault, v.rasa.delay_s = "", 0
    await v.say("help")
    await v.answer(5)
    await v.say("x" * 2001)
    await v.page.get_by_label("Your question").fill("")
    await v.choose("Start a new conversation")

    heard = [" ".join(text.split()) for text in await v.page.evaluate("window.heard")]
    assert heard == GOLDEN.read_text().splitlines()


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


async def test_the_menu_works_by_keyboard_and_escape_closes_it_first(visit):
    v = await visit()
    await reach(v, "answer")
    menu = v.page.get_by_role("button", name="More", exact=True)
    await menu.press("Enter")

    assert await menu.get_attribute("aria-expanded") == "true"
    assert await focused_words(v) == "Start a new conversation"
    await v.page.keyboard.press("Tab")
    assert await focused_words(v) == "Copy this conversation"
    await v.page.keyboard.press("Escape")
    assert await focused_words(v) == "More"
    assert await v.page.get_by_role("dialog").is_visible()
    await menu.press("Enter")
    for _ in range(4):
        await v.page.keyboard.press("Tab")
    assert await menu.get_attribute("aria-expanded") == "false"


async def test_the_keyboard_goes_through_the_window_and_on_to_the_page(visit):
    v = await visit()
    await reach(v, "answer")
    await v.page.get_by_role("button", name="More", exact=True).focus()
    reached = []
    for _ in range(12):
        reached.append(await focused_words(v))
        await v.page.keyboard.press("Tab")

    assert reached[:3] == ["More", "Close chat", "Conversation"]
    assert {"Yes", "No", "Your question", "Send"} <= set(reached)
    assert reached[-1] == ""


async def test_after_erasing_is_declined_the_focus_is_back_in_the_window(visit):
    v = await visit()
    await reach(v, "erasing")
    assert await focused_words(v) == "Keep it"
    await v.page.keyboard.press("Enter")

    assert await focused(v) == "input"


@pytest.mark.parametrize("state", ["answer", "openings", "emergency", "error", "menu"])
@pytest.mark.parametrize(
    "device",
    [{"viewport": {"width": 320, "height": 568}}, {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}],
    ids=["320 pixels", "enlarged to 200 percent"],
)
async def test_on_a_small_screen_everything_is_in_reach(visit, device, state):
    v = await visit(device)
    await reach(v, state)

    assert await cut_off(v) == []
    for name in ("Send", "Close chat"):
        box = await v.page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= device["viewport"]["height"]


@pytest.mark.parametrize("state", ["open", "answer", "openings", "emergency", "error"])
async def test_with_wider_spacing_of_letters_and_lines_nothing_is_cut_off(visit, state):
    """WCAG 1.4.12, set as a visitor's own style would, which a shadow root keeps out."""
    v = await visit({"viewport": {"width": 390, "height": 844}})
    await reach(v, state)
    await v.page.evaluate(
        f"""() => {{ const sheet = new CSSStyleSheet(); sheet.replaceSync(`* {{ line-height: 1.5 !important;
        letter-spacing: .12em !important;
        word-spacing: .16em !important }} p {{ margin-bottom: 2em !important }}`);
        {SHADOW}.adoptedStyleSheets = [...{SHADOW}.adoptedStyleSheets, sheet]; }}"""
    )

    assert await cut_off(v) == []
    clipped = await v.page.evaluate(
        f"""() => [...{SHADOW}.querySelectorAll('button, a, .bubble, h2, p')].filter((e) => !e.closest('.spoken') && e.clientHeight)
        .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1).map((e) => e.className + e.textContent)"""
    )
    assert clipped == []


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_on_a_page_that_runs_from_right_to_left_the_window_does_too(visit, device):
    page = """<!doctype html><html lang="ar" dir="rtl"><title>Clinic</title><script type="module" src="GATEWAYwidget.js"></script>
    <main><h1>Clinic</h1></main></html>"""
    v = await visit(device, page_html=page)
    button = v.page.get_by_role("button", name="Ask a question")
    assert (await button.bounding_box())["x"] < 100
    await reach(v, "answer")

    head = await v.page.locator(".names").bounding_box()
    close = await v.page.get_by_role("button", name="Close chat").bounding_box()
    assert close["x"] < head["x"]
    assert await v.page.locator(".bubble").last.evaluate("(b) => getComputedStyle(b).direction") == "ltr"
    assert await cut_off(v) == []
    assert await v.violations() == []


@pytest.mark.parametrize("state", ["closed", "answer", "emergency"])
async def test_without_colours_of_ones_own_every_button_still_has_an_edge(visit, state):
    v = await visit(forced_colors="active")
    await reach(v, state)

    bare = await v.page.evaluate(
        f"""() => [...{SHADOW}.querySelectorAll('button, .bubble, .action')]
        .filter((e) => e.getClientRects().length)
        .filter((e) => getComputedStyle(e).borderTopWidth === '0px' || getComputedStyle(e).borderTopStyle === 'none')
        .map((e) => e.className)"""
    )
    assert bare == []


async def test_above_the_keyboard_of_a_phone_the_form_stays_in_sight(visit):
    """Chromium shows no keyboard; the part of the screen above one is what the window is told of."""
    v = await visit(PHONE)
    await v.page.evaluate(
        """() => { const real = visualViewport; Object.defineProperty(real, 'height', { get: () => 430 });
        Object.defineProperty(real, 'offsetTop', { get: () => 0 }); }"""
    )
    await v.open_chat()
    await v.page.evaluate("visualViewport.dispatchEvent(new Event('resize'))")

    send = await v.page.get_by_role("button", name="Send", exact=True).bounding_box()
    assert send["y"] + send["height"] <= 430


async def test_nothing_moves_for_those_who_ask_for_it(visit):
    v = await visit(reduced_motion="reduce")
    await v.open_chat()

    assert await v.page.evaluate("document.getAnimations().length") == 0


async def focused(v):
    """Return the id or class of what has the focus inside the widget."""
    return await v.page.evaluate(
        "(() => { const e = document.querySelector('clinic-chat').shadowRoot.activeElement; return e ? e.id || e.className : ''; })()"
    )


async def focused_words(v):
    """Return the words of what has the focus inside the widget, or the name of it."""
    return await v.page.evaluate(
        f"""(() => {{ const e = {SHADOW}.activeElement; if (!e) return '';
        return e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? e.textContent; }})()"""
    )


async def cut_off(v):
    """Return what reaches beyond the side of the screen."""
    return await v.page.evaluate(
        f"""() => [...{SHADOW}.querySelectorAll('dialog *')].filter((e) => !e.closest('.spoken, iframe'))
        .map((e) => [e, e.getBoundingClientRect()]).filter(([, b]) => b.width && (b.right > innerWidth + 1 || b.left < -1))
        .map(([e]) => e.className)"""
    )
