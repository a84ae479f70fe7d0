"""What a visitor gets while Rasa is down, slow or broken."""

import asyncio
import datetime as dt

import pytest
from prometheus_client.parser import text_string_to_metric_families

pytestmark = pytest.mark.asyncio

FAULTS = ["slow", "500", "garbage", "no_list", "strange"]
EMERGENCY = "i can't feel my groin and i can't pee since my back went this morning"


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_question_gets_a_kind_sentence_with_the_phone_number(desk, practice, fault):
    await desk.start()
    desk.rasa.fault = fault

    response = await desk.say("does it help sciatica")
    error = (await response.json())["error"]

    assert response.status == 503
    assert error["code"] == "unavailable"
    assert practice.value("contact.phone") in error["message"]


@pytest.mark.parametrize("fault", [*FAULTS, "empty", ""])
async def test_an_emergency_gets_its_card(desk, practice, fault):
    await desk.start()
    desk.rasa.fault = fault

    body = await (await desk.say(EMERGENCY)).json()

    card = body["messages"][0]
    assert (card["type"], card["tier"]) == ("emergency", "emergency")
    assert "tel:" + practice.value("contact.emergency_number") in [action["href"] for action in card["actions"]]
    assert "{" not in str([card["text"], card["actions"]]).replace("{'", "")


@pytest.mark.parametrize("fault", ["500", ""])
async def test_a_card_in_rasas_place_is_recorded_by_tier_and_category_and_nothing_else(desk, record, fault):
    await desk.start()
    desk.rasa.fault = fault

    await desk.say(EMERGENCY)

    (count,) = record.counts(dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5))
    assert (count.tier, count.category, count.alarms, count.meant_generally) == ("emergency", "cauda_equina", 1, 0)


async def test_a_record_that_cannot_be_written_costs_nobody_the_card(desk, record, tmp_path):
    (tmp_path / "alarms.db").mkdir()
    await desk.start()
    desk.rasa.fault = "500"

    body = await (await desk.say(EMERGENCY)).json()

    assert body["messages"][0]["type"] == "emergency"


async def test_a_card_for_a_spanish_message_says_where_spanish_is_spoken(desk):
    await desk.start()
    desk.rasa.fault = "500"

    spanish = await (await desk.say("no puedo orinar desde anoche y se me duermen las piernas", "m1")).json()
    english = await (await desk.say(EMERGENCY, "m2")).json()

    assert "español" in spanish["messages"][0]["text"]
    assert "español" not in english["messages"][0]["text"]


async def test_an_emergency_does_not_wait_as_long_as_a_question(open_desk):
    desk = await open_desk(rasa_timeout_s=30, emergency_wait_s=0.2)
    await desk.start()
    desk.rasa.fault = "slow"

    async with asyncio.timeout(4):
        body = await (await desk.say(EMERGENCY)).json()

    assert body["messages"][0]["type"] == "emergency"


async def test_an_emergency_does_not_wait_behind_an_earlier_message_that_hangs(open_desk):
    desk = await open_desk(rasa_timeout_s=30, emergency_wait_s=0.3)
    await desk.start()
    desk.rasa.fault = "slow"
    earlier = asyncio.create_task(desk.say("does it help sciatica", "m1"))
    await asyncio.sleep(0.1)

    async with asyncio.timeout(3):
        body = await (await desk.say(EMERGENCY, "m2")).json()

    assert body["messages"][0]["type"] == "emergency"
    earlier.cancel()


async def test_an_emergency_as_the_first_words_does_not_wait_for_the_opening(open_desk):
    desk = await open_desk(rasa_timeout_s=30, emergency_wait_s=0.6)
    desk.rasa.fault = "slow"

    async with asyncio.timeout(3):
        await desk.start()
        body = await (await desk.say(EMERGENCY)).json()

    assert body["messages"][0]["type"] == "emergency"


async def test_an_emergency_in_a_purged_conversation_gets_its_card(desk):
    await desk.start()
    desk.rasa.conversations.clear()

    response = await desk.say(EMERGENCY)

    assert response.status == 200
    assert (await response.json())["messages"][0]["type"] == "emergency"


async def test_an_emergency_in_an_erased_conversation_gets_its_card_and_opens_nothing(desk):
    desk.rasa.fault = "500"
    await desk.start()
    desk.rasa.fault = ""
    await desk.say("does it help sciatica")
    await desk.call("DELETE")

    response = await desk.say(EMERGENCY, "m2")

    assert (await response.json())["messages"][0]["type"] == "emergency"
    assert desk.rasa.conversations == {}


async def test_an_emergency_in_a_message_that_is_too_long_gets_its_card(desk):
    await desk.start()

    response = await desk.say("it all began like this. " * 90 + "i want to kill myself")

    assert response.status == 200
    card = (await response.json())["messages"][0]
    assert (card["type"], card["tier"]) == ("emergency", "crisis")
    assert desk.rasa.said == []


async def test_a_conversation_that_started_without_rasa_is_not_opened_again_once_it_is_erased(desk):
    desk.rasa.fault = "500"
    await desk.start()
    desk.rasa.fault = ""

    statuses = [(await desk.say("does it hurt", "m1")).status, (await desk.call("DELETE")).status]
    statuses.append((await desk.say("does it hurt", "m2")).status)

    assert statuses == [200, 200, 404]
    assert desk.rasa.conversations == {}


async def test_a_token_made_without_rasa_opens_a_conversation_for_a_quarter_of_an_hour_only(desk):
    desk.rasa.fault = "500"
    await desk.start()
    desk.rasa.fault = ""
    desk.clock.now += 15 * 60 + 1

    assert (await desk.say("does it hurt")).status == 404
    assert desk.rasa.conversations == {}


async def test_a_conversation_that_started_without_rasa_hears_an_emergency(desk):
    desk.rasa.fault = "500"
    body = await desk.start()

    reply = await (await desk.say(EMERGENCY)).json()

    assert [m["type"] for m in body["messages"]] == ["text"]
    assert reply["messages"][0]["type"] == "emergency"


async def test_a_conversation_that_started_without_rasa_goes_on_when_it_is_back(desk):
    desk.rasa.fault = "500"
    await desk.start()
    desk.rasa.fault = ""

    response = await desk.say("does it help sciatica")

    assert response.status == 200
    assert (await response.json())["messages"][0]["topic"] == "sciatica_disc"


async def test_an_empty_reply_becomes_the_fallback_sentence(desk, practice):
    await desk.start()
    desk.rasa.fault = "empty"

    body = await (await desk.say("hm")).json()

    assert practice.value("contact.phone") in body["messages"][0]["text"]


async def test_nothing_listens_where_rasa_should_be(open_desk):
    desk = await open_desk(rasa_url="http://127.0.0.1:1")
    await desk.start()

    assert (await desk.say("does it help sciatica")).status == 503
    assert (await desk.client.get("/readyz")).status == 503
    assert (await desk.client.get("/healthz")).status == 200


async def test_a_retry_after_the_fault_gets_the_answer(desk):
    await desk.start()
    desk.rasa.fault = "500"
    failed = await desk.say("does it hurt", "same")
    desk.rasa.fault = ""

    retried = await desk.say("does it hurt", "same")

    assert (failed.status, retried.status) == (503, 200)
    assert len(desk.rasa.said) == 1


async def test_an_alarm_that_only_the_model_raised_gets_its_card_although_the_turn_failed(desk):
    await desk.start()
    desk.rasa.fault = "alarm"

    body = await (await desk.say("does it hurt")).json()

    assert [(message["type"], message["tier"]) for message in body["messages"]] == [("emergency", "crisis")]


@pytest.mark.parametrize("alarm", [None, "crisis", {"tier": "practitioner", "category": "x", "rule": "y"}, {"tier": "huge"}, {"wrong": 1}])
async def test_an_alarm_that_is_none_makes_no_card(desk, alarm):
    await desk.start()
    desk.rasa.fault, desk.rasa.alarm = "alarm", alarm

    assert (await desk.say("does it hurt")).status == 503


async def test_ready_means_that_rasa_has_a_model(desk):
    ready = await desk.client.get("/readyz")
    desk.rasa.model = None
    unready = await desk.client.get("/readyz")

    assert (ready.status, unready.status) == (200, 503)


async def test_the_counters_tell_what_happened_and_to_nobody(desk):
    await desk.start()
    await desk.say("does it hurt")
    desk.rasa.fault = "500"
    await desk.say("does it hurt", "m2")

    text = await (await desk.client.get("/metrics")).text()

    samples = {s.name: s.value for family in text_string_to_metric_families(text) for s in family.samples}
    assert samples["frontdesk_gateway_messages_total"] == 2
    assert samples["frontdesk_gateway_rasa_failures_total"] == 1
    assert samples["frontdesk_gateway_reply_seconds_count"] == 1
    assert desk.id not in text
