"""The guard in the gateway: what a visitor in need is told while Rasa does not answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from frontdesk.gateway.errors import SettingsError
from frontdesk.practice import Practice
from frontdesk.safety import Alarm, Card, Cards, Guard, SafetyError
from frontdesk.text.foreign import foreign_language
from frontdesk.wire import Message, NotAMessage, emergency


class Standby:
    """Judges a message by the clinic's safety rules and words the card by the clinic's cards."""

    def __init__(self, check: Callable[[str], Alarm | None], cards: Cards, practice: Practice) -> None:
        self._check = check
        self._cards = cards
        self._practice = practice

    @classmethod
    def load(cls, clinic: Path, practice: Practice) -> "Standby":
        """Load rules and cards from `clinic/safety`.

        Raises:
            SettingsError: When they cannot be used: a gateway without its guard does not start.
        """
        directory = clinic / "safety"
        try:
            standby = cls(Guard.load(directory).check, Cards.load(directory / "cards.yml"), practice)
            standby.general_card()
        except (SafetyError, OSError, yaml.YAMLError, NotAMessage, ValueError, KeyError, TypeError, AttributeError) as err:
            # The last four: a file of another shape than the loaders read.
            raise SettingsError(f"{directory}: {' '.join(str(err).split())}") from err
        return standby

    def find_alarm(self, text: str) -> Alarm | None:
        """Return the alarm that takes the place of an answer, if a message raises one."""
        alarm = self._check(text)
        return alarm if alarm and alarm.replaces_answer else None

    def card_for(self, alarm: Alarm, text: str = "") -> Message:
        """Return the card for the alarm that a message raised; in another language it says where that is spoken."""
        return self._render(self._cards.card_for(alarm, foreign_language(text)))

    def general_card(self) -> Message:
        """Return the card that needs no message: where to turn in an emergency."""
        return self.card_for(Alarm("emergency", "general", "general"))

    def _render(self, card: Card) -> Message:
        filled: list[dict[str, Any]] = [
            {"label": self._practice.fill(action.label), "href": self._practice.fill(action.href)} for action in card.actions
        ]
        return emergency(card.tier, self._practice.fill(card.text), [action for action in filled if all(action.values())])
