"""What does a visitor read when the guard raises an alarm?

The wording is in clinic/safety/cards.yml, a clinician's to sign; no sentence is
here. Placeholders such as `{contact.emergency_number}` stay as they are: the
code that knows the clinic's facts fills them in, text and links alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontdesk.safety.errors import CardMissing
from frontdesk.safety.guard import Alarm
from frontdesk.text.kinds import TIERS


@dataclass(frozen=True, slots=True)
class Action:
    """One button of a card."""

    label: str
    """What it says; may hold placeholders."""
    href: str
    """A tel:, sms: or https: address; may hold placeholders."""


@dataclass(frozen=True, slots=True)
class Card:
    """The wording of one alarm."""

    tier: str
    category: str
    text: str
    """Paragraphs separated by a blank line; Markdown of the widget's subset."""
    actions: tuple[Action, ...]


class Cards:
    """All wordings: one per tier, and variants for some causes."""

    def __init__(self, tiers: dict[str, Any], variants: dict[str, Any]) -> None:
        """Take the two sections of a parsed cards.yml.

        Raises:
            CardMissing: A tier has no wording.
        """
        if missing := [tier for tier in TIERS if tier not in tiers]:
            raise CardMissing(f"no wording for {', '.join(missing)}")
        self._tiers = tiers
        self._variants = variants

    @classmethod
    def load(cls, path: Path) -> Cards:
        """Read a cards.yml."""
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(document.get("tiers") or {}, document.get("variants") or {})

    @property
    def variant_names(self) -> frozenset[str]:
        """Return the names a rule may put in its `card`."""
        return frozenset(self._variants)

    def card_for(self, alarm: Alarm) -> Card:
        """Return the wording for an alarm.

        A variant's `replaces` takes the place of the tier's text, its `adds` is
        put after it, and its actions come before the tier's.

        Raises:
            CardMissing: The alarm asks for a variant that does not exist.
        """
        tier = self._tiers[alarm.tier]
        if alarm.card is not None and alarm.card not in self._variants:
            raise CardMissing(f"rule {alarm.rule}: no variant {alarm.card!r}")
        variant = self._variants.get(alarm.card or "", {})
        text = variant.get("replaces") or tier["text"]
        parts = [text.strip(), (variant.get("adds") or "").strip()]
        actions = [*variant.get("actions", []), *tier.get("actions", [])]
        return Card(
            tier=alarm.tier,
            category=alarm.category,
            text="\n\n".join(part for part in parts if part),
            actions=tuple(Action(a["label"], a["href"]) for a in actions),
        )
