"""One turn of a conversation as it is kept: what was asked without who asked, and what came of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from frontdesk.booking.handoff import INTENTS as BOOKING_INTENTS

DOUBT_BELOW = 0.75
"""An answer that was less sure than this is shown to staff; most answers are far surer."""
PERSON_TOPIC = "talk_to_human"

_PERSON_INTENTS = frozenset({"call_back"})
_BOOKED = frozenset({"utter_booking_confirmed", "utter_booking_requested"})
_HANDED_TO_CLINIC = frozenset({"utter_booking_link", *BOOKING_INTENTS.values()})


class Withheld(StrEnum):
    """Why the words of a message are not kept."""

    DANGER = "danger"
    """It raised an alarm; the category is kept."""
    CRISIS = "crisis"
    """Somebody in a crisis wrote it: what they say after the alarm is not for staff to read over either."""
    BOOKING = "booking"
    """It answered a question of the booking: a name, a way to be reached, a time."""


class Reason(StrEnum):
    """Why staff should look at a message."""

    NOT_HELPFUL = "not_helpful"
    """The visitor said that the answer did not help."""
    NONE_OF_THESE = "none_of_these"
    """None of the offered topics was meant."""
    SECOND_MISS = "second_miss"
    """The second message in a row that was not understood; the phone number was given."""
    FELL_BACK = "fell_back"
    """It was not understood."""
    WANTED_PERSON = "wanted_person"
    """After the reply the visitor asked for a person."""
    RETIRED = "retired"
    """The topic that answered it was taken away."""
    DOUBT = "doubt"
    """It was answered, and the answer may be the wrong one."""


WEIGHTS = {
    Reason.NOT_HELPFUL: 5,
    Reason.NONE_OF_THESE: 4,
    Reason.SECOND_MISS: 4,
    Reason.FELL_BACK: 3,
    Reason.WANTED_PERSON: 3,
    Reason.RETIRED: 2,
    Reason.DOUBT: 1,
}
"""How bad each is, for the order of the inbox. A judgement: what a visitor said counts more than what was measured."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message and its reply."""

    conversation_id: str
    message_id: str
    """Unique in the conversation: the same turn again is not kept twice."""
    at: dt.datetime
    """When the message was read; aware."""
    text: str | None = field(default=None, repr=False)
    """What was typed, redacted; the title of a button that was pressed; None when it is not kept."""
    withheld: Withheld | None = None
    is_button: bool = False
    intent: str = ""
    decision: str = ""
    """One of the words of `frontdesk ask`; empty for a button."""
    topics: tuple[str, ...] = ()
    """Whose answers were served, in order."""
    suggestions: tuple[str, ...] = ()
    confidence: float | None = None
    """0 to 1."""
    tier: str | None = None
    category: str | None = None
    language: str | None = None
    """ISO 639-1 when it was not English."""
    replies: tuple[str, ...] = ()
    """Names of the responses that were sent, such as `utter_faq/cost`; their words are in the data."""
    reply_ms: int | None = None
    """From the message's arrival at Rasa until the reply was kept; None when that is not known."""
    model: str | None = None

    @property
    def is_question(self) -> bool:
        """Whether a visitor asked something in words of their own; an answer to the booking's questions is none."""
        return not self.is_button and self.withheld is not Withheld.BOOKING

    @property
    def own_reasons(self) -> tuple[Reason, ...]:
        """Why staff should look at it, as far as the turn itself tells."""
        if self.text is None or self.is_button:
            return ()
        if self.decision == "handoff":
            return (Reason.SECOND_MISS if self.intent == "repeated_miss" else Reason.FELL_BACK,)
        is_doubtful = self.decision == "answer" and self.confidence is not None and self.confidence < DOUBT_BELOW
        return (Reason.DOUBT,) if is_doubtful else ()

    @property
    def reason_for_the_one_before(self) -> Reason | None:
        """Why staff should look at the message before this one."""
        if self.intent == "none_of_these":
            return Reason.NONE_OF_THESE
        return Reason.WANTED_PERSON if self.wants_person else None

    @property
    def wants_person(self) -> bool:
        """Whether the visitor asked for a person."""
        return PERSON_TOPIC in self.topics or self.intent in _PERSON_INTENTS

    @property
    def wants_booking(self) -> bool:
        """Whether the visitor wants something of an appointment."""
        return self.intent in BOOKING_INTENTS or self.intent.endswith("and_booking") or self.was_handed_to_clinic

    @property
    def was_handed_to_clinic(self) -> bool:
        """Whether a booking was left to the clinic's page or phone."""
        return not _HANDED_TO_CLINIC.isdisjoint(self.replies)

    @property
    def was_booked(self) -> bool:
        """Whether an appointment was made or asked for."""
        return not _BOOKED.isdisjoint(self.replies)


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether an answer helped; the last word in a conversation about a topic counts."""

    conversation_id: str
    topic: str
    is_helpful: bool
    at: dt.datetime
