"""What a visitor sees and does in the chat."""

import asyncio
from dataclasses import replace

import pytest

from tests.gateway.fake_rasa import ANSWER, SUGGESTION
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
EMERGENCY = "i can't feel my groin and i can't pee since my back went this morning"


async def hold_the_first(v, pattern):
    """Keep the first request from the gateway; return an event that says it is kept, and one that lets it go."""
    kept, released = asyncio.Event(), asyncio.Event()

    async def hold(route):
        if not kept.is_set():
            kept.set()
            await released.wait()
        await route.continue_()

    await v.page.route(pattern, hold)
    return kept, released


async def leave(v, how):
    """Start a new conversation, or erase this one."""
    if how == "new":
        await v.choose("Start a new conversation")
    else:
        await v.choose("Erase this conversation")
        await v.page.get_by_role("button", name="Yes, erase it").click()
    await v.page.locator(".note").first.wait_for()


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
            "buttons": [{"id": "o1", "title": "Wed 9 am"}],
            "custom": {"type": "openings", "starts": ["2026-11-25T17:00+00:00"]},
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
    await v.choose("Start a new conversation")

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
    await v.choose("Erase this conversation")
    await v.page.get_by_role("button", name="Yes, erase it").click()
    await v.page.locator(".note").first.wait_for()

    assert v.rasa.conversations == {}
    assert await v.page.locator(".note").first.inner_text() == "This conversation has been erased."
    receipt = await v.page.locator(".note").nth(1).inner_text()
    assert receipt.startswith(f"Receipt for the erased conversation: {next(iter(v.rasa.erased))}, ")


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
    assert await problem.get_by_role("link", name="Call +1 503").get_attribute("href") == "tel:+15035550142"
    v.rasa.fault = ""
    await problem.get_by_role("button", name="Try again").click()
    await v.page.locator(".kind").first.wait_for()

    ids = [request.post_data_json["client_message_id"] for request in v.requests if request.url.endswith("/messages")]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert len(v.rasa.said) == 1
    assert await v.page.locator(".turn.visitor").count() == 1


async def test_what_was_lost_offline_goes_out_once_and_in_order_when_the_connection_is_back(visit):
    v = await visit()
    await v.open_chat()
    await v.say("hello")
    await v.answer()
    await v.page.context.set_offline(True)
    await v.say("first")
    await v.say("second")
    await v.page.locator(".problem").nth(1).wait_for()
    assert "sent when you are back online" in await v.page.locator(".problem").first.inner_text()

    await v.page.context.set_offline(False)
    await v.page.locator(".problem").first.wait_for(state="detached")
    await v.answer(3)

    assert [said["text"] for said in v.rasa.said] == ["hello", "first", "second"]
    assert await v.page.locator(".unsent").count() == 0


async def test_a_second_tab_sees_what_was_said_in_the_first(visit):
    v = await visit()
    await v.open_chat()
    await v.say("hello")
    await v.answer()
    kept = await v.page.evaluate("JSON.stringify({...sessionStorage})")
    second = await v.page.context.new_page()
    # As "duplicate tab" does it: the new tab starts with a copy of the first one's storage.
    await second.add_init_script(f"for (const [key, value] of Object.entries({kept})) sessionStorage.setItem(key, value)")
    await second.goto(v.url)
    other = replace(v, page=second)
    await other.open_chat()
    await other.answer()
    await other.say("in the second tab")
    await other.answer(2)

    await v.page.evaluate("dispatchEvent(new Event('focus'))")
    await v.answer(2)
    await v.say("back in the first")
    await v.answer(3)

    assert await v.page.locator(".turn.visitor").all_text_contents() == ["You: hello", "You: in the second tab", "You: back in the first"]
    assert len(v.rasa.conversations) == 1


async def test_a_conversation_can_be_copied_in_plain_words(visit):
    v = await visit(permissions=["clipboard-read", "clipboard-write"])
    v.rasa.script["help"] = [CARD]
    await v.open_chat()
    await v.say("does it help sciatica")
    await v.answer()
    await v.say("help")
    await v.answer(2)
    await v.choose("Copy this conversation")
    await v.page.locator(".note").wait_for()

    assert await v.page.evaluate("navigator.clipboard.readText()") == (
        "You: does it help sciatica\n\n"
        "Assistant: From our article:\nOur article says it may help.\nWhat research says:\nA 2024 trial found less leg pain.\n\n"
        "You: help\n\n"
        "Assistant: Call 911 now.\nCall 911 (tel:911)\nText 988 (sms:988)"
    )


async def test_without_leave_to_copy_the_visitor_is_told(visit):
    v = await visit()
    await v.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    await v.page.reload()
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()
    await v.choose("Copy this conversation")

    assert "print it instead" in await v.page.locator(".note").inner_text()


async def test_a_conversation_is_printed_without_the_page_around_it(visit):
    v = await visit()
    await v.page.add_init_script("window.print = () => { top.printed = [document.title, document.body.innerText, self !== top]; }")
    await v.page.reload()
    await v.open_chat()
    await v.say("does it hurt")
    await v.answer()
    await v.choose("Print this conversation")
    await v.page.wait_for_function("window.printed")

    title, text, is_apart = await v.page.evaluate("printed")
    assert (title, is_apart) == ("Example Acupuncture Clinic", True)
    assert "You: does it hurt" in text
    assert "Visit us" not in text
    assert v.complaints == []


async def test_before_the_first_word_there_is_nothing_to_copy_print_or_erase(visit):
    v = await visit()
    await v.open_chat()
    await v.page.get_by_role("button", name="More", exact=True).click()

    assert await v.page.locator(".more li").all_inner_texts() == ["Start a new conversation"]


async def test_each_of_two_answers_can_be_found_helpful_or_not(visit):
    v = await visit()
    other = {"text": "A visit costs $95.", "metadata": {"kind": "clinic", "topic": "cost"}}
    v.rasa.script["both"] = [ANSWER, other]
    await v.open_chat()
    await v.say("both")
    turn = await v.answer()

    rows = await turn.locator(":scope > div").evaluate_all("(all) => all.map((e) => e.className.split(' ')[0])")
    assert rows == ["bubble", "bubble", "feedback", "bubble", "feedback"]


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


async def test_two_questions_in_a_row_each_have_their_answer_below_them(visit):
    """On two connections the second may arrive first."""
    v = await visit()
    v.rasa.delay_s = 0.2
    v.rasa.script = {question: [{"text": f"About the {question}.", "metadata": {"kind": "dialogue"}}] for question in ("first", "second")}
    await v.open_chat()
    await v.say("first")
    await v.say("second")
    await v.answer(2)

    rows = await v.page.locator(".turn:not(.introduction):not(.typing) .bubble").all_inner_texts()
    assert sorted(said["text"] for said in v.rasa.said) == ["first", "second"]
    assert [row.split("\n")[-1] for row in rows] == ["first", "About the first.", "second", "About the second."]


async def test_an_emergency_is_sent_and_answered_while_an_earlier_question_hangs(visit):
    v = await visit()
    await v.open_chat()
    await v.say("hello")
    await v.answer()
    v.rasa.fault = "slow"
    await v.say("does it hurt")
    await v.say(EMERGENCY)

    await v.page.locator(".emergency").wait_for()
    await v.page.locator(".problem").wait_for()
    rows = await v.page.locator(".turn:not(.introduction)").evaluate_all("(rows) => rows.map((row) => row.className)")
    assert rows == ["turn visitor", "turn assistant", "turn visitor unsent", "turn assistant problem", "turn visitor", "turn assistant"]
    assert not await v.page.get_by_role("dialog").get_by_role("link", name="Book online").is_visible()


async def test_every_question_leaves_at_once(visit):
    v = await visit()
    v.rasa.delay_s = 1
    await v.open_chat()
    await v.say("first")
    await v.say("second")
    await v.page.wait_for_timeout(400)

    assert v.asked("POST", "/conversations") - v.asked("POST", "/messages") == 1
    await v.answer(2)
    rows = await v.page.locator(".turn:not(.introduction):not(.typing)").evaluate_all("(rows) => rows.map((row) => row.className)")
    assert rows == ["turn visitor", "turn assistant"] * 2


@pytest.mark.parametrize("leaving", ["new", "erase"])
async def test_what_was_said_before_leaving_is_never_said_again(visit, leaving):
    v = await visit()
    await v.open_chat()
    await v.say("hello")
    await v.answer()
    v.rasa.conversations.clear()  # as a purge does: the message on its way will be answered with 404
    kept, released = await hold_the_first(v, "**/messages")
    await v.say("my secret")
    await kept.wait()
    await leave(v, leaving)
    released.set()
    await v.page.wait_for_timeout(500)

    assert "my secret" not in [said["text"] for said in v.rasa.said]
    assert v.rasa.conversations == {}
    assert await v.page.evaluate("sessionStorage.length") == 0


async def test_a_lost_message_is_not_tried_again_after_leaving(visit):
    v = await visit()
    await v.open_chat()
    await v.say("hello")
    await v.answer()
    await v.page.route("**/messages", lambda route: route.abort())
    await v.say("my secret")
    await leave(v, "new")
    await v.page.unroute("**/messages")
    await v.page.wait_for_timeout(1200)

    assert [said["text"] for said in v.rasa.said] == ["hello"]
    assert len(v.rasa.conversations) == 1


async def test_a_conversation_that_opens_late_is_not_remembered_after_leaving(visit):
    v = await visit()
    await v.open_chat()
    kept, released = await hold_the_first(v, "**/v1/conversations")
    await v.say("my secret")
    await kept.wait()
    await leave(v, "new")
    released.set()
    await v.page.wait_for_timeout(800)

    assert v.rasa.said == []
    assert await v.page.evaluate("sessionStorage.length") == 0


async def test_a_late_refusal_does_not_drop_the_new_conversation(visit):
    v = await visit()
    await v.open_chat()
    await v.say("hello")
    await v.answer()
    v.rasa.conversations.clear()
    kept, released = await hold_the_first(v, "**/messages")
    await v.say("my secret")
    await kept.wait()
    await leave(v, "new")
    await v.say("does it hurt")
    await v.answer()
    released.set()
    await v.page.wait_for_timeout(300)

    assert len(v.rasa.conversations) == 1
    assert await v.page.evaluate("sessionStorage.length") == 1


async def test_a_reply_that_cannot_be_shown_is_not_the_end_of_the_chat(visit):
    v = await visit()
    await v.open_chat()
    await v.page.route("**/messages", lambda route: route.fulfill(json={"messages": [{"type": "choices"}]}))
    await v.say("hm")
    problem = await v.answer()
    await v.page.unroute("**/messages")
    await v.say("does it hurt")

    assert "undefined" not in await problem.inner_text()
    assert await problem.get_by_role("link", name="Call 911").first.is_visible()
    await v.page.locator(".kind").first.wait_for()


@pytest.mark.parametrize("status", [502, 503])
async def test_a_proxy_without_a_gateway_shows_where_to_turn_in_an_emergency(visit, status):
    v = await visit()
    await v.open_chat()
    await v.page.route(
        "**/v1/conversations", lambda route: route.fulfill(status=status, content_type="text/html", body="<h1>Bad Gateway</h1>")
    )
    await v.say("does it hurt")
    problem = await v.answer()

    assert await problem.get_by_role("link", name="Call 911").first.get_attribute("href") == "tel:911"
    assert await problem.get_by_role("link", name="Call +1 503").is_visible()


async def test_without_rasa_a_question_shows_where_to_turn_in_an_emergency(visit):
    v = await visit()
    v.rasa.fault = "500"
    await v.open_chat()
    await v.say("does it hurt")

    assert await (await v.answer()).get_by_role("link", name="Call 911").first.is_visible()


@pytest.mark.parametrize("is_back", [True, False], ids=["rasa is back", "rasa is still down"])
async def test_the_gateways_own_card_is_there_after_a_reload(visit, is_back):
    v = await visit()
    booking = v.page.get_by_role("dialog").get_by_role("link", name="Book online")
    await v.open_chat()
    await v.say("hello")
    await v.answer()
    v.rasa.fault = "500"
    await v.say(EMERGENCY)
    await v.page.locator(".emergency").wait_for()
    v.rasa.fault = "" if is_back else "500"
    await v.page.reload()
    await v.open_chat()

    await v.page.locator(".emergency").wait_for()
    assert not await booking.is_visible()
    assert "groin" not in await v.page.evaluate("JSON.stringify({...sessionStorage})")


async def test_the_kept_card_is_gone_when_another_answer_came_after_it(visit):
    v = await visit()
    await v.open_chat()
    v.rasa.fault = "500"
    await v.say(EMERGENCY)
    await v.page.locator(".emergency").wait_for()
    v.rasa.fault = ""
    await v.say("does it hurt")
    await v.answer(2)

    assert "emergency" not in await v.page.evaluate("JSON.stringify({...sessionStorage})")


async def test_a_conversation_without_a_word_of_the_visitor_shows_one_welcome(visit):
    v = await visit()
    await v.open_chat()
    await v.page.route("**/messages", lambda route: route.abort())
    await v.say("hello")
    await v.page.locator(".problem").wait_for()
    await v.page.reload()
    await v.open_chat()
    await v.page.wait_for_timeout(300)

    assert len(v.rasa.conversations) == 1
    assert await v.page.locator(".turn.assistant").count() == 0


async def test_a_transcript_that_arrives_after_leaving_is_not_shown(visit):
    v = await visit()
    await v.open_chat()
    await v.say("my secret")
    await v.answer()
    await v.page.reload()
    kept, released = await hold_the_first(v, "**/v1/conversations/*")
    await v.open_chat()
    await kept.wait()
    await leave(v, "new")
    released.set()
    await v.page.wait_for_timeout(300)

    assert await v.page.locator(".turn.visitor, .turn.assistant").count() == 0


async def test_a_question_that_is_too_long_is_not_lost(visit):
    v = await visit()
    await v.open_chat()
    await v.say("x" * 2001)

    hint = v.page.locator(".hint")
    assert await hint.get_by_text("That is a little long").is_visible()
    assert await hint.get_by_role("link", name="call 911").get_attribute("href") == "tel:911"
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
