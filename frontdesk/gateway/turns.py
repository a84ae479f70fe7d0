"""One turn: what the visitor said goes to Rasa, and what comes back is fit to show.

Repeats of a message wait for the first, in this process by a lock for each conversation;
that a repeat gets the first reply, in any process, is the channel's doing.
"""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from frontdesk.gateway.errors import AssistantUnavailable, GatewayError, UnknownChoice, UnknownConversation
from frontdesk.gateway.metrics import Metrics
from frontdesk.gateway.rasa_client import (
    ConversationErased,
    ConversationNotFound,
    RasaClient,
    RasaError,
    RasaFailed,
    RasaRefused,
    Utterance,
)
from frontdesk.gateway.standby import Standby
from frontdesk.gateway.tokens import Grant
from frontdesk.gateway.wording import Wording
from frontdesk.safety import Alarm
from frontdesk.safety.record import AlarmRecord, RecordUnavailable
from frontdesk.wire import Message, NotAMessage, to_wire

log = structlog.get_logger(__name__)


class Turns:
    """Leads the conversations of one gateway process."""

    def __init__(
        self, rasa: RasaClient, standby: Standby, wording: Wording, metrics: Metrics, record: AlarmRecord, *, emergency_wait_s: float
    ) -> None:
        self._emergency_wait_s = emergency_wait_s
        self._rasa = rasa
        self._standby = standby
        self._wording = wording
        self._metrics = metrics
        self._record = record
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: Counter[str] = Counter()

    async def start(self, conversation_id: str) -> tuple[list[Message], bool]:
        """Open a conversation; return the welcome, and whether Rasa is still to be told of it.

        Without Rasa there is a conversation all the same: the guard must hear what the visitor has to say.
        The first words may be an emergency, so an opening and its first message share the time that one may take.
        """
        try:
            async with asyncio.timeout(self._emergency_wait_s / 2):
                return self._shown(await self._rasa.start(conversation_id)), False
        except (RasaError, NotAMessage, TimeoutError) as err:
            self._note_failure(err)
            return [self._wording.reply("unavailable")], True

    async def take(self, grant: Grant, utterance: Utterance) -> list[Message]:
        """Return the reply to what the visitor said.

        Raises:
            UnknownConversation: When Rasa does not keep the conversation.
            UnknownChoice: When the choice was not among those offered last.
            AssistantUnavailable: When Rasa does not answer.
            An emergency raises none of them: it gets its card.
        """
        if utterance.text == "":
            self._metrics.count("empty_messages")
            return [self._wording.reply("utter_empty_message")]
        alarm = self._standby.find_alarm(utterance.text) if utterance.text else None
        try:
            async with asyncio.timeout(self._emergency_wait(grant) if alarm else None):
                messages = await self._converse(grant, utterance)
        except (RasaError, NotAMessage, TimeoutError) as err:
            answer = self._explain(err)
            if isinstance(err, RasaFailed):
                alarm = alarm or err.alarm
            if alarm is None:
                raise answer from err
            messages = []
        if alarm and not any(message["type"] == "emergency" for message in messages):
            # Rasa asks the same guard. Whatever kept it from raising the alarm does not lower it here.
            return [await self._stand_in(alarm, utterance.text or "")]
        return messages

    async def find_card(self, text: str) -> list[Message]:
        """Return the emergency card for a text that cannot be passed on; empty when it raises no alarm."""
        alarm = self._standby.find_alarm(text)
        return [await self._stand_in(alarm, text)] if alarm else []

    async def _stand_in(self, alarm: Alarm, text: str) -> Message:
        """Return the card in Rasa's place, and keep that it was shown; a record that fails costs nobody the card."""
        self._metrics.count("guard_alarms")
        try:
            await asyncio.to_thread(self._record.note, alarm.tier, alarm.category, alarm.rule)
        except RecordUnavailable as err:
            log.error("alarm_not_recorded", tier=alarm.tier, category=alarm.category, reason=str(err))
        return await asyncio.to_thread(self._standby.card_for, alarm, text)

    async def _converse(self, grant: Grant, utterance: Utterance) -> list[Message]:
        async with self._one_at_a_time(grant.conversation_id):
            started = time.perf_counter()
            messages = self._shown(await self._say(grant, utterance))
            self._metrics.observe_reply(time.perf_counter() - started)
            return messages

    async def _say(self, grant: Grant, utterance: Utterance) -> list[Message]:
        try:
            return await self._rasa.say(grant.conversation_id, utterance)
        except ConversationErased:
            raise
        except ConversationNotFound:
            if not grant.is_pending:
                raise
        await self._rasa.start(grant.conversation_id)
        return await self._rasa.say(grant.conversation_id, utterance)

    def _shown(self, messages: list[Message]) -> list[Message]:
        shown = to_wire(messages)
        if not shown:
            self._metrics.count("empty_replies")
            log.warning("rasa_gave_no_message")
            return [self._wording.reply("utter_fallback")]
        return shown

    def _emergency_wait(self, grant: Grant) -> float:
        """Return how long Rasa may take for an emergency; a conversation that is yet to be opened has had half of it."""
        return self._emergency_wait_s / 2 if grant.is_pending else self._emergency_wait_s

    def _explain(self, err: Exception) -> GatewayError:
        """Return what a visitor who is in no danger is told."""
        match err:
            case ConversationNotFound():
                return UnknownConversation()
            case RasaRefused():
                return UnknownChoice()
            case _:
                self._note_failure(err)
                return AssistantUnavailable()

    def _note_failure(self, err: Exception) -> None:
        self._metrics.count("rasa_failures")
        log.error("rasa_did_not_answer", reason=type(err).__name__)

    @asynccontextmanager
    async def _one_at_a_time(self, conversation_id: str) -> AsyncIterator[None]:
        self._waiting[conversation_id] += 1
        try:
            async with self._locks[conversation_id]:
                yield
        finally:
            self._waiting[conversation_id] -= 1
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id], self._locks[conversation_id]
