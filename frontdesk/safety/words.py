"""Which words does a message consist of, written one way?

Visitors write "can't", "cant" and "can not", "mum's" and "moms", "numbnes" and
"sucidal". Here a message becomes a `Reading`: lower-case words with contractions
opened (spaCy's norms), accents folded, fillers dropped, listed spellings unified
and near misses of listed key words corrected. The phrases of concepts.yml go
through the same function, so both sides always agree.

Nothing here knows what a word means.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from frontdesk.text.language import blank_english, load_spacy
from frontdesk.text.normalise import normalise, unmask

_LINE_BREAKS = re.compile(r"[\r\n\u2028\u2029]+")
_JOINERS = re.compile(r"(?<=\w)-+(?=\w)|[/_*|~=+<>()\[\]{}#\"]")
_DOTS_FOR_SPACES = re.compile(r"(?<![\w.])[a-z']+(?:\.[a-z']+){2,}(?![\w.])")
_TIGHT_STOP = re.compile(r"(?<=[a-z])([.!?,;:]+)(?=[a-z])")
_NUMBER_UNIT = re.compile(r"(?<=\d)(?=[a-z°])")
_DOUBLED = re.compile(r"([a-z])\1")
_CLAUSE_END = frozenset({",", ";", ":", "-", "--", "\u2013", "\u2014", "...", "\u2026"})


@dataclass(frozen=True, slots=True)
class Spelling:
    """How words are unified; part of concepts.yml."""

    same_word: Mapping[str, str] = field(default_factory=dict)
    """Spelling as typed to the word it is read as."""
    fillers: frozenset[str] = frozenset()
    """Words left out of the reading ("really", "the")."""
    key_words: tuple[str, ...] = ()
    """Words worth correcting near misses of."""
    leave: frozenset[str] = frozenset()
    """Ordinary words that look like a key word and are never corrected."""
    vocabulary: frozenset[str] = frozenset()
    """The words of all phrases, to tell a stretched "diie" from a word."""

    def read_as(self, word: str) -> str:
        """Return the word this one is read as, itself when it is unknown."""
        known = self.same_word.get(word)
        if known is not None:
            return known
        if (short := self._without_stretching(word)) != word:
            return short
        if len(word) < 5 or word in self.leave or not word.isalpha():
            return word
        return self.same_word.get(found := _closest(word, self.key_words), found)

    def _without_stretching(self, word: str) -> str:
        """Return the known word that is left when doubled letters are single, else the word."""
        if word in self.vocabulary or word in self.leave or (short := _DOUBLED.sub(r"\1", word)) == word:
            return word
        return short if short in self.vocabulary else word


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of one message with their sentence and clause numbers."""

    words: tuple[str, ...]
    sentence_of: tuple[int, ...]
    clause_of: tuple[int, ...]


@functools.lru_cache(maxsize=4096)
def _closest(word: str, key_words: tuple[str, ...]) -> str:
    """Return the key word that `word` is a near miss of, else `word` itself.

    Near means the same first letter and one edit (insert, delete, replace or
    swap of neighbours) for short words, two for words of nine letters and more.
    """
    if word in key_words:
        return word
    load_spacy()
    from spacy.matcher.levenshtein import levenshtein  # type: ignore[import-not-found]  # compiled, no stub

    for key in key_words:
        allowed = 2 if len(key) >= 9 else 1
        if key[0] != word[0] or abs(len(key) - len(word)) > allowed:
            continue
        if levenshtein(word, key, allowed) <= allowed or _is_swap(word, key):
            return key
    return word


def _is_swap(word: str, key: str) -> bool:
    """Say whether two neighbouring letters changed places."""
    if len(word) != len(key):
        return False
    differ = [i for i, (a, b) in enumerate(zip(word, key, strict=True)) if a != b]
    return len(differ) == 2 and differ[1] == differ[0] + 1 and word[differ[0]] == key[differ[1]] and word[differ[1]] == key[differ[0]]


def fold(text: str) -> str:
    """Normalise, unmask, lower-case and strip accents; open what is typed together.

    >>> fold("No puedo respirar,DOLOR de corazón")
    'no puedo respirar, dolor de corazon'
    """
    text = unmask(normalise(_LINE_BREAKS.sub(" , ", text))).lower()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    text = _DOTS_FOR_SPACES.sub(lambda match: match[0].replace(".", " "), text)
    text = _JOINERS.sub(" ", text)
    text = _TIGHT_STOP.sub(r"\1 ", text)
    return _NUMBER_UNIT.sub(" ", text)


def read(text: str, spelling: Spelling) -> Reading:
    """Return the words of a message, in order.

    Punctuation and fillers are dropped; what they separate is kept in the
    sentence and clause numbers. Empty for an empty or unreadable message.
    """
    words: list[str] = []
    sentences: list[int] = []
    clauses: list[int] = []
    sentence, clause = -1, 0
    for token in blank_english()(fold(text)):
        if token.is_sent_start:
            sentence, clause = sentence + 1, clause + 1
        norm = token.norm_.strip("'.")
        if not norm or not any(c.isalnum() for c in norm):
            clause += token.text in _CLAUSE_END
            continue
        word = spelling.read_as(norm)
        if word in spelling.fillers:
            continue
        for part in word.split():
            words.append(part)
            sentences.append(max(sentence, 0))
            clauses.append(clause)
    return Reading(tuple(words), tuple(sentences), tuple(clauses))
