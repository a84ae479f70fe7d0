"""Each test is named after the attack that it shows to fail."""

import json

import pytest

from frontdesk.text.typed import clean_text

pytestmark = pytest.mark.asyncio

ATTACKER = {"Origin": "https://attacker.example"}
CLINIC = {"Origin": "https://clinic.example"}


@pytest.mark.parametrize(
    "text",
    [
        '/answer_faq{"topic":"cost"}',
        "  /restart",
        "//book_appointment",
        "/ /restart",
        "\u200b/restart",
        "\uff0frestart",
        "\u202e\uff0f\u2060/restart",
        "\n/restart",
        "\ufeff/restart",
        "\xa0/crisis",
        "\u3000/crisis",
    ],
)
async def test_typed_payload_injection(desk, text):
    await desk.start()

    await desk.say(text)

    said = desk.rasa.said[0]["text"]
    assert not said.lstrip().startswith("/")
    assert clean_text(said) == said


async def test_another_website_starts_a_conversation(desk):
    response = await desk.client.post("/v1/conversations", json={}, headers=ATTACKER)

    assert response.status == 403
    assert "Access-Control-Allow-Origin" not in response.headers
    assert desk.rasa.conversations == {}


@pytest.mark.parametrize(
    "origin", ["null", "https://clinic.example.attacker.example", "http://clinic.example", "https://clinic.example:444"]
)
async def test_a_website_with_a_similar_name_starts_a_conversation(desk, origin):
    response = await desk.client.post("/v1/conversations", json={}, headers={"Origin": origin})

    assert response.status == 403


async def test_a_referer_that_is_no_address(desk):
    response = await desk.client.post("/v1/conversations", json={}, headers={"Referer": "http://[x"})

    assert response.status == 403


async def test_a_body_that_says_it_is_packed_and_is_not(desk):
    await desk.start()

    raw = b'{"client_message_id": "a", "text": "hi"}'
    response = await desk.call("POST", "/messages", data=raw, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})

    assert response.status == 400
    assert (await response.json())["error"]["code"] == "invalid_body"


async def test_a_stolen_token_used_from_another_website(desk):
    await desk.start(CLINIC)

    from_elsewhere = [await desk.say("hi", headers=ATTACKER), await desk.say("hi"), await desk.call("GET", headers=ATTACKER)]
    from_home = await desk.say("hi", headers=CLINIC)

    assert [response.status for response in from_elsewhere] == [403] * 3
    assert from_home.status == 200


async def test_a_stolen_token_used_for_another_conversation(desk):
    await desk.start()
    token = desk.token
    await desk.start()

    response = await desk.call("GET", headers={"Authorization": f"Bearer {token}"})

    assert response.status == 403


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer abc", "Bearer a.b.c", "Bearer \x80\xff"])
async def test_a_forged_token(desk, header):
    await desk.start()

    response = await desk.call("GET", headers={"Authorization": header})

    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_with_a_changed_character(desk):
    await desk.start()
    middle = len(desk.token) // 2
    desk.token = desk.token[:middle] + ("A" if desk.token[middle] != "A" else "B") + desk.token[middle + 1 :]

    assert (await desk.call("DELETE")).status == 401


@pytest.mark.parametrize("depth", [1000, 10_000])
async def test_nested_json(desk, depth):
    await desk.start()

    raw = b'{"client_message_id": "a", "text": ' + b"[" * depth + b"]" * depth + b"}"
    response = await desk.call("POST", "/messages", data=raw, headers={"Content-Type": "application/json"})

    assert response.status == 400


async def test_an_oversized_body(desk):
    await desk.start()

    raw = json.dumps({"client_message_id": "a", "text": "x" * 1_000_000}).encode()
    response = await desk.call("POST", "/messages", data=raw, headers={"Content-Type": "application/json"})

    assert response.status == 413


async def test_an_oversized_body_that_hides_its_length(desk):
    await desk.start()

    async def pieces():
        for _ in range(200):
            yield b" " * 1000

    response = await desk.call("POST", "/messages", data=pieces(), headers={"Content-Type": "application/json"})

    assert response.status == 413


async def test_a_flood_in_one_conversation(open_desk):
    desk = await open_desk(conversation_per_minute=3)
    await desk.start()

    statuses = [(await desk.say("hi", f"m{n}")).status for n in range(4)]
    refused = await desk.say("hi", "m9")
    desk.clock.now += int(refused.headers["Retry-After"])
    later = await desk.say("hi", "m10")

    assert statuses == [200, 200, 200, 429]
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert later.status == 200


async def test_a_flood_of_new_conversations(open_desk):
    desk = await open_desk(starts_per_minute=2)

    statuses = [(await desk.client.post("/v1/conversations", json={})).status for _ in range(3)]

    assert statuses == [201, 201, 429]


async def test_a_flood_behind_a_made_up_forwarded_address(open_desk):
    desk = await open_desk(starts_per_minute=2)

    statuses = [
        (await desk.client.post("/v1/conversations", json={}, headers={"X-Forwarded-For": f"203.0.113.{n}"})).status for n in range(3)
    ]

    assert statuses == [201, 201, 429]


async def test_half_a_surrogate_pair(desk):
    await desk.start()

    raw = b'{"client_message_id": "a", "text": "hi \\ud83d there"}'
    response = await desk.call("POST", "/messages", data=raw, headers={"Content-Type": "application/json"})

    assert response.status == 200
    assert desk.rasa.said[0]["text"] == "hi there"


async def test_a_script_address_in_an_emergency_action(desk):
    card = {
        "type": "emergency",
        "tier": "doctor",
        "actions": [{"label": "x", "href": "javascript:alert(1)"}, {"label": "Call", "href": "tel:911"}],
    }
    desk.rasa.script["help"] = [{"text": "Call now.", "custom": card}]
    await desk.start()

    body = await (await desk.say("help")).json()

    assert body["messages"][0]["actions"] == [{"label": "Call", "href": "tel:911"}]


async def test_what_a_visitor_wrote_is_looked_for_in_the_log(desk, capfd, caplog):
    await desk.start()
    desk.rasa.fault = "garbage"

    await desk.say("my secret ailment is lumbago")

    printed = capfd.readouterr()
    assert "lumbago" not in printed.out + printed.err + caplog.text
    assert desk.id not in printed.out + printed.err + caplog.text


async def test_a_page_is_framed_or_runs_foreign_script(desk):
    for path in ("/", "/v1/config", "/widget.js", "/v1/nothing"):
        headers = (await desk.client.get(path)).headers

        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"]
        assert "Set-Cookie" not in headers
