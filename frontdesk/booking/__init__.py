"""Booking: today a hand-off to the clinic's own phone and page."""

from frontdesk.booking.handoff import INTENTS, response_for

__all__ = ["INTENTS", "response_for"]
