"""The element on other people's pages, and what is left when something cannot be loaded."""

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = """<!doctype html><html lang="en"><title>Clinic</title><script type="module" src="GATEWAYwidget.js"></script>
<main><h1>Clinic</h1></main><clinic-chat %s><a href="tel:+15035550100">Or call us</a></clinic-chat></html>"""


async def test_a_listed_website_with_a_strict_policy_can_chat_and_come_back(visit):
    v = await visit(page_html=PAGE % "")
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()
    await v.page.reload()
    await v.open_chat()

    assert "may help" in await (await v.answer()).inner_text()
    assert [c for c in v.complaints if "favicon" not in c] == []


async def test_a_label_of_the_pages_own_needs_no_request(visit):
    v = await visit(page_html=PAGE % 'label="Talk to us"')
    await v.page.get_by_role("button", name="Talk to us").wait_for()

    assert v.asked("GET", "/v1/config") == 0


async def test_the_demo_page_keeps_its_own_strict_policy(visit):
    v = await visit()
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()

    assert v.complaints == []


async def test_without_the_configuration_there_is_the_phone_number_and_the_booking_link(visit):
    v = await visit(page_html=PAGE % 'gateway="http://127.0.0.1:9/" phone="+1 503 555 0142" booking-url="https://example.com/book"')

    assert await v.page.get_by_role("link", name="+1 503 555 0142").get_attribute("href") == "tel:+15035550142"
    assert await v.page.get_by_role("link", name="https://example.com/book").is_visible()
    assert await v.page.get_by_role("link", name="Or call us").is_visible()


async def test_without_the_window_there_is_the_phone_number(visit, practice):
    v = await visit()
    await v.page.route("**/widget/panel.js", lambda route: route.abort())
    await v.page.get_by_role("button", name="Ask a question").click()

    assert await v.page.get_by_role("link", name="Call +1 503").get_attribute("href") == "tel:+15035550142"


async def test_without_javascript_the_page_shows_the_phone_number(visit, practice):
    v = await visit(java_script_enabled=False)

    assert await v.page.locator("noscript a", has_text=practice.value("contact.phone")).is_visible()


@pytest.mark.parametrize(
    ("accent", "shown"), [("#5b2a86", "rgb(91, 42, 134)"), ("#ffe680", "rgb(11, 95, 88)"), ("red;x", "rgb(11, 95, 88)")]
)
async def test_a_colour_that_cannot_be_read_is_not_taken(visit, accent, shown):
    v = await visit(page_html=PAGE % f'accent="{accent}"')
    button = v.page.get_by_role("button", name="Ask a question")
    await button.wait_for()

    assert await button.evaluate("(b) => getComputedStyle(b).backgroundColor") == shown


async def test_the_launcher_is_small(visit):
    v = await visit()
    response = await v.page.request.get(v.url + "widget.js", headers={"Accept-Encoding": "gzip"})

    import gzip

    assert len(gzip.compress(await response.body())) < 3500
