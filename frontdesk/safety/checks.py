"""What is wrong with the clinic's safety files, in words for the person who edits them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from frontdesk.safety.cards import Cards
from frontdesk.safety.errors import SafetyError
from frontdesk.safety.guard import Guard
from frontdesk.safety.sign_off import KEYS, check_signed, check_written
from frontdesk.text.placeholders import placeholders
from frontdesk.text.problem import Problem
from frontdesk.text.shape import check_keys
from frontdesk.text.wording_lint import lint
from frontdesk.text.yaml_lines import Document, Trail, load_yaml

# A file of another shape than the loaders read fails in one of the last four ways.
_UNREADABLE = (SafetyError, ValueError, KeyError, TypeError, AttributeError)

_TIER_KEYS = (*KEYS, "text", "actions")
_VARIANT_KEYS = (*KEYS, "language", "first", "replaces", "adds", "actions")
# The numbers of other countries, and that of Poison Control, are no facts of the clinic.
_MAY_STAND = ("phone_number",)
_NUMBERS = {
    "crisis": ("contact.crisis_line", "contact.emergency_number"),
    "emergency": ("contact.emergency_number",),
    "doctor": ("contact.emergency_number",),
}
"""Facts that whoever reads a card of the tier must be able to dial."""


def check_safety(folder: Path, facts: Collection[str], today: dt.date, *, production: bool = False) -> Iterator[Problem]:
    """Yield every problem of `concepts.yml`, `rules/` and `cards.yml`.

    Whether each rule fires on its own examples and on no look-alike is for the tests to say: it takes longer than an
    editor wants to wait.

    Args:
        folder: Where the files are.
        facts: Names of all clinic facts.
        today: The day on which signatures count or not.
        production: Also refuse rules and cards that nobody has signed.
    """
    cards, problems = load_yaml(folder / "cards.yml")
    paths = sorted((folder / "rules").glob("*.yml"))
    loaded = [load_yaml(path) for path in paths]
    for _, wrong in [load_yaml(folder / "concepts.yml"), *loaded]:
        problems += wrong
    yield from problems
    rules = [document for document, _ in loaded if document]
    if cards is None or len(rules) < len(paths) or any(problem.path == folder / "concepts.yml" for problem in problems):
        return
    yield from _check_cards(cards, facts)
    yield from _check_loading(folder)
    yield from _check_numbers(cards, rules)
    days = cards.get("review_days")
    if type(days) is not int or days < 1:
        yield cards.problem("'review_days' must say how many days a signature is good for, such as 365", "review_days")
        return
    for document, entries, what in [(cards, _cards_of(cards), "card"), *((file, _rules_of(file), "rule") for file in rules)]:
        yield from check_written(document, entries)
        if production:
            yield from check_signed(document, entries, what, today, days)


def _check_cards(cards: Document, facts: Collection[str]) -> Iterator[Problem]:
    problems: list[Problem] = []
    check_keys(cards, problems, ("review_days", "tiers", "variants"), ("review_days", "tiers"))
    for trail in _cards_of(cards).values():
        check_keys(cards, problems, _TIER_KEYS if trail[0] == "tiers" else _VARIANT_KEYS, KEYS, *trail)
    yield from problems
    for trail in cards.first_text_lines:
        text = cards.get(*trail)
        if isinstance(text, str):
            for name in placeholders(text):
                if name not in facts:
                    yield cards.problem(f"{{{name}}} is no fact of the clinic; the names are in frontdesk/practice/facts.yml", *trail)
            for finding in lint(text, may_stand=_MAY_STAND):
                yield Problem(cards.path, cards.text_line(*trail) + finding.line, finding.message)


def _check_loading(folder: Path) -> Iterator[Problem]:
    try:
        wanted = {rule.card for rule in Guard.load(folder).rules if rule.card}
    except _UNREADABLE as err:
        yield Problem(folder / "rules", 1, _say(err, "concepts.yml or a file in rules/"))
        return
    try:
        there = Cards.load(folder / "cards.yml").variant_names
    except _UNREADABLE as err:
        yield Problem(folder / "cards.yml", 1, _say(err, "cards.yml"))
        return
    for name in sorted(wanted - there):
        message = f"a rule asks for the variant '{name}', which is not here; until it is, the tier's own text is shown"
        yield Problem(folder / "cards.yml", 1, message)


def _check_numbers(cards: Document, files: Iterable[Document]) -> Iterator[Problem]:
    """Yield the texts that stand for themselves before somebody in danger and hold no link that dials."""
    texts: dict[Trail, str] = {("tiers", tier, "text"): tier for tier in _NUMBERS}
    for file in files:
        for trail in _rules_of(file).values():
            texts |= {("variants", str(file.get(*trail, "card")), "replaces"): str(file.get(*trail, "tier"))}
    for trail, tier in texts.items():
        text = cards.get(*trail)
        for fact in _NUMBERS.get(tier, ()):
            if isinstance(text, str) and f"(tel:{{{fact}}})" not in text:
                message = f"'{trail[1]}' is shown to somebody in danger and has no link to dial; write [{{{fact}}}](tel:{{{fact}}}) into it"
                yield cards.problem(message, *trail)


def _cards_of(document: Document) -> dict[str, Trail]:
    return {
        name: (section, name)
        for section in ("tiers", "variants")
        for name in (document.get(section) if isinstance(document.get(section), dict) else {})
    }


def _rules_of(document: Document) -> dict[str, Trail]:
    rules = document.get("rules")
    entries = rules if isinstance(rules, list) else []
    return {str(entry.get("id")): ("rules", index) for index, entry in enumerate(entries) if isinstance(entry, dict)}


def _say(err: Exception, what: str) -> str:
    return str(err) if isinstance(err, SafetyError) else f"{what} has another shape than it must have; undo the last change ({err})"
