"""Where may a message be cut into the questions it holds?

Cuts only offer themselves here, generously; whether a cut is made is for the ranking to say, which knows whether both
halves are understood (`frontdesk.faq.several`). The words that start and join questions are data: `questions.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import yaml

MOST_CLAUSES = 5
MOST_QUESTIONS = 3

_SENTENCE_END = re.compile(r"(?<=[.?!…;])(?<!\d\.)\s+|\s*\n+\s*")
_WORD = re.compile(r"[\w'&$-]+")


@dataclass(frozen=True)
class Clause:
    """A stretch of a message that is not cut any further."""

    text: str
    asks: bool
    """Whether it has the form of a question or a wish; a story has not."""


def split_clauses(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a message in order, at most `MOST_CLAUSES`; a message that cannot be cut is one clause.

    >>> [clause.text for clause in split_clauses("how much is it and do I have to book, or can I walk in?")]
    ['how much is it', 'do I have to book', 'can I walk in?']
    """
    clauses: list[Clause] = []
    for sentence in _SENTENCE_END.split(text.strip()):
        pieces = [piece for piece in _cut(sentence) if _WORD.search(piece)]
        for place, piece in enumerate(pieces):
            asks = _begins_a_question(piece) or (piece.rstrip().endswith("?") and place == len(pieces) - 1)
            if clauses and not asks and not clauses[-1].asks:
                clauses[-1] = Clause(f"{clauses[-1].text} {piece}", asks=False)
            else:
                clauses.append(Clause(piece, asks))
    if len(clauses) > MOST_CLAUSES:
        early, late = clauses[: -MOST_CLAUSES + 1], clauses[-MOST_CLAUSES + 1 :]
        clauses = [Clause(" ".join(clause.text for clause in early), any(clause.asks for clause in early)), *late]
    return tuple(clauses)


def ways_to_cut(clauses: Sequence[Clause]) -> Iterator[tuple[tuple[int, int], ...]]:
    """Yield every way to cut clauses into two or three questions, each a (start, end) of clauses that asks something.

    >>> a, story = Clause("is it safe?", asks=True), Clause("my back hurts", asks=False)
    >>> list(ways_to_cut([story, a, a]))
    [((0, 2), (2, 3))]
    """
    for questions in range(2, MOST_QUESTIONS + 1):
        for cuts in combinations(range(1, len(clauses)), questions - 1):
            edges = (0, *cuts, len(clauses))
            parts = tuple(pairwise(edges))
            if all(any(clause.asks for clause in clauses[start:end]) for start, end in parts):
                yield parts


def join_clauses(clauses: Sequence[Clause]) -> str:
    """Return clauses as one text."""
    return " ".join(clause.text for clause in clauses)


def _cut(sentence: str) -> Iterator[str]:
    """Yield the pieces of a sentence, the words that join them left out."""
    words = list(_WORD.finditer(sentence))
    start, begun = 0, 0
    for place in range(1, len(words)):
        found = _question_at(sentence, words, place) if place > begun else None
        if found is None:
            continue
        before = sentence[start : words[place].start()].strip(" ,;:-–—(")  # noqa: RUF001  # visitors type that dash
        if before:
            yield before
        start, begun = found
    yield sentence[start:].strip()


def _question_at(sentence: str, words: Sequence[re.Match[str]], place: int) -> tuple[int, int] | None:
    """Return where the next question's own words begin, and the word that makes it one, when one may begin at a word."""
    marked = sentence[words[place - 1].end() : words[place].start()].strip(" ") != ""
    here = place
    while (length := _length_of(words, here, "joiners")) and here + length < len(words):
        here += length
    joined = here > place
    first = here
    while (length := _length_of(words, here, "openers")) and here + length < len(words):
        here += length
    if _length_of(words, here, "starters" if joined or marked else "turns") or (joined and _length_of(words, here, "things")):
        return words[first].start(), here
    return None


def _begins_a_question(piece: str) -> bool:
    words = list(_WORD.finditer(piece))
    here = 0
    while here < len(words) and (length := _length_of(words, here, "joiners") or _length_of(words, here, "openers")):
        here += length
    return bool(_length_of(words, here, "starters"))


def _length_of(words: Sequence[re.Match[str]], place: int, kind: str) -> int:
    """Return how many words the phrase of that kind has that stands at a word; 0 when there is none."""
    phrases, longest = _phrases()[kind]
    for length in range(min(longest, len(words) - place), 0, -1):
        if " ".join(word[0].lower() for word in words[place : place + length]) in phrases:
            return length
    return 0


@cache
def _phrases() -> dict[str, tuple[frozenset[str], int]]:
    data = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return {kind: (frozenset(phrases), max(phrase.count(" ") + 1 for phrase in phrases)) for kind, phrases in data.items()}
