"""One ranking over all topics and intents, and the evidence for believing its first place.

Kernel ridge regression on two similarities of a message to training examples: meaning (a sentence encoder's vectors)
and spelling (TF-IDF of character n-grams). It has one solution, no random start, trains in seconds, and gives exact
leave-one-out predictions for free (Cawley and Talbot 2003, for least-squares SVMs), so that what is fitted afterwards
(`frontdesk.faq.calibration`) is fitted on examples that the ranking did not see.

Up to `MOST_EXACT` examples each of them is a landmark. Beyond that a fixed number of them stands for all (Williams and
Seeger 2001, the Nyström method), so that training time grows with the number of examples and not with its cube.

Knows arrays and labels; nothing of Rasa, of topics, or of thresholds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # it has no stubs

FloatArray = npt.NDArray[np.float64]
RowArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

MEANING_WIDTH = 4.0
"""How fast similarity of meaning falls off: exp(4 (cosine - 1)), chosen by leave-one-out on the training data."""
SPELLING_WEIGHT = 0.2
"""What equal spelling counts beside equal meaning, chosen the same way, and on left-out examples with typing errors."""
RIDGE = 0.3
DIRECTIONS = 256
"""Meaning is turned to this many directions, those in which the examples differ most: a third of the time of 1,152
numbers, and no example more or less is right."""
NEIGHBOURS = 10
RIVALS = 10
"""Evidence looks at the examples of this many labels, those with the highest scores."""

MOST_EXACT = 8_000
LANDMARKS = 2_048
LANDMARK_RIDGE = 1.0
"""With landmarks the part of the likeness that they cannot express is lost, and with it some of the damping."""
MOST_LEFT_OUT = 8_000
"""Sureness has eight numbers to fit; this many left-out examples are enough for it."""
_AT_ONCE = 512
_JITTER = 1e-6
_SEED = 20261124

EVIDENCE = ("score", "lead", "lead_of_third", "meaning", "meaning_missed", "spelling", "neighbours")
"""Names of the columns of `Scored.evidence`."""


@dataclass(frozen=True)
class Features:
    """A set of messages: the words and what they mean; rows belong together."""

    texts: Sequence[str]
    """As written."""
    meaning: RowArray
    """Shape (messages, dimensions); the length of a row does not matter."""

    def __getitem__(self, rows: IntArray | slice) -> Features:
        """Return some of the messages."""
        return Features(np.asarray(self.texts, dtype=object)[rows].tolist(), self.meaning[rows])


@dataclass(frozen=True)
class Scored:
    """Scores of a set of messages."""

    scores: FloatArray
    """Shape (messages, labels); a label that was left out has -inf."""
    evidence: FloatArray
    """Shape (messages, len(EVIDENCE)): what speaks for the label in first place."""


class Ranker:
    """A fitted ranking; `fit` or `from_arrays` make one. Its examples stand in the order of their labels."""

    def __init__(
        self,
        labels: Sequence[str],
        owner: IntArray,
        directions: RowArray,
        meaning: RowArray,
        spelling: sparse.csr_matrix,
        speller: TfidfVectorizer,
        landmarks: IntArray,
        weights: RowArray,
    ) -> None:
        """Take fitted parts.

        Args:
            owner: The label index of each training example, ascending.
            directions: What meaning is multiplied with, shape (dimensions, directions).
            meaning: Turned rows of the examples, of length 1.
            landmarks: The examples that `weights` belong to, by index.
            weights: Shape (landmarks, labels).
        """
        self.labels = tuple(labels)
        self.owner = owner
        self._directions = directions
        self._meaning = meaning
        self._spelling = spelling
        self._speller = speller
        self._landmarks = landmarks
        self._weights = weights
        self._starts = np.searchsorted(owner, np.arange(len(self.labels) + 1))
        # Made once: taking the rows and turning them at each message cost half of the ranking's time.
        self._landmark_meaning = np.ascontiguousarray(meaning[landmarks].T)
        self._landmark_spelling = spelling[landmarks].tocsc()
        self._ngrams = speller.build_analyzer()

    @classmethod
    def fit(cls, features: Features, labels: Sequence[str]) -> tuple[Ranker, Leaveout]:
        """Fit to examples and return the ranking with its predictions for examples it did not see.

        Raises:
            ValueError: With fewer than two labels there is nothing to rank.
        """
        names, given = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
        if len(names) < 2:
            raise ValueError("a ranking needs examples of at least two intents")
        order = np.argsort(given, kind="stable")
        features, owner = features[order], given[order]
        directions = _widest_directions(features.meaning)
        meaning = _unit(features.meaning @ directions)
        speller = _speller()
        spelling = speller.fit_transform(features.texts).astype(np.float32)
        landmarks = _choose_landmarks(owner)
        blocks = _likeness_by_blocks(meaning, spelling, landmarks)
        solve = _solve_exactly if len(landmarks) == len(owner) else _solve_with_landmarks
        solved = solve(blocks, landmarks, _Targets(owner, len(names)))
        ranker = cls(names.tolist(), owner, directions, meaning, spelling, speller, landmarks, solved.weights)
        return ranker, Leaveout(ranker, solved)

    def score(self, features: Features) -> Scored:
        """Score messages against every label."""
        # Products as small as these gain nothing by threads, and lose much where another process has the other core.
        with _threads().limit(limits=1, user_api="blas"):
            return self._score(features)

    def _score(self, features: Features) -> Scored:
        meaning = _unit(features.meaning @ self._directions)
        spelled = [self._spelled(text) for text in features.texts]
        near = meaning @ self._landmark_meaning
        # Of all n-grams a message has a few: taking their columns is a third of the time of a product of sparse matrices.
        alike = np.array([self._landmark_spelling[:, terms] @ weights for terms, weights in spelled])
        scores = (_likeness(near, alike) @ self._weights).astype(np.float64)
        evidence = np.zeros((len(scores), len(EVIDENCE)))
        for row, rivals in enumerate(_rivals(scores)):
            seen = self._examples_of(rivals)
            if len(self._landmarks) == len(self.owner):
                beside = near[row, seen], alike[row, seen]
            else:
                beside = self._beside(meaning[row], *spelled[row], seen)
            evidence[row] = evidence_for(scores[row : row + 1], beside[0][np.newaxis], beside[1][np.newaxis], self.owner[seen])[0]
        return Scored(scores, evidence)

    def _beside(self, meaning: RowArray, terms: IntArray, weights: RowArray, seen: IntArray) -> tuple[RowArray, RowArray]:
        """Return the two similarities of one message to some examples, shape (examples,) each."""
        spelling = np.zeros(self._spelling.shape[1], dtype=np.float32)
        spelling[terms] = weights
        return self._meaning[seen] @ meaning, self._spelling[seen] @ spelling

    def _spelled(self, text: str) -> tuple[IntArray, RowArray]:
        """Return the known n-grams of one text and their weights: what the speller gives, in a third of its time."""
        known = self._speller.vocabulary_
        counts = Counter(known[ngram] for ngram in self._ngrams(text) if ngram in known)
        terms = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        weights = (1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))) * self._speller.idf_[terms]
        length = np.linalg.norm(weights)
        return terms, (weights / length if length else weights).astype(np.float32)

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything that was fitted as plain arrays, for `numpy.savez`; no pickles, which can carry code."""
        return {
            "labels": np.array(self.labels),
            "owner": self.owner,
            "directions": self._directions,
            "meaning": self._meaning,
            "spelling_data": self._spelling.data,
            "spelling_indices": self._spelling.indices,
            "spelling_indptr": self._spelling.indptr,
            "spelling_shape": np.array(self._spelling.shape),
            "terms": np.array(sorted(self._speller.vocabulary_, key=self._speller.vocabulary_.__getitem__)),
            "idf": self._speller.idf_,
            "landmarks": self._landmarks,
            "weights": self._weights,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Ranker:
        """Make a ranking again from `to_arrays`."""
        parts = (arrays["spelling_data"], arrays["spelling_indices"], arrays["spelling_indptr"])
        spelling = sparse.csr_matrix(parts, shape=tuple(arrays["spelling_shape"]))
        speller = _speller(vocabulary={term: index for index, term in enumerate(arrays["terms"].tolist())})
        speller.idf_ = arrays["idf"]
        labels, owner = arrays["labels"].tolist(), arrays["owner"]
        return cls(labels, owner, arrays["directions"], arrays["meaning"], spelling, speller, arrays["landmarks"], arrays["weights"])

    def _examples_of(self, labels: IntArray) -> IntArray:
        """Return the examples of some labels, by index."""
        return np.concatenate([np.arange(self._starts[label], self._starts[label + 1]) for label in labels])


@dataclass(frozen=True)
class _Targets:
    """What a fitted score should be: 1 for an example's own label, and what makes the sum zero for each other."""

    owner: IntArray
    labels: int

    @property
    def other(self) -> float:
        """The target of a label that is not an example's own."""
        return -1.0 / (self.labels - 1)

    def of(self, rows: IntArray) -> RowArray:
        """Return the targets of some examples, shape (rows, labels); those of all would be too many of many labels."""
        targets = np.full((len(rows), self.labels), self.other, dtype=np.float32)
        targets[np.arange(len(rows)), self.owner[rows]] = 1.0
        return targets

    def summed(self, columns: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return `columns @ targets`, where there is a column for each example, by adding up the columns of each label."""
        starts = np.searchsorted(self.owner, np.arange(self.labels))
        own = np.add.reduceat(columns, starts, axis=1)
        summed: npt.NDArray[Any] = own * (1.0 - self.other) + own.sum(axis=1, keepdims=True) * self.other
        return summed


@dataclass(frozen=True)
class _Solved:
    """A solved regression. H is the matrix that turns targets into fitted scores; leave-one-out needs I - H."""

    weights: RowArray
    """Shape (landmarks, labels)."""
    residuals: Callable[[IntArray], npt.NDArray[Any]]
    """Returns the rows of (I - H) targets that belong to some examples, shape (rows, labels)."""
    diagonal: Callable[[IntArray], npt.NDArray[Any]]
    """Returns their part of the diagonal of I - H, shape (rows,)."""
    block: Callable[[IntArray], npt.NDArray[Any]]
    """Returns their block of I - H."""
    targets: _Targets


class Leaveout:
    """Predictions for training examples by a ranking that did not see them; lives during training only."""

    def __init__(self, ranker: Ranker, solved: _Solved) -> None:
        """Take what `Ranker.fit` computed anyway."""
        self._ranker, self._solved = ranker, solved
        everything = np.arange(len(ranker.owner))
        drawn = np.random.default_rng(_SEED).choice(everything, min(MOST_LEFT_OUT, len(everything)), replace=False)
        self._rows: IntArray = np.sort(drawn)
        self.labels = ranker.labels
        self.owner: IntArray = ranker.owner[self._rows]
        """The label index of each example that `each_alone` speaks of: all of them, or a draw of `MOST_LEFT_OUT`."""

    def each_alone(self) -> Scored:
        """Return, for each example in the order of `owner`, what a ranking fitted to all others says of it."""
        residuals = self._solved.residuals(self._rows) / self._solved.diagonal(self._rows)[:, np.newaxis]
        return self._scored(self._rows, self._solved.targets.of(self._rows) - residuals, hidden=None)

    def whole_label(self, label: str) -> Scored:
        """Return what a ranking that never met `label` says of its examples: a message of an unforeseen kind."""
        index = self._ranker.labels.index(label)
        rows = np.flatnonzero(self._ranker.owner == index)
        residuals = np.linalg.solve(self._solved.block(rows), self._solved.residuals(rows))
        scores = self._solved.targets.of(rows) - residuals
        scores[:, index] = -np.inf
        return self._scored(rows, scores, hidden=rows)

    def few_labels(self, labels: Sequence[str]) -> list[str]:
        """Return as many of the labels as have `MOST_LEFT_OUT` examples together, one at least, by a fixed draw."""
        sizes = np.bincount(self._ranker.owner)
        places = {label: place for place, label in enumerate(self.labels)}
        drawn = np.random.default_rng(_SEED).permutation(len(labels))
        many = np.cumsum([sizes[places[labels[place]]] for place in drawn])
        kept = drawn[: max(1, int(np.searchsorted(many, MOST_LEFT_OUT, side="right")))]
        return [labels[place] for place in sorted(kept)]

    def _scored(self, rows: IntArray, scores: npt.NDArray[Any], hidden: IntArray | None) -> Scored:
        """Add the evidence that was there for each row, its own example or the `hidden` ones not counted."""
        ranker, scores = self._ranker, scores.astype(np.float64)
        evidence = np.zeros((len(rows), len(EVIDENCE)))
        for start in range(0, len(rows), _AT_ONCE):
            here = slice(start, start + _AT_ONCE)
            rivals = _rivals(scores[here])
            # Columns are those examples that any row of these looks at: of few labels all, of many a small part.
            seen = ranker._examples_of(np.unique(rivals))
            some = rows[here]
            near = ranker._meaning[some] @ ranker._meaning[seen].T
            alike = (ranker._spelling[some] @ ranker._spelling[seen].T).toarray()
            looked_at = np.zeros((len(some), len(ranker.labels)), dtype=bool)
            np.put_along_axis(looked_at, rivals, values=True, axis=1)
            unseen = ~looked_at[:, ranker.owner[seen]]
            unseen |= seen == some[:, np.newaxis] if hidden is None else np.isin(seen, hidden)
            near[unseen], alike[unseen] = -1.0, 0.0
            evidence[here] = evidence_for(scores[here], near, alike, ranker.owner[seen])
        return Scored(scores, evidence)


def evidence_for(scores: FloatArray, meaning: npt.NDArray[Any], spelling: npt.NDArray[Any], owner: IntArray) -> FloatArray:
    """Return the columns named in `EVIDENCE` for the first place of each row.

    Args:
        scores: Shape (messages, labels).
        meaning: Cosines with training examples, shape (messages, examples); -1 hides an example.
        spelling: The same for spelling; 0 hides an example.
        owner: The label index of each of these examples.
    """
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


@cache
def _threads() -> ThreadpoolController:
    """Return what knows the process's libraries that start threads of their own; looking for them takes a while."""
    return ThreadpoolController()


def _rivals(scores: FloatArray) -> IntArray:
    """Return the labels with the highest scores of each row, by index, in no order."""
    most = min(RIVALS, scores.shape[1])
    return np.argpartition(-scores, most - 1, axis=1)[:, :most]


def _likeness(meaning: npt.NDArray[Any], spelling: npt.NDArray[Any]) -> RowArray:
    """Return the kernel for two similarities of the same shape."""
    likeness: RowArray = np.exp(MEANING_WIDTH * (meaning - 1.0)) + SPELLING_WEIGHT * spelling
    return likeness


def _widest_directions(meaning: RowArray) -> RowArray:
    """Return the main directions of the rows, not centred so that cosines keep their sense."""
    _, directions = np.linalg.eigh(meaning.T.astype(np.float64) @ meaning)
    return np.ascontiguousarray(directions[:, ::-1][:, :DIRECTIONS], dtype=np.float32)


def _unit(rows: RowArray) -> RowArray:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: RowArray = (rows / np.where(length == 0, 1.0, length)).astype(np.float32)
    return unit


def _choose_landmarks(owner: IntArray) -> IntArray:
    """Return all examples, or of too many a fixed draw in which every label has its share."""
    if len(owner) <= MOST_EXACT:
        return np.arange(len(owner))
    shuffled = np.random.default_rng(_SEED).permutation(len(owner))
    # The how-manieth of its label each one is: first all the firsts, then all the seconds, until there are enough.
    by_label = shuffled[np.argsort(owner[shuffled], kind="stable")]
    place = np.arange(len(owner)) - np.searchsorted(owner[by_label], owner[by_label])
    return np.sort(by_label[np.argsort(place, kind="stable")[:LANDMARKS]])


def _likeness_by_blocks(meaning: RowArray, spelling: sparse.csr_matrix, landmarks: IntArray) -> Iterator[tuple[slice, RowArray]]:
    """Yield the likeness of all examples to the landmarks, some rows at a time: the n-grams alone need thrice its memory."""
    landmark_meaning, landmark_spelling = meaning[landmarks].T, spelling[landmarks].T.tocsr()
    for start in range(0, len(meaning), _AT_ONCE):
        rows = slice(start, min(start + _AT_ONCE, len(meaning)))
        yield rows, _likeness(meaning[rows] @ landmark_meaning, (spelling[rows] @ landmark_spelling).toarray())


def _solve_exactly(blocks: Iterator[tuple[slice, RowArray]], landmarks: IntArray, targets: _Targets) -> _Solved:
    """Solve with every example as a landmark: I - H is RIDGE times the inverse."""
    damped = np.empty((len(landmarks), len(landmarks)), dtype=np.float32)
    for rows, likeness in blocks:
        damped[rows] = likeness
    damped[np.diag_indices_from(damped)] += RIDGE
    inverse, _ = linalg.lapack.spotri(linalg.cholesky(damped, overwrite_a=True), overwrite_c=True)
    inverse = np.triu(inverse) + np.triu(inverse, 1).T
    weights = targets.summed(inverse).astype(np.float32)
    return _Solved(
        weights,
        residuals=lambda rows: RIDGE * weights[rows],
        diagonal=lambda rows: RIDGE * inverse[rows, rows],
        block=lambda rows: RIDGE * inverse[np.ix_(rows, rows)],
        targets=targets,
    )


def _solve_with_landmarks(blocks: Iterator[tuple[slice, RowArray]], landmarks: IntArray, targets: _Targets) -> _Solved:
    """Solve in the space of the landmarks. Time and memory grow with the examples alone, not with examples times labels."""
    likeness = np.empty((len(targets.owner), len(landmarks)), dtype=np.float32)
    for rows, some in blocks:
        likeness[rows] = some
    lower = linalg.cholesky(likeness[landmarks].astype(np.float64) + _JITTER * np.eye(len(landmarks)), lower=True)
    # In place: rows of likeness become rows in which landmarks are independent.
    mapped, damped = likeness, LANDMARK_RIDGE * np.eye(len(landmarks))
    for start in range(0, len(mapped), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        mapped[rows] = linalg.solve_triangular(lower, mapped[rows].T.astype(np.float64), lower=True).T
        damped += mapped[rows].T.astype(np.float64) @ mapped[rows]
    factor = linalg.cholesky(damped, lower=True)
    fitted = linalg.cho_solve((factor, True), targets.summed(mapped.T).astype(np.float64))
    weights = linalg.solve_triangular(lower.T, fitted).astype(np.float32)
    fitted = fitted.astype(np.float32)

    def spread(rows: IntArray) -> FloatArray:
        """Return rows whose products with each other are H, turned: shape (landmarks, rows)."""
        turned: FloatArray = linalg.solve_triangular(factor, mapped[rows].T.astype(np.float64), lower=True)
        return turned

    def block(rows: IntArray) -> FloatArray:
        turned = spread(rows)
        return np.eye(len(rows)) - turned.T @ turned

    return _Solved(
        weights,
        residuals=lambda rows: targets.of(rows) - mapped[rows] @ fitted,
        diagonal=lambda rows: 1.0 - np.square(spread(rows)).sum(axis=0),
        block=block,
        targets=targets,
    )


def _speller(vocabulary: Mapping[str, int] | None = None) -> TfidfVectorizer:
    """Return a vectorizer of character n-grams within words; a repeated n-gram counts by its logarithm."""
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), min_df=1, sublinear_tf=True, strip_accents="unicode", vocabulary=vocabulary
    )
