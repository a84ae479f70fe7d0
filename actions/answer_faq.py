"""The visitor picked a topic from buttons."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from frontdesk.faq.names import answer_name


class ActionAnswerFaq(Action):
    """Utters the answer of the topic in the button's payload; a topic that is gone gets the fallback sentence."""

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_answer_faq"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Utter `utter_faq/<topic>`; Rasa's reply generator fills it in."""
        topic = next(tracker.get_latest_entity_values("topic"), "")
        dispatcher.utter_message(response=answer_name(topic))
        return []
