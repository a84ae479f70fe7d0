"""The sentences of `clinic/messages.yml`: read, and checked.

Which mails there must be, what may stand in them and which words may not is `message_texts.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from frontdesk.practice.facts import load_facts
from frontdesk.text.placeholders import placeholders
from frontdesk.text.problem import Problem, did_you_mean
from frontdesk.text.shape import check_keys, text_at
from frontdesk.text.wording_lint import lint
from frontdesk.text.yaml_lines import Document, Step, load_yaml

_LISTS = ("calendar", "operations", "states", "why")


class MessagesError(Exception):
    """Raised when `clinic/messages.yml` or the public address cannot be used; says what to do."""


@dataclass(frozen=True)
class Texts:
    """The sentences of `clinic/messages.yml`."""

    mails: Mapping[str, tuple[str, str]]
    """Subject and text by kind of mail."""
    calendar: Mapping[str, str]
    operations: Mapping[str, str]
    states: Mapping[str, str]
    why: Mapping[str, str]


def load_texts(clinic: Path) -> Texts:
    """Read `messages.yml` in the folder `clinic`.

    Raises:
        MessagesError: When it cannot be read, or lacks a sentence; the message names the first that is wrong.
    """
    path = clinic / "messages.yml"
    document, problems = load_yaml(path)
    if document is not None:
        problems = [*problems, *_check_shape(document)]
    if problems or document is None:
        raise MessagesError(problems[0].render())
    value = document.value
    return Texts(
        mails={kind: (value[kind]["subject"], value[kind]["text"]) for kind in _kinds()},
        **{name: value[name] for name in _LISTS},
    )


def check_messages(clinic: Path) -> list[Problem]:
    """Return what is wrong with `messages.yml` in the folder `clinic`: its shape, its placeholders and its words."""
    document, problems = load_yaml(clinic / "messages.yml")
    if document is None:
        return problems
    return [*problems, *_check_shape(document), *_check_words(document)]


def _check_shape(document: Document) -> list[Problem]:
    problems: list[Problem] = []
    sections = {kind: ["subject", "text"] for kind in _kinds()} | {name: _rules()[name] for name in _LISTS}
    present = check_keys(document, problems, list(sections), list(sections))
    for section, keys in sections.items():
        if section in present:
            for key in check_keys(document, problems, keys, keys, section):
                text_at(document, problems, section, key)
    problems.extend(
        document.problem("a subject is one line", kind, "subject")
        for kind in _kinds()
        if isinstance(text := document.get(kind, "subject"), str) and "\n" in text.strip()
    )
    return problems


def _check_words(document: Document) -> Iterator[Problem]:
    for trail in document.first_text_lines:
        text = document.get(*trail)
        if not isinstance(text, str):
            continue
        first = document.text_line(*trail)
        known = _allowed(trail)
        for number, line in enumerate(text.split("\n")):
            for name in placeholders(line):
                if name not in known:
                    hint = did_you_mean(name, known, "what may stand here is in frontdesk/booking/message_texts.yml")
                    yield Problem(document.path, first + number, f"{{{name}}} may not stand here; {hint}")
            for word in find_health_words(re.sub(r"\{[^{}]*\}", " ", line)):
                yield Problem(document.path, first + number, f"'{word}' is a word about health, and mails are read by others; leave it out")
        for finding in lint(text):
            yield Problem(document.path, first + finding.line, finding.message)


def find_health_words(text: str) -> list[str]:
    """Return the words about health in a text.

    >>> find_health_words("Your treatment of back pain, on Monday")
    ['treatment', 'back pain']
    """
    return [found[0] for found in _health_words().finditer(text)]


@cache
def _health_words() -> re.Pattern[str]:
    # A phrase before its first word.
    words = sorted(_rules()["health_words"], key=len, reverse=True)
    choices = "|".join(word.replace("*", r"\w*") for word in words)
    return re.compile(rf"\b(?:{choices})\b", re.IGNORECASE)


def _allowed(trail: tuple[Step, ...]) -> list[str]:
    """Return what a text may be filled with."""
    rules = _rules()
    facts: list[str] = [name for name in rules["facts"] if name in load_facts()]
    if trail[-1] == "subject":
        return list(rules["in_subjects"])
    if trail[0] == "calendar":
        return [*rules["in_calendar"], *facts]
    if trail[0] in rules["to_visitors"]:
        return [*rules["in_mails_to_visitors"], *facts]
    return [*rules["in_mails_to_clinic"], *facts] if trail[0] in rules["to_clinic"] else []


@cache
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return rules


def _kinds() -> list[str]:
    return [*_rules()["to_visitors"], *_rules()["to_clinic"]]
