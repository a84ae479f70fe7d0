"""Which messages are alike: by the letters they share, or by what an encoder makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

Rows = Any
"""A matrix, dense or sparse, shape (texts, dimensions), each row of length 1."""


@dataclass(frozen=True)
class Likeness:
    """A way to compare texts."""

    encode: Callable[[Sequence[str]], Rows]
    at: float
    """How alike two are that belong together, 0 to 1."""

    def pairs(self, rows: Rows, others: Rows) -> sp.csr_matrix:
        """Return how alike each is to those of the others that belong together with it, shape (rows, others); the rest is empty."""
        alike = sp.csr_matrix(rows @ others.T)
        alike.data[alike.data < self.at] = 0.0
        alike.eliminate_zeros()
        alike.sort_indices()
        return alike


def stack(rows: Sequence[Rows]) -> Rows:
    """Return matrices as one, the rows of each below those of the one before."""
    return sp.vstack(rows, format="csr") if sp.issparse(rows[0]) else np.vstack(rows)


def by_letters() -> Likeness:
    """Return a likeness that needs no model: "how much is it" and "how much is it?" are alike, "what does it cost" is not."""
    ngrams = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 4), n_features=2**18, alternate_sign=False, norm=None)

    def encode(texts: Sequence[str]) -> Rows:
        # The n-grams are those within words, and messages are made of the same words: each is taken apart once.
        words = [Counter(text.lower().split()) for text in texts]
        places = {word: place for place, word in enumerate(dict.fromkeys(chain.from_iterable(words)))}
        ends = np.cumsum([0, *map(len, words)])
        columns = [places[word] for counted in words for word in counted]
        counts = [float(number) for counted in words for number in counted.values()]
        shape = (len(texts), max(len(places), 1))
        rows = sp.csr_matrix((counts, columns, ends), shape=shape) @ ngrams.transform(places or [""])
        rows.sort_indices()
        return normalize(rows, copy=False)

    return Likeness(encode, at=0.55)
