"""Each test is named after the attack that it shows to fail."""

import pytest

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
