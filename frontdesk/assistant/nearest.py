"""Which examples a message is nearest to: for staff who wonder why it was taken for what it was.

By meaning, as the sentence encoder sees it, after typing errors are mended as they are for a model. Reads the project's files
and no model: which of the examples a model has learnt, its contents tell (`frontdesk.publishing.contents`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from frontdesk.assistant.embeddings import EmbeddingCache
from frontdesk.assistant.encoder import bits_identity, load_encoder
from frontdesk.editing.files import Stamps, stamps
from frontdesk.faq.store import load_intents, load_topics
from frontdesk.publishing.workshop import Near
from frontdesk.text.spelling import Spelling, count_words
from frontdesk.text.typed import clean_text

_FOLDERS = ("faq", "nlu")


class Examples:
    """The examples of a project; files that change are read again."""

    def __init__(self, data: Path) -> None:
        """Take the folder with `faq/` and `nlu/`; nothing is read yet."""
        self._data = data
        self._seen: Stamps | None = None
        self._named: list[tuple[str, bool, str]] = []
        self._rows: npt.NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._spelling = Spelling({})

    def nearest(self, text: str, count: int) -> list[Near]:
        """Return the examples that mean most nearly what a message means, the nearest first; a file that is broken has none."""
        self._refresh()
        if not self._named:
            return []
        likeness = self._rows @ load_encoder().encode([self._spelling.correct(clean_text(text))])[0]
        best = ((*self._named[place], round(float(likeness[place]), 4)) for place in np.argsort(-likeness, kind="stable")[:count])
        return [Near(name, is_topic, example, alike) for name, is_topic, example, alike in best]

    def _refresh(self) -> None:
        seen = stamps(sorted(path for folder in _FOLDERS for path in (self._data / folder).glob("*.yml")))
        if seen == self._seen:
            return
        topics, _ = load_topics(self._data / "faq")
        intents, _ = load_intents(self._data / "nlu")
        self._named = [(topic.name, True, example.text) for topic in topics for example in topic.examples]
        self._named += [(intent.name, False, example.text) for intent in intents for example in intent.examples]
        texts = [text for _, _, text in self._named]
        self._rows = _encode(texts) if texts else self._rows
        self._spelling = Spelling(count_words(texts))
        self._seen = seen


def _encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return the rows of examples, shape (texts, dimensions): the last training has made most, and the next finds the others."""
    encode = load_encoder().encode_apart
    cache = EmbeddingCache.from_environment(os.environ, bits_identity())
    return (cache.around(encode) if cache else encode)(texts)
