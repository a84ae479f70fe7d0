"""The visitor wants something about an appointment."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from frontdesk.booking.handoff import response_for


class ActionHandOverBooking(Action):
    """Hands over to the clinic's phone and booking page."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_hand_over_booking"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Utter the hand-off that fits what the visitor wants."""
        said = tracker.latest_message
        asked = (said.get("understanding") or {}).get("topics", [])
        dispatcher.utter_message(response=response_for([said["intent"]["name"], *asked]))
        return []
