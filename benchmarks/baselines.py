"""Ways of understanding that are no Rasa pipelines: a few lines of scikit-learn each, to see what each part is worth."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_union

from benchmarks.datasets import Examples
from benchmarks.fine_tuning import FineTuned

_FEWEST_WORDS = 4


class Featurizer(Protocol):
    """Turns texts into rows of length 1, so that a product of two rows is their cosine."""

    def fit_transform(self, texts: Sequence[str]) -> Any:
        """Learn from texts and return their rows."""
        ...

    def transform(self, texts: Sequence[str]) -> Any:
        """Return rows for texts, shape (texts, dimensions)."""
        ...


class Encoded:
    """The project's sentence encoder, which learns nothing here."""

    def fit_transform(self, texts: Sequence[str]) -> Any:
        """Return one row per text."""
        return self.transform(texts)

    def transform(self, texts: Sequence[str]) -> Any:
        """Return one row per text."""
        from frontdesk.assistant.encoder import load_encoder

        return load_encoder().encode(list(texts))


class Spelled:
    """TF-IDF of words and of character n-grams, each counting half."""

    def __init__(self) -> None:
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode")
        characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, strip_accents="unicode")
        self._both = make_union(words, characters)

    def fit_transform(self, texts: Sequence[str]) -> Any:
        """Learn words and n-grams, and return one row per text."""
        return self._both.fit_transform(texts) / np.sqrt(2)

    def transform(self, texts: Sequence[str]) -> Any:
        """Return one row per text."""
        return self._both.transform(texts) / np.sqrt(2)


class EncodedAndSpelled:
    """Both side by side."""

    def __init__(self) -> None:
        self._encoded, self._spelled = Encoded(), Spelled()

    def fit_transform(self, texts: Sequence[str]) -> Any:
        """Learn and return one row per text, sparse."""
        return sparse.hstack([sparse.csr_matrix(self._encoded.fit_transform(texts)), self._spelled.fit_transform(texts)]).tocsr()

    def transform(self, texts: Sequence[str]) -> Any:
        """Return one row per text, sparse."""
        return sparse.hstack([sparse.csr_matrix(self._encoded.transform(texts)), self._spelled.transform(texts)]).tocsr()


class Nearest:
    """The label of the most similar example, as sure as it is similar."""

    def __init__(self, featurizer: Featurizer) -> None:
        self._featurizer = featurizer

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Keep the examples."""
        self._labels = list(labels)
        self._known = self._featurizer.fit_transform(texts).T
        if sparse.issparse(self._known):
            self._known = self._known.tocsr()

    def parse(self, text: str) -> tuple[str, float]:
        """Return the label in first place and how sure it is."""
        likeness = self._featurizer.transform([text]) @ self._known
        row = likeness.toarray()[0] if sparse.issparse(likeness) else likeness[0]
        first = int(row.argmax())
        return self._labels[first], float(row[first])


class Logistic:
    """Logistic regression; as sure as its highest probability."""

    def __init__(self, featurizer: Featurizer) -> None:
        self._featurizer = featurizer

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Fit to the examples."""
        self._model = LogisticRegression(C=10.0, max_iter=300).fit(self._featurizer.fit_transform(texts), labels)

    def parse(self, text: str) -> tuple[str, float]:
        """Return the label in first place and how sure it is."""
        shares = self._model.predict_proba(self._featurizer.transform([text]))[0]
        first = int(shares.argmax())
        return str(self._model.classes_[first]), float(shares[first])


Baseline = Nearest | Logistic | FineTuned

_BASELINES: dict[str, Callable[[], Baseline]] = {
    "tfidf_nearest": lambda: Nearest(Spelled()),
    "encoder_nearest": lambda: Nearest(Encoded()),
    "encoder_ngrams": lambda: Logistic(EncodedAndSpelled()),
    "encoder_ngrams_answers": lambda: Logistic(EncodedAndSpelled()),
    "encoder_fine_tuned": FineTuned,
}


def fit_baseline(name: str, examples: Examples, *, with_answers: bool) -> Baseline:
    """Return a fitted baseline."""
    added = [(label, sentence) for label, text in examples.answers for sentence in sentences_of(text)] if with_answers else []
    baseline = _BASELINES[name]()
    baseline.fit([*examples.texts, *(sentence for _, sentence in added)], [*examples.labels, *(label for label, _ in added)])
    return baseline


def sentences_of(answer: str) -> list[str]:
    r"""Return the sentences of an answer, without signs of Markdown, short ones and those that wait for a fact.

    >>> sentences_of("Needles are **thin**, like a hair. Yes.\n\n- Phone us on {contact.phone} for more.")
    ['Needles are thin, like a hair.']
    """
    parts = re.split(r"(?<=[.!?])\s+|\n+", answer)
    return [re.sub(r"\*\*|^- ", "", part) for part in parts if "{" not in part and len(part.split()) >= _FEWEST_WORDS]
