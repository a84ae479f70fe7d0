"""What is wrong with the clinic's safety files, in words for the person who edits them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from frontdesk.safety.cards import Cards
from frontdesk.safety.errors import SafetyError
from frontdesk.safety.guard import Alarm, Guard
from frontdesk.text.kinds import TIERS
from frontdesk.text.placeholders import placeholders
from frontdesk.text.problem import Problem
from frontdesk.text.yaml_lines import load_yaml

# A file of another shape than the loaders read fails in one of the last four ways.
_UNREADABLE = (SafetyError, ValueError, KeyError, TypeError, AttributeError)


def check_safety(folder: Path, facts: Collection[str]) -> Iterator[Problem]:
    """Yield every problem of `concepts.yml`, `rules/` and `cards.yml`.

    Whether each rule fires on its own examples and on no look-alike is for the tests to say: it takes longer than an
    editor wants to wait.
    """
    files = [folder / "concepts.yml", folder / "cards.yml", *sorted((folder / "rules").glob("*.yml"))]
    documents = []
    for path in files:
        document, problems = load_yaml(path)
        yield from problems
        if document is not None:
            documents.append(document)
    if len(documents) < len(files):
        return
    cards = documents[1]
    for trail in cards.first_text_lines:
        text = cards.get(*trail)
        for name in placeholders(text) if isinstance(text, str) else ():
            if name not in facts:
                yield cards.problem(f"{{{name}}} is no fact of the clinic; the names are in frontdesk/practice/facts.yml", *trail)
    try:
        known = {rule.card for rule in Guard.load(folder).rules if rule.card}
    except _UNREADABLE as err:
        yield Problem(folder / "rules", 1, _say(err, "concepts.yml or a file in rules/"))
        return
    try:
        loaded = Cards.load(folder / "cards.yml")
        for tier in TIERS:
            loaded.card_for(Alarm(tier, "other", "check"))
        unknown = known - loaded.variant_names
    except _UNREADABLE as err:
        yield Problem(folder / "cards.yml", 1, _say(err, "cards.yml"))
        return
    for name in sorted(unknown):
        yield Problem(folder / "cards.yml", 1, f"a rule asks for the variant '{name}', which is not here")


def _say(err: Exception, what: str) -> str:
    return str(err) if isinstance(err, SafetyError) else f"{what} has another shape than it must have; undo the last change ({err})"
