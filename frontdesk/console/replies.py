"""Replies as the chat window is told of them. How they look is for the window's own code, which the page runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from frontdesk.practice import PracticeError, load_practice
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


def show_replies(messages: Sequence[Any], clinic: Path) -> Replies:
    """Return what the page shows.

    Args:
        messages: As Rasa gives them to the gateway; what it could not pass on is not shown.
        clinic: The clinic's folder; what cannot be read there is left out, `frontdesk check` tells why.
    """
    try:
        told = to_wire(messages)
    except NotAMessage:
        told = []
    try:
        theme = load_theme(load_practice(clinic))
    except PracticeError:
        theme = {}
    data = {"messages": told, "config": load_window_words(clinic), "theme": dict(theme)}
    return Replies(json.dumps(data, ensure_ascii=False), tuple(line for one in told for line in _iter_lines(one)))


def load_window_words(clinic: Path) -> dict[str, Any]:
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
