"""Three ways: answer, suggest, hand off."""

from __future__ import annotations

import numpy as np
import pytest

from frontdesk.faq.calibration import Calibration, Sureness
from frontdesk.faq.decision import Labels, Ranked, Ranking, decide

CALIBRATION = Calibration(
    Sureness((), 0.0), Sureness((), 0.0), 1.0, answer_at=0.7, intent_at=0.5, suggest_at=0.4, alarm_at=0.5, measured={}
)
TITLED = frozenset({"faq/cost", "faq/insurance", "faq/hours", "faq/aftercare", "book_appointment"})


def understand(*ranking: tuple[str, float], sure: float, hopeful: float):
    return decide(
        [Ranked(label, share) for label, share in ranking],
        sure=sure,
        hopeful=hopeful,
        calibration=CALIBRATION,
        labels=Labels(suggestible=TITLED, alarming=frozenset({"emergency"})),
    )


def test_a_topic_that_is_sure_enough_is_answered() -> None:
    understood = understand(("faq/cost", 0.9), ("faq/insurance", 0.1), sure=0.7, hopeful=0.9)

    assert (understood.decision, understood.label) == ("answer", "faq/cost")


def test_a_topic_that_is_not_sure_is_suggested_with_its_neighbours() -> None:
    understood = understand(("faq/cost", 0.4), ("faq/insurance", 0.3), ("faq/hours", 0.2), ("oos_general", 0.1), sure=0.69, hopeful=0.9)

    assert (understood.decision, understood.label) == ("suggest", None)
    assert understood.suggestions == ("faq/cost", "faq/insurance", "faq/hours")


def test_a_far_third_suggestion_is_left_out() -> None:
    understood = understand(("faq/cost", 0.5), ("faq/insurance", 0.4), ("faq/hours", 0.01), sure=0.5, hopeful=0.9)

    assert understood.suggestions == ("faq/cost", "faq/insurance")


def test_nothing_near_is_handed_off() -> None:
    understood = understand(("faq/cost", 0.1), ("faq/insurance", 0.1), sure=0.1, hopeful=0.2)

    assert (understood.decision, understood.suggestions) == ("handoff", ())


def test_a_booking_wish_may_be_less_sure_than_an_answer_and_is_asked_back_below_that() -> None:
    sure = understand(("book_appointment", 0.9), ("faq/hours", 0.1), sure=0.5, hopeful=0.5)
    doubtful = understand(("book_appointment", 0.5), ("faq/hours", 0.4), sure=0.49, hopeful=0.6)

    assert (sure.decision, sure.label) == ("dialogue", "book_appointment")
    assert doubtful.suggestions == ("book_appointment", "faq/hours")


@pytest.mark.parametrize(("label", "decision"), [("oos_animals", "decline"), ("greeting", "dialogue")])
def test_what_has_no_title_is_taken_for_what_it_is(label: str, decision: str) -> None:
    understood = understand((label, 0.6), ("faq/cost", 0.2), sure=0.5, hopeful=0.9)

    assert (understood.decision, understood.label) == (decision, label)


def test_a_doubtful_stranger_near_topics_gets_suggestions() -> None:
    understood = understand(("oos_general", 0.3), ("faq/cost", 0.25), ("faq/hours", 0.2), sure=0.2, hopeful=0.6)

    assert understood.suggestions == ("faq/cost", "faq/hours")


def test_an_alarm_that_does_not_reach_its_line_is_never_an_answer() -> None:
    suggested = understand(("emergency", 0.4), ("faq/cost", 0.3), ("faq/hours", 0.2), sure=0.9, hopeful=0.9)
    handed_off = understand(("emergency", 0.4), ("faq/cost", 0.3), ("faq/hours", 0.2), sure=0.9, hopeful=0.1)

    assert suggested.suggestions == ("faq/cost", "faq/hours")
    assert handed_off.decision == "handoff"


def test_a_ranking_has_the_best_first_and_equal_ones_as_they_came() -> None:
    ranking = Ranking(("hours", "cost", "parking", "booking"), np.array([0.1, 0.4, 0.1, 0.4]))

    assert [ranked.label for ranked in ranking] == ["cost", "booking", "hours", "parking"]
    assert ranking[0] == Ranked("cost", 0.4)
    assert ranking[2:] == [Ranked("hours", 0.1), Ranked("parking", 0.1)]
    assert list(ranking.among({"hours", "cost"})) == [Ranked("cost", 0.4), Ranked("hours", 0.1)]
    assert len(ranking) == 4
