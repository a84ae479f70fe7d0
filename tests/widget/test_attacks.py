"""Each test is named after the attack that it shows to fail."""

import pytest

from tests.widget.conftest import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCRIPTS = [
    "<img src=x onerror=window.pwned=1>",
    "<script>window.pwned=1</script>",
    "[click](javascript:window.pwned=1)",
    "[click](JaVaScRiPt:window.pwned=1)",
    "[click](java\tscript:window.pwned=1)",
    "[click](data:text/html,<script>window.pwned=1</script>)",
    "[click](vbscript:x)",
    "**<b onclick=window.pwned=1>bold</b>**",
    '[a](https://example.com/"onmouseover="window.pwned=1)',
]


@pytest.mark.parametrize("text", SCRIPTS)
async def test_script_in_text(visit, text):
    v = await visit()
    v.rasa.script["x"] = [{"text": text, "metadata": {"kind": "article", "topic": "cost"}}]
    await v.open_chat()
    await v.say("x")
    turn = await v.answer()

    for link in await turn.get_by_role("link").all():
        assert (await link.get_attribute("href")).startswith("https://example.com/")
    assert await turn.locator("img, script, b").count() == 0
    assert await turn.locator("[onerror], [onclick], [onmouseover]").count() == 0
    assert await v.page.evaluate("window.pwned") is None


async def test_script_in_a_choice_and_in_what_the_visitor_wrote(visit):
    v = await visit()
    v.rasa.script["<img src=x onerror=window.pwned=1>"] = [
        {"text": "Which?", "buttons": [{"id": "1", "title": "<svg onload=window.pwned=1>"}]}
    ]
    await v.open_chat()
    await v.say("<img src=x onerror=window.pwned=1>")
    turn = await v.answer()

    assert await turn.get_by_role("button").first.inner_text() == "<svg onload=window.pwned=1>"
    assert await v.page.evaluate("window.pwned") is None


async def test_a_page_reads_no_conversation_from_local_storage_or_cookies(visit):
    v = await visit()
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()

    kept = await v.page.evaluate("JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])")
    assert "hurt" not in kept
    assert await v.page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 1]


NONSENSE = {
    "no JSON": "<h1>Bad Gateway</h1>",
    "null": "null",
    "a list": "[]",
    "no messages": "{}",
    "messages that are no list": '{"messages": "hello"}',
    "no message at all": '{"messages": []}',
    "only types of another version": '{"messages": [{"type": "hologram", "text": "x"}, {"type": "constructor"}, {"type": "__proto__"}]}',
    "shapes that are wrong": '{"messages": [null, 7, {"type": "text", "text": 7}, {"type": "choices"}, {"type": "summary", "rows": [{}]}]}',
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
async def test_nonsense_from_the_server(visit, body):
    v = await visit()
    await v.open_chat()
    await v.page.route("**/messages", lambda route: route.fulfill(body=body, content_type="application/json"))
    await v.say("hm")
    problem = await v.answer()
    await v.page.unroute("**/messages")
    await problem.get_by_role("button", name="Try again").click()

    await v.page.locator(".kind").first.wait_for()
    assert [c for c in v.complaints if "Failed to load" not in c] == []


async def test_what_can_be_shown_is_shown_beside_what_cannot(visit):
    v = await visit()
    messages = [{"type": "hologram"}, {"type": "text", "text": "**Unclosed [link](https://"}, {"type": "text", "text": 3}]
    await v.open_chat()
    await v.page.route("**/messages", lambda route: route.fulfill(json={"messages": messages}))
    await v.say("hm")

    assert await (await v.answer()).locator(".bubble").all_inner_texts() == ["**Unclosed [link](https://"]


@pytest.mark.parametrize(("status", "said"), [(429, "a lot of messages"), (500, "can't be reached"), (413, "more than I can read")])
async def test_a_refusal_is_shown_in_words(visit, status, said):
    v = await visit()
    errors = {429: "That was a lot of messages at once.", 500: "", 413: "That is more than I can read at once."}
    body = {"error": {"code": "x", "message": errors[status], "request_id": "1"}}
    await v.open_chat()
    await v.page.route("**/messages", lambda route: route.fulfill(status=status, json=body))
    await v.say("hm")
    problem = await v.answer()

    assert said in await problem.inner_text()
    assert await problem.get_by_role("button", name="Try again").count() == (status != 413)


async def test_a_hundred_choices_with_very_long_words(visit):
    v = await visit(PHONE)
    v.rasa.script["many"] = [{"text": "Which?", "buttons": [{"id": f"c{i}", "title": f"{i} {'w' * 200}"} for i in range(100)]}]
    await v.open_chat()
    await v.say("many")
    turn = await v.answer()

    assert await turn.get_by_role("button").count() == 100
    assert await v.page.locator(".log").evaluate("(log) => log.scrollWidth <= log.clientWidth")
    assert len((await v.page.locator("clinic-chat [role=status][aria-live]").inner_text()).split(",")) == 10
    await turn.get_by_role("button").nth(99).click()
    await v.answer(2)
    assert v.rasa.said[1]["choice"] == "c99"
