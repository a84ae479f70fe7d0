"""Which words go with which wish about an appointment."""

INTENTS = {
    "book_appointment": "utter_booking_handoff",
    "availability": "utter_availability_handoff",
    "change_appointment": "utter_change_handoff",
    "cancel_appointment": "utter_cancel_handoff",
    "check_appointment": "utter_check_handoff",
}


def response_for(intent: str) -> str:
    """Return the name of the reply that hands over to the clinic.

    An intent that is no booking intent gets the general one: a visitor who ended up here wants an appointment.

    >>> response_for("cancel_appointment")
    'utter_cancel_handoff'
    """
    return INTENTS.get(intent, INTENTS["book_appointment"])
