"""The vocabulary of time: which phrase means what. The phrases stand in `words.yml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST_GUESSED = 6
"""Shorter words have too many neighbours to be taken for a misspelling."""

_LISTS = (
    "soonest", "any_time", "negative_before", "negative_except", "negative_single", "negative_either", "negative_after", "positive_before",
    "positive_after", "harmless", "history_before", "history_after", "halves", "quarters", "oclock", "contrast", "corrections", "around",
    "about_after", "reason", "same", "occupied", "tonight",
)  # fmt: skip
"""The lists whose phrases become tokens of their own kind; any other list is a plain set of words."""


Sets = Mapping[str, frozenset[str]]
"""The plain lists of `words.yml`, by name."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase means: a kind, such as weekday, and which, such as 0."""

    kind: str
    value: Any = None


@dataclass(frozen=True)
class Words:
    """All phrases."""

    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Meaning], ...]]
    """By first word: the phrases that begin with it, the longest first."""
    misspelled: Mapping[str, str]
    """What one slip of the finger makes of the longer names."""
    sets: Sets
    """Plain lists, such as the words that may follow a number that is a time."""
    windows: Mapping[str, tuple[int, int]]
    """First and last minute of each part of the day."""
    holidays: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, frozenset[int]]
    """Days of the week by name of the group."""
    usual_hours: tuple[int, int]
    """When a clinic is open as far as anybody can guess; minutes of the day."""

    def longest(self, texts: Sequence[str], at: int) -> tuple[int, Meaning] | None:
        """Return how many words the longest phrase at a place has, and what it means."""
        for phrase, meaning in self.phrases.get(texts[at], ()):
            if texts[at] == phrase[0] and tuple(texts[at : at + len(phrase)]) == phrase:
                return len(phrase), meaning
        return None


@cache
def load_words() -> Words:
    """Return the vocabulary."""
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
    by_first: dict[str, dict[tuple[str, ...], Meaning]] = {}
    guessed: dict[str, str] = {}
    for phrase, meaning in _meanings(data):
        words = tuple(phrase.lower().split())
        # What stands earlier in the list below wins: "second" is an ordinal before it is anything else.
        by_first.setdefault(words[0], {}).setdefault(words, meaning)
    for name in _guessable(data):
        for slip in _slips(name):
            guessed.setdefault(slip, name)
    known = set(by_first) | {word for phrases in by_first.values() for phrase in phrases for word in phrase}
    return Words(
        phrases={first: tuple(sorted(phrases.items(), key=lambda item: -len(item[0]))) for first, phrases in by_first.items()},
        misspelled={slip: name for slip, name in guessed.items() if slip not in known},
        sets={name: frozenset(values) for name, values in data.items() if isinstance(values, list) and name not in _LISTS},
        windows={name: (_minutes(part["window"][0]), _minutes(part["window"][1])) for name, part in data["parts_of_day"].items()},
        holidays=data["holidays"],
        groups={name: frozenset(group["days"]) for name, group in data["day_groups"].items()},
        usual_hours=(_minutes(data["usual_hours"][0]), _minutes(data["usual_hours"][1])),
    )


def _meanings(data: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    for day, names in data["weekdays"].items():
        yield from ((name, Meaning("weekday", (day, False))) for name in names["one"])
        yield from ((name, Meaning("weekday", (day, True))) for name in names["many"])
    for name, group in data["day_groups"].items():
        yield from ((word, Meaning("day_group", name)) for word in group["words"])
    for name, holiday in data["holidays"].items():
        yield from ((word, Meaning("holiday", name)) for word in holiday["words"])
    for name, part in data["parts_of_day"].items():
        yield from ((word, Meaning("part", name)) for word in part["words"])
    for kind in ("months", "relative_days", "numbers", "ordinals", "units", "clock_words", "bounds", "bounds_after", "which", "places"):
        for value, names in data[kind].items():
            meant = _minutes(value) if kind == "clock_words" else value
            yield from ((name, Meaning(_singular(kind), meant)) for name in names)
    for kind in _LISTS:
        yield from ((phrase, Meaning(kind)) for phrase in data[kind])
    for count, names in data["amounts"].items():
        yield from ((name, Meaning("amount", count)) for name in names)


def _singular(kind: str) -> str:
    return {"relative_days": "relative", "clock_words": "clock_word", "bounds_after": "bound_after", "which": "which"}.get(
        kind, kind.removesuffix("s")
    )


def _guessable(data: Mapping[str, Any]) -> Iterable[str]:
    names = [name for names in data["weekdays"].values() for name in (names["one"][0], names["many"][0])]
    names += [name for names in data["months"].values() for name in names[:1]]
    names += [
        "tomorrow",
        "morning",
        "mornings",
        "afternoon",
        "afternoons",
        "evening",
        "evenings",
        "weekend",
        "weekday",
        "thanksgiving",
        "christmas",
    ]
    return [name for name in names if len(name) >= _SHORTEST_GUESSED]


def _slips(name: str) -> Iterator[str]:
    """Yield what one slip makes of a name: a letter left out, doubled or wrong, or two changed about."""
    for at in range(1, len(name)):
        head, tail = name[:at], name[at:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            yield head + letter + tail[1:]
    yield from (name + letter for letter in _LETTERS)


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
