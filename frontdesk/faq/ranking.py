"""One ranking over all topics and intents, and the evidence for believing its first place.

Kernel ridge regression on two similarities of a message to every training example: meaning (a sentence encoder's
vectors) and spelling (TF-IDF of character n-grams). It has one solution, no random start, trains in seconds, and
gives exact leave-one-out predictions for free (Cawley and Talbot 2003, for least-squares SVMs), so that what is
fitted afterwards (`frontdesk.faq.calibration`) is fitted on examples that the ranking did not see.

Knows arrays and labels; nothing of Rasa, of topics, or of thresholds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

MEANING_WIDTH = 3.0
"""How fast similarity of meaning falls off: exp(3 (cosine - 1)), chosen by leave-one-out on the training data."""
SPELLING_WEIGHT = 0.5
"""What equal spelling counts beside equal meaning, chosen the same way."""
RIDGE = 0.3
NEIGHBOURS = 10

EVIDENCE = ("score", "lead", "lead_of_third", "meaning", "meaning_missed", "spelling", "neighbours")
"""Names of the columns of `Scored.evidence`."""


@dataclass(frozen=True)
class Features:
    """A set of messages: the words and what they mean; rows belong together."""

    texts: Sequence[str]
    """As written."""
    meaning: npt.NDArray[np.float32]
    """Rows of length 1, shape (messages, dimensions)."""


@dataclass(frozen=True)
class Scored:
    """Scores of a set of messages."""

    scores: FloatArray
    """Shape (messages, labels); a label that was left out has -inf."""
    evidence: FloatArray
    """Shape (messages, len(EVIDENCE)): what speaks for the label in first place."""


class Ranker:
    """A fitted ranking; `fit` or `from_arrays` make one."""

    def __init__(
        self,
        labels: Sequence[str],
        owner: IntArray,
        meaning: npt.NDArray[np.float32],
        spelling: sparse.csr_matrix,
        speller: TfidfVectorizer,
        weights: FloatArray,
    ) -> None:
        """Take fitted parts; `owner` is the label index of each training example."""
        self.labels = tuple(labels)
        self._owner = owner
        self._meaning = meaning
        self._spelling = spelling
        # Turned once: turning it at each message cost half of the ranking's time.
        self._spelling_turned = spelling.T.tocsr()
        self._speller = speller
        self._weights = weights

    @classmethod
    def fit(cls, features: Features, labels: Sequence[str]) -> tuple[Ranker, Leaveout]:
        """Fit to examples and return the ranking with its predictions for examples it did not see.

        Raises:
            ValueError: With fewer than two labels there is nothing to rank.
        """
        names, owner = np.unique(np.asarray(labels), return_inverse=True)
        if len(names) < 2:
            raise ValueError("a ranking needs examples of at least two intents")
        speller = _speller()
        spelling_rows = speller.fit_transform(features.texts)
        meaning, spelling = _similarities(features.meaning, spelling_rows, features.meaning, spelling_rows.T)
        inverse = np.linalg.inv(_kernel(meaning, spelling) + RIDGE * np.eye(len(owner)))
        targets = np.full((len(owner), len(names)), -1.0 / (len(names) - 1))
        targets[np.arange(len(owner)), owner] = 1.0
        weights = inverse @ targets
        ranker = cls(names.tolist(), owner, features.meaning, spelling_rows, speller, weights)
        return ranker, Leaveout(ranker, inverse, targets, meaning, spelling)

    def score(self, features: Features) -> Scored:
        """Score messages against every label."""
        spelling_rows = self._speller.transform(features.texts)
        meaning, spelling = _similarities(features.meaning, spelling_rows, self._meaning, self._spelling_turned)
        scores = _kernel(meaning, spelling) @ self._weights
        return Scored(scores, evidence_for(scores, meaning, spelling, self._owner))

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything that was fitted as plain arrays, for `numpy.savez`; no pickles, which can carry code."""
        return {
            "labels": np.array(self.labels),
            "owner": self._owner,
            "meaning": self._meaning,
            "spelling_data": self._spelling.data.astype(np.float32),
            "spelling_indices": self._spelling.indices,
            "spelling_indptr": self._spelling.indptr,
            "spelling_shape": np.array(self._spelling.shape),
            "terms": np.array(sorted(self._speller.vocabulary_, key=self._speller.vocabulary_.__getitem__)),
            "idf": self._speller.idf_,
            "weights": self._weights.astype(np.float32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Ranker:
        """Make a ranking again from `to_arrays`."""
        parts = (arrays["spelling_data"], arrays["spelling_indices"], arrays["spelling_indptr"])
        spelling = sparse.csr_matrix(parts, shape=tuple(arrays["spelling_shape"]))
        speller = _speller(vocabulary={term: index for index, term in enumerate(arrays["terms"].tolist())})
        speller.idf_ = arrays["idf"]
        weights = arrays["weights"].astype(np.float64)
        return cls(arrays["labels"].tolist(), arrays["owner"], arrays["meaning"], spelling, speller, weights)

    @property
    def owner(self) -> IntArray:
        """The label index of each training example."""
        return self._owner


class Leaveout:
    """Predictions for training examples by a ranking that did not see them; lives during training only."""

    def __init__(self, ranker: Ranker, inverse: FloatArray, targets: FloatArray, meaning: FloatArray, spelling: FloatArray) -> None:
        """Take what `Ranker.fit` computed anyway."""
        self._ranker, self._inverse, self._targets = ranker, inverse, targets
        self._meaning, self._spelling = meaning, spelling

    def each_alone(self) -> Scored:
        """Return, for each example, what a ranking fitted to all others says of it."""
        residuals = self._ranker._weights / np.diag(self._inverse)[:, np.newaxis]
        meaning, spelling = self._meaning.copy(), self._spelling.copy()
        np.fill_diagonal(meaning, -1.0)
        np.fill_diagonal(spelling, 0.0)
        scores = self._targets - residuals
        return Scored(scores, evidence_for(scores, meaning, spelling, self._ranker.owner))

    def whole_label(self, label: str) -> Scored:
        """Return what a ranking that never met `label` says of its examples: a message of an unforeseen kind."""
        index = self._ranker.labels.index(label)
        rows = np.flatnonzero(self._ranker.owner == index)
        residuals = np.linalg.solve(self._inverse[np.ix_(rows, rows)], self._ranker._weights[rows])
        scores = self._targets[rows] - residuals
        scores[:, index] = -np.inf
        meaning, spelling = self._meaning[rows].copy(), self._spelling[rows].copy()
        meaning[:, rows], spelling[:, rows] = -1.0, 0.0
        return Scored(scores, evidence_for(scores, meaning, spelling, self._ranker.owner))


def evidence_for(scores: FloatArray, meaning: FloatArray, spelling: FloatArray, owner: IntArray) -> FloatArray:
    """Return the columns named in `EVIDENCE` for the first place of each row."""
    first = scores.argmax(axis=1)
    places = np.sort(scores, axis=1)[:, ::-1]
    third = places[:, min(2, places.shape[1] - 1)]
    own = owner[np.newaxis, :] == first[:, np.newaxis]
    nearest_own = np.where(own, meaning, -1.0).max(axis=1)
    nearest = np.argpartition(-(meaning + SPELLING_WEIGHT * spelling), min(NEIGHBOURS, meaning.shape[1] - 1), axis=1)[:, :NEIGHBOURS]
    columns = (
        places[:, 0],
        places[:, 0] - places[:, 1],
        places[:, 0] - np.where(np.isfinite(third), third, places[:, 1]),
        nearest_own,
        meaning.max(axis=1) - nearest_own,
        np.where(own, spelling, 0.0).max(axis=1),
        np.take_along_axis(own, nearest, axis=1).mean(axis=1),
    )
    return np.column_stack(columns)


def _similarities(
    meaning: npt.NDArray[np.float32],
    spelling: sparse.csr_matrix,
    known_meaning: npt.NDArray[np.float32],
    known_spelling_turned: sparse.spmatrix,
) -> tuple[FloatArray, FloatArray]:
    """Return the two similarities of messages to training examples, each of shape (messages, examples)."""
    return (meaning @ known_meaning.T).astype(np.float64), (spelling @ known_spelling_turned).toarray()


def _kernel(meaning: FloatArray, spelling: FloatArray) -> FloatArray:
    likeness: FloatArray = np.exp(MEANING_WIDTH * (meaning - 1.0)) + SPELLING_WEIGHT * spelling
    return likeness


def _speller(vocabulary: Mapping[str, int] | None = None) -> TfidfVectorizer:
    """Return a vectorizer of character n-grams within words; a repeated n-gram counts by its logarithm."""
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), min_df=1, sublinear_tf=True, strip_accents="unicode", vocabulary=vocabulary
    )
