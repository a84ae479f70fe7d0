"""The ranking: predictions for unseen examples are exactly those of a ranking fitted without them."""

from __future__ import annotations

import numpy as np
import pytest

from frontdesk.faq import ranking
from frontdesk.faq.ranking import EVIDENCE, Features, Ranker

TEXTS = (
    "how much is a visit",
    "what does it cost",
    "price of a session",
    "cost for a first visit",
    "when are you open",
    "opening hours on friday",
    "are you open on saturday",
    "where can I park",
    "is there parking nearby",
    "parking for a van",
)
LABELS = ("cost",) * 4 + ("hours",) * 3 + ("parking",) * 3


def features(texts: tuple[str, ...], seed: int = 3) -> Features:
    """Give each text a made-up meaning: its words' random vectors, added up."""
    words = {word: np.random.default_rng(abs(hash_of(word)) + seed).normal(size=16) for text in texts for word in text.split()}
    rows = np.array([np.sum([words[word] for word in text.split()], axis=0) for text in texts], dtype=np.float32)
    return Features(texts, rows / np.linalg.norm(rows, axis=1, keepdims=True))


def hash_of(word: str) -> int:
    return sum(ord(letter) * 31**place for place, letter in enumerate(word)) % 2**31


def test_a_training_example_is_ranked_under_its_own_label() -> None:
    ranker, _ = Ranker.fit(features(TEXTS), LABELS)

    scored = ranker.score(features(TEXTS))

    assert [ranker.labels[index] for index in scored.scores.argmax(axis=1)] == list(LABELS)


@pytest.mark.parametrize("most_exact", [100, 0], ids=["exact", "with landmarks"])
def test_leaving_one_out_gives_what_a_ranking_without_it_would_say(monkeypatch, most_exact: int) -> None:
    """The closed form is exact when the n-grams stay the same, so spelling is switched off by one-letter texts."""
    monkeypatch.setattr(ranking, "MOST_EXACT", most_exact)
    monkeypatch.setattr(ranking, "LANDMARK_RIDGE", ranking.RIDGE)
    plain = Features(("x",) * len(TEXTS), features(TEXTS).meaning)
    _, leaveout = Ranker.fit(plain, LABELS)
    alone = leaveout.each_alone().scores

    for index in range(len(TEXTS)):
        rest = [other for other in range(len(TEXTS)) if other != index]
        refit, _ = Ranker.fit(Features(("x",) * len(rest), plain.meaning[rest]), [LABELS[other] for other in rest])
        scores = refit.score(Features(("x",), plain.meaning[[index]])).scores[0]
        np.testing.assert_allclose(alone[index], scores, atol=1e-4)


def test_a_label_left_out_whole_is_never_in_first_place() -> None:
    ranker, leaveout = Ranker.fit(features(TEXTS), LABELS)

    scored = leaveout.whole_label("parking")

    assert "parking" not in {ranker.labels[index] for index in scored.scores.argmax(axis=1)}
    assert scored.evidence.shape == (3, len(EVIDENCE))
    assert np.isfinite(scored.evidence).all()


def test_with_every_example_a_landmark_both_ways_to_solve_agree(monkeypatch) -> None:
    exact, leaveout = Ranker.fit(features(TEXTS), LABELS)
    monkeypatch.setattr(ranking, "MOST_EXACT", 0)
    monkeypatch.setattr(ranking, "LANDMARK_RIDGE", ranking.RIDGE)
    sparse, left_sparse = Ranker.fit(features(TEXTS), LABELS)

    np.testing.assert_allclose(sparse.score(features(TEXTS)).scores, exact.score(features(TEXTS)).scores, atol=1e-4)
    np.testing.assert_allclose(left_sparse.whole_label("hours").scores, leaveout.whole_label("hours").scores, atol=1e-4)


def test_of_too_many_examples_every_label_keeps_its_landmarks(monkeypatch) -> None:
    monkeypatch.setattr(ranking, "MOST_EXACT", 0)
    monkeypatch.setattr(ranking, "LANDMARKS", 6)

    ranker, leaveout = Ranker.fit(features(TEXTS), LABELS)

    assert ranker.to_arrays()["weights"].shape == (6, 3)
    assert {LABELS[index] for index in ranker.to_arrays()["landmarks"]} == set(LABELS)
    assert leaveout.each_alone().scores.shape == (len(TEXTS), 3)


def test_evidence_is_the_same_whether_all_examples_are_landmarks_or_a_few(monkeypatch) -> None:
    """What speaks for a first place lies in all examples of the rivals, landmarks or not."""
    exact, _ = Ranker.fit(features(TEXTS), LABELS)
    monkeypatch.setattr(ranking, "MOST_EXACT", 0)
    monkeypatch.setattr(ranking, "LANDMARKS", 6)
    few, _ = Ranker.fit(features(TEXTS), LABELS)
    told_apart = [EVIDENCE.index(name) for name in ("meaning", "meaning_missed", "spelling", "neighbours")]

    scored = exact.score(features(TEXTS)), few.score(features(TEXTS))

    alike = scored[0].scores.argmax(axis=1) == scored[1].scores.argmax(axis=1)
    assert alike.sum() > len(TEXTS) / 2
    np.testing.assert_allclose(scored[0].evidence[alike][:, told_apart], scored[1].evidence[alike][:, told_apart], atol=1e-5)


def test_a_message_is_spelled_as_the_speller_spells_it() -> None:
    ranker, _ = Ranker.fit(features(TEXTS), LABELS)

    for text in ("Where can I PARK, park, parking?", "zzz", "", "café cost"):
        terms, weights = ranker._spelled(text)
        row = np.zeros(ranker._spelling.shape[1], dtype=np.float32)
        row[terms] = weights
        np.testing.assert_allclose(row, ranker._speller.transform([text]).toarray()[0], atol=1e-6)


def test_of_many_labels_as_many_are_left_out_whole_as_have_examples_enough(monkeypatch) -> None:
    _, leaveout = Ranker.fit(features(TEXTS), LABELS)

    assert leaveout.few_labels(["cost", "hours", "parking"]) == ["cost", "hours", "parking"]

    monkeypatch.setattr(ranking, "MOST_LEFT_OUT", 7)
    assert len(leaveout.few_labels(["cost", "hours", "parking"])) == 2
    monkeypatch.setattr(ranking, "MOST_LEFT_OUT", 1)
    assert len(leaveout.few_labels(["cost", "hours", "parking"])) == 1


def test_one_example_and_equal_examples_can_be_ranked() -> None:
    """A topic of one example, and two topics that hold the same: nothing breaks, and neither twin leads by much."""
    texts = ("where can I park", "where can I park", "how much is a visit")
    ranker, leaveout = Ranker.fit(features(texts), ("hours", "parking", "cost"))

    scored = ranker.score(features(texts))

    assert np.isfinite(leaveout.each_alone().evidence).all()
    assert scored.evidence[0, EVIDENCE.index("lead")] == pytest.approx(0, abs=1e-5)


def test_a_ranking_survives_being_stored(tmp_path) -> None:
    ranker, _ = Ranker.fit(features(TEXTS), LABELS)
    np.savez(tmp_path / "ranking.npz", **ranker.to_arrays())

    with np.load(tmp_path / "ranking.npz", allow_pickle=False) as arrays:
        restored = Ranker.from_arrays(arrays)

    np.testing.assert_allclose(restored.score(features(TEXTS)).scores, ranker.score(features(TEXTS)).scores, atol=1e-5)


def test_a_typing_error_stays_near_its_word() -> None:
    """All meanings are equal here, so only the spelling can tell."""
    same = Features(TEXTS, np.ones((len(TEXTS), 1), dtype=np.float32))
    ranker, _ = Ranker.fit(same, LABELS)

    scored = ranker.score(Features(("wher can i prak pls, parkng",), np.ones((1, 1), dtype=np.float32)))

    assert ranker.labels[scored.scores[0].argmax()] == "parking"


def test_one_label_is_not_enough_to_rank() -> None:
    with pytest.raises(ValueError, match="at least two intents"):
        Ranker.fit(features(TEXTS[:3]), ["cost"] * 3)
