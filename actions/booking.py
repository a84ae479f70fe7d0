"""The visitor books, moves, cancels or looks up an appointment, or asks to be called back."""

from typing import Any

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from frontdesk.booking.backend import BackendDown, BackendUnusable
from frontdesk.booking.conversation import GOALS, Said
from frontdesk.booking.flow import Flow, Note, Step
from frontdesk.booking.handoff import INTENTS, response_for
from frontdesk.booking.office import office, opened
from frontdesk.faq.names import answer_name
from frontdesk.faq.questions import split_clauses
from frontdesk.text.kinds import ALARMING

_PREFIX = "booking_"
_UNDERSTOOD = frozenset({"answer", "decline", "dialogue"})
_UNREAD = "unclear"
"""The intent of a message without words: rather an answer to the form that cannot be read."""

Events = list[dict[str, Any]]
log = structlog.get_logger()


class ValidateBookingForm(Action):
    """Reads everything that a message says about the booking, and says what to ask for next.

    Without anything it returns nothing, and Rasa lets the rules answer the message as ever.
    """

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "validate_booking_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Return the slots that changed, and the next one to ask for; none ends the form."""
        details = _details(tracker)
        asked = _asked(tracker)
        said = _said(tracker)
        if said.intent == "resume_booking" and details.get("goal"):
            return [SlotSet("requested_slot", _slot(office().flow.missing(details)))]
        try:
            step = await (await _flow()).hear(said, details, asked, tracker.sender_id)
        except BackendDown:
            step = Step(outcome="down")
        if not step:
            # Back from a question that was answered in between.
            is_back = asked is not None and tracker.active_loop.get("name") and _was_answered(tracker)
            return [SlotSet("requested_slot", _slot(office().flow.missing(details)))] if is_back else []
        for note in step.notes:
            _utter(dispatcher, note)
        if step.answers_too:
            for topic in (tracker.latest_message.get("understanding") or {}).get("topics", []):
                if topic not in INTENTS:
                    dispatcher.utter_message(response=answer_name(topic))
        events = [SlotSet(_PREFIX + name, value) for name, value in step.details.items()]
        if step.outcome:
            return [*events, SlotSet("booking_outcome", step.outcome), SlotSet("requested_slot", None)]
        following = office().flow.missing({**details, **step.details})
        return [*events, SlotSet("booking_outcome", None), SlotSet("requested_slot", _slot(following))]


class ActionAskBookingService(Action):
    """Asks which kind of visit, with a button for each."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_ask_booking_service"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the question."""
        services = office().booking.services
        buttons = [{"title": service.title, "payload": f'/choose_service{{"service": "{service.id}"}}'} for service in services]
        dispatcher.utter_message(response="utter_ask_booking_service", buttons=buttons)
        return []


class ActionAskBookingOpening(Action):
    """Shows real openings to choose from."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_ask_booking_opening"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the openings; a calendar that cannot be read ends the booking with the phone number."""
        try:
            offered = await (await _flow()).offer(_details(tracker), tracker.sender_id)
        except BackendDown:
            dispatcher.utter_message(response="utter_booking_down")
            return []
        buttons = [{"title": label, "payload": f'/choose_opening{{"opening": "{token}"}}'} for token, _, label in offered.openings]
        words = office().words
        if buttons:
            buttons.append({"title": words["other_times"], "payload": "/other_times"})
        custom = {"type": "openings", "starts": [start for _, start, _ in offered.openings]}
        dispatcher.utter_message(response=offered.reply, buttons=buttons, json_message=custom if buttons else None)
        return []


class ActionAskBookingConfirmed(Action):
    """Reads back what was understood and asks for a yes."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_ask_booking_confirmed"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the summary with its buttons."""
        details, words = _details(tracker), office().words
        goal = details["goal"]
        buttons = [{"title": words[goal], "payload": "/confirm_booking"}]
        changeable = {"book": ("opening", "name", "contact"), "move": ("opening",), "call_back": ("name", "contact")}.get(goal, ())
        buttons += [{"title": words[f"change_{name}"], "payload": f'/change_detail{{"detail": "{name}"}}'} for name in changeable]
        buttons.append({"title": words["stop"], "payload": "/stop_booking"})
        reply = {"cancel": "utter_booking_read_back_cancel", "call_back": "utter_booking_read_back_call"}.get(
            goal, "utter_booking_read_back"
        )
        dispatcher.utter_message(response=reply, buttons=buttons, json_message=_summary(details))
        return []


class ActionFinishBooking(Action):
    """Does what was confirmed, once, and says what came of it."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_finish_booking"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Utter the outcome and forget what is no longer needed; a time that was taken meanwhile is chosen again."""
        details, outcome = _details(tracker), tracker.get_slot("booking_outcome")
        key = f"{tracker.sender_id}:{tracker.latest_message.get('message_id') or len(tracker.events)}"
        try:
            note = await (office().flow if outcome else await _flow()).finish(details, outcome, key, tracker.sender_id)
        except BackendDown:
            note = Note("utter_booking_down")
        if note.reply == "utter_booking_handoff":
            note = Note(response_for(intent for intent, goal in GOALS.items() if goal == details.get("goal")))
        if page := note.values.get("page"):
            note = Note(note.reply, {"page": f"[{office().words['book_online']}]({page})"})
        _utter(dispatcher, note)
        if note.reply == "utter_booking_shown":
            dispatcher.utter_message(json_message=_summary(details))
        if note.reply == "utter_booking_taken":
            return [SlotSet("booking_opening", None), SlotSet("booking_confirmed", None), FollowupAction("booking_form")]
        return [SlotSet(name, None) for name in tracker.slots if name.startswith(_PREFIX)]


async def _flow() -> Flow:
    """Return what leads bookings, once the clinic's system has shown that it can be relied on.

    Raises:
        BackendDown: When it has not; it is tried again at the next message.
    """
    try:
        return (await opened()).flow
    except BackendUnusable as err:
        log.error("backend_unusable", reason=str(err))
        raise BackendDown from err


def _details(tracker: Tracker) -> dict[str, Any]:
    return {
        name.removeprefix(_PREFIX): value for name, value in tracker.slots.items() if name.startswith(_PREFIX) and name != "booking_outcome"
    }


def _summary(details: dict[str, Any]) -> dict[str, Any]:
    words = office().words
    rows = [{"label": words[label], "value": words.get(value, value)} for label, value in office().flow.rows(details)]
    return {"type": "summary", "rows": rows}


def _asked(tracker: Tracker) -> str | None:
    asked = tracker.get_slot("requested_slot")
    return asked.removeprefix(_PREFIX) if asked and tracker.active_loop.get("name") else None


def _slot(detail: str | None) -> str | None:
    return _PREFIX + detail if detail else None


def _said(tracker: Tracker) -> Said:
    message = tracker.latest_message
    understanding = message.get("understanding") or {}
    intent = (message.get("intent") or {}).get("name") or ""
    text = message.get("text") or ""
    is_button = text.startswith("/")
    safety = message.get("safety") or {}
    entities = {entity["entity"]: str(entity["value"]) for entity in message.get("entities") or []}
    wished = [topic for topic in understanding.get("topics", []) if topic in INTENTS]
    decision = understanding.get("decision")
    asks = any(clause.asks for clause in split_clauses(text)) or text.rstrip().endswith("?")
    return Said(
        text=text,
        intent=wished[0] if wished else intent,
        entities=entities,
        is_button=is_button,
        is_alarm=safety.get("tier") in ALARMING,
        # Something near a topic that asks nothing is rather an answer to the form.
        is_understood=(decision in _UNDERSTOOD and intent not in GOALS and intent != _UNREAD) or (decision == "suggest" and asks),
        asks=asks,
    )


def _was_answered(tracker: Tracker) -> bool:
    """Say whether something has been said to the visitor since their last message."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "bot":
            return True
    return False


def _utter(dispatcher: CollectingDispatcher, note: Note) -> None:
    dispatcher.utter_message(response=note.reply, **note.values)
