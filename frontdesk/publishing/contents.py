"""What a model was trained on, topic by topic, small enough to keep beside it, and what changed from one to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frontdesk.faq.store import load_intents, load_topics


@dataclass(frozen=True)
class Taught:
    """One topic, or one plain intent, which has no answer of its own."""

    answer: str
    """Fingerprint of the answer; empty for a plain intent."""
    examples: frozenset[str]
    """Fingerprints of the examples."""


@dataclass(frozen=True)
class Change:
    """What is different about one topic or intent."""

    name: str
    added: int
    """Examples that were not there before."""
    removed: int
    """Examples that are gone."""
    answer_changed: bool
    """Whether the answer reads differently; true for a topic that is new or gone."""
    is_new: bool = False
    is_gone: bool = False


Contents = Mapping[str, Taught]
"""By the name of the topic or intent."""


def read_contents(data: Path) -> Contents:
    """Return what the files of a data folder teach; what cannot be read is left out, and `frontdesk check` names it."""
    topics, _ = load_topics(data / "faq")
    intents, _ = load_intents(data / "nlu")
    taught = {topic.name: Taught(_print_of(topic.answer), _prints_of(example.text for example in topic.examples)) for topic in topics}
    return taught | {intent.name: Taught("", _prints_of(example.text for example in intent.examples)) for intent in intents}


def find_changes(before: Contents, after: Contents) -> list[Change]:
    """Return what differs, by name.

    >>> find_changes({}, {"cost": Taught("a", frozenset({"b"}))})
    [Change(name='cost', added=1, removed=0, answer_changed=True, is_new=True, is_gone=False)]
    """
    return list(_iter_changes(before, after))


def pack_contents(contents: Contents) -> dict[str, Any]:
    """Return contents as they are written into JSON."""
    return {name: {"answer": taught.answer, "examples": sorted(taught.examples)} for name, taught in contents.items()}


def unpack_contents(packed: Mapping[str, Any]) -> Contents:
    """Return contents that were packed.

    Raises:
        KeyError: When it is something else; also TypeError.
    """
    return {name: Taught(entry["answer"], frozenset(entry["examples"])) for name, entry in packed.items()}


def _iter_changes(before: Contents, after: Contents) -> Iterator[Change]:
    nothing = Taught("", frozenset())
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, nothing), after.get(name, nothing)
        if old != new:
            yield Change(
                name,
                added=len(new.examples - old.examples),
                removed=len(old.examples - new.examples),
                answer_changed=old.answer != new.answer,
                is_new=name not in before,
                is_gone=name not in after,
            )


def _prints_of(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(_print_of(text) for text in texts)


def _print_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
