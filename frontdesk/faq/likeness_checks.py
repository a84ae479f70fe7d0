"""Do two messages say the same: in two topics, twice in one, or in the examples and in what they are measured with?

Meaning alone does not tell. To the sentence encoder "acupuncture for sciatica" and "acupuncture for stenosis" are nearly
the same, and so is every pair of questions about acupuncture and back pain. Shared words alone do not tell either.
Likeness is therefore the mean of two numbers between 0 and 1: the cosine of the vectors, and the share of words that
both have, where a rare word counts for more than a common one. The one decisive word is mostly a rare one.

The lines below were drawn by reading the pairs of our own 4,000 examples and 1,500 held-out messages from the top of the
list down, to where a receptionist would no longer call them the same question. They are words in another order, a light
word more or less, other numbers; below the lines stand paraphrases, which is what different examples ought to be.

Vectors go in and problems come out: who encodes is for the caller.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse

from frontdesk.faq.example_checks import FEWEST, place, same_key, short
from frontdesk.text.normalise import normalise
from frontdesk.text.problem import Problem

RowArray = npt.NDArray[np.float32]
"""Rows of length 1, one for each message."""

SAME_QUESTION = 0.85
"""Likeness of examples of two topics from which it is an error: the assistant would have to guess. Of the pairs that we
read, none that reached it was two questions; the nearest was "how many sessions will i need" with 0.83 to "how many physio
sessions will i need"."""
NEARLY_SAME = 0.77
"""From here it is a warning. Of five of our pairs that were between the lines two were one question, and three differed
in a word."""
ADDS_NOTHING = 0.90
"""Likeness within a topic from which the later example teaches nothing. Between 0.87 ("how does acupuncture work", "how
acupuncture works") and 0.96 ("covered by insurance", "covered by my insurance") we had none."""
TOO_NEAR = 0.80
"""Likeness from which a held-out message measures memory. Lower than between topics, for here a doubt costs one message."""
ONE_VOICE = 0.72
"""Mean cosine of a topic's examples. Ours have 0.34 to 0.69; "does it help with" and 25 complaints have 0.78."""

# Of shorter messages one letter makes another word too often: ice and nice, tea and ten.
_LONG_ENOUGH = 10
_WORD = re.compile(r"[^\W_]+")
_AT_ONCE = 512


@dataclass(frozen=True)
class Message:
    """One example or held-out message, and where it stands."""

    text: str
    topic: str
    """The topic or intent that it is an example of; of a held-out message its id."""
    path: Path
    line: int


def check_likeness(examples: Sequence[Message], vectors: RowArray) -> Iterator[Problem]:
    """Yield examples that say what another one says already, in the same topic or in another; the later one is named.

    Args:
        examples: All of them, without order. Those with the same words are left to `check_duplicates`.
        vectors: Their meaning, shape (examples, dimensions).
    """
    texts = [example.text for example in examples]
    keys, topics = [same_key(text) for text in texts], [example.topic for example in examples]
    # In its own topic a typing error is a good example.
    misspelt = (pair for pair in _one_letter_off(keys, keys) if topics[pair[0]] != topics[pair[1]])
    nearest: dict[tuple[int, bool], tuple[float, int]] = {}
    for earlier, later, likeness in [*find_alike(texts, vectors, texts, vectors, NEARLY_SAME), *misspelt]:
        same_topic = topics[earlier] == topics[later]
        if earlier < later and keys[earlier] != keys[later] and (likeness >= ADDS_NOTHING or not same_topic):
            nearest[later, same_topic] = max(nearest.get((later, same_topic), (0.0, 0)), (likeness, earlier))
    for (later, same_topic), (likeness, earlier) in nearest.items():
        yield _alike(examples[later], examples[earlier], likeness, same_topic)


def check_voices(examples: Sequence[Message], vectors: RowArray) -> Iterator[Problem]:
    """Yield topics whose examples all mean so nearly the same that they have one voice; the first example is named."""
    topics: dict[str, list[int]] = {}
    for index, example in enumerate(examples):
        topics.setdefault(example.topic, []).append(index)
    for topic, rows in topics.items():
        if len(rows) < FEWEST:
            continue
        # The sum over all pairs is the squared length of the sum; the pairs of a row with itself are 1 each.
        count, total = len(rows), float(np.sum(vectors[rows].sum(axis=0, dtype=np.float64) ** 2))
        if (total - count) / (count * (count - 1)) >= ONE_VOICE:
            first = examples[rows[0]]
            message = f"the {count} examples of {topic} all say nearly the same; write some as other visitors would put it"
            yield Problem(first.path, first.line, message, "warning")


def check_apart(
    held_out: Sequence[Message], examples: Sequence[Message], vectors: tuple[RowArray, RowArray] | None = None
) -> Iterator[Problem]:
    """Yield held-out messages that are, or nearly are, among the examples.

    Args:
        held_out: What the assistant is measured with.
        examples: What it is trained on.
        vectors: The meaning of the two; left out, only messages with the same words, up to one letter, are found.
    """
    keys, known = [same_key(message.text) for message in held_out], [same_key(example.text) for example in examples]
    there = {key: index for index, key in reversed(list(enumerate(known)))}
    found = {index: (2.0, there[key]) for index, key in enumerate(keys) if key in there}
    pairs = list(_one_letter_off(keys, known))
    if vectors:
        asked, taught = [message.text for message in held_out], [example.text for example in examples]
        pairs += find_alike(asked, vectors[0], taught, vectors[1], TOO_NEAR)
    for index, other, likeness in pairs:
        found[index] = max(found.get(index, (0.0, 0)), (likeness, other))
    for index, (likeness, other) in sorted(found.items()):
        message, example = held_out[index], examples[other]
        where = place(example.path, example.line, seen_from=message.path)
        is_there = "is" if likeness > 1 else f"nearly is '{short(example.text)}',"
        what = f"'{short(message.text)}' {is_there} an example of {example.topic} {where}"
        yield Problem(message.path, message.line, f"{what}; write another message here, for this one measures memory")


def find_alike(
    texts: Sequence[str], vectors: RowArray, others: Sequence[str], other_vectors: RowArray, at_least: float
) -> Iterator[tuple[int, int, float]]:
    """Yield every pair of a text and one of the others whose likeness is `at_least` this, as two indices and the likeness.

    How rare a word is gets counted in `others`.
    """
    ours, theirs = [_words(text) for text in texts], [_words(text) for text in others]
    counted = Counter(word for words in theirs for word in words)
    column = {word: index for index, word in enumerate(sorted(counted.keys() | set().union(*ours)))}
    weights = np.array([math.log((len(others) + 1) / (counted[word] + 1)) for word in column])
    mine, other = _one_hot(ours, column), _one_hot(theirs, column)
    weighed = mine.multiply(weights).tocsr()
    totals = mine @ weights, other @ weights
    for start in range(0, len(texts), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        shared = (weighed[rows] @ other.T).toarray()
        either = totals[0][rows, np.newaxis] + totals[1] - shared
        likeness = (vectors[rows] @ other_vectors.T + shared / np.maximum(either, 1e-9)) / 2
        for row, found in zip(*np.nonzero(likeness >= at_least), strict=True):
            yield start + int(row), int(found), min(float(likeness[row, found]), 1.0)


def _alike(later: Message, earlier: Message, likeness: float, same_topic: bool) -> Problem:
    other = f"'{short(earlier.text)}' {place(earlier.path, earlier.line, seen_from=later.path)}"
    if same_topic:
        message = f"'{short(later.text)}' adds nothing to {other}; delete one of the two, or ask in other words"
        return Problem(later.path, later.line, message, "warning")
    asks = f"'{short(later.text)}' ({later.topic})"
    if likeness >= SAME_QUESTION:
        message = f"{asks} asks the same as {other} ({earlier.topic}); keep it in the topic that answers it and delete the other"
        return Problem(later.path, later.line, message)
    message = f"{asks} is much like {other} ({earlier.topic}); if both ask one question keep one, or say in each what it is about"
    return Problem(later.path, later.line, message, "warning")


def _words(text: str) -> frozenset[str]:
    """Return the words of a text, with plurals and numbers made one."""
    words = _WORD.findall(normalise(text).casefold().replace("'", ""))
    return frozenset("0" if word.isdigit() else re.sub(r"(?<=[^s]{3})s$", "", word) for word in words)


def _one_hot(texts: Sequence[Iterable[str]], column: dict[str, int]) -> sparse.csr_matrix:
    """Return which text has which word, shape (texts, words)."""
    cells = [(row, column[word]) for row, words in enumerate(texts) for word in words]
    rows, columns = zip(*cells, strict=True) if cells else ((), ())
    return sparse.csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(texts), len(column)))


def _one_letter_off(keys: Sequence[str], others: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Yield every pair of keys in which one letter is wrong, missing or in its neighbour's place, with likeness 1.

    Two such keys become one when the right letter is taken out of each, so none has to be held against all others.
    """
    shortened: dict[str, list[int]] = {}
    for index, key in enumerate(others):
        for less in _less_a_letter(key):
            shortened.setdefault(less, []).append(index)
    for index, key in enumerate(keys):
        for other in {other for less in _less_a_letter(key) for other in shortened.get(less, ())}:
            yield index, other, 1.0


def _less_a_letter(key: str) -> set[str]:
    return {key, *(key[:index] + key[index + 1 :] for index in range(len(key)))} if len(key) >= _LONG_ENOUGH else set()
