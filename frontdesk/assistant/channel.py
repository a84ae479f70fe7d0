"""The input channel for the gateway: whole messages with their metadata, and an honest status.

Rasa's own REST channel drops metadata, splits text at blank lines, logs the visitor's words when something fails and
answers 200 with an empty list then. It also lets any text that starts with a slash become an intent. Here typed text is
text, and a button is the id of something that was offered.

    POST   /webhooks/frontdesk/conversations                {"conversation_id"}
    POST   /webhooks/frontdesk/messages                     {"conversation_id", "client_message_id", "text" | "choice"}
    GET    /webhooks/frontdesk/conversations/<id>
    DELETE /webhooks/frontdesk/conversations/<id>
    POST   /webhooks/frontdesk/conversations/<id>/feedback  {"topic", "helpful"}
    GET    /webhooks/frontdesk/ready

Never exposed: only the gateway, on the same machine or a private network, talks to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from frontdesk.assistant import action_server, conversations, transcript
from frontdesk.assistant.recorder import ConversationRecorder
from frontdesk.assistant.replies import alarm_of
from frontdesk.safety import Alarm
from frontdesk.safety.record import ALARM, MEANT_GENERALLY, AlarmRecord, RecordUnavailable
from frontdesk.text.typed import clean_text

log = structlog.get_logger()

NAME = "frontdesk"
OPENING = "/start_conversation"
GENERAL_QUESTION = "general_question"
TURN_WITHIN_S = 8.0
"""Less than the gateway waits, so that what it gives up here is given up too."""
_TURN_FAILURES = (action_server.ActionsFailed, conversations.ConversationsUnavailable, TimeoutError)
TURNS_AT_ONCE = 8
"""More would all take longer than they may, and be sent again, and again; the others wait their turn."""


class Rejected(Exception):
    """Raised inside a view when the request is answered with an error status."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


class SilentOutput(OutputChannel):
    """Sends nothing: the replies are read from the conversation once it is saved."""

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which responses may be written for."""
        return NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Do nothing."""


class GatewayInput(InputChannel):
    """What `credentials.yml` names."""

    @classmethod
    def name(cls) -> str:
        """Return the name in the channel's address."""
        return NAME

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes; `on_new_message` is not used, since it hides whether a message was handled."""
        routes = Blueprint("frontdesk_gateway", __name__)
        routes.add_route(_guarded(open_conversation), "/conversations", methods=["POST"], name="open")
        routes.add_route(_guarded(handle_message), "/messages", methods=["POST"], name="message")
        routes.add_route(_guarded(read_conversation), "/conversations/<conversation_id>", methods=["GET"], name="read")
        routes.add_route(_guarded(erase_conversation), "/conversations/<conversation_id>", methods=["DELETE"], name="erase")
        routes.add_route(_guarded(keep_feedback), "/conversations/<conversation_id>/feedback", methods=["POST"], name="feedback")
        routes.add_route(_guarded(ready), "/ready", methods=["GET"], name="ready")

        @routes.listener("after_server_start")
        async def start_purging(app: Any, loop: asyncio.AbstractEventLoop) -> None:
            app.ctx.frontdesk_purging = loop.create_task(purge_forever(app))

        @routes.listener("before_server_stop")
        async def stop_purging(app: Any, loop: asyncio.AbstractEventLoop) -> None:
            app.ctx.frontdesk_purging.cancel()

        return routes


async def open_conversation(agent: Agent, request: Request) -> HTTPResponse:
    """Start a conversation and return what the assistant says first."""
    conversation_id = _text(request, "conversation_id")
    message_id = f"opening of {conversation_id}"
    return json({"messages": await _turn(agent, conversation_id, message_id, lambda _: Said(OPENING), known=False)})


async def handle_message(agent: Agent, request: Request) -> HTTPResponse:
    """Handle one message, once: the same `client_message_id` again returns the same replies and changes nothing."""
    conversation_id, message_id = _text(request, "conversation_id"), _text(request, "client_message_id")
    choice = request.json.get("choice")
    if isinstance(choice, str):
        return json({"messages": await _turn(agent, conversation_id, message_id, lambda tracker: _chosen(tracker, choice))})
    text = clean_text(_text(request, "text"))
    if not text:
        raise Rejected(400, "empty_text")
    try:
        return json({"messages": await _turn(agent, conversation_id, message_id, lambda _: Said(text))})
    except _TURN_FAILURES as err:
        alarm = await _alarm_in(agent, text)
        if alarm is None:
            raise
        # The turn is given up all the same, but not who wrote it: the gateway has the card.
        log.error("emergency_turn_failed", reason=type(err).__name__)
        return json({"error": "turn_failed", "alarm": asdict(alarm)}, status=503)


async def read_conversation(agent: Agent, request: Request, conversation_id: str) -> HTTPResponse:
    """Return everything that was said."""
    tracker = await _existing(agent, conversation_id)
    return json({"turns": list(transcript.iter_turns(tracker.events))})


async def erase_conversation(agent: Agent, request: Request, conversation_id: str) -> HTTPResponse:
    """Erase a conversation for good, its record first: as long as that fails, the visitor can try again."""
    async with agent.lock_store.lock(conversation_id):
        await _existing(agent, conversation_id)
        recorder = agent.tracker_store.event_broker
        if isinstance(recorder, ConversationRecorder):
            await asyncio.wrap_future(recorder.forget(conversation_id))
        return json({"deleted": conversations.erase(agent.tracker_store, conversation_id)})


async def keep_feedback(agent: Agent, request: Request, conversation_id: str) -> HTTPResponse:
    """Keep whether an answer helped, in the conversation it belongs to."""
    topic, helpful = _text(request, "topic"), request.json.get("helpful")
    if not isinstance(helpful, bool):
        raise Rejected(400, "helpful_must_be_boolean")
    async with agent.lock_store.lock(conversation_id):
        tracker = await _existing(agent, conversation_id)
        if topic not in transcript.topics_served(tracker.events):
            raise Rejected(409, "topic_not_served")
        tracker.update(SlotSet("feedback", {"topic": topic, "helpful": helpful}))
        await agent.tracker_store.save(tracker)
    log.info("feedback_kept", topic=topic, helpful=helpful)
    return HTTPResponse(status=204)


async def ready(agent: Agent, request: Request) -> HTTPResponse:
    """Say which model is loaded."""
    return json({"model": agent.model_id, "name": agent.model_name})


async def purge_forever(app: Any) -> None:
    """Delete conversations after their 24 hours for as long as the server runs."""
    while True:
        agent = getattr(app.ctx, "agent", None)
        if agent is not None:
            try:
                gone = await asyncio.to_thread(conversations.purge, agent.tracker_store)
                log.info("conversations_purged", events=gone)
            except conversations.ErasureUnsupported as err:
                log.warning("conversations_not_purged", reason=str(err))
                return
            except Exception as err:
                # A locked or full database may be well again in a quarter of an hour; the promise to delete stands.
                log.error("conversations_not_purged", reason=type(err).__name__)
        await asyncio.sleep(conversations.PURGE_EVERY_S)


@dataclass(frozen=True)
class Said:
    """What a visitor said, as Rasa is told."""

    text: str
    title: str | None = None
    """What stood on the button, when one was pressed."""


def _chosen(tracker: DialogueStateTracker | None, choice_id: str) -> Said:
    """Return the payload of a button that stands open."""
    choices = transcript.offered(list(tracker.events)) if tracker else []
    choice = next((choice for choice in choices if choice.id == choice_id), None)
    if choice is None:
        raise Rejected(409, "unknown_choice")
    return Said(choice.payload, choice.title)


async def _turn(
    agent: Agent,
    conversation_id: str,
    message_id: str,
    said: Callable[[DialogueStateTracker | None], Said],
    *,
    known: bool = True,
) -> list[dict[str, Any]]:
    """Put one message through Rasa, under the conversation's lock, and return the replies.

    A turn that takes too long, or in which an action fails, is given up whole: nothing of it is kept, and the message can
    be sent again.
    """
    async with agent.lock_store.lock(conversation_id):
        with conversations.one_turn(agent.tracker_store):
            tracker = await _existing(agent, conversation_id) if known else await agent.tracker_store.retrieve(conversation_id)
            replies = transcript.turn_of(list(tracker.events), message_id) if tracker else None
            if replies is None:
                saying = said(tracker)
                metadata = {transcript.CHOICE_TITLE: saying.title} if saying.title else None
                message = UserMessage(
                    saying.text, SilentOutput(), conversation_id, input_channel=NAME, message_id=message_id, metadata=metadata
                )
                async with _turns():
                    await asyncio.wait_for(agent.processor.handle_message(message), TURN_WITHIN_S)
                tracker = await _existing(agent, conversation_id)
                replies = transcript.turn_of(list(tracker.events), message_id) or []
                await _record_alarm(tracker)
    return [transcript.message_of(event) for event in replies]


async def _alarm_in(agent: Agent, text: str) -> Alarm | None:
    """Return the alarm that takes the place of an answer, if the pipeline raises one: the rules, or the model by itself."""
    alarm = alarm_of(await agent.processor.parse_message(UserMessage(text)))
    return alarm if alarm and alarm.replaces_answer else None


@cache
def _turns() -> asyncio.Semaphore:
    return asyncio.Semaphore(TURNS_AT_ONCE)


async def _record_alarm(tracker: DialogueStateTracker) -> None:
    """Keep that the last message raised an alarm, or took one back; a record that fails costs nobody the card."""
    said = [event for event in tracker.events if isinstance(event, UserUttered)]
    is_general = bool(said) and said[-1].intent_name == GENERAL_QUESTION
    alarms = [alarm for event in (said if is_general else said[-1:]) if (alarm := alarm_of(event.parse_data)) and alarm.replaces_answer]
    if not alarms:
        return
    alarm = alarms[-1]
    try:
        await asyncio.to_thread(_record().note, alarm.tier, alarm.category, alarm.rule, MEANT_GENERALLY if is_general else ALARM)
    except RecordUnavailable as err:
        log.error("alarm_not_recorded", tier=alarm.tier, category=alarm.category, reason=str(err))


@cache
def _record() -> AlarmRecord:
    return AlarmRecord.of_installation()


async def _existing(agent: Agent, conversation_id: str) -> DialogueStateTracker:
    tracker = await agent.tracker_store.retrieve(conversation_id)
    if tracker is None or not tracker.events:
        raise Rejected(404, "unknown_conversation")
    return tracker


def _text(request: Request, key: str) -> str:
    body = request.json
    value = body.get(key) if isinstance(body, dict) else None
    if not isinstance(value, str) or not value:
        raise Rejected(400, f"{key}_missing")
    return value


def _guarded(view: Callable[..., Awaitable[HTTPResponse]]) -> Callable[..., Awaitable[HTTPResponse]]:
    """Give a view the agent, and turn what goes wrong into a status; the visitor's words are never logged."""

    async def guarded(request: Request, **arguments: str) -> HTTPResponse:
        agent: Agent | None = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            return json({"error": "no_model"}, status=503)
        action_server.put_in_place(agent)
        try:
            return await view(agent, request, **arguments)
        except Rejected as err:
            return json({"error": err.error}, status=err.status)
        except LockError:
            return json({"error": "conversation_busy"}, status=503)
        except TimeoutError:
            log.error("turn_timed_out", view=view.__name__)
            return json({"error": "timed_out"}, status=503)
        except action_server.ActionsFailed as err:
            log.error("actions_failed", view=view.__name__, reason=str(err))
            return json({"error": "actions_failed"}, status=503)
        except conversations.ConversationsUnavailable as err:
            log.error("conversations_unavailable", view=view.__name__, reason=str(err))
            return json({"error": "conversations_unavailable"}, status=503)
        except Exception as err:
            if getattr(err, "status_code", None) == 400:
                return json({"error": "invalid_json"}, status=400)
            log.error("message_failed", view=view.__name__, error=type(err).__name__, where=_where(err))
            return json({"error": "failed"}, status=500)

    return guarded


def _where(err: BaseException) -> str:
    """Return file and line of the innermost frame, which locates a fault without printing what was being handled."""
    frame = err.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""
