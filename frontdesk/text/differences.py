"""What is different between two texts, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_PIECES = re.compile(r"\s+|[\w'\u2019-]+|[^\w\s]")


@dataclass(frozen=True)
class Part:
    """A run of words that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    text: str


def compare_words(before: str, after: str) -> list[Part]:
    """Return both texts as one: parts that are the same, gone or new; those that are not gone make up `after`.

    >>> [(part.kind, part.text) for part in compare_words("Call us now.", "Call 911 now.")]
    [('same', 'Call '), ('gone', 'us'), ('new', '911'), ('same', ' now.')]
    """
    return list(_parts(_PIECES.findall(before), _PIECES.findall(after)))


def _parts(before: list[str], after: list[str]) -> Iterator[Part]:
    for tag, low, high, new_low, new_high in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Part("same", "".join(after[new_low:new_high]))
            continue
        if low < high:
            yield Part("gone", "".join(before[low:high]))
        if new_low < new_high:
            yield Part("new", "".join(after[new_low:new_high]))
