"""What becomes of a message under hurried fingers, a phone without capitals, or dictation?

Pure, and the same for the same message and seed, so that two evaluations compare the same mistakes.
Keys, filler words and conjunctions are data: `noise.yml`. Digits are never edited: a mistyped time is another time,
and its right answer may be another too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from frontdesk.faq.spoken import say
from frontdesk.text.normalise import collapse_whitespace, straighten_quotes

_WORD = re.compile(r"[^\W\d_]{3,}")
"""What may be edited; shorter words are all but unreadable after an edit."""
_HALF = 0.5

_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_JOINT = re.compile(r"(?<=\w)[-–—/](?=\w)")  # noqa: RUF001  # visitors type those dashes
_MARK = re.compile(r"(?<!\d)[.,:/–—-]|[.,:/–—-](?!\d)|[;!?…\"'()\[\]¿¡]")  # noqa: RUF001

Noise = Callable[[str, Random], str]


def add_noise(text: str, name: str, seed: int = 0) -> str:
    """Return `text` under the noise of that name (a key of `NOISES`).

    >>> add_noise("What's the fee? I can come at 10:30.", "lower_case")
    'whats the fee i can come at 10:30'
    """
    # Seeded by the message, so that other messages may come and go without changing this one's mistakes.
    return NOISES[name](text, Random(f"{seed}:{name}:{text}"))  # noqa: S311  # mistakes, not secrets


def one_edit(text: str, random: Random) -> str:
    """Return `text` with one typing error, if it has a word of three letters.

    The error is one letter inserted, left out, hit beside, or swapped with the next one: Damerau-Levenshtein distance 1.
    """
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = random.choice(words)
    edits = _edits_of(word[0])
    kind = random.choice(sorted(edits))
    return text[: word.start()] + random.choice(edits[kind]) + text[word.end() :]


def two_edits(text: str, random: Random) -> str:
    """Return `text` with two typing errors, the second of which does not undo the first."""
    once = one_edit(text, random)
    twice = one_edit(once, random)
    while twice == text != once:
        twice = one_edit(once, random)
    return twice


def doubled_letters(text: str, random: Random) -> str:
    """Return `text` with one letter typed twice in about half of its words, and in one at least."""
    words = list(_WORD.finditer(text))
    chosen = [word for word in words if random.random() < _HALF] or words[:1]
    for word in reversed(chosen):
        place = random.randrange(word.start(), word.end())
        text = text[: place + 1] + text[place] + text[place + 1 :]
    return text


def lower_case(text: str, random: Random | None = None) -> str:
    """Return `text` without capitals, apostrophes and punctuation; marks inside numbers stay (10:30, 2.5, 5-6)."""
    text = _APOSTROPHE.sub("", straighten_quotes(text.lower()))
    text = _JOINT.sub(lambda found: found[0] if _within_number(found) else " ", text)
    return collapse_whitespace(_MARK.sub(" ", text))


def dictated(text: str, random: Random) -> str:
    """Return `text` as a phone writes down what is said: one run of words, numerals spoken, fillers at the seams.

    One filler opens the message; each seam between two clauses gets one as often as not.
    """
    data = _data()
    spoken = [random.choice(data["openers"])]
    clauses = [clause for part in _seam().split(say(straighten_quotes(text))) if (clause := lower_case(part))]
    for place, clause in enumerate(clauses):
        if place and random.random() < _HALF:
            spoken.append(random.choice(data["fillers"]))
        spoken.append(clause)
    return " ".join(spoken)


NOISES: Mapping[str, Noise] = {noise.__name__: noise for noise in (one_edit, two_edits, lower_case, doubled_letters, dictated)}
"""Every noise by its name, from the mildest on."""


def _edits_of(word: str) -> dict[str, list[str]]:
    """Return what one typing error makes of a word, by kind of error; only kinds that are possible with its letters."""
    near = [(place, key) for place, letter in enumerate(word) for key in _keys_beside(letter)]
    swapped = [place for place in range(len(word) - 1) if word[place] != word[place + 1]]
    edits = {
        "deleted": [word[:place] + word[place + 1 :] for place in range(len(word))],
        "inserted": [word[: place + after] + key + word[place + after :] for place, key in near for after in (0, 1)],
        "substituted": [word[:place] + key + word[place + 1 :] for place, key in near],
        "transposed": [word[:place] + word[place + 1] + word[place] + word[place + 2 :] for place in swapped],
    }
    return {kind: words for kind, words in edits.items() if words}


def _keys_beside(letter: str) -> str:
    keys: str = _data()["neighbours"].get(letter.lower(), "")
    return keys.upper() if letter.isupper() else keys


def _within_number(found: re.Match[str]) -> bool:
    return found.string[found.start() - 1].isdigit() and found.string[found.end()].isdigit()


@cache
def _seam() -> re.Pattern[str]:
    conjunctions = "|".join(_data()["conjunctions"])
    return re.compile(rf"[.,;:!?…]+(?=\s|$)|\s[-–—/]+\s|[()\n]|\s+(?=(?:{conjunctions})\b)", re.IGNORECASE)  # noqa: RUF001


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8")))
