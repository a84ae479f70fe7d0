"""Which messages are alike: by the letters they share, or by what an encoder makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import HashingVectorizer

Rows = Any
"""A matrix, dense or sparse, shape (texts, dimensions), each row of length 1."""


@dataclass(frozen=True)
class Likeness:
    """A way to compare texts."""

    encode: Callable[[Sequence[str]], Rows]
    at: float
    """How alike two are that belong together, 0 to 1."""

    def compare(self, rows: Rows, others: Rows) -> npt.NDArray[np.float64]:
        """Return how alike each is to each of the others, shape (rows, others)."""
        alike = rows @ others.T
        return np.asarray(alike.toarray() if sp.issparse(alike) else alike)


def stack(rows: Sequence[Rows]) -> Rows:
    """Return single rows as one matrix."""
    return sp.vstack(rows, format="csr") if sp.issparse(rows[0]) else np.vstack(rows)


def by_letters() -> Likeness:
    """Return a likeness that needs no model: "how much is it" and "how much is it?" are alike, "what does it cost" is not."""
    ngrams = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 4), n_features=2**18, alternate_sign=False, norm="l2")
    return Likeness(ngrams.transform, at=0.55)
