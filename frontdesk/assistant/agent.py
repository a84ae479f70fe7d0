"""The whole assistant in one process: the real model, the real dialogue, the real actions, no server.

For `frontdesk ask`, `frontdesk evaluate` and tests. Nothing is kept: conversations live in memory and are dropped.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from frontdesk.assistant import transcript
from frontdesk.assistant.channel import NAME, SilentOutput
from frontdesk.assistant.ranker import TopicRanker
from frontdesk.assistant.replies import ReplyGenerator
from frontdesk.booking.office import Clock, Office, open_office, put_in_place
from frontdesk.text.typed import clean_text


class InProcessActions(EndpointConfig):
    """An action endpoint that runs the actions here instead of posting to a server."""

    def __init__(self, package: str = "actions") -> None:
        """Register every action of `package`."""
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(self, *args: Any, json: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """Run the action that `json` names, as the action server would.

        Raises:
            ClientResponseError: With status 400 when the action rejects its execution.
        """
        try:
            return dict(await self._executor.run({"domain": {}, **json}) or {"events": [], "responses": []})
        except ActionExecutionRejection as err:
            import json as json_module

            text = json_module.dumps({"action_name": err.action_name, "error": err.message})
            raise ClientResponseError(400, err.message, text) from err


@dataclass(frozen=True)
class Outcome:
    """What came of one message."""

    decision: str
    topic: str | None
    topics: list[str] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    safety: dict[str, str] | None = None
    confidence: float = 0.0
    replies: list[str] = field(default_factory=list)
    """What the visitor would read, as text."""
    ms: float = 0.0


class Assistant:
    """Answers messages with a trained model."""

    def __init__(self, model: Path, *, actions: str = "actions") -> None:
        """Load a model; raises what Rasa raises when it cannot be loaded."""
        self._now: dt.datetime | None = None
        room = Path(tempfile.mkdtemp(prefix="frontdesk-"))
        weakref.finalize(self, shutil.rmtree, room, ignore_errors=True)
        put_in_place(_throw_away_office(room, lambda: self._now or dt.datetime.now(dt.UTC)))
        self._store = InMemoryTrackerStore(Domain.empty())
        self._agent = Agent.load(model, generator=ReplyGenerator(), tracker_store=self._store, action_endpoint=InProcessActions(actions))
        self._asked = 0

    async def ask(self, text: str, previous: Sequence[str] = (), *, now: str | None = None) -> Outcome:
        """Return what the assistant makes of `text`, said after `previous` in a conversation of its own."""
        self._asked += 1
        self._now = dt.datetime.fromisoformat(now) if now else None
        conversation_id = f"ask-{self._asked}"
        try:
            for earlier in previous:
                await self._say(conversation_id, earlier, now)
            started = time.perf_counter()
            said = await self._say(conversation_id, text, now)
            return _outcome(*said, ms=(time.perf_counter() - started) * 1000)
        finally:
            self._store.store.pop(conversation_id, None)

    def calibration(self) -> dict[str, float]:
        """Return the lines that the model was trained to, and what they gave on examples left out of training."""
        for node in self._agent.processor.graph_runner._instantiated_nodes.values():
            component = node._component
            if isinstance(component, TopicRanker):
                return component.lines()
        return {}

    async def _say(self, conversation_id: str, text: str, now: str | None) -> tuple[dict[str, Any], list[BotUttered]]:
        message_id = f"{conversation_id}-{time.perf_counter_ns()}"
        metadata = {"now": now} if now else None
        message = UserMessage(
            clean_text(text), SilentOutput(), conversation_id, input_channel=NAME, message_id=message_id, metadata=metadata
        )
        await self._agent.handle_message(message)
        tracker = await self._store.retrieve(conversation_id)
        replies = transcript.turn_of(list(tracker.events), message_id) or []
        return dict(tracker.latest_message.parse_data), replies


def _throw_away_office(room: Path, clock: Clock) -> Office:
    """Return an office that keeps its bookings and mails in a folder that goes with the process."""
    environment = {"FRONTDESK_DATA_DIR": str(room)}
    return open_office(Path("clinic"), url=f"sqlite:///{room / 'bookings.db'}", clock=clock, environment=environment)


def _outcome(parse: dict[str, Any], replies: Iterable[BotUttered], *, ms: float) -> Outcome:
    understood = parse.get("understanding") or {"decision": "handoff", "topic": None, "confidence": 0.0}
    safety = parse.get("safety")
    return Outcome(
        decision=understood["decision"],
        topic=understood["topic"],
        topics=list(understood.get("topics", [])),
        suggestions=[suggestion["name"] for suggestion in understood.get("suggestions", [])],
        safety={"tier": safety["tier"], "category": safety["category"]} if safety else None,
        confidence=round(float(understood["confidence"]), 4),
        replies=[read_aloud(event) for event in replies],
        ms=round(ms, 1),
    )


def read_aloud(event: BotUttered) -> str:
    """Return a reply as text, buttons and telephone links included."""
    parts = [event.text or ""]
    parts += [f"[{button['title']}]" for button in event.data.get("buttons") or []]
    custom = event.data.get("custom") or {}
    parts += [f"[{action['label']}] {action['href']}" for action in custom.get("actions", [])]
    return "\n".join(part for part in parts if part)
