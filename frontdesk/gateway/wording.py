"""The sentences of `clinic/wording.yml`, filled with the clinic's facts, and what the widget is told before the first message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontdesk.gateway.errors import GatewayError, SettingsError
from frontdesk.gateway.wire import KINDS, Message
from frontdesk.practice import Practice

_TEXTS = ("disclosure", "privacy", "greeting", "emergency_line")
_REPLIES = ("utter_empty_message", "utter_fallback", "unavailable", "erased")


@dataclass(frozen=True)
class Wording:
    """Every sentence that the gateway and the widget show by themselves."""

    texts: Mapping[str, str]
    """What is shown before the first message."""
    starters: tuple[Mapping[str, str], ...]
    """Questions offered at the start: `title` on the button, `text` as if typed."""
    kinds: Mapping[str, str]
    """Labels of the kinds of answer."""
    replies: Mapping[str, str]
    """What the assistant says when Rasa has said nothing."""
    errors: Mapping[str, str]
    """A sentence for every error code."""
    strings: Mapping[str, str]
    """Words on the chat window."""

    def reply(self, name: str) -> Message:
        """Return one of the replies as a message."""
        return {"type": "text", "text": self.replies[name]}


def load_wording(clinic: Path, practice: Practice) -> Wording:
    """Read `wording.yml` in the folder `clinic`.

    Raises:
        SettingsError: When it is missing, or lacks a sentence; the message names which.
    """
    path = clinic / "wording.yml"
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as err:
        raise SettingsError(f"{path}: cannot be read: {' '.join(str(err).split())}") from err
    if not isinstance(raw, dict):
        raise SettingsError(f"{path}: must hold sections such as 'strings:' and 'errors:'")

    def section(name: str, needed: tuple[str, ...]) -> dict[str, str]:
        entries = raw.get(name)
        if not isinstance(entries, dict) or not all(isinstance(value, str) for value in entries.values()):
            raise SettingsError(f"{path}: '{name}:' must map names to sentences")
        if missing := [key for key in needed if key not in entries]:
            raise SettingsError(f"{path}: {name}: has no {', '.join(missing)}")
        return {key: practice.fill(value) for key, value in entries.items()}

    if missing := [key for key in _TEXTS if not isinstance(raw.get(key), str)]:
        raise SettingsError(f"{path}: has no {', '.join(missing)}")
    starters = raw.get("starters") or []
    if not all(isinstance(entry, dict) and {"title", "text"} <= entry.keys() for entry in starters):
        raise SettingsError(f"{path}: every entry of 'starters:' needs a title and a text")
    return Wording(
        texts={key: practice.fill(raw[key]) for key in _TEXTS},
        starters=tuple({"title": str(entry["title"]), "text": str(entry["text"])} for entry in starters),
        kinds=section("kinds", KINDS),
        replies=section("replies", _REPLIES),
        errors=section("errors", tuple(error_codes())),
        strings=section("strings", ("launcher", "title", "send", "close")),
    )


def error_codes() -> list[str]:
    """Return every code that an error can have."""
    return sorted({error.code for error in GatewayError.__subclasses__()} | {GatewayError.code, "not_found", "method_not_allowed"})


def render_config(wording: Wording, practice: Practice, emergency: Message, *, message_characters: int) -> dict[str, Any]:
    """Return what `GET /v1/config` answers."""
    phone = practice.value("contact.phone")
    return {
        "clinic": {"name": practice.value("clinic.name") or ""},
        "phone": phone,
        "phone_href": telephone_href(phone) if phone else None,
        "booking_url": practice.value("contact.booking_url"),
        "privacy_url": practice.value("contact.privacy_url"),
        **wording.texts,
        "starters": list(wording.starters),
        "kinds": dict(wording.kinds),
        "strings": dict(wording.strings),
        "emergency": emergency,
        "limits": {"message_characters": message_characters},
    }


def telephone_href(phone: str) -> str:
    """Return the link that dials a number as it is printed.

    >>> telephone_href("+1 (503) 555-0142")
    'tel:+15035550142'
    """
    return "tel:" + re.sub(r"[^\d+*#]", "", phone)
