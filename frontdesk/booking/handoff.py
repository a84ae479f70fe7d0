"""Which words go with which wish about an appointment, and which replies a booking sends by itself."""

from collections.abc import Iterable, Mapping

INTENTS = {
    "book_appointment": "utter_booking_handoff",
    "availability": "utter_availability_handoff",
    "change_appointment": "utter_change_handoff",
    "cancel_appointment": "utter_cancel_handoff",
    "check_appointment": "utter_check_handoff",
}

_REFERENCE = ("reference",)
SENT_WHILE_BOOKING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "utter_ask_booking_service",
            "utter_ask_booking_opening",
            "utter_ask_booking_reference",
            "utter_ask_booking_name",
            "utter_ask_booking_contact",
            "utter_booking_nothing_free",
            "utter_booking_nothing_at_all",
            "utter_booking_read_back",
            "utter_booking_read_back_cancel",
            "utter_booking_read_back_call",
            "utter_booking_shown",
            "utter_booking_call_back_noted",
            "utter_booking_stopped",
            "utter_booking_person",
            "utter_booking_taken",
            "utter_booking_expired",
            "utter_booking_too_many",
            "utter_booking_too_late_to_change",
            "utter_booking_not_found",
            "utter_booking_refused",
            "utter_booking_down",
            "utter_booking_what_to_change",
            "utter_booking_past",
            "utter_booking_impossible",
            "utter_booking_conflict",
            "utter_booking_unread_service",
            "utter_booking_unread_opening",
            "utter_booking_unread_reference",
            "utter_booking_unread_name",
            "utter_booking_unread_contact",
            "utter_booking_needs_email",
            "utter_booking_unread_confirmed",
        ),
        (),
    ),
    "utter_booking_confirmed": _REFERENCE,
    "utter_booking_requested": _REFERENCE,
    "utter_booking_moved": _REFERENCE,
    "utter_booking_move_requested": _REFERENCE,
    "utter_booking_cancelled": _REFERENCE,
    "utter_booking_did_you_mean_email": ("suggestion",),
    "utter_booking_link": ("page",),
}
"""Each with the names that it is filled with."""


def response_for(wishes: Iterable[str]) -> str:
    """Return the name of the reply that hands over to the clinic, for the first booking intent among what was asked.

    Without one it is the general reply: a visitor who ended up here wants an appointment.

    >>> response_for(["cost", "cancel_appointment"]), response_for([])
    ('utter_cancel_handoff', 'utter_booking_handoff')
    """
    wish = next((name for name in wishes if name in INTENTS), "book_appointment")
    return INTENTS[wish]
