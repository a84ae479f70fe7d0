"""A topic: one question with one approved answer, as it stands in `data/faq/<topic>.yml`.

Reading checks how the file is built. Whether the answer is good is for `checks.py` and its neighbours.
"""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from frontdesk.faq.names import RETRIEVAL_INTENT, answer_name, topic_of
from frontdesk.text.kinds import KINDS
from frontdesk.text.paragraphs import split_paragraphs
from frontdesk.text.problem import Problem, one_of
from frontdesk.text.shape import check_keys, date_at, names_at, text_at
from frontdesk.text.yaml_lines import Document, Step

_METADATA = ("title", "kind", "claims", "sources", "owner", "clinician", "reviewed", "review_by")
_NEEDED = ("title", "kind", "owner", "reviewed", "review_by")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Example:
    """One way in which a visitor may ask."""

    text: str
    line: int


@dataclass(frozen=True)
class Topic:
    """One topic file."""

    name: str
    title: str
    """What a visitor reads on a button."""
    kinds: tuple[str, ...]
    """What each paragraph of the answer is, as declared; a single kind counts for all."""
    answer: str
    claims: tuple[str, ...]
    """Claims of the article that the answer rests on, by their id in `clinic/claims.yml`."""
    sources: tuple[str, ...]
    """Outside sources that it rests on, by their id in `clinic/sources.yml`."""
    clinician: str
    """Who, with a license, stands by what it says on safety and evidence; empty until somebody does."""
    reviewed: dt.date | None
    """When a person last read the answer through; `None` when the file does not say it properly."""
    review_by: dt.date | None
    examples: tuple[Example, ...]
    document: Document

    @property
    def path(self) -> Path:
        """Return the topic's file."""
        return self.document.path

    def problem(self, key: str, message: str) -> Problem:
        """Return an error at one of the topic's metadata keys."""
        return self.document.problem(message, "responses", answer_name(self.name), 0, "metadata", key)

    def answer_problem(self, line: int, message: str) -> Problem:
        """Return an error at a line of the answer, counted from 0."""
        return Problem(self.path, self._answer_line() + line, message)

    def _answer_line(self) -> int:
        return self.document.text_line("responses", answer_name(self.name), 0, "text")


def parse_topic(document: Document) -> tuple[Topic | None, list[Problem]]:
    """Return the topic of a file, or `None` when too little of it can be read, and what is wrong with its build."""
    problems: list[Problem] = []
    if not check_keys(document, problems, ("version", "nlu", "responses"), ("version", "nlu", "responses")):
        return None, problems
    if document.get("version") != "3.1" and ("version",) in document.lines:
        problems.append(document.problem('the first line must be version: "3.1", in quotes', "version"))
    name = document.path.stem
    if not _NAME.fullmatch(name):
        problems.append(Problem(document.path, 1, "a file name may hold small letters, digits and _ only, and end in .yml; rename it"))
    if not _is_single(document, problems, f"one intent, '- intent: {RETRIEVAL_INTENT}/{name}'", "nlu"):
        return None, problems
    check_keys(document, problems, ("intent", "examples"), ("intent", "examples"), "nlu", 0)
    intent = text_at(document, problems, "nlu", 0, "intent")
    if (intent and topic_of(intent) != name) or (intent and "/" not in intent):
        problems.append(document.problem(f"the intent must be '{RETRIEVAL_INTENT}/{name}', like the file's name", "nlu", 0, "intent"))
    examples = parse_examples(document, problems, "nlu", 0, "examples")
    topic = _parse_answer(document, problems, name, examples)
    return topic, problems


def parse_examples(document: Document, problems: list[Problem], *trail: Step) -> tuple[Example, ...]:
    """Return the examples of a block, one for each line that starts with "- "."""
    if isinstance(document.get(*trail), list):
        problems.append(document.problem("write 'examples: |' and below it one example per line; the | is missing", *trail))
        return ()
    block = text_at(document, problems, *trail)
    first = document.text_line(*trail)
    examples = []
    for number, line in enumerate(block.split("\n"), first):
        if not line.strip():
            continue
        if not line.startswith("- ") or not line[2:].strip():
            problems.append(Problem(document.path, number, "an example must start with '- ' and hold some words; Rasa skips this line"))
            continue
        examples.append(Example(line[2:].strip(), number))
    return tuple(examples)


def _parse_answer(document: Document, problems: list[Problem], name: str, examples: tuple[Example, ...]) -> Topic | None:
    response = answer_name(name)
    if not check_keys(document, problems, (response,), (response,), "responses").get(response):
        return None
    if not _is_single(document, problems, "one answer", "responses", response):
        return None
    here = ("responses", response, 0)
    check_keys(document, problems, ("text", "buttons", "metadata"), ("text", "metadata"), *here)
    answer = text_at(document, problems, *here, "text")
    meta = (*here, "metadata")
    if meta in document.lines:
        check_keys(document, problems, _METADATA, _NEEDED, *meta)
        text_at(document, problems, *meta, "owner")
    return Topic(
        name=name,
        title=text_at(document, problems, *meta, "title"),
        kinds=_parse_kinds(document, problems, answer, *meta, "kind"),
        answer=answer,
        claims=names_at(document, problems, *meta, "claims"),
        sources=names_at(document, problems, *meta, "sources"),
        clinician=text_at(document, problems, *meta, "clinician", optional=True),
        reviewed=date_at(document, problems, *meta, "reviewed"),
        review_by=date_at(document, problems, *meta, "review_by"),
        examples=examples,
        document=document,
    )


def _parse_kinds(document: Document, problems: list[Problem], answer: str, *trail: Step) -> tuple[str, ...]:
    value = document.get(*trail)
    if trail not in document.lines:
        return ()
    parts = len(split_paragraphs(answer))
    kinds = value if isinstance(value, list) else [value] * parts
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        problems.append(document.problem(f"'kind' must be {one_of(KINDS)}, not '{unknown[0]}'", *trail))
        return ()
    if len(kinds) != parts and answer:
        message = f"'kind' has {len(kinds)} entries and the answer has {parts} paragraphs; give one kind for each paragraph"
        problems.append(document.problem(message, *trail))
    return tuple(kinds)


def _is_single(document: Document, problems: list[Problem], what: str, *trail: Step) -> bool:
    value = document.get(*trail)
    if isinstance(value, list) and len(value) == 1:
        return True
    if trail in document.lines:
        extra = isinstance(value, list) and len(value) > 1
        line = document.line(*trail, 1) if extra else document.line(*trail)
        more = "; move the rest to a file of its own" if extra else ""
        problems.append(Problem(document.path, line, f"a topic's file holds exactly {what}{more}"))
    return False
