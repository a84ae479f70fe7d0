"""Do the examples teach what they should: enough of them, each in one place only, and nothing that Rasa would misread?"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from frontdesk.faq.topic import Example
from frontdesk.text.normalise import normalise
from frontdesk.text.problem import Problem

FEWEST = 25
"""Examples that an intent needs before it is told apart from its neighbours."""
ONE_VOICE = 1 / 3
"""Share of examples that may begin with the same two words."""

# Rasa reads [x](y), [x]{...} as an entity and takes the brackets out.
_ENTITY = re.compile(r"\[[^\]]*\]\s*[({]")


def check_examples(path: Path, line: int, examples: Sequence[Example]) -> Iterator[Problem]:
    """Yield what is wrong with the examples of one topic or intent, which stands at `line`."""
    if len(examples) < FEWEST:
        yield Problem(path, line, f"there are {len(examples)} examples; add {FEWEST - len(examples)} more, in the words of visitors")
    for example in examples:
        if _ENTITY.search(example.text):
            yield Problem(path, example.line, "Rasa would take [words](like this) apart; write the example without brackets")
        if example.text.startswith("/"):
            yield Problem(path, example.line, "an example that starts with / would be taken for a command; delete the /")
    openings = Counter(opening for example in examples if (opening := _opening(example.text)))
    for opening, count in openings.most_common(1):
        if len(examples) >= FEWEST and count > len(examples) * ONE_VOICE:
            message = f"{count} of {len(examples)} examples begin with '{opening}'; visitors ask in many ways, so change some"
            yield Problem(path, line, message, "warning")


def check_duplicates(groups: Iterable[tuple[Path, Sequence[Example]]]) -> Iterator[Problem]:
    """Yield examples that are there twice, within a topic or across all topics and intents; the later one is named."""
    first: dict[str, tuple[Path, int]] = {}
    for path, examples in groups:
        for example in examples:
            key = same_key(example.text)
            if key in first:
                other, line = first[key]
                where = f"on line {line}" if other == path else f"at {other}:{line}"
                yield Problem(path, example.line, f"'{_short(example.text)}' is already there {where}; keep it in one place")
            first.setdefault(key, (path, example.line))


def same_key(text: str) -> str:
    """Return what two examples share when they differ in case, punctuation and space only.

    >>> same_key("How much is it?") == same_key("how MUCH  is, it")
    True
    """
    plain = normalise(text).casefold()
    key = "".join(character for character in plain if unicodedata.category(character)[0] not in "PZC")
    return key or plain


def _opening(text: str) -> str:
    words = normalise(text).casefold().split()
    return " ".join(words[:2]) if len(words) > 1 else ""


def _short(text: str) -> str:
    return text if len(text) <= 50 else f"{text[:49].rstrip()}…"
