"""Replies as the chat window is told of them. How they look is for the window's own code, which the page runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontdesk.practice import Practice, PracticeError, load_practice
from frontdesk.practice.theme import load_theme
from frontdesk.wire import Message, NotAMessage, to_wire

_STRINGS = ("external", "choices_one", "choices_many")
"""What the window says by itself where it shows a reply."""


@dataclass(frozen=True)
class Replies:
    """What the page shows of them."""

    data: str
    """JSON for the window's code: `messages` as `/v1` has them, the `config` that they need, and the clinic's `theme`."""
    lines: tuple[str, ...]
    """The same as text, for a browser without scripts."""
    labels: Mapping[str, str]
    """What the window calls the kinds of an answer."""


def read_practice(clinic: Path) -> Practice | None:
    """Return the clinic's facts; None while they cannot be read, `frontdesk check` tells why."""
    try:
        return load_practice(clinic)
    except PracticeError:
        return None


def show_replies(messages: Sequence[Any], clinic: Path, practice: Practice | None) -> Replies:
    """Return what the page shows.

    Args:
        messages: As Rasa gives them to the gateway; what it could not pass on is not shown.
        clinic: The clinic's folder; wording that cannot be read there is left out, `frontdesk check` tells why.
        practice: Its facts, whose theme is used; None when they cannot be read.
    """
    try:
        told = to_wire(messages)
    except NotAMessage:
        told = []
    words, theme = _load_window_words(clinic), load_theme(practice) if practice else {}
    data = {"messages": told, "config": words, "theme": dict(theme)}
    return Replies(json.dumps(data, ensure_ascii=False), tuple(line for one in told for line in _iter_lines(one)), words["kinds"])


def _load_window_words(clinic: Path) -> dict[str, Any]:
    """Return what the window's code must know to show a reply: labels of the kinds, and a few words."""
    try:
        raw = yaml.safe_load((clinic / "wording.yml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raw = None
    sections = raw if isinstance(raw, dict) else {}
    kinds, strings = (part if isinstance(part := sections.get(name), dict) else {} for name in ("kinds", "strings"))
    return {"language": "en", "kinds": kinds, "strings": {name: str(strings.get(name, "")) for name in _STRINGS}}


def _iter_lines(told: Message) -> Iterator[str]:
    if told.get("text"):
        yield told["text"]
    for row in told.get("rows", ()):
        yield f"{row['label']}: {row['value']}"
    for offered in (*told.get("actions", ()), *told.get("openings", ()), *told.get("choices", ())):
        yield f"[{offered.get('label') or offered.get('title')}]"
