"""The sentences of `clinic/wording.yml`, filled with the clinic's facts, and what the widget is told before the first message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontdesk.gateway.errors import GatewayError, SettingsError
from frontdesk.practice import Practice
from frontdesk.text.wording_keys import missing_keys, sections
from frontdesk.wire import Message


@dataclass(frozen=True)
class Wording:
    """Every sentence that the gateway and the widget show by themselves."""

    texts: Mapping[str, str]
    """What is shown before the first message."""
    starters: tuple[Mapping[str, Any], ...]
    """Questions offered at the start: `title` on the button, `text` as if typed, and `pages` where it comes first."""
    kinds: Mapping[str, str]
    """Labels of the kinds of answer."""
    replies: Mapping[str, str]
    """What the assistant says when Rasa has said nothing."""
    errors: Mapping[str, str]
    """A sentence for every error code."""
    strings: Mapping[str, str]
    """Words on the chat window."""
    appointment_page: Mapping[str, str]
    """Words on the page of an appointment."""

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
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as err:
        raise SettingsError(f"{path}: cannot be read: {' '.join(str(err).split())}") from err
    if not isinstance(raw, dict):
        raise SettingsError(f"{path}: must hold sections such as 'strings:' and 'errors:'")

    if missing := missing_keys(raw):
        raise SettingsError(f"{path}: has no sentence for {', '.join(missing)}")

    def filled(section: str) -> dict[str, str]:
        return {key: practice.fill(raw[section][key]) for key in sections()[section]}

    return Wording(
        texts={key: practice.fill(raw[key]) for key in sections()["texts"]},
        starters=parse_starters(raw.get("starters"), path),
        kinds=filled("kinds"),
        replies=filled("replies"),
        errors=filled("errors"),
        strings=filled("strings"),
        appointment_page=filled("appointment_page"),
    )


def parse_starters(raw: Any, path: Path) -> tuple[Mapping[str, Any], ...]:
    """Return the questions offered at the start, as `starters:` in the file `path` lists them.

    Raises:
        SettingsError: When an entry has no title or no text, or its pages are not paths.
    """
    starters = raw or []
    if not isinstance(starters, list) or not all(isinstance(entry, dict) and {"title", "text"} <= entry.keys() for entry in starters):
        raise SettingsError(f"{path}: every entry of 'starters:' needs a title and a text")
    for entry in starters:
        pages = entry.get("pages", [])
        if not isinstance(pages, list) or not all(isinstance(page, str) and page.startswith(("/", "*")) for page in pages):
            raise SettingsError(f"{path}: 'pages' of the starter '{entry['title']}' must be a list of paths such as /prices or /services/*")
    return tuple(
        {"title": str(entry["title"]), "text": str(entry["text"])} | ({"pages": entry["pages"]} if entry.get("pages") else {})
        for entry in starters
    )


def error_codes() -> list[str]:
    """Return every code that an error can have."""
    return sorted({error.code for error in GatewayError.__subclasses__()} | {GatewayError.code, "not_found", "method_not_allowed"})


def render_config(wording: Wording, practice: Practice, emergency: Message, *, message_characters: int) -> dict[str, Any]:
    """Return what `GET /v1/config` answers."""
    phone = practice.value("contact.phone")
    return {
        "language": "en",
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
