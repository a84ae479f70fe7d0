"""What the console knows of the safety files: the rules, read again when a file changes, and each text as visitors read it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontdesk.console.replies import Replies, read_practice, show_replies
from frontdesk.editing.files import stamps
from frontdesk.safety import Guard, Rule, SafetyError
from frontdesk.safety.cards import Action, Card
from frontdesk.safety.editing import OpenCards, SafetyText, card_of, changed_value
from frontdesk.text.kinds import ALARMING

# A file of another shape than the loaders read fails in one of the last four ways.
_UNREADABLE = (SafetyError, OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Rules:
    """The rules, and why there are none."""

    rules: Sequence[Rule]
    problem: str = ""


class SafetyDesk:
    """The rules of one project. May be used by several threads."""

    def __init__(self, clinic: Path) -> None:
        """Take the clinic's folder; nothing is read yet."""
        self._clinic = clinic
        self._lock = threading.Lock()
        self._stamp: object = None
        self._rules = Rules(())

    def rules(self) -> Rules:
        """Return the rules, the strongest first; to read them takes a second or two after a change."""
        folder = self._clinic / "safety"
        with self._lock:
            stamp = stamps([folder / "concepts.yml", *sorted((folder / "rules").glob("*.yml"))])
            if stamp != self._stamp:
                try:
                    self._rules = Rules(Guard.load(folder).rules)
                except _UNREADABLE as err:
                    self._rules = Rules((), f"the rules cannot be read: {' '.join(str(err).split())}")
                self._stamp = stamp
            return self._rules

    def show(self, cards: OpenCards, text: SafetyText, after: str | None = None) -> Replies:
        """Return a text as visitors read it: on its whole card, with the clinic's numbers.

        Args:
            cards: The file.
            text: The text.
            after: Another text in its place.
        """
        rule = next(iter(cards.rules_of(text, self.rules().rules)), None)
        value = cards.document.value if after is None else changed_value(cards.document, text.id, after)
        practice = read_practice(self._clinic)
        try:
            messages = [_message(card_of(value, text, rule), practice.fill if practice else _leave)]
        except SafetyError:
            messages = []
        return show_replies(messages, self._clinic, practice)


def _message(card: Card, fill: Callable[[str], str]) -> dict[str, Any]:
    if card.tier not in ALARMING:
        return {"text": fill(card.text), "metadata": {"kind": "safety"}}
    actions = [_filled(action, fill) for action in card.actions]
    shown = [action for action in actions if all(action.values())]
    return {"custom": {"type": "emergency", "tier": card.tier, "text": fill(card.text), "actions": shown}}


def _leave(text: str) -> str:
    """Return a text with its placeholders: while the facts cannot be read, it still can."""
    return text


def _filled(action: Action, fill: Callable[[str], str]) -> dict[str, str]:
    return {"label": fill(action.label), "href": fill(action.href)}
