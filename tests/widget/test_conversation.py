"""What a visitor sees and does in the chat."""

import pytest

from tests.gateway.fake_rasa import SUGGESTION
from tests.widget.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")

CARD = {
    "text": "Call **911** now.",
    "custom": {
        "type": "emergency",
        "tier": "emergency",
        "actions": [{"label": "Call 911", "href": "tel:911"}, {"label": "Text 988", "href": "sms:988"}],
    },
}
LOG = ".log"


async def test_nothing_is_asked_or_stored_before_the_first_click(visit):
    v = await visit()
    await v.page.get_by_role("button", name="Ask a question").wait_for()

    assert v.asked("POST", "/v1/") == 0
    assert v.asked("GET", "panel.js") == 0
    assert await v.page.evaluate("[document.cookie, sessionStorage.length, localStorage.length]") == ["", 0, 0]


async def test_opening_stores_nothing_and_shows_what_the_visitor_must_know_first(visit, practice):
    v = await visit()
    await v.open_chat()

    log = v.page.locator(LOG)
    assert "automated assistant" in await log.inner_text()
    assert "Please don't write medical details" in await log.inner_text()
    assert v.asked("POST", "/v1/") == 0
    assert await v.page.evaluate("sessionStorage.length") == 0


async def test_an_answer_shows_its_kinds_and_bold_words(visit):
    v = await visit()
    await v.open_chat()
    await v.say("does it help sciatica")

    turn = await v.answer()
    assert await turn.locator(".kind").all_inner_texts() == ["From our article", "What research says"]
    assert await turn.locator("strong").inner_text() == "may"
    assert v.complaints == []


async def test_a_starter_is_sent_as_if_typed(visit):
    v = await visit()
    await v.open_chat()
    await v.page.get_by_role("button", name="Does it hurt?").click()

    await v.answer()
    assert [said["text"] for said in v.rasa.said] == ["Does acupuncture hurt?"]


async def test_a_choice_is_sent_once_and_then_spent(visit):
    v = await visit()
    v.rasa.script["hm"] = [SUGGESTION]
    await v.open_chat()
    await v.say("hm")
    button = v.page.get_by_role("button", name="Sciatica")
    await button.click()
    await v.answer(2)

    assert v.rasa.said[1]["choice"] == "c1"
    assert await button.is_disabled()
    assert await v.page.locator(".turn.visitor").nth(1).text_content() == "You: Sciatica"


async def test_the_emergency_card_has_real_telephone_links(visit):
    v = await visit(PHONE)
    v.rasa.script["help"] = [CARD]
    await v.open_chat()
    await v.say("help")

    turn = await v.answer()
    assert await turn.get_by_role("link", name="Call 911").get_attribute("href") == "tel:911"
    assert await turn.get_by_role("link", name="Text 988").get_attribute("href") == "sms:988"


async def test_nothing_invites_to_book_beside_an_emergency_card(visit):
    v = await visit()
    v.rasa.script["help"] = [CARD]
    booking = v.page.get_by_role("dialog").get_by_role("link", name="Book online")
    await v.open_chat()
    assert await booking.is_visible()

    await v.say("help")
    await v.answer()
    assert not await booking.is_visible()
    await v.page.reload()
    await v.open_chat()
    await v.answer()
    assert not await booking.is_visible()
    await v.say("does it hurt")
    await v.answer(2)
    assert await booking.is_visible()


async def test_openings_and_a_summary_can_be_chosen_from(visit):
    v = await visit()
    v.rasa.script["book"] = [
        {
            "text": "When?",
            "custom": {"type": "openings", "openings": [{"id": "o1", "start": "2026-11-25T09:00:00-08:00", "label": "Wed 9 am"}]},
        }
    ]
    v.rasa.script["o1"] = [
        {"custom": {"type": "summary", "rows": [{"label": "Day", "value": "Wednesday"}], "choices": [{"id": "ok", "title": "Send it"}]}}
    ]
    await v.open_chat()
    await v.say("book")
    await v.page.get_by_role("button", name="Wed 9 am").click()
    turn = await v.answer(2)

    assert "Wednesday" in await turn.locator("dd").inner_text()
    assert await turn.get_by_role("button", name="Send it").is_enabled()


async def test_a_conversation_is_there_after_a_reload(visit):
    v = await visit()
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()
    await v.page.reload()
    await v.open_chat()

    turn = await v.answer()
    assert await v.page.locator(".turn.visitor").text_content() == "You: does it hurt"
    assert "may help" in await turn.inner_text()
    assert len(v.rasa.said) == 1


async def test_a_new_conversation_starts_empty(visit):
    v = await visit()
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()
    await v.page.get_by_role("button", name="Start a new conversation").click()

    assert await v.page.locator(".turn.visitor").count() == 0
    assert await v.page.evaluate("sessionStorage.length") == 0
    await v.say("hello")
    await v.answer()
    assert len(v.rasa.conversations) == 2


async def test_erasing_asks_first_and_then_erases_on_the_server(visit):
    v = await visit()
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()
    await v.page.get_by_role("button", name="Erase this conversation").click()
    await v.page.get_by_role("button", name="Yes, erase it").click()
    await v.page.locator(".note").wait_for()

    assert v.rasa.conversations == {}
    assert "erased" in await v.page.locator(".note").inner_text()


async def test_an_opinion_reaches_the_clinic(visit):
    v = await visit()
    await v.open_chat()
    await v.say("does it help sciatica")
    await (await v.answer()).get_by_role("button", name="No").click()
    await v.page.get_by_text("Thank you").first.wait_for()
    await v.page.wait_for_timeout(200)

    assert v.rasa.feedback == [{"topic": "sciatica_disc", "helpful": False}]


async def test_an_unsent_question_is_kept_and_said_only_once(visit):
    v = await visit()
    await v.open_chat()
    v.rasa.fault = "500"
    await v.say("does it hurt")
    problem = await v.answer()
    assert "Not sent." in await problem.inner_text()
    assert await problem.get_by_role("link", name="Call").get_attribute("href") == "tel:+15035550142"
    v.rasa.fault = ""
    await problem.get_by_role("button", name="Try again").click()
    await v.page.locator(".kind").first.wait_for()

    ids = [request.post_data_json["client_message_id"] for request in v.requests if request.url.endswith("/messages")]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert len(v.rasa.said) == 1
    assert await v.page.locator(".turn.visitor").count() == 1


async def test_a_choice_that_is_no_longer_offered_is_not_tried_again(visit):
    v = await visit()
    v.rasa.script["hm"] = [{"text": "Which?", "buttons": [{"id": "stale", "title": "Old"}]}]
    await v.open_chat()
    await v.say("hm")
    await v.page.get_by_role("button", name="Old").click()
    problem = await v.answer(2)

    assert "no longer on offer" in await problem.inner_text()
    assert await problem.get_by_role("button", name="Try again").count() == 0


async def test_a_lost_connection_is_tried_again_by_itself_with_the_same_id(visit):
    v = await visit()
    await v.open_chat()
    await v.say("hello")
    await v.answer()
    lost = []

    async def lose_the_first(route):
        if lost:
            await route.continue_()
        else:
            lost.append(route.request.post_data_json["client_message_id"])
            await route.fetch()  # the gateway hears it, the visitor's browser does not hear the reply
            await route.abort()

    await v.page.route("**/messages", lose_the_first)
    await v.say("does it hurt")
    await v.answer(2)

    assert [said["text"] for said in v.rasa.said] == ["hello", "does it hurt"]
    assert v.rasa.said[1]["client_message_id"] == lost[0]


async def test_a_conversation_that_was_purged_goes_on_as_a_new_one(visit):
    v = await visit()
    await v.open_chat()
    await v.say("hello")
    await v.answer()
    v.rasa.conversations.clear()
    await v.say("does it hurt")

    assert "may help" in await (await v.answer(2)).inner_text()


async def test_two_questions_in_a_row_are_answered_in_order(visit):
    v = await visit()
    v.rasa.delay_s = 0.2
    await v.open_chat()
    await v.say("first")
    await v.say("second")
    await v.answer(2)

    assert [said["text"] for said in v.rasa.said] == ["first", "second"]


async def test_a_question_that_is_too_long_is_not_lost(visit):
    v = await visit()
    await v.open_chat()
    await v.say("x" * 2001)

    assert await v.page.get_by_text("That is a little long").first.is_visible()
    assert len(await v.page.get_by_label("Your question").input_value()) == 2001
    assert v.asked("POST", "/v1/") == 0


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_the_page_never_scrolls_sideways(visit, device):
    v = await visit(device)
    v.rasa.script["long"] = [{"text": "w" * 400 + " https://example.com/" + "a" * 300}]
    await v.open_chat()
    await v.say("long")
    await v.answer()

    assert await v.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await v.page.locator(LOG).evaluate("(log) => log.scrollWidth <= log.clientWidth")
