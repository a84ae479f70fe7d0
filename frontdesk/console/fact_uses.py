"""Where the clinic's facts are used: the placeholders of the answers, the replies, and everything else that visitors read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from frontdesk.console.topics import Entry
from frontdesk.practice import Practice
from frontdesk.text.placeholders import placeholders
from frontdesk.text.yaml_lines import load_yaml

_ELSEWHERE = {
    "wording.yml": "the chat window",
    "messages.yml": "mails about appointments",
    "safety/cards.yml": "safety texts",
}
"""Files of the clinic beside the facts."""


@dataclass(frozen=True)
class Use:
    """A text that asks for facts."""

    id: str
    """For addresses within the page."""
    title: str
    address: str
    """Where it is changed; empty when that is in a file."""
    text: str
    """With placeholders."""
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A text as visitors read it now, and as they would."""

    use: Use
    now: str
    """Empty when every line of it is about something that is not known."""
    then: str


def find_uses(entries: Iterable[Entry], data: Path) -> list[Use]:
    """Return the answers, and below them the replies, that ask for facts.

    Args:
        entries: The topics.
        data: The folder with `responses.yml`.
    """
    found = [
        Use(f"answer-{entry.name}", entry.title, f"/topics/{entry.name}", entry.there.draft.answer, facts)
        for entry in sorted(entries, key=lambda entry: entry.title.casefold())
        if entry.there and (facts := _facts_in(entry.there.draft.answer))
    ]
    document, _ = load_yaml(data / "responses.yml")
    responses = document.get("responses") if document else None
    for name, variants in (responses if isinstance(responses, dict) else {}).items():
        for number, variant in enumerate(variants if isinstance(variants, list) else [], start=1):
            text = variant.get("text") if isinstance(variant, dict) else None
            if isinstance(text, str) and (facts := _facts_in(text)):
                title = f"Reply: {str(name).removeprefix('utter_').replace('_', ' ')}"
                found.append(Use(f"reply-{name}-{number}", title, "", text, facts))
    return found


def find_elsewhere(clinic: Path) -> dict[str, tuple[str, ...]]:
    """Return what else visitors read that asks for facts, by name of the fact."""
    found: dict[str, tuple[str, ...]] = {}
    for file, what in _ELSEWHERE.items():
        try:
            text = (clinic / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        for name in _facts_in(text):
            found[name] = (*found.get(name, ()), what)
    return found


def show_uses(uses: Sequence[Use], now: Practice, then: Practice) -> list[Shown]:
    """Return the texts filled with the facts of now and with others."""
    return [Shown(use, now.fill(use.text), then.fill(use.text)) for use in uses]


def _facts_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(placeholders(text)))
