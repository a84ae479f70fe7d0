"""Every error has one shape: {"error": {"code", "message", "request_id"}}, and a sentence to show."""

import pytest

from frontdesk.gateway.contract import validator

pytestmark = pytest.mark.asyncio


async def error_of(response):
    body = await response.json()
    validator("Error").validate(body)
    assert body["error"]["request_id"] == response.headers["X-Request-Id"]
    return body["error"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"{}",
        b'{"text": "hi"}',
        b'{"client_message_id": "a"}',
        b'{"client_message_id": "a", "text": 7}',
        b'{"client_message_id": "a", "text": null}',
        b'{"client_message_id": "", "text": "hi"}',
        b'{"client_message_id": "a b", "text": "hi"}',
        b'{"client_message_id": "a", "text": "hi", "choice": "c1"}',
        b'{"client_message_id": "a", "text": "hi", "sender": "x"}',
        b'{"client_message_id": "a", "choice": {"topic": "cost"}}',
        b'{"client_message_id": NaN, "text": "hi"}',
    ],
)
async def test_a_body_that_is_not_the_contract_is_refused(desk, raw):
    await desk.start()

    response = await desk.call("POST", "/messages", data=raw, headers={"Content-Type": "application/json"})

    assert response.status == 400
    assert (await error_of(response))["code"] == "invalid_body"
    assert desk.rasa.said == []


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_another_content_type_than_json_is_refused(desk, content_type):
    await desk.start()

    response = await desk.call(
        "POST", "/messages", data=b'{"client_message_id": "a", "text": "hi"}', headers={"Content-Type": content_type}
    )

    assert response.status == 415
    assert (await error_of(response))["code"] == "wrong_content_type"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("PUT", "/v1/config", 405),
        ("GET", "/widget/../x", 404),
        ("GET", "/widget/panel.css.map", 404),
    ],
)
async def test_an_unknown_address_gets_the_same_error_shape(desk, method, path, status):
    response = await desk.client.request(method, path)

    assert response.status == status
    await error_of(response)


async def test_2000_characters_are_read(desk):
    await desk.start()

    assert (await desk.say("ä" * 2000)).status == 200


async def test_2001_characters_get_a_kind_sentence_with_the_phone_number(desk, practice):
    await desk.start()

    response = await desk.say("x" * 2001)

    assert response.status == 413
    error = await error_of(response)
    assert error["code"] == "message_too_long"
    assert practice.value("contact.phone") in error["message"]


async def test_an_expired_token_is_refused(desk):
    await desk.start()
    desk.clock.now += 24 * 60 * 60 + 1

    response = await desk.say("hello")

    assert response.status == 401
    assert (await error_of(response))["code"] == "token_invalid"
