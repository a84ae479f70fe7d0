"""Rasa's event broker and tracker store as far as the record of conversations needs them (`endpoints.yml`).

The store publishes what a turn added once it is kept, the broker collects it to a turn and writes that beside the event
loop. No failure of the record reaches a visitor: it is logged without words, turns wait in memory for a while, and what
is lost is counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import weakref
from asyncio import AbstractEventLoop
from collections import OrderedDict, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import structlog
from rasa.core.brokers.broker import EventBroker
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from frontdesk.assistant import conversations
from frontdesk.assistant.conversations import ConversationStore
from frontdesk.assistant.turn_events import TURN_BEGAN_AT, TURN_ENDED_AT, Memory, ends_turn, read_feedback, read_turn
from frontdesk.record import Feedback, Record, Settings, StoreUnavailable, Turn

log = structlog.get_logger()

MOST_WAITING = 1000
"""Turns held while the database cannot be written; more are dropped, and counted."""
PURGE_EVERY_S = 60 * 60

_AT_ONCE = 50
_CONVERSATIONS = 1000
"""Of so many the names that a booking understood are remembered, in memory."""
_MOST_EVENTS = 500
"""A turn has some twenty."""
Raw = tuple[str, list[dict[str, Any]]]
"""A conversation's id and the events of one turn."""


class RecordedConversations(ConversationStore):
    """The store of conversations, which publishes what was added after it is kept, with how long the reply took."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Connect; the arguments are those of Rasa's store."""
        super().__init__(*arguments, **options)
        self._began: OrderedDict[str, float] = OrderedDict()
        self._added: list[Any] = []

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return a conversation; the first look in a turn is where it begins."""
        held = conversations._turn.get()
        if held is not None and sender_id not in held:
            self._began[sender_id] = time.time()
            if len(self._began) > _CONVERSATIONS:
                self._began.popitem(last=False)
        return await super().retrieve(sender_id)

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Publish nothing yet: what cannot be kept is sent again, and would be counted twice."""

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Any]:
        self._added = list(super()._additional_events(session, tracker))
        return iter(self._added)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new in a conversation, and publish it."""
        await super().save(tracker)
        added, self._added = self._added, []
        began, ended = self._began.pop(tracker.sender_id, None), time.time()
        if self.event_broker is not None:
            times = {} if began is None else {TURN_BEGAN_AT: began, TURN_ENDED_AT: ended}
            for event in added:
                self.event_broker.publish({"sender_id": tracker.sender_id, **event.as_dict(), **times})


class ConversationRecorder(EventBroker):
    """Keeps turns in the record; named in endpoints.yml under `event_broker: type:`."""

    def __init__(self, record: Record) -> None:
        """Take the record; nothing is opened yet."""
        self._record = record
        self._open: OrderedDict[str, list[dict[str, Any]]] = OrderedDict()
        self._raw: deque[Raw] = deque()
        self._ready: deque[Turn | Feedback] = deque()
        self._memories: OrderedDict[str, Memory] = OrderedDict()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="record")
        self._counting = threading.Lock()
        self._dropped = 0
        self._not_counted = 0
        self._purging: asyncio.Task[None] | None = None

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig | None, event_loop: AbstractEventLoop | None = None
    ) -> ConversationRecorder:
        """Return a recorder for this installation, which also deletes what is too old.

        Raises:
            RecordMisconfigured: When a setting makes no sense.
        """
        recorder = cls(Record(Settings.of_installation()))
        # A reload of the model makes another recorder; this one must not be held by its own task.
        recorder._purging = asyncio.get_running_loop().create_task(_purge_forever(weakref.ref(recorder)))
        return recorder

    @property
    def dropped(self) -> int:
        """How many turns were lost."""
        return self._dropped

    def publish(self, event: dict[str, Any]) -> None:
        """Take an event; never raises, never waits."""
        try:
            self._take(event)
        except Exception as err:
            # Whatever it is, the visitor's reply does not depend on it.
            self._drop(1, type(err).__name__)

    def forget(self, conversation_id: str) -> Future[int]:
        """Erase a conversation from the record after what is waiting, and return how many turns went."""
        self._open.pop(conversation_id, None)
        return self._writer.submit(self._erase, conversation_id)

    async def close(self) -> None:
        """Write what is waiting and end."""
        if self._purging is not None:
            self._purging.cancel()
        await asyncio.to_thread(self._close)

    def _take(self, event: dict[str, Any]) -> None:
        conversation_id = event["sender_id"]
        if read_feedback(conversation_id, event):
            self._queue((conversation_id, [event]))
            return
        events = self._open.setdefault(conversation_id, [])
        events.append(event)
        if ends_turn(event):
            del self._open[conversation_id]
            self._queue((conversation_id, events))
        elif len(events) > _MOST_EVENTS or len(self._open) > _CONVERSATIONS:
            self._open.popitem(last=False)
            self._drop(1, "unfinished")

    def _queue(self, raw: Raw) -> None:
        if len(self._raw) + len(self._ready) >= MOST_WAITING:
            self._drop(1, "too_many_waiting")
            return
        self._raw.append(raw)
        self._writer.submit(self._write)

    def _drop(self, number: int, reason: str) -> None:
        with self._counting:
            self._dropped += number
            self._not_counted += number
        log.error("turns_not_recorded", number=number, reason=reason, altogether=self._dropped)

    # In the writer's thread

    def _write(self) -> None:
        """Write what is waiting, several turns at once when they have piled up; a turn is kept whole or not at all."""
        self._read(_AT_ONCE)
        batch = [self._ready[place] for place in range(min(len(self._ready), _AT_ONCE))]
        if not batch:
            return
        dropped = self._not_counted
        try:
            self._record.add(batch, dropped=dropped)
        except StoreUnavailable as err:
            log.error("turns_not_recorded_yet", waiting=len(self._raw) + len(self._ready), reason=str(err))
            if not err.may_pass:
                self._shed(len(batch))
                self._drop(len(batch), str(err))
        except Exception as err:
            self._shed(len(batch))
            self._drop(len(batch), type(err).__name__)
        else:
            self._shed(len(batch))
            with self._counting:
                self._not_counted -= dropped

    def _read(self, most: int) -> None:
        """Read the events that came; from here on there are only redacted words."""
        while self._raw and len(self._ready) < most:
            conversation_id, events = self._raw.popleft()
            try:
                said = self._said(conversation_id, events)
            except Exception as err:
                self._drop(1, type(err).__name__)
                continue
            if said is not None:
                self._ready.append(said)

    def _said(self, conversation_id: str, events: list[dict[str, Any]]) -> Turn | Feedback | None:
        memory = self._memories.setdefault(conversation_id, Memory())
        self._memories.move_to_end(conversation_id)
        if len(self._memories) > _CONVERSATIONS:
            self._memories.popitem(last=False)
        if feedback := read_feedback(conversation_id, events[0]):
            return feedback
        return read_turn(conversation_id, events, memory, self._record.settings.region)

    def _shed(self, number: int) -> None:
        for _ in range(number):
            self._ready.popleft()

    def _erase(self, conversation_id: str) -> int:
        self._read(MOST_WAITING)
        self._ready = deque(said for said in self._ready if said.conversation_id != conversation_id)
        self._memories.pop(conversation_id, None)
        return self._record.erase(conversation_id)

    def _close(self) -> None:
        self._writer.shutdown(wait=True)
        while self._raw or self._ready:
            waiting = len(self._raw) + len(self._ready)
            self._write()
            if len(self._raw) + len(self._ready) == waiting:
                self._drop(waiting, "closed")
                break
        self._record.close()


async def _purge_forever(held: weakref.ref[ConversationRecorder]) -> None:
    """Delete what is too old for as long as the recorder is in use."""
    while (recorder := held()) is not None:
        with contextlib.suppress(RuntimeError):  # it was closed meanwhile
            # What could not be written when it came may be written now.
            recorder._writer.submit(recorder._write)
            gone = recorder._writer.submit(recorder._record.purge)
            try:
                done = await asyncio.wrap_future(gone)
                log.info("record_purged", turns=done.turns, days=done.days)
            except StoreUnavailable as err:
                log.error("record_not_purged", reason=str(err))
        del recorder
        await asyncio.sleep(PURGE_EVERY_S)
