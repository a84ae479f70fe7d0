"""Which concepts does a message mention, and where?

A concept is a named list of phrases in clinic/safety/concepts.yml that a
clinician can read: `saddle_area`, `passing_urine`, `fever`. The phrases of all
concepts stand in one tree of words, so a message is read once, word by word;
rules are composed over what is found (rules.py). Whether a mention counts, because it is denied, long ago or only
asked about, is decided in context.py.

Four kinds of concept, one section of the file each:

- `symptoms`: counts only when it is said to be so, now.
- `background`: what a person has or had (cancer, pregnancy, blood thinners).
- `cues`: words that change how others are read (negation, time, questions).
- `harmless`: look-alikes ("killing me", "hay fever"); they swallow every
  mention inside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from frontdesk.safety.errors import ConceptsInvalid
from frontdesk.safety.mentions import Mention
from frontdesk.safety.phrases import expand
from frontdesk.safety.words import Reading, Spelling, read

KINDS = ("symptoms", "background", "cues", "harmless")


class _Branch(dict[str, "_Branch"]):
    """The words that may come next in a phrase, and the concepts whose phrase ends here."""

    __slots__ = ("names",)

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []


class Concepts:
    """The tagger: concepts.yml compiled, immutable after loading."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Compile a parsed concepts.yml.

        Raises:
            ConceptsInvalid: A section is missing or a concept is named twice.
        """
        self.spelling = _parse_spelling(document.get("spelling") or {})
        self.kind_of: dict[str, str] = {}
        self._numbers: dict[str, list[tuple[float, float]]] = {}
        self._tree: _Branch = _Branch()
        self._pieces: dict[str, tuple[str, ...]] = {}
        self._vocabulary: set[str] = set()
        for kind in KINDS:
            section = document.get(kind)
            if not isinstance(section, dict):
                raise ConceptsInvalid(f"section {kind!r} is missing")
            for name, entry in section.items():
                self._add(kind, name, entry)
        self._pieces.clear()
        self.spelling = replace(self.spelling, vocabulary=frozenset(self._vocabulary))

    @classmethod
    def load(cls, path: Path) -> Concepts:
        """Read and compile a concepts.yml.

        Raises:
            ConceptsInvalid: It is no YAML, or has another shape.
        """
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as err:
            raise ConceptsInvalid(f"{path.name}: cannot be read: {err}") from err
        if not isinstance(document, dict):
            raise ConceptsInvalid(f"{path}: not a mapping")
        return cls(document)

    def _add(self, kind: str, name: str, entry: Any) -> None:
        if name in self.kind_of:
            raise ConceptsInvalid(f"concept {name!r} is defined twice")
        entry = {"words": entry} if isinstance(entry, list) else entry
        if not isinstance(entry, dict) or not set(entry) <= {"words", "numbers"}:
            raise ConceptsInvalid(f"concept {name!r}: a list, or words and numbers")
        self.kind_of[name] = kind
        self._numbers[name] = [(float(a), float(b)) for a, b in entry.get("numbers", [])]
        phrases: set[tuple[str, ...]] = set()
        for phrase in entry.get("words", []):
            if not isinstance(phrase, str):
                raise ConceptsInvalid(f"concept {name!r}: {phrase!r} needs quotes")
            phrases |= expand(phrase, self._words_of)
        if () in phrases:
            raise ConceptsInvalid(f"concept {name!r}: a phrase of fillers only")
        self._vocabulary.update(*phrases)
        for words in phrases:
            branch = self._tree
            for word in words:
                branch = branch.setdefault(word, _Branch())
            branch.names.append(name)

    def _words_of(self, text: str) -> tuple[str, ...]:
        """Read a piece of a pattern; the same pieces return again and again."""
        if text not in self._pieces:
            self._pieces[text] = read(text, self.spelling).words
        return self._pieces[text]

    def read(self, text: str) -> Reading:
        """Return the words of a message as this vocabulary reads them."""
        return read(text, self.spelling)

    def tag(self, reading: Reading) -> list[Mention]:
        """Return every mention in order of place, look-alikes applied.

        Mentions never cross the end of a sentence. Harmless mentions are in the
        list too; what they cover is not.
        """
        found = [*self._phrase_mentions(reading), *self._number_mentions(reading)]
        harmless = [m for m in found if self.kind_of[m.concept] == "harmless"]
        kept = [m for m in found if not any(h.covers(m) for h in harmless)] if harmless else found
        return sorted(kept, key=lambda m: (m.start, m.end, m.concept))

    def _phrase_mentions(self, reading: Reading) -> Iterator[Mention]:
        for start, sentence in enumerate(reading.sentence_of):
            branch: _Branch | None = self._tree
            for place in range(start, len(reading.words)):
                if reading.sentence_of[place] != sentence or branch is None:
                    break
                branch = branch.get(reading.words[place])
                for name in branch.names if branch is not None else ():
                    yield Mention(name, start, place + 1)

    def _number_mentions(self, reading: Reading) -> Iterator[Mention]:
        for place, word in enumerate(reading.words):
            if not word[0].isdigit():
                continue
            try:
                value = float(word.replace(",", "."))
            except ValueError:
                continue
            for name, ranges in self._numbers.items():
                if any(low <= value <= high for low, high in ranges):
                    yield Mention(name, place, place + 1)


def _parse_spelling(section: Mapping[str, Any]) -> Spelling:
    same_word = {str(variant): str(word) for word, variants in (section.get("same_word") or {}).items() for variant in variants}
    return Spelling(
        same_word=same_word,
        fillers=frozenset(section.get("fillers") or ()),
        key_words=tuple(section.get("key_words") or ()),
        leave=frozenset(section.get("leave") or ()),
    )
