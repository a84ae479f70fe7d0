"""What does a visitor read when the guard raises an alarm?

The wording is in clinic/safety/cards.yml, a clinician's to sign; no sentence is
here. Placeholders such as `{contact.emergency_number}` stay as they are: the
code that knows the clinic's facts fills them in, text and links alike.

Everything that can be wrong with the file is found while loading: a visitor in
need waits for no error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontdesk.safety.errors import CardMissing
from frontdesk.safety.guard import Alarm
from frontdesk.text.kinds import ALARMING, TIERS


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
    comes_first: bool = False
    """Whether a precaution is read before the answer; after it otherwise."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """One entry of the file."""

    replaces: str
    adds: str
    actions: tuple[Action, ...]
    first: bool
    language: str | None


_NOTHING = _Wording("", "", (), first=False, language=None)


class Cards:
    """All wordings: one per tier, and variants for some causes and languages."""

    def __init__(self, tiers: Mapping[str, Any], variants: Mapping[str, Any]) -> None:
        """Take the two sections of a parsed cards.yml.

        Raises:
            CardMissing: A tier has no wording, or an entry says nothing or cannot be read.
        """
        if missing := [tier for tier in TIERS if tier not in tiers]:
            raise CardMissing(f"no wording for {', '.join(missing)}")
        self._tiers = {name: _parse(name, tiers[name]) for name in TIERS}
        self._variants = {name: _parse(name, entry) for name, entry in variants.items()}

    @classmethod
    def load(cls, path: Path) -> Cards:
        """Read a cards.yml."""
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(document.get("tiers") or {}, document.get("variants") or {})

    @property
    def variant_names(self) -> frozenset[str]:
        """Return the names a rule may put in its `card`."""
        return frozenset(name for name, variant in self._variants.items() if variant.language is None)

    def card_for(self, alarm: Alarm, language: str | None = None) -> Card:
        """Return the wording for an alarm; a variant that does not exist leaves the tier's own.

        A variant's `replaces` takes the place of the tier's text, its `adds` is
        put after it, and its actions come before the tier's.

        Args:
            language: What the message is written in, as an ISO 639-1 code. An
                alarm then gets what the file adds for that language.
        """
        tier = self._tiers[alarm.tier]
        variant = self._variants.get(alarm.card or "", _NOTHING)
        notes = [v.adds for v in self._variants.values() if v.language and v.language == language and alarm.tier in ALARMING]
        parts = [variant.replaces or tier.replaces, variant.adds, *notes]
        return Card(
            tier=alarm.tier,
            category=alarm.category,
            text="\n\n".join(part for part in parts if part),
            actions=(*variant.actions, *tier.actions),
            comes_first=variant.first,
        )


def _parse(name: str, entry: Any) -> _Wording:
    if not isinstance(entry, Mapping):
        raise CardMissing(f"the card '{name}' must hold 'text:', 'adds:' or 'replaces:'")
    texts = {key: entry.get(key) or "" for key in ("text", "replaces", "adds")}
    if wrong := [key for key, text in texts.items() if not isinstance(text, str)]:
        raise CardMissing(f"'{wrong[0]}' of the card '{name}' must be a text; write it below '{wrong[0]}: |-'")
    if not any(text.strip() for text in texts.values()):
        raise CardMissing(f"the card '{name}' says nothing; write its text")
    actions = entry.get("actions") or []
    if not isinstance(actions, list) or not all(_is_action(action) for action in actions):
        raise CardMissing(f"every entry of 'actions' of the card '{name}' needs 'label:' (what it says) and 'href:' (what it dials)")
    return _Wording(
        replaces=(texts["text"] or texts["replaces"]).strip(),
        adds=texts["adds"].strip(),
        actions=tuple(Action(a["label"], a["href"]) for a in actions),
        first=entry.get("first") is True,
        language=entry.get("language"),
    )


def _is_action(entry: Any) -> bool:
    values = [entry.get(key) for key in ("label", "href")] if isinstance(entry, Mapping) else [None]
    return all(isinstance(value, str) and value.strip() for value in values)
