"""Risk, coverage and calibration against numbers worked out by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.faq.curves import Reliability, RiskCoverage, Served


def right(confidence: float) -> Served:
    return Served(confidence, wrong=False, first_right=True)


def wrong(confidence: float) -> Served:
    return Served(confidence, wrong=True, first_right=False)


def test_risk_grows_from_the_surest_to_the_least_sure() -> None:
    curve = RiskCoverage.of([right(0.7), right(0.9), wrong(0.8), right(0.6)], asked=4)

    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert curve.risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 1 / 4])
    assert curve.aurc == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 4) / 4)


def test_the_curve_ends_at_what_was_served() -> None:
    curve = RiskCoverage.of([right(0.9), wrong(0.8), right(0.7)], asked=5)

    assert curve.reach == pytest.approx(0.6)
    assert [curve.risk_at(coverage) for coverage in (0.2, 0.4, 0.5, 0.6)] == pytest.approx([0, 1 / 2, 1 / 3, 1 / 3])
    assert curve.risk_at(0.7) is None
    assert curve.aurc == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_messages_of_equal_confidence_share_their_mistakes_in_whatever_order_they_come() -> None:
    one = RiskCoverage.of([right(0.9), wrong(0.8), right(0.8)], asked=3)
    other = RiskCoverage.of([right(0.8), wrong(0.8), right(0.9)], asked=3)

    assert one.risk.tolist() == other.risk.tolist() == pytest.approx([0, 0.5 / 2, 1 / 3])


@given(st.lists(st.builds(Served, st.floats(0, 1), st.booleans(), st.booleans()), min_size=1, max_size=40), st.integers(0, 20))
def test_at_its_end_the_curve_shows_what_was_served(served: list[Served], not_served: int) -> None:
    curve = RiskCoverage.of(served, len(served) + not_served)

    assert curve.risk[-1] == pytest.approx(sum(one.wrong for one in served) / len(served))
    assert curve.risk_at(curve.reach) == pytest.approx(curve.risk[-1])
    assert sum(one.messages for one in Reliability.of(served).bins) == len(served)


def test_a_confidence_of_06_that_is_right_in_7_of_10_is_off_by_a_tenth() -> None:
    served = [*[right(0.6)] * 7, *[wrong(0.6)] * 3, *[right(0.95)] * 9, wrong(0.95)]

    measured = Reliability.of(served)

    assert [(one.messages, one.confidence, one.right) for one in measured.bins] == [
        (10, pytest.approx(0.6), pytest.approx(0.7)),
        (10, pytest.approx(0.95), pytest.approx(0.9)),
    ]
    assert measured.expected_error == pytest.approx((0.1 + 0.05) / 2)
    assert measured.brier == pytest.approx((7 * 0.4**2 + 3 * 0.6**2 + 9 * 0.05**2 + 0.95**2) / 20)


def test_bins_hold_equally_many_messages_however_confidence_is_spread() -> None:
    measured = Reliability.of([right(1 - 0.5**place) for place in range(40)])

    assert [one.messages for one in measured.bins] == [4] * 10


def test_nothing_served_is_nothing_measured() -> None:
    curve, measured = RiskCoverage.of([], asked=3), Reliability.of([])

    assert (curve.reach, curve.aurc, curve.risk_at(0.5)) == (0, None, None)
    assert (measured.bins, measured.expected_error, measured.brier) == ((), None, None)
    assert RiskCoverage.of([], asked=0).reach == 0


def test_the_curve_as_json_has_a_point_for_each_per_cent_at_most() -> None:
    plain = json.loads(json.dumps(RiskCoverage.of([right(place / 1000) for place in range(1000)], asked=2000).to_dict()))

    assert [point["coverage"] for point in plain["curve"]] == pytest.approx([percent / 100 for percent in range(1, 51)])
    assert plain["risk_at"] == {"50%": 0, "60%": None, "70%": None, "80%": None, "90%": None, "100%": None}
