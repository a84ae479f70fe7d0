"""What is worth knowing about a topic while somebody writes it: at once, without a file and without training.

The checks of `frontdesk check` on a draft, and what only a writer can still mend with ease: questions that another topic
has nearly word for word, and how much of a phone the answer fills. Every hint says which part it is about, and why.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from frontdesk.faq.alike import Spelling
from frontdesk.faq.answer_checks import check_answer
from frontdesk.faq.checks import check_topic
from frontdesk.faq.editing.draft import Draft
from frontdesk.faq.example_checks import check_examples, same_key, short
from frontdesk.faq.ledger import Ledger
from frontdesk.faq.likeness_checks import ADDS_NOTHING, NEARLY_SAME, SAME_QUESTION, RowArray, find_alike
from frontdesk.faq.names import RETRIEVAL_INTENT, answer_name
from frontdesk.faq.store import Intent
from frontdesk.faq.topic import Topic, parse_topic
from frontdesk.text.paragraphs import split_paragraphs
from frontdesk.text.problem import Problem, Severity
from frontdesk.text.readability import plain
from frontdesk.text.yaml_lines import Document, Trail

Encode = Callable[[Sequence[str]], RowArray]

SPELLED_ALIKE = 0.75
"""Likeness of spelling to an example of another topic from which it is said. Of our 6,000 examples 15 pairs reach it,
most of them neighbours that one word tells apart ("does it hurt", "does it hurt the dog")."""
SPELLED_THE_SAME = 0.9
"""The same within a topic. Four pairs reach it, such as "who wrote the article" and "who wrote this article?"."""

# A phone of 390 by 844 points, measured in the chat window: so many lines fit below the question, so many characters on a
# line, and so many lines are taken up by the label and the frame of a paragraph.
_SCREEN_LINES = 24
_LINE_CHARACTERS = 30
_FRAME_LINES = 2.5

_LONG = 1.2
"""Screens; from here one scrolls for more than a line or two."""

# The lines of a page that is never written: a check's line says which part of the draft it means.
_FIELDS = ("title", "kinds", "claims", "sources", "owner", "clinician", "reviewed", "review_by", "examples")
_KEYS = {"kind": "kinds"}
_ANSWER, _EXAMPLES = 1_000, 1_000_000


@dataclass(frozen=True, order=True)
class Hint:
    """One thing to look at."""

    field: str
    """Which part of the `Draft`."""
    index: int | None
    """Which example, or which line of the answer, from 0; `None` for the part as a whole."""
    message: str
    """Why, and what to do."""
    severity: Severity
    """An error is what `frontdesk check` would refuse."""


class Taught:
    """What the other topics and intents have, prepared once for many drafts."""

    def __init__(self, topics: Sequence[Topic], intents: Sequence[Intent], encode: Encode | None = None) -> None:
        """Prepare them.

        Args:
            topics: All topics; the one that is being written may be among them.
            intents: All plain intents.
            encode: What says how alike two questions are in meaning; left out, their spelling is compared.
        """
        taught: list[Topic | Intent] = [*topics, *intents]
        pairs = [(one.name, example.text) for one in taught for example in one.examples]
        self.names = [name for name, _ in pairs]
        self.texts = [text for _, text in pairs]
        self.titles = {_title_key(topic.title): topic.name for topic in reversed(topics) if topic.title}
        self.by_key: dict[str, set[str]] = {}
        for name, text in pairs:
            self.by_key.setdefault(same_key(text), set()).add(name)
        self.encode = encode
        self.vectors = encode(self.texts) if encode and self.texts else None

    @cached_property
    def spelling(self) -> Spelling:
        """How all their examples are spelled; counted when it is first asked for."""
        return Spelling(self.texts)


@dataclass(frozen=True)
class Rules:
    """What a draft is held against beside the other topics."""

    ledger: Ledger
    facts: Collection[str]
    """The clinic facts that a placeholder may name."""
    today: dt.date


def hints(name: str, draft: Draft, taught: Taught, rules: Rules) -> list[Hint]:
    """Return what to look at in a draft, part by part, what must be mended first; the arguments are those of `refused`."""
    found = {*_checked(name, draft, taught, rules), *_too_long(draft.answer)}
    found.update(_alike_in_meaning(name, draft, taught) if taught.encode else _alike_in_spelling(name, draft, taught))
    return sorted(found, key=_order)


def refused(name: str, draft: Draft, taught: Taught, rules: Rules) -> list[Hint]:
    """Return what `frontdesk check` would refuse in a draft, whatever it is like.

    Args:
        name: The topic; what is taught under this name is what the draft is about to replace.
        draft: What was typed.
        taught: The other topics and intents.
        rules: Ledger, facts and the day.
    """
    return sorted((hint for hint in _checked(name, draft, taught, rules) if hint.severity == "error"), key=_order)


def topic_of(name: str, draft: Draft) -> Topic | None:
    """Return the topic that a draft would be, or `None` when too little of it is there."""
    return parse_topic(_page(name, draft))[0]


def _checked(name: str, draft: Draft, taught: Taught, rules: Rules) -> set[Hint]:
    topic, problems = parse_topic(_page(name, draft))
    found = {_hint(problem) for problem in problems}
    if topic:
        found.update(_hint(problem) for problem in check_topic(topic, rules.ledger, rules.today))
        found.update(Hint("answer", remark.line, remark.message, "error") for remark in check_answer(topic, rules.facts))
        found.update(_hint(problem) for problem in check_examples(topic.path, _line_of("examples"), topic.examples))
    found.update(_same_title(name, draft, taught))
    found.update(_same_examples(name, draft, taught))
    return found


def _order(hint: Hint) -> tuple[str, str, int, str]:
    return hint.severity, hint.field, -1 if hint.index is None else hint.index, hint.message


def screens(answer: str) -> float:
    """Return how many screens of a phone an answer fills.

    >>> screens("Needles are thin.") < 0.2
    True
    """
    paragraphs = split_paragraphs(answer)
    lines = sum(math.ceil(len(line) / _LINE_CHARACTERS) for paragraph in paragraphs for line in plain(paragraph).split("\n"))
    return (lines + _FRAME_LINES * len(paragraphs)) / _SCREEN_LINES


def _page(name: str, draft: Draft) -> Document:
    """Return the draft as a file would hold it, on lines that tell its parts apart."""
    metadata: dict[str, Any] = {
        "title": draft.title,
        "kind": draft.kinds[0] if len(draft.kinds) == 1 else list(draft.kinds) or "",
        "claims": list(draft.claims),
        "sources": list(draft.sources),
        "owner": draft.owner,
        "clinician": draft.clinician or None,
        "reviewed": draft.reviewed.isoformat() if draft.reviewed else "",
        "review_by": draft.review_by.isoformat() if draft.review_by else "",
    }
    metadata = {key: value for key, value in metadata.items() if value != []}
    response: Trail = ("responses", answer_name(name), 0)
    lines: dict[Trail, int] = {("version",): 1, ("nlu",): 1, ("nlu", 0): 1, ("nlu", 0, "intent"): 1, ("responses",): 1}
    lines |= {("nlu", 0, "examples"): _line_of("examples"), response: _ANSWER, (*response, "text"): _ANSWER, (*response, "metadata"): 1}
    lines |= {(*response, "metadata", key): _line_of(_KEYS.get(key, key)) for key in metadata}
    value = {
        "version": "3.1",
        "nlu": [{"intent": f"{RETRIEVAL_INTENT}/{name}", "examples": "\n".join(f"- {' '.join(text.split())}" for text in draft.examples)}],
        "responses": {answer_name(name): [{"text": draft.answer, "metadata": metadata}]},
    }
    return Document(Path(f"{name}.yml"), value, lines, {("nlu", 0, "examples"): _EXAMPLES, (*response, "text"): _ANSWER})


def _line_of(field: str) -> int:
    return _FIELDS.index(field) + 1


def _hint(problem: Problem) -> Hint:
    if problem.line >= _EXAMPLES:
        return Hint("examples", problem.line - _EXAMPLES, problem.message, problem.severity)
    if problem.line >= _ANSWER:
        return Hint("answer", problem.line - _ANSWER, problem.message, problem.severity)
    return Hint(_FIELDS[problem.line - 1], None, problem.message, problem.severity)


def _same_title(name: str, draft: Draft, taught: Taught) -> Iterator[Hint]:
    other = taught.titles.get(_title_key(draft.title), name)
    if other != name:
        yield Hint("title", None, f"the title is also that of {other}; a visitor could not tell the two buttons apart", "error")


def _title_key(title: str) -> str:
    return " ".join(title.casefold().split())


def _too_long(answer: str) -> Iterator[Hint]:
    filled = screens(answer)
    if filled > _LONG:
        message = (
            f"on a phone the answer fills {filled:.1f} screens, so its start is out of sight when the end is read; say what matters first"
        )
        yield Hint("answer", None, message, "warning")


def _same_examples(name: str, draft: Draft, taught: Taught) -> Iterator[Hint]:
    first: dict[str, int] = {}
    for index, text in enumerate(draft.examples):
        key = same_key(text)
        if key in first:
            yield Hint("examples", index, f"'{short(text)}' is there already as number {first[key] + 1}; delete one of the two", "error")
        first.setdefault(key, index)
        if others := sorted(taught.by_key.get(key, set()) - {name}):
            message = f"'{short(text)}' is also an example of {others[0]}; keep it in the topic that answers it"
            yield Hint("examples", index, message, "error")


def _alike_in_spelling(name: str, draft: Draft, taught: Taught) -> Iterator[Hint]:
    if not draft.examples:
        return
    theirs, ours = taught.spelling.likeness(draft.examples)
    theirs[:, [other == name for other in taught.names]] = 0.0
    for index, text in enumerate(draft.examples):
        nearest = int(np.argmax(theirs[index])) if theirs.shape[1] else 0
        if theirs.shape[1] and theirs[index, nearest] >= SPELLED_ALIKE:
            yield from _near(index, text, taught.texts[nearest], taught.names[nearest], "warning")
        earlier = int(np.argmax(ours[index, :index])) if index else 0
        if index and ours[index, earlier] >= SPELLED_THE_SAME:
            yield from _adds_nothing(index, text, draft.examples[earlier], earlier)


def _alike_in_meaning(name: str, draft: Draft, taught: Taught) -> Iterator[Hint]:
    if not draft.examples or taught.encode is None:
        return
    vectors = taught.encode(draft.examples)
    found: dict[int, tuple[float, int]] = {}
    if taught.vectors is not None:
        for index, other, likeness in find_alike(draft.examples, vectors, taught.texts, taught.vectors, NEARLY_SAME):
            if taught.names[other] != name:
                found[index] = max(found.get(index, (0.0, 0)), (likeness, other))
    for index, (likeness, other) in found.items():
        severity: Severity = "error" if likeness >= SAME_QUESTION else "warning"
        yield from _near(index, draft.examples[index], taught.texts[other], taught.names[other], severity)
    for index, earlier, _ in find_alike(draft.examples, vectors, draft.examples, vectors, ADDS_NOTHING):
        if earlier < index:
            yield from _adds_nothing(index, draft.examples[index], draft.examples[earlier], earlier)


def _near(index: int, text: str, other: str, topic: str, severity: Severity) -> Iterator[Hint]:
    if same_key(text) != same_key(other):
        message = f"'{short(text)}' is much like '{short(other)}' of {topic}; keep it where it is answered, or say what it is about"
        yield Hint("examples", index, message, severity)


def _adds_nothing(index: int, text: str, other: str, earlier: int) -> Iterator[Hint]:
    if same_key(text) != same_key(other):
        message = f"'{short(text)}' adds nothing to number {earlier + 1}, '{short(other)}'; ask it in other words"
        yield Hint("examples", index, message, "warning")
