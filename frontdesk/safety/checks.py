"""What is wrong with the clinic's safety files, in words for the person who edits them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from frontdesk.practice.filling import placeholders
from frontdesk.safety.cards import Cards
from frontdesk.safety.errors import SafetyError
from frontdesk.safety.guard import Guard
from frontdesk.text.problem import Problem
from frontdesk.text.yaml_lines import load_yaml


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
    except SafetyError as err:
        yield Problem(folder / "rules", 1, str(err))
        return
    try:
        unknown = known - Cards.load(folder / "cards.yml").variant_names
    except SafetyError as err:
        yield Problem(folder / "cards.yml", 1, str(err))
        return
    for name in sorted(unknown):
        yield Problem(folder / "cards.yml", 1, f"a rule asks for the variant '{name}', which is not here")
