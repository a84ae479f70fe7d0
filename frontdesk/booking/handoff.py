"""Which words go with which wish about an appointment."""

from collections.abc import Iterable

INTENTS = {
    "book_appointment": "utter_booking_handoff",
    "availability": "utter_availability_handoff",
    "change_appointment": "utter_change_handoff",
    "cancel_appointment": "utter_cancel_handoff",
    "check_appointment": "utter_check_handoff",
}


def response_for(wishes: Iterable[str]) -> str:
    """Return the name of the reply that hands over to the clinic, for the first booking intent among what was asked.

    Without one it is the general reply: a visitor who ended up here wants an appointment.

    >>> response_for(["cost", "cancel_appointment"]), response_for([])
    ('utter_cancel_handoff', 'utter_booking_handoff')
    """
    wish = next((name for name in wishes if name in INTENTS), "book_appointment")
    return INTENTS[wish]
