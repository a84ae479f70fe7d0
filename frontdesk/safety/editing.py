"""The texts of the safety cards as they are changed: one at a time, where it stands, and with its signature gone.

Who may change one, and that it takes two, is for others to say.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontdesk.editing import CannotRewrite, EditedFile, EditingError, Written
from frontdesk.editing.edited_file import Check, Version
from frontdesk.editing.yaml_values import Source, set_block, set_value
from frontdesk.safety.cards import Card, Cards
from frontdesk.safety.guard import Alarm
from frontdesk.safety.rules import Rule
from frontdesk.safety.sign_off import KEYS, Signature, read_signature
from frontdesk.text.problem import Problem
from frontdesk.text.yaml_lines import Document, Trail, parse_yaml

_NAME = re.compile(r"[a-z0-9_]+")
_TEXTS = {"tiers": ("text",), "variants": ("replaces", "adds")}


class TextChanged(EditingError):
    """Raised when a text is not what the change was made for; what stands there now is in the error."""

    def __init__(self, now: SafetyText | None) -> None:
        super().__init__("the text in the file is another one by now; look at it, then propose the change again")
        self.now = now
        """`None` when it is gone."""


@dataclass(frozen=True)
class SafetyText:
    """One text of a card, as it stands in the file."""

    id: str
    """Where: `tiers.crisis.text`, `variants.overdose.adds`."""
    name: str
    """Of the tier or variant."""
    how: str
    """`text` of a tier; what a variant `replaces` it with, or `adds` to it."""
    text: str
    signature: Signature
    language: str | None
    """Of the messages to whose alarms it is added; `None` when a rule asks for it."""


@dataclass(frozen=True)
class OpenCards:
    """All texts of the file."""

    texts: Mapping[str, SafetyText]
    document: Document
    review_days: int
    """How long a signature is good for."""

    def rules_of(self, text: SafetyText, rules: Iterable[Rule]) -> list[Rule]:
        """Return the rules after which visitors read a text, in the order in which they come."""
        if text.how == "text":
            replaced = {one.name for one in self.texts.values() if one.how == "replaces"}
            return [rule for rule in rules if rule.tier == text.name and rule.card not in replaced]
        return [rule for rule in rules if rule.card == text.name]


class CardsFile:
    """The `cards.yml` of one clinic."""

    def __init__(self, folder: Path, check: Check, *, commits: bool = False) -> None:
        """Take the folder of the safety files, what it must pass, and whether every change is a git commit."""
        self.folder = folder
        self._file = EditedFile(folder / "cards.yml", check, commits=commits)

    def open(self) -> OpenCards:
        """Read the texts.

        Raises:
            FileUnreadable: When the file is broken.
        """
        document = self._file.read().document
        days = document.get("review_days")
        return OpenCards(_texts(document), document, days if type(days) is int else 0)

    def refusals(self, text_id: str, after: str, today: dt.date) -> list[Problem]:
        """Return what the check would find wrong with another text.

        Raises:
            EditingError: As `save` raises it.
        """
        return self._file.refusals(self._rewrite(self._file.read(), text_id, after), today)

    def save(
        self,
        text_id: str,
        before: str,
        after: str,
        today: dt.date,
        *,
        author: str = "",
        note: str = "",
        within: AbstractContextManager[object] | None = None,
    ) -> Written:
        """Put a text in the place of another one, and take the signature of the old one out.

        Args:
            text_id: Which text.
            before: What it has to be for that.
            after: What it shall be.
            today: The day on which the check runs.
            author: `Name <address>`, for the commit.
            note: More of it.
            within: Entered once everything is checked, left once it is written.

        Raises:
            TextChanged: When `before` is not what stands there.
            FileUnreadable: When the file is broken.
            ChangeRefused: When the check finds errors that were not there before.
            CannotRewrite: When the text stands where it cannot be changed.
            NotSaved: When the disk did not take it.
        """

        def change(there: Version) -> str:
            now = _texts(there.document).get(text_id)
            if now is None or now.text != before:
                raise TextChanged(now)
            return self._rewrite(there, text_id, after)

        name = text_id.split(".")[1]
        return self._file.save(change, today, author=author, subject=f"Safety: Change the text of {name}\n\n{note}".strip(), within=within)

    def _rewrite(self, there: Version, text_id: str, after: str) -> str:
        if text_id not in _texts(there.document):
            raise TextChanged(None)
        *entry, key = _trail(text_id)
        path = self._file.path
        changed = set_block(Source(there.text, path), tuple(entry), str(key), after)
        for line in KEYS:
            if there.document.get(*entry, line) is not None:
                changed = set_value(Source(changed, path), tuple(entry), line, None)
        document, _ = parse_yaml(changed, path)
        if document is None or _alike(document.value, text_id) != _alike(changed_value(there.document, text_id, after), text_id):
            raise CannotRewrite(f"{path} is written in a way that only a text editor can change safely; change it by hand")
        return changed


def changed_value(document: Document, text_id: str, after: str) -> Any:
    """Return what a file says with another text, whose signature is gone."""
    value = copy.deepcopy(document.value)
    section, name, key = _trail(text_id)
    entry = value[section][name]
    entry[key] = after
    entry.update({line: None for line in KEYS if line in entry})
    return value


def card_of(value: Any, text: SafetyText, rule: Rule | None) -> Card:
    """Return the whole card on which visitors read a text.

    Args:
        value: What the file says.
        text: The text.
        rule: One after which it is read, if there is any.

    Raises:
        CardMissing: When the file says nothing for a tier.
    """
    cards = Cards(value.get("tiers") or {}, value.get("variants") or {})
    tier = text.name if text.how == "text" else rule.tier if rule else "emergency"
    variant = None if text.how == "text" or text.language else text.name
    return cards.card_for(Alarm(tier, rule.category if rule else "general", rule.id if rule else "general", variant), text.language)


def _texts(document: Document) -> dict[str, SafetyText]:
    found = {}
    for section, keys in _TEXTS.items():
        entries = document.get(section)
        for name, entry in (entries if isinstance(entries, dict) else {}).items():
            for key in keys:
                text = entry.get(key) if isinstance(entry, dict) else None
                if isinstance(text, str) and _NAME.fullmatch(str(name)):
                    id_ = f"{section}.{name}.{key}"
                    found[id_] = SafetyText(id_, str(name), key, text.rstrip("\n"), read_signature(entry), entry.get("language"))
    return found


def _alike(value: Any, text_id: str) -> Any:
    """Return what a file says without the line break that a block may have at its end."""
    section, name, key = _trail(text_id)
    value[section][name][key] = value[section][name][key].rstrip("\n")
    return value


def _trail(text_id: str) -> Trail:
    section, name, key = text_id.split(".")
    return section, name, key
