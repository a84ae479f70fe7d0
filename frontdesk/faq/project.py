"""Every check of the files that staff edit, over a whole project: what `frontdesk check` prints and the console asks before it saves."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from frontdesk.booking.checks import check_booking
from frontdesk.booking.mail import check_mail
from frontdesk.booking.message_texts import check_messages
from frontdesk.faq.answer_checks import check_answer, check_reply
from frontdesk.faq.checks import check_claims_served, check_signed, check_titles, check_topic
from frontdesk.faq.component_checks import check_components
from frontdesk.faq.dialogue_checks import check_buttons_of_answer, check_dialogue, load_dialogue
from frontdesk.faq.example_checks import check_duplicates, check_examples
from frontdesk.faq.golden import check_golden
from frontdesk.faq.ledger import load_ledger
from frontdesk.faq.likeness_checks import Message, RowArray, check_apart, check_likeness, check_voices
from frontdesk.faq.names import answer_name
from frontdesk.faq.store import Intent, load_intents, load_topics
from frontdesk.faq.topic import Example, Topic
from frontdesk.practice.checks import check_practice
from frontdesk.practice.facts import load_facts
from frontdesk.safety.checks import check_safety
from frontdesk.text.problem import Problem
from frontdesk.text.wording_keys import is_translated, missing_keys
from frontdesk.text.wording_lint import lint
from frontdesk.text.yaml_lines import Document, load_yaml

Encode = Callable[[Sequence[str]], RowArray]
"""A sentence encoder: texts to rows of length 1."""


@dataclass(frozen=True)
class Layout:
    """Where a project's files are."""

    data: Path = Path("data")
    clinic: Path = Path("clinic")
    domain: Path = Path("domain.yml")

    def missing(self) -> list[Path]:
        """Return what is not there at all; with any of it gone there is nothing to check."""
        folders = [self.data, self.data / "faq", self.data / "nlu", self.clinic]
        return [path for path in folders if not path.is_dir()] + ([] if self.domain.is_file() else [self.domain])


@dataclass(frozen=True)
class Report:
    """What was looked at and what was found."""

    topics: int
    examples: int
    problems: tuple[Problem, ...]
    """By file and line."""


def check_project(
    layout: Layout, today: dt.date, *, production: bool = False, encode: Encode | None = None, held_out: Sequence[Message] = ()
) -> Report:
    """Return every problem of a project's files.

    Args:
        layout: Where they are.
        today: The day on which reviews are due or not.
        production: Whether to refuse the example clinic too, and what no clinician has signed.
        encode: What says how alike two examples are in meaning; left out, only their words are compared.
        held_out: What the assistant is measured with, to be held against the examples.
    """
    topics, problems = load_topics(layout.data / "faq")
    intents, wrong = load_intents(layout.data / "nlu")
    ledger, also_wrong = load_ledger(layout.clinic)
    dialogue, wrong_dialogue = load_dialogue(layout.data, layout.domain)
    problems += [*wrong, *also_wrong, *wrong_dialogue]
    facts = load_facts().keys()

    for topic in topics:
        problems += check_topic(topic, ledger, today)
        problems += [topic.answer_problem(remark.line, remark.message) for remark in check_answer(topic, facts)]
    problems += check_titles(topics)
    if production:
        problems += check_signed(topics, today)
    problems += check_claims_served(topics, ledger)
    problems += _check_all_examples(topics, intents)
    problems += check_golden(layout.clinic, {*(topic.name for topic in topics), *(intent.name for intent in intents)})
    problems += _check_meanings(_messages(topics, intents), held_out, encode)
    if dialogue:
        names = {path.stem for path in (layout.data / "faq").glob("*.yml")}
        problems += check_dialogue(dialogue, names, facts, {intent.name: (intent.path, intent.line) for intent in intents})
        for topic in topics:
            problems += check_buttons_of_answer(dialogue, topic.document, answer_name(topic.name), names)
    problems += check_facts(layout.clinic, today, production=production)
    problems += _check_wording(layout.clinic / "wording.yml")
    for path in sorted(layout.clinic.glob("wording.*.yml")):
        problems += _check_translation(path)
    problems += _check_words(layout.clinic / "messages.yml")
    # Without the folder the gateway and Rasa do not start; a project of answers alone can be checked all the same.
    if (layout.clinic / "safety").is_dir():
        problems += check_safety(layout.clinic / "safety", facts, today, production=production)
    if (layout.clinic / "booking.yml").is_file():
        problems += check_booking(layout.clinic, today=today, production=production)
        problems += check_messages(layout.clinic)
        problems += check_mail(production=production) if production else []
    problems += check_components(layout.domain.parent)

    examples = sum(len(examples) for _, examples in _groups(topics, intents))
    return Report(len(topics), examples, tuple(sorted(set(problems))))


def check_facts(clinic: Path, today: dt.date, *, production: bool = False) -> list[Problem]:
    """Return what is wrong with the facts of a clinic, and with the words in them.

    Args:
        clinic: The folder with `practice.yml`.
        today: The day on which the check runs.
        production: Whether to refuse made-up facts.
    """
    words = _check_words(clinic / "practice.yml", may_stand=("money", "clock_time", "phone_number"))
    return [*check_practice(clinic, today, production=production), *words]


def check_clinic(clinic: Path, today: dt.date) -> list[Problem]:
    """Return what is wrong with the facts of a clinic, and with what is built on them: the booking."""
    found = check_facts(clinic, today)
    return found + check_booking(clinic, today=today) if (clinic / "booking.yml").is_file() else found


def _check_all_examples(topics: Sequence[Topic], intents: Sequence[Intent]) -> Iterator[Problem]:
    for topic in topics:
        yield from check_examples(topic.path, topic.document.line("nlu", 0, "examples"), topic.examples)
    for intent in intents:
        yield from check_examples(intent.path, intent.line, intent.examples)
    yield from check_duplicates(_groups(topics, intents))


def _check_meanings(examples: Sequence[Message], held_out: Sequence[Message], encode: Encode | None) -> Iterator[Problem]:
    if encode is None or not examples:
        yield from check_apart(held_out, examples)
        return
    vectors = encode([example.text for example in examples])
    yield from check_likeness(examples, vectors)
    yield from check_voices(examples, vectors)
    if held_out:
        yield from check_apart(held_out, examples, (encode([message.text for message in held_out]), vectors))


def _messages(topics: Sequence[Topic], intents: Sequence[Intent]) -> list[Message]:
    taught: list[Topic | Intent] = [*topics, *intents]
    return [Message(example.text, one.name, one.path, example.line) for one in taught for example in one.examples]


def _groups(topics: Sequence[Topic], intents: Sequence[Intent]) -> list[tuple[Path, tuple[Example, ...]]]:
    return [(topic.path, topic.examples) for topic in topics] + [(intent.path, intent.examples) for intent in intents]


def _check_words(path: Path, may_stand: Collection[str] = ()) -> Iterator[Problem]:
    """Yield the refused words of a file whose texts visitors read; how it is built is said elsewhere.

    Args:
        path: The file; one that is not there has no words.
        may_stand: Rules that do not hold for it: facts stand in `practice.yml` and nowhere else.
    """
    document, _ = load_yaml(path)
    if document is None:
        return
    for trail in document.first_text_lines:
        text = document.get(*trail)
        if isinstance(text, str):
            for finding in lint(text, may_stand):
                yield Problem(path, document.text_line(*trail) + finding.line, finding.message)


def _check_wording(path: Path) -> Iterator[Problem]:
    """Yield what is wrong with the sentences of the chat window, and which of them are missing: without one the gateway does not start."""
    document, problems = load_yaml(path)
    yield from problems
    if document is None:
        return
    if missing := missing_keys(document.value):
        yield Problem(path, 1, f"there is no sentence for {', '.join(missing)}; write it, as a text")
    yield from _check_window_texts(path, document)


def _check_translation(path: Path) -> Iterator[Problem]:
    """Yield what is wrong with the chat window's sentences in another language; one that is missing is said in the first."""
    document, problems = load_yaml(path)
    yield from problems
    if document is None:
        return
    for trail in document.first_text_lines:
        if not is_translated(trail):
            message = f"the chat window has no sentence '{'.'.join(map(str, trail))}'; the names are those of wording.yml"
            yield Problem(path, document.text_line(*trail), message)
    yield from _check_window_texts(path, document)


def _check_window_texts(path: Path, document: Document) -> Iterator[Problem]:
    for trail in document.first_text_lines:
        text = document.get(*trail)
        # Of the pages on which a starter comes first only the addresses are named.
        if isinstance(text, str) and "pages" not in trail:
            for remark in check_reply(text, load_facts().keys(), also=("n",)):
                yield Problem(path, document.text_line(*trail) + remark.line, remark.message)
