"""Which phrases does a pattern of concepts.yml stand for?

`wet (my|) (bed|pants)` stands for four phrases. Choices may be nested:
`(bleeding|blood in (my|) stool)`. Nothing here knows what a phrase means.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

from frontdesk.safety.errors import ConceptsInvalid

Words = tuple[str, ...]

_PIECES = re.compile(r"[()|]|[^()|]+")
_MOST = 4000  # of one pattern; more is a pattern that wants to be two concepts


def expand(pattern: str, read_words: Callable[[str], Words]) -> set[Words]:
    """Return the words of every phrase that the pattern stands for.

    Each piece is read on its own, because reading is what takes time, so a
    contraction must not be cut in two by a bracket.

    Args:
        read_words: Turns a piece of plain text into words.

    Raises:
        ConceptsInvalid: Brackets do not match, or there are too many phrases.

    >>> sorted(" ".join(w) for w in expand("wet (my|) bed", lambda t: tuple(t.split())))
    ['wet bed', 'wet my bed']
    """
    pieces = iter(_PIECES.findall(pattern))
    phrases = _choices(pieces, pattern, read_words, nested=False)
    if next(pieces, None) is not None:
        raise ConceptsInvalid(f"{pattern!r}: brackets do not match")
    return phrases


def _choices(pieces: Iterator[str], pattern: str, read_words: Callable[[str], Words], *, nested: bool) -> set[Words]:
    """Read alternatives up to the closing bracket, or to the end outside one."""
    done: set[Words] = set()
    current: set[Words] = {()}
    for piece in pieces:
        if piece == ")":
            if nested:
                return done | current
            raise ConceptsInvalid(f"{pattern!r}: brackets do not match")
        if piece == "|":
            done, current = done | current, {()}
            continue
        more = _choices(pieces, pattern, read_words, nested=True) if piece == "(" else {read_words(piece)}
        current = {a + b for a, b in itertools.product(current, more)}
        if len(current) > _MOST:
            raise ConceptsInvalid(f"{pattern!r}: more than {_MOST} phrases")
    if nested:
        raise ConceptsInvalid(f"{pattern!r}: brackets do not match")
    return done | current
