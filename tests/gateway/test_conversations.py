"""What a visitor's browser asks of the gateway, and what it gets."""

import asyncio

import pytest

from frontdesk.gateway.contract import validator

pytestmark = pytest.mark.asyncio


async def test_a_new_conversation_has_an_id_a_token_and_a_welcome(desk):
    body = await desk.start()

    validator("Conversation").validate(body)
    assert body["messages"] == [{"type": "text", "text": "Welcome."}]


async def test_every_paragraph_of_an_answer_carries_its_own_kind(desk):
    await desk.start()

    body = await (await desk.say("does it help sciatica")).json()

    validator("Reply").validate(body)
    assert [(m["kind"], m["topic"]) for m in body["messages"]] == [("article", "sciatica_disc"), ("evidence", "sciatica_disc")]


async def test_a_choice_reaches_rasa_as_a_choice(desk):
    await desk.start()

    response = await desk.call("POST", "/messages", json={"client_message_id": "a", "choice": "c1"})

    assert response.status == 200
    assert desk.rasa.said[0]["choice"] == "c1"
    assert "text" not in desk.rasa.said[0]


async def test_a_choice_that_is_no_longer_offered_is_a_conflict(desk):
    await desk.start()

    response = await desk.call("POST", "/messages", json={"client_message_id": "a", "choice": "stale"})

    assert response.status == 409
    assert (await response.json())["error"]["code"] == "unknown_choice"


async def test_repeating_a_message_id_returns_the_first_reply_and_says_nothing_twice(desk):
    await desk.start()

    first = await (await desk.say("hello", "same")).json()
    again = await (await desk.say("hello", "same")).json()

    assert first == again
    assert len(desk.rasa.said) == 1


async def test_concurrent_repeats_wait_for_the_first(desk):
    await desk.start()
    desk.rasa.delay_s = 0.05

    replies = await asyncio.gather(*(desk.say("hello", "same") for _ in range(4)))

    assert [reply.status for reply in replies] == [200] * 4
    assert len(desk.rasa.said) == 1


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u202e\n", "/", " // / "])
async def test_a_message_without_words_gets_a_sentence_and_never_reaches_rasa(desk, text):
    await desk.start()

    body = await (await desk.say(text)).json()

    assert [m["type"] for m in body["messages"]] == ["text"]
    assert "type your question" in body["messages"][0]["text"]
    assert desk.rasa.said == []


async def test_the_transcript_has_both_sides_in_order(desk):
    await desk.start()
    await desk.say("does it hurt")

    body = await (await desk.call("GET")).json()

    validator("Transcript").validate(body)
    assert [turn["from"] for turn in body["turns"]] == ["assistant", "visitor", "assistant"]
    assert body["turns"][1]["text"] == "does it hurt"
    assert len(body["turns"][2]["messages"]) == 2


async def test_erasing_gives_a_receipt_and_then_the_conversation_is_unknown(desk):
    await desk.start()
    await desk.say("does it hurt")

    receipt = await (await desk.call("DELETE")).json()
    afterwards = [await desk.call("GET"), await desk.say("hello", "m2"), await desk.call("DELETE")]

    validator("Receipt").validate(receipt)
    assert receipt["id"] == desk.id
    assert receipt["deleted"] == 3
    assert [response.status for response in afterwards] == [404] * 3


async def test_feedback_on_a_served_answer_is_noted(desk):
    await desk.start()

    response = await desk.call("POST", "/feedback", json={"topic": "sciatica_disc", "helpful": False})

    assert response.status == 204
    assert desk.rasa.feedback == [{"topic": "sciatica_disc", "helpful": False}]


async def test_feedback_on_an_answer_that_was_not_served_is_a_conflict(desk):
    await desk.start()

    response = await desk.call("POST", "/feedback", json={"topic": "cost", "helpful": True})

    assert response.status == 409


async def test_the_configuration_has_all_that_is_shown_before_the_first_message(desk):
    body = await (await desk.client.get("/v1/config")).json()

    schema = validator("Config")
    nullable = ("phone", "phone_href", "booking_url", "privacy_url")
    schema.validate({key: value for key, value in body.items() if key not in nullable})
    assert "automated assistant" in body["disclosure"]
    assert body["phone_href"].startswith("tel:+")
    assert body["emergency"]["actions"][0]["href"].startswith("tel:")
    assert "{" not in str(list(body["strings"].values())).replace("{n}", "")


async def test_the_contract_is_served_as_it_is_checked(desk):
    document = await (await desk.client.get("/v1/openapi.json")).json()

    served = {(method.upper(), route.resource.canonical) for route in desk.client.app.router.routes() if (method := route.method) != "HEAD"}
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item if method != "parameters"}
    assert document["openapi"] == "3.0.3"
    assert described <= served
    assert {path for _, path in served - described} == {"/", "/widget.js", "/widget/{name}", "/demo/{name}"}
