"""Do the examples teach what they should: enough of them, each in one place only, and nothing that Rasa would misread?

What they mean is looked at in `likeness_checks.py`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import mean, pstdev

from frontdesk.faq.topic import Example
from frontdesk.text.normalise import normalise
from frontdesk.text.problem import Problem

FEWEST = 25
"""Examples that an intent needs before it is told apart from its neighbours."""
THIN = 40
"""With fewer than these it is told apart, and misses much of what visitors write."""

# Shares beyond which a topic has one voice. Of ours, the most uniform have 25, 30 and 80 of 100, and a spread of 0.35.
SAME_TWO_WORDS = 1 / 3
SAME_WORD = 1 / 2
QUESTIONS = 0.9
LEAST_SPREAD = 0.25
"""Standard deviation of the number of words, as a share of their mean."""

# Rasa reads [x](y), [x]{...} as an entity and takes the brackets out.
_ENTITY = re.compile(r"\[[^\]]*\]\s*[({]")
_ASKS = re.compile(
    r"(what|how|do|does|did|is|are|am|was|can|could|will|would|should|has|have|may|where|when|who|which|why)\b|.*\?$", re.DOTALL
)


def check_examples(path: Path, line: int, examples: Sequence[Example]) -> Iterator[Problem]:
    """Yield what is wrong with the examples of one topic or intent, which stands at `line`."""
    count = len(examples)
    if count < FEWEST:
        yield Problem(path, line, f"there are {count} examples; add {FEWEST - count} more, in the words of visitors")
    elif count < THIN:
        message = f"there are only {count} examples; {THIN - count} more in other words would catch more of what visitors write"
        yield Problem(path, line, message, "warning")
    for example in examples:
        if _ENTITY.search(example.text):
            yield Problem(path, example.line, "Rasa would take [words](like this) apart; write the example without brackets")
        if example.text.startswith("/"):
            yield Problem(path, example.line, "an example that starts with / would be taken for a command; delete the /")
    if count >= FEWEST:
        yield from (Problem(path, line, message, "warning") for message in _same_voice([normalise(example.text) for example in examples]))


def check_duplicates(groups: Iterable[tuple[Path, Sequence[Example]]]) -> Iterator[Problem]:
    """Yield examples that are there twice, within a topic or across all topics and intents; the later one is named."""
    first: dict[str, tuple[Path, int]] = {}
    for path, examples in groups:
        for example in examples:
            key = same_key(example.text)
            if key in first:
                other, line = first[key]
                where = place(other, line, seen_from=path)
                yield Problem(path, example.line, f"'{short(example.text)}' is already there {where}; keep it in one place")
            first.setdefault(key, (path, example.line))


def same_key(text: str) -> str:
    """Return what two examples share when they differ in case, punctuation and space only.

    >>> same_key("How much is it?") == same_key("how MUCH  is, it")
    True
    """
    plain = normalise(text).casefold()
    key = "".join(character for character in plain if unicodedata.category(character)[0] not in "PZC")
    return key or plain


def short(text: str) -> str:
    """Return a text as it is quoted in a message, of 50 characters at most."""
    return text if len(text) <= 50 else f"{text[:49].rstrip()}…"


def place(path: Path, line: int, *, seen_from: Path) -> str:
    """Return where something stands, for a message about the file `seen_from`.

    >>> place(Path("a.yml"), 7, seen_from=Path("a.yml")), place(Path("a.yml"), 7, seen_from=Path("b.yml"))
    ('on line 7', 'at a.yml:7')
    """
    return f"on line {line}" if path == seen_from else f"at {path}:{line}"


def _same_voice(texts: Sequence[str]) -> Iterator[str]:
    """Yield in what way all of the texts are built alike."""
    words = [text.casefold().split() for text in texts]
    for length, share in ((2, SAME_TWO_WORDS), (1, SAME_WORD)):
        openings = Counter(" ".join(said[:length]) for said in words if len(said) > 1)
        for opening, count in openings.most_common(1):
            if count > len(texts) * share:
                yield f"{count} of {len(texts)} examples begin with '{opening}'; visitors ask in many ways, so change some"
                return
    asked = sum(bool(_ASKS.match(text.casefold())) for text in texts)
    if asked > len(texts) * QUESTIONS:
        yield f"{asked} of {len(texts)} examples are questions; visitors also tell, or type two words, so change some"
    lengths = [len(said) for said in words]
    if pstdev(lengths) < mean(lengths) * LEAST_SPREAD:
        yield f"almost all examples have about {round(mean(lengths))} words; visitors type two words or three lines, so change some"
