"""Lines follow from a stated rate, and are stored with the model."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.faq.calibration import Aims, Calibration, Sureness, calibrate, lowest_line
from frontdesk.faq.ranking import Ranker
from tests.faq.test_ranking import LABELS, TEXTS, features


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.floats(0, 1))
def test_no_line_lets_more_wrong_answers_through_than_allowed(answers: list[tuple[float, bool]], allowed: float) -> None:
    """Sureness may be tied, so the share is taken over the answers in the order in which the line was drawn."""
    sureness = np.array([sure for sure, _ in answers])
    wrong = np.array([is_wrong for _, is_wrong in answers])

    line = lowest_line(sureness, wrong, allowed)

    above = sureness > line
    if above.any():
        order = np.argsort(-sureness, kind="stable")
        rates = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
        assert (rates <= allowed).any()
    if line > 1:
        assert wrong[np.argmax(sureness)]


def test_sureness_rises_with_evidence() -> None:
    evidence = np.array([[0.1], [0.2], [0.3], [0.7], [0.8], [0.9]])
    fitted = Sureness.fit(evidence, np.array([False, False, True, False, True, True]))

    low, high = fitted.of(np.array([[0.1], [0.9]]))

    assert low < high


def test_sureness_of_something_always_right_is_high_and_does_not_break() -> None:
    fitted = Sureness.fit(np.ones((4, 2)), np.ones(4, dtype=bool))

    assert fitted.of(np.ones((1, 2)))[0] > 0.9


def test_a_calibration_survives_being_stored() -> None:
    _, leaveout = Ranker.fit(features(TEXTS), LABELS)
    fitted = calibrate(
        leaveout,
        is_answer=lambda label: label != "hours",
        is_foreign=lambda label: label == "hours",
        is_alarm=lambda label: label == "parking",
        aims=Aims(wrong_answer_rate=0.5),
    )

    restored = Calibration.from_dict(json.loads(json.dumps(fitted.to_dict())))

    assert restored == fitted
    assert 0 <= fitted.measured["wrong_answer_rate"] <= 0.5


def test_shares_add_up_to_one_even_where_a_label_is_left_out() -> None:
    fitted = Calibration(Sureness((), 0), Sureness((), 0), 8.0, 0.7, 0.5, 0.4, 0.5, {})

    shares = fitted.shares(np.array([[0.5, 0.1, -np.inf], [0.0, 0.0, 0.0]]))

    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert shares[0, 2] == 0
