"""The element on other people's pages, and what is left when something cannot be loaded."""

import gzip

import pytest

from tests.widget.conftest import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEAD = """<!doctype html><html lang="en"><title>Clinic</title><script type="module" src="GATEWAYwidget.js"></script>"""
PAGE = HEAD + """<main><h1>Clinic</h1></main><clinic-chat %s><a href="tel:+15035550100">Or call us</a></clinic-chat></html>"""
STYLED = HEAD + """<link rel="stylesheet" href="/page.css"><main><h1>Clinic</h1></main><clinic-chat></clinic-chat><!-- css %s --></html>"""

HOSTILE = """
* { all: unset !important; position: static !important; display: none !important; opacity: 0 !important; font-size: 40px !important;
    color: yellow !important; transform: scale(3) !important; visibility: hidden !important; pointer-events: none !important; }
html, body { display: block !important; visibility: visible !important; opacity: 1 !important; transform: none !important;
    pointer-events: auto !important; }
dialog, button, div, .panel, .log, .turn { display: none !important; } clinic-chat { left: -9999px !important; width: 1px !important; }
"""
OPEN = "document.querySelector('%s').shadowRoot.querySelector('dialog')?.open"


async def test_one_script_tag_is_enough(visit):
    v = await visit(page_html=HEAD + "<main><h1>Clinic</h1></main></html>")
    await v.open_chat()
    await v.say("does it hurt")

    assert "may help" in await (await v.answer()).inner_text()
    assert await v.page.locator("clinic-chat").count() == 1


async def test_an_element_that_the_page_adds_later_takes_the_place_of_the_one_added_by_itself(visit):
    v = await visit(page_html=HEAD + "<main><h1>Clinic</h1></main></html>")
    await v.page.get_by_role("button", name="Ask a question").wait_for()
    await v.page.evaluate("document.querySelector('main').append(document.createElement('clinic-chat'))")

    assert await v.page.locator("clinic-chat").count() == 1
    assert await v.page.locator("main > clinic-chat").count() == 1


async def test_before_the_first_click_nothing_is_loaded_but_the_button(visit):
    v = await visit(page_html=PAGE % "")
    await v.page.get_by_role("button", name="Ask a question").wait_for()
    await v.page.wait_for_timeout(300)

    assert [request.url for request in v.requests if request.url.startswith(v.url)] == [f"{v.url}widget.js"]
    assert await v.page.evaluate("[document.cookie, sessionStorage.length, localStorage.length]") == ["", 0, 0]


async def test_a_listed_website_with_a_strict_policy_can_chat_and_come_back(visit):
    v = await visit(page_html=PAGE % "")
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()
    await v.page.reload()
    await v.open_chat()

    assert "may help" in await (await v.answer()).inner_text()
    assert [c for c in v.complaints if "favicon" not in c] == []


async def test_the_conversation_goes_on_on_the_next_page_of_the_site(visit):
    v = await visit(page_html=PAGE % "")
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()
    await v.page.goto(v.page.url.replace("/?", "/prices?"))
    await v.open_chat()

    assert "may help" in await (await v.answer()).inner_text()
    await v.say("and then")
    await v.answer(2)
    assert len(v.rasa.conversations) == 1


async def test_a_label_of_the_pages_own_is_taken(visit):
    v = await visit(page_html=PAGE % 'label="Talk to us"')

    await v.open_chat("Talk to us")


async def test_the_demo_page_keeps_its_own_strict_policy(visit):
    v = await visit()
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()

    assert v.complaints == []


async def test_without_the_window_there_are_the_phone_number_the_booking_page_and_another_try(visit):
    v = await visit(page_html=PAGE % "")
    await v.page.route("**/widget/panel.*", lambda route: route.abort())
    await v.page.get_by_role("button", name="Ask a question").click()

    assert await v.page.get_by_role("link", name="+1 503 555 0142").get_attribute("href") == "tel:+15035550142"
    assert await v.page.get_by_role("link", name="Book online").get_attribute("href") == "https://example.com/book"
    assert await v.page.get_by_role("link", name="Or call us").is_visible()
    assert await v.violations() == []
    await v.page.unroute("**/widget/panel.*")
    await v.open_chat()
    assert not await v.page.get_by_role("link", name="Or call us").is_visible()


async def test_with_the_gateway_gone_the_pages_own_words_are_shown(visit):
    v = await visit(page_html=(PAGE % "").replace("GATEWAYwidget.js", "http://127.0.0.1:9/widget.js"))

    assert await v.page.get_by_role("link", name="Or call us").is_visible()


async def test_without_javascript_the_page_shows_the_phone_number(visit, practice):
    v = await visit(java_script_enabled=False)

    assert await v.page.locator("noscript a", has_text=practice.value("contact.phone")).is_visible()


async def test_a_gateway_at_another_address_is_asked(visit):
    v = await visit(page_html=PAGE % 'gateway="http://127.0.0.1:9/"')
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()

    assert any("http://127.0.0.1:9/v1/conversations" in complaint for complaint in v.complaints)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("#5b2a86", "rgb(91, 42, 134)"),
        ("rgb(91 42 134)", "rgb(91, 42, 134)"),
        ("#ffe680", "rgb(11, 95, 88)"),
        ("transparent", "rgb(11, 95, 88)"),
        ("banana", "rgb(11, 95, 88)"),
    ],
)
async def test_a_colour_of_the_page_is_taken_if_its_words_can_be_read(visit, given, shown):
    v = await visit(page_html=STYLED % f"clinic-chat {{ --clinic-chat-accent: {given} }}")
    button = v.page.get_by_role("button", name="Ask a question")
    await button.wait_for()

    assert await button.evaluate("(b) => getComputedStyle(b).backgroundColor") == shown
    assert any("4.5" in warning for warning in v.warnings) == (shown == "rgb(11, 95, 88)")


async def test_dark_words_on_a_light_colour_are_taken_too_and_links_stay_readable(visit):
    css = "clinic-chat { --clinic-chat-accent: #ffe680; --clinic-chat-on-accent: #1d2b2a }"
    v = await visit(page_html=STYLED % css)
    await v.open_chat()

    choice = v.page.get_by_role("button", name="Does it hurt?")
    assert await choice.evaluate("(b) => getComputedStyle(b).color") == "rgb(11, 95, 88)"
    assert any("link" in warning for warning in v.warnings)
    assert await v.violations() == []


async def test_the_clinics_own_theme_needs_nothing_on_the_page(visit):
    v = await visit(
        page_html=PAGE % "", theme={"accent": "#5b2a86", "link": "#7a1f5c", "corner": 4, "side": "start", "font": "Georgia, serif"}
    )
    button = v.page.get_by_role("button", name="Ask a question")

    assert await button.evaluate("(b) => getComputedStyle(b).backgroundColor") == "rgb(91, 42, 134)"
    assert (await button.bounding_box())["x"] < 100
    await v.open_chat()
    dialog = v.page.get_by_role("dialog")
    assert (await dialog.bounding_box())["x"] < 100
    assert await dialog.evaluate("(d) => getComputedStyle(d).borderRadius + getComputedStyle(d).fontFamily") == "4pxGeorgia, serif"
    choice = v.page.get_by_role("button", name="Does it hurt?")
    assert await choice.evaluate("(b) => getComputedStyle(b).color") == "rgb(122, 31, 92)"


async def test_parts_can_be_styled_from_the_page(visit):
    v = await visit(
        page_html=STYLED % "clinic-chat::part(launcher) { text-transform: uppercase } clinic-chat::part(answer) { border-width: 3px }"
    )
    button = v.page.get_by_role("button", name="Ask a question")

    assert await button.evaluate("(b) => getComputedStyle(b).textTransform") == "uppercase"
    await v.open_chat()
    await v.say("does it hurt")
    assert await (await v.answer()).locator(".bubble").first.evaluate("(b) => getComputedStyle(b).borderTopWidth") == "3px"


async def test_a_page_whose_style_is_against_everything_changes_nothing(visit):
    v = await visit(page_html=STYLED % HOSTILE)
    await v.page.locator("clinic-chat").wait_for(state="attached")
    await v.open_chat()
    await v.say("does it hurt")
    turn = await v.answer()

    assert await v.page.get_by_label("Your question").is_visible()
    box = await v.page.get_by_role("dialog").bounding_box()
    assert (round(box["width"]), round(box["x"] + box["width"])) == (400, 1264)
    assert await turn.locator(".bubble").first.evaluate("(b) => getComputedStyle(b).fontSize") == "16px"
    assert await v.violations() == []


async def test_somebody_elses_element_of_the_name_is_left_alone(visit):
    # Another module that defines the name first; a page of this policy can only load it from the gateway.
    v = await visit(
        page_html=(PAGE % "").replace('<script type="module"', '<script type="module" src="GATEWAYother.js"></script><script type="module"')
    )
    other = "customElements.define('clinic-chat', class extends HTMLElement { connectedCallback() { this.textContent = 'Theirs'; } });"
    await v.page.route(
        "**/other.js", lambda route: route.fulfill(body=other, content_type="text/javascript", headers={"Access-Control-Allow-Origin": "*"})
    )
    await v.page.reload()
    await v.open_chat()

    assert await v.page.locator("clinic-chat").inner_text() == "Theirs"
    assert await v.page.evaluate(OPEN % "frontdesk-chat")


async def test_a_plain_script_of_another_address_works_too(visit):
    """Some site builders load a custom element's file that way."""
    v = await visit(page_html=HEAD.replace('type="module" ', "") + "<main><h1>Clinic</h1></main></html>")
    await v.open_chat()
    await v.say("does it hurt")

    assert "may help" in await (await v.answer()).inner_text()


async def test_two_script_tags_make_one_button(visit):
    v = await visit(page_html=HEAD + '<script type="module" src="GATEWAYwidget.js?again"></script><main><h1>Clinic</h1></main></html>')
    await v.page.get_by_role("button", name="Ask a question").wait_for()

    assert await v.page.get_by_role("button", name="Ask a question").count() == 1
    assert v.complaints == [] or all("favicon" in complaint for complaint in v.complaints)


async def test_a_spanish_page_gets_the_window_in_spanish_and_answers_marked_as_english(visit):
    v = await visit(page_html=(PAGE % "").replace('lang="en"', 'lang="es-MX"'))
    await v.open_chat("Haga una pregunta")

    assert "asistente automático" in await v.page.locator(".log").inner_text()
    assert await v.page.get_by_role("dialog").get_attribute("lang") == "es"
    await v.page.get_by_role("button", name="¿Duele?").click()
    assert await (await v.answer()).locator(".bubble").first.get_attribute("lang") == "en"
    v.rasa.fault = "500"
    await v.page.get_by_label("Su pregunta").fill("precio")
    await v.page.get_by_role("button", name="Enviar").click()
    assert "No enviado. Ahora no puedo consultar" in await (await v.answer(2)).inner_text()
    assert await v.violations() == []


async def test_a_page_in_another_language_gets_english_marked_as_such(visit):
    v = await visit(page_html=(PAGE % "").replace('lang="en"', 'lang="fr"'))
    await v.open_chat()

    assert await v.page.get_by_role("dialog").get_attribute("lang") == "en"


@pytest.mark.parametrize(
    ("path", "attribute", "first"),
    [("/", "", "Can it help my back?"), ("/prices", "", "Ways to pay"), ("/", 'page="/fees/"', "Ways to pay")],
)
async def test_the_questions_to_start_with_fit_the_page(visit, path, attribute, first):
    v = await visit(page_html=PAGE % attribute, path=path)
    await v.open_chat()

    assert await v.page.locator(".introduction .choice").first.inner_text() == first
    assert await v.page.locator(".introduction .choice").count() == 4


async def test_the_page_is_told_what_happens_and_never_what_was_said(visit):
    v = await visit(page_html=PAGE % "")
    await v.page.evaluate(
        """window.told = []; for (const name of ['opened', 'answered', 'handoff', 'closed'])
        addEventListener(`chat-${name}`, (e) => told.push([name, e.target.localName, JSON.stringify(e.detail)]))"""
    )
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()
    await v.page.evaluate("addEventListener('click', (e) => e.preventDefault())")
    await v.page.get_by_role("dialog").get_by_role("link", name="Call +1 503").click()
    await v.page.get_by_role("dialog").get_by_role("link", name="Book online").click()
    await v.page.get_by_role("button", name="Close chat").click()

    await v.page.wait_for_function("told.some(([name]) => name === 'closed')")  # a dialog says so a moment later
    told = await v.page.evaluate("told")
    assert [(name, detail) for name, _, detail in told] == [
        ("opened", "{}"),
        ("answered", "{}"),
        ("handoff", '{"to":"phone"}'),
        ("handoff", '{"to":"booking"}'),
        ("closed", "{}"),
    ]
    assert {target for _, target, _ in told} == {"clinic-chat"}


async def test_the_page_can_open_and_close_the_chat(visit):
    v = await visit(page_html=PAGE % "")
    await v.page.get_by_role("button", name="Ask a question").wait_for()

    states = await v.page.evaluate(
        """async () => { const chat = document.querySelector('clinic-chat'); const states = [chat.isOpen];
        await chat.open(); states.push(chat.isOpen); chat.close(); states.push(chat.isOpen); return states; }"""
    )
    assert states == [False, True, False]


async def test_storage_that_is_switched_off_costs_only_the_way_back(visit):
    v = await visit()
    await v.page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    await v.page.reload()
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()
    await v.say("and then")
    await v.answer(2)

    assert len(v.rasa.conversations) == 1
    assert v.complaints == []


async def test_on_a_slow_connection_the_chat_opens_with_one_request(visit):
    v = await visit(PHONE)
    session = await v.page.context.new_cdp_session(v.page)
    slow_3g = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    await session.send("Network.emulateNetworkConditions", slow_3g)
    # The page has everything of its own, its icon among it.
    await v.page.wait_for_load_state("networkidle")
    before = len(v.requests)
    await v.open_chat()
    await v.page.get_by_text("automated assistant").first.wait_for()

    assert [request.url.partition("?")[0] for request in v.requests[before:]] == [f"{v.url}widget/panel.en.js"]


async def test_the_widget_stays_within_its_budget(visit):
    v = await visit()
    launcher, window = [
        await v.page.request.get(v.url + path, headers={"Accept-Encoding": "gzip"}) for path in ("widget.js", "widget/panel.en.js")
    ]
    sizes = [len(gzip.compress(await response.body(), 9)) for response in (launcher, window)]

    assert sizes[0] <= 2048
    assert sum(sizes) <= 16384
