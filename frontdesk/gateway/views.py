"""The views under /v1. Each unpacks a request, asks for one thing, and packs the result."""

import secrets
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from frontdesk.gateway.contract import load_document, parse_body
from frontdesk.gateway.errors import (
    AssistantUnavailable,
    InvalidBody,
    MessageTooLong,
    OriginNotAllowed,
    TokenInvalid,
    TopicNotServed,
    UnknownConversation,
    WrongContentType,
)
from frontdesk.gateway.keys import CLOCK, CONFIG, LIMITS, METRICS, RASA, SETTINGS, TOKENS, TRANSLATIONS, TURNS, WORDING
from frontdesk.gateway.middleware import client_key, origin_of
from frontdesk.gateway.origins import is_allowed
from frontdesk.gateway.rasa_client import ConversationNotFound, RasaError, RasaRefused, Utterance
from frontdesk.gateway.tokens import Grant
from frontdesk.gateway.translations import FIRST_LANGUAGE, choose_language
from frontdesk.text.typed import clean_text
from frontdesk.wire import NotAMessage, to_turns

routes = web.RouteTableDef()


@routes.get("/v1/config")
async def show_config(request: web.Request) -> web.Response:
    """Answer what the widget shows before the first message, in the language of `?lang=` where there is one."""
    translations = request.app[TRANSLATIONS]
    config = request.app[CONFIG]
    language = choose_language(request.query.get("lang", ""), translations)
    if language != FIRST_LANGUAGE:
        config = translations[language].apply(config, language)
    response = web.json_response(config, headers={"Cache-Control": "private, max-age=60"})
    response.enable_compression()
    return response


@routes.get("/v1/openapi.json")
async def show_contract(request: web.Request) -> web.Response:
    """Answer the OpenAPI document."""
    return web.json_response(load_document(), headers={"Cache-Control": "public, max-age=60"})


@routes.post("/v1/conversations")
async def start_conversation(request: web.Request) -> web.Response:
    """Start a conversation and hand out its token."""
    origin = origin_of(request)
    if not is_allowed(origin, request.host, request.app[SETTINGS].origins):
        raise OriginNotAllowed
    request.app[LIMITS].starts.spend(client_key(request))
    await _read_body(request, "NewConversation")
    conversation_id = secrets.token_urlsafe(18)
    messages, is_pending = await request.app[TURNS].start(conversation_id)
    token = request.app[TOKENS].issue(Grant(conversation_id, origin, is_pending))
    request.app[METRICS].count("conversations")
    return web.json_response({"id": conversation_id, "token": token, "messages": messages}, status=201)


@routes.post("/v1/conversations/{id}/messages")
async def take_message(request: web.Request) -> web.Response:
    """Pass on what the visitor said and answer the reply."""
    grant = _authorise(request)
    request.app[LIMITS].conversation.spend(grant.conversation_id)
    body = await _read_body(request, "NewMessage")
    text = clean_text(body["text"]) if "text" in body else None
    request.app[METRICS].count("messages")
    if len(body.get("text", "")) > request.app[SETTINGS].message_characters:
        # Too long to be answered, not too long to be in danger.
        if card := await request.app[TURNS].find_card(text or ""):
            return web.json_response({"messages": card})
        raise MessageTooLong("text")
    if "choice" in body:
        request.app[METRICS].count("choices")
    utterance = Utterance(body["client_message_id"], text, body.get("choice"))
    return web.json_response({"messages": await request.app[TURNS].take(grant, utterance)})


@routes.get("/v1/conversations/{id}")
async def show_conversation(request: web.Request) -> web.Response:
    """Answer the transcript."""
    grant = _authorise(request)
    try:
        turns = to_turns(await request.app[RASA].transcript(grant.conversation_id))
    except ConversationNotFound as err:
        raise UnknownConversation from err
    except (RasaError, NotAMessage) as err:
        raise AssistantUnavailable from err
    return web.json_response({"id": grant.conversation_id, "turns": turns})


@routes.delete("/v1/conversations/{id}")
async def erase_conversation(request: web.Request) -> web.Response:
    """Erase the conversation and answer a receipt."""
    grant = _authorise(request)
    try:
        deleted = await request.app[RASA].erase(grant.conversation_id)
    except ConversationNotFound as err:
        raise UnknownConversation from err
    except RasaError as err:
        raise AssistantUnavailable from err
    request.app[METRICS].count("erased")
    erased_at = datetime.fromtimestamp(request.app[CLOCK](), UTC).isoformat(timespec="seconds")
    receipt = {"id": grant.conversation_id, "deleted": deleted, "erased_at": erased_at, "message": request.app[WORDING].replies["erased"]}
    return web.json_response(receipt)


@routes.post("/v1/conversations/{id}/feedback")
async def take_feedback(request: web.Request) -> web.Response:
    """Pass on whether an answer helped."""
    grant = _authorise(request)
    request.app[LIMITS].conversation.spend(grant.conversation_id)
    body = await _read_body(request, "Feedback")
    try:
        await request.app[RASA].give_feedback(grant.conversation_id, body["topic"], body["helpful"])
    except ConversationNotFound as err:
        raise UnknownConversation from err
    except RasaRefused as err:
        raise TopicNotServed from err
    except RasaError as err:
        raise AssistantUnavailable from err
    request.app[METRICS].count("feedback")
    return web.Response(status=204)


def _authorise(request: web.Request) -> Grant:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenInvalid
    return request.app[TOKENS].read(token.strip(), conversation_id=request.match_info["id"], origin=origin_of(request))


async def _read_body(request: web.Request, schema: str) -> dict[str, Any]:
    if request.content_type != "application/json" or "Content-Type" not in request.headers:
        raise WrongContentType
    try:
        raw = await request.read()
    except web.RequestPayloadError as err:
        raise InvalidBody("cannot be unpacked") from err
    return parse_body(raw, schema)
