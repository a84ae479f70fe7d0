"""Which words may no visitor read: promises, diagnoses, advice on medicines, and facts that only the clinic's file may hold.

The rules are data, with their reasons and with examples for and against: `lint_words.yml`.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from frontdesk.text.markdown_subset import without_link_targets
from frontdesk.text.normalise import straighten_quotes
from frontdesk.text.placeholders import FACT

_FILE = Path(__file__).with_name("lint_words.yml")


@dataclass(frozen=True)
class Word:
    """One wording that is refused, with its examples."""

    pattern: re.Pattern[str]
    """In any case."""
    refuse: tuple[str, ...]
    """Sentences that must be refused because of it."""
    allow: tuple[str, ...]
    """Sentences near it that must pass."""


@dataclass(frozen=True)
class LintRule:
    """Wordings that are refused for one reason."""

    id: str
    words: tuple[Word, ...]
    fine: re.Pattern[str] | None
    """What looks like one of the words and may stand; taken out of the text first."""
    why: str
    """Completes "'cures' ..."."""
    instead: str
    """What to write."""


@dataclass(frozen=True)
class Finding:
    """One wording that is refused."""

    line: int
    """Line of the text, from 0."""
    rule: str
    message: str


@cache
def load_lint_rules() -> tuple[LintRule, ...]:
    """Return the rules of `lint_words.yml` in their order."""
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["rules"]
    return tuple(
        LintRule(
            id=entry["id"],
            words=tuple(Word(_compiled(word["pattern"]), tuple(word["refuse"]), tuple(word["allow"])) for word in entry["words"]),
            fine=_compiled(entry["fine"]) if "fine" in entry else None,
            why=entry["why"],
            instead=entry["instead"],
        )
        for entry in entries
    )


def lint(text: str, may_stand: Collection[str] = ()) -> Iterator[Finding]:
    """Yield every wording that no visitor may read, in the order of the rules.

    Args:
        text: What visitors read.
        may_stand: Ids of rules that do not hold for this text.

    >>> [finding.message for finding in lint("Needles cure sciatica.")]
    ["'cure' promises a result; say what the article or a trial says, with its name"]
    """
    # One blank for each placeholder: its words come from the clinic, and the ones around it must not run together.
    shown = straighten_quotes(FACT.sub(" ", without_link_targets(text))).replace("**", "")
    for rule in load_lint_rules():
        if rule.id in may_stand:
            continue
        # A sentence may run over a line break, so the whole text is searched; blanks keep the positions.
        searched = rule.fine.sub(lambda found: _blank(found[0]), shown) if rule.fine else shown
        for found in sorted((found for word in rule.words for found in word.pattern.finditer(searched)), key=lambda found: found.start()):
            start = found.start() + len(found[0]) - len(found[0].lstrip())
            words = " ".join(found[0].split())
            yield Finding(shown.count("\n", 0, start), rule.id, f"'{words}' {rule.why}; {rule.instead}")


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE | re.MULTILINE)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
