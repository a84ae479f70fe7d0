"""Do rules, replies, buttons and the domain fit together, and are the replies fit to be read?

Rasa's own check knows some of this; this one knows which replies only code sends, and which topics exist.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontdesk.booking.handoff import INTENTS as BOOKING_REPLIES
from frontdesk.booking.handoff import SENT_WHILE_BOOKING
from frontdesk.faq.answer_checks import check_reply
from frontdesk.faq.names import ANSWER_PREFIX, RETRIEVAL_INTENT
from frontdesk.faq.store import load_documents
from frontdesk.text.foreign import LANGUAGES
from frontdesk.text.problem import Problem
from frontdesk.text.shape import check_keys, mapping_at
from frontdesk.text.wording_lint import lint
from frontdesk.text.yaml_lines import Document, Step, Trail, load_yaml

SENT_BY_CODE: Mapping[str, frozenset[str]] = {
    "utter_unknown_fact": frozenset({"missing"}),
    "utter_unknown_fact_no_phone": frozenset({"missing"}),
    "utter_unavailable": frozenset(),
    "utter_none_of_these_title": frozenset(),
    "utter_general_question_title": frozenset(),
    **{name: frozenset() for name in BOOKING_REPLIES.values()},
    **{name: frozenset(values) for name, values in SENT_WHILE_BOOKING.items()},
}
"""Replies that no rule names because code sends them, each with the names that code fills in."""

IN_OTHER_LANGUAGES = frozenset(f"utter_language_request_{code}" for code in LANGUAGES)
"""Replies that code sends where they are there; a language without one gets `utter_language_request`."""

# Rasa's own names: the retrieval intent has no entry in the domain, and low confidence sets the fallback.
_INTENTS_OF_RASA = frozenset({RETRIEVAL_INTENT, "nlu_fallback"})
_ACTIONS_OF_RASA = frozenset(
    {f"utter_{RETRIEVAL_INTENT}", "action_listen", "action_restart", "action_back", "action_default_fallback", "action_deactivate_loop"}
)

_PAYLOAD = re.compile(r"/([a-z][a-z0-9_]*)(\{.*\})?")


@dataclass(frozen=True)
class Dialogue:
    """Everything that says what follows on what."""

    domain: Document
    responses: Document | None
    """`data/responses.yml`, unless it cannot be read."""
    rules: tuple[Document, ...]
    """Rules and stories."""

    @property
    def intents(self) -> dict[str, Trail]:
        """Return the intents of the domain and where each stands."""
        return _names(self.domain, "intents")

    @property
    def forms(self) -> frozenset[str]:
        """Return the forms of the domain."""
        forms = self.domain.get("forms")
        return frozenset(forms) if isinstance(forms, dict) else frozenset()

    @property
    def replies(self) -> dict[str, tuple[Document, Trail]]:
        """Return the replies of responses.yml and of the domain, and where each stands."""
        documents = [self.domain, *([self.responses] if self.responses else [])]
        return {
            name: (document, ("responses", name))
            for document in documents
            if isinstance(document.get("responses"), dict)
            for name in document.get("responses")
        }

    def steps(self, key: str) -> Iterator[tuple[Document, Trail, str]]:
        """Yield every intent or action that rules and stories name, and where."""
        for document in self.rules:
            for section in ("rules", "stories"):
                for index in range(_length(document, section)):
                    for step in range(_length(document, section, index, "steps")):
                        for trail in _one_or_several(document, (section, index, "steps", step)):
                            entry = document.get(*trail)
                            if isinstance(entry, dict) and isinstance(entry.get(key), str):
                                yield document, (*trail, key), entry[key]


def load_dialogue(data: Path, domain: Path) -> tuple[Dialogue | None, list[Problem]]:
    """Read domain, replies, rules and stories; without a readable domain there is nothing to compare with."""
    domain_document, problems = load_yaml(domain)
    responses, wrong = load_yaml(data / "responses.yml")
    problems += wrong
    rules = [document for folder in ("rules", "stories") for document in load_documents(data / folder, problems)]
    if domain_document is None or not mapping_at(domain_document, problems):
        return None, problems
    if responses:
        check_keys(responses, problems, ("version", "responses"), ("version", "responses"))
        mapping_at(responses, problems, "responses")
    for document in rules:
        check_keys(document, problems, ("version", "rules", "stories"), ("version",))
        problems += _check_shape(document)
    return Dialogue(domain_document, responses, tuple(rules)), problems


def check_dialogue(
    dialogue: Dialogue, topics: Collection[str], facts: Collection[str], taught: Mapping[str, tuple[Path, int]]
) -> Iterator[Problem]:
    """Yield what does not fit together.

    Args:
        dialogue: What was loaded.
        topics: Names of all topics.
        facts: Names of all clinic facts.
        taught: Plain intents that have examples, each with where it stands.
    """
    yield from _check_steps(dialogue)
    yield from _check_used(dialogue)
    for name, (path, line) in taught.items():
        if name not in dialogue.intents:
            yield Problem(path, line, f"the intent '{name}' is not in {dialogue.domain.path}; add it under 'intents:'")
    for name, (document, trail) in dialogue.replies.items():
        yield from _check_variations(dialogue, document, trail, name, topics, facts)


def check_buttons_of_answer(dialogue: Dialogue, document: Document, reply: str, topics: Collection[str]) -> Iterator[Problem]:
    """Yield the buttons below a topic's answer that send what nobody understands.

    Args:
        dialogue: What was loaded.
        document: The topic's file.
        reply: The answer's name, such as "utter_faq/cost".
        topics: Names of all topics.
    """
    for index in range(_length(document, "responses", reply)):
        here = ("responses", reply, index)
        yield from _check_buttons(dialogue, document, here, document.get(*here, "buttons") or [], topics)


def _check_shape(document: Document) -> Iterator[Problem]:
    for section in ("rules", "stories"):
        if (section,) in document.lines and not isinstance(document.get(section), list):
            yield document.problem(f"'{section}' must be a list whose entries have 'steps:'", section)
        for index in range(_length(document, section)):
            if not _length(document, section, index, "steps"):
                yield document.problem(
                    "there are no steps here; write 'steps:' and below it '- intent: ...' and '- action: ...'", section, index
                )


def _check_steps(dialogue: Dialogue) -> Iterator[Problem]:
    actions = {*_names(dialogue.domain, "actions"), *dialogue.forms}
    handled = set()
    for document, trail, name in dialogue.steps("intent"):
        handled.add(name)
        if name not in dialogue.intents and name not in _INTENTS_OF_RASA and not name.startswith(f"{RETRIEVAL_INTENT}/"):
            yield document.problem(f"there is no intent '{name}' in {dialogue.domain.path}; correct the name or add it there", *trail)
    for document, trail, name in dialogue.steps("action"):
        if name.startswith(ANSWER_PREFIX) or name in _ACTIONS_OF_RASA:
            continue
        if name.startswith("utter_") and name not in dialogue.replies:
            yield document.problem(f"there is no reply '{name}' in data/responses.yml; write it or correct the name", *trail)
        elif not name.startswith("utter_") and name not in actions:
            yield document.problem(f"there is no action '{name}' in {dialogue.domain.path}; correct the name or add it there", *trail)
    for name, trail in dialogue.intents.items():
        if name not in handled:
            yield dialogue.domain.problem(f"no rule says what follows on the intent '{name}'; add one in data/rules", *trail)
    yield from _check_interruptions(dialogue, handled)


def _check_interruptions(dialogue: Dialogue, handled: set[str]) -> Iterator[Problem]:
    """Yield the intents that are answered, but not in the middle of a form; those that begin or belong to one need no answer."""
    if not dialogue.forms:
        return
    # A rule is where it stands: its file, its section and its place in that.
    of_forms = {(document.path, trail[:2]) for document, trail, name in dialogue.steps("action") if name in dialogue.forms}
    inside = {
        name
        for document, trail, name in dialogue.steps("intent")
        if (document.path, trail[:2]) in of_forms or document.get(*trail[:2], "condition") or "or" in trail
    }
    for name in sorted(handled - inside - {"start_conversation"}):
        trail = dialogue.intents.get(name)
        if trail:
            yield dialogue.domain.problem(
                f"no rule says what follows on the intent '{name}' in the middle of a booking; add one in data/rules/interruptions.yml",
                *trail,
            )


def _check_used(dialogue: Dialogue) -> Iterator[Problem]:
    used = {name for _, _, name in dialogue.steps("action")}
    for name, (document, trail) in dialogue.replies.items():
        if name not in used and name not in SENT_BY_CODE and name not in IN_OTHER_LANGUAGES and not name.startswith(ANSWER_PREFIX):
            yield document.problem(f"nothing sends the reply '{name}'; name it in a rule or delete it", *trail)
    for name in SENT_BY_CODE:
        if name not in dialogue.replies and (dialogue.forms or name not in SENT_WHILE_BOOKING):
            path = dialogue.responses.path if dialogue.responses else dialogue.domain.path
            yield Problem(path, 1, f"the reply '{name}' is missing, and the assistant sends it; write it again")


def _check_variations(
    dialogue: Dialogue, document: Document, trail: Trail, name: str, topics: Collection[str], facts: Collection[str]
) -> Iterator[Problem]:
    variations = document.get(*trail)
    if not isinstance(variations, list) or not variations:
        yield document.problem(f"'{name}' must be a list that starts with '- text: ...'", *trail)
        return
    for index, variation in enumerate(variations):
        here = (*trail, index)
        if not isinstance(variation, dict) or not ({"text", "custom"} & set(variation)):
            yield document.problem(f"'{name}' has an entry without 'text:'; write what visitors read", *here)
            continue
        text = variation.get("text", "")
        if not isinstance(text, str) or ("text" in variation and not text.strip()):
            yield document.problem("'text' must be a text that is not empty; put it in quotes", *here, "text")
            continue
        for remark in check_reply(text, facts, SENT_BY_CODE.get(name, frozenset())):
            yield Problem(document.path, document.text_line(*here, "text") + remark.line, remark.message)
        yield from _check_buttons(dialogue, document, here, variation.get("buttons") or [], topics)


def _check_buttons(dialogue: Dialogue, document: Document, here: Trail, buttons: Any, topics: Collection[str]) -> Iterator[Problem]:
    if not isinstance(buttons, list):
        yield document.problem("'buttons' must be a list whose entries have a title and a payload", *here, "buttons")
        return
    for index, button in enumerate(buttons):
        place: tuple[Step, ...] = (*here, "buttons", index)
        if not isinstance(button, dict) or not all(isinstance(button.get(key), str) for key in ("title", "payload")):
            yield document.problem("a button needs 'title:' (what it says) and 'payload:' (what it sends)", *place)
            continue
        if message := _check_payload(button["payload"], dialogue.intents, topics):
            yield document.problem(message, *place, "payload")
        for finding in lint(button["title"]):
            yield document.problem(finding.message, *place, "title")


def _check_payload(payload: str, intents: Collection[str], topics: Collection[str]) -> str | None:
    found = _PAYLOAD.fullmatch(payload)
    if not found:
        return f"the payload '{payload}' must be a / and an intent, such as /book_appointment"
    if found[1] not in intents:
        return f"the button sends the intent '{found[1]}', which is not in the domain; correct the name"
    try:
        values = json.loads(found[2] or "{}")
    except ValueError:
        return f'what follows \'/{found[1]}\' cannot be read; write it like {{"topic": "cost"}}'
    if "topic" in values and values["topic"] not in topics:
        return f"the button leads to the topic '{values['topic']}', and there is no such file in data/faq; correct the name"
    return None


def _one_or_several(document: Document, trail: Trail) -> list[Trail]:
    """Return where a step stands, or where each of those stand of which one is enough."""
    return [(*trail, "or", place) for place in range(_length(document, *trail, "or"))] or [trail]


def _length(document: Document, *trail: Step) -> int:
    value = document.get(*trail)
    return len(value) if isinstance(value, list) else 0


def _names(document: Document, section: str) -> dict[str, Trail]:
    entries = document.get(section)
    return {
        next(iter(entry), "") if isinstance(entry, dict) else str(entry): (section, index)
        for index, entry in enumerate(entries if isinstance(entries, list) else [])
    }
