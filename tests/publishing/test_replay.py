"""What counts as better, worse, or only different, when a draft is held against the published model."""

from __future__ import annotations

import pytest

from frontdesk.publishing.replay import Heard, Question, compare

COST = Heard("answer", ("cost",), replies=("A visit is $95.",))
COST_REWORDED = Heard("answer", ("cost",), replies=("A visit costs $95.",))
HOURS = Heard("answer", ("hours",))
SUGGESTED = Heard("suggest", (), ("cost", "hours"))
SUGGESTED_OTHERS = Heard("suggest", (), ("hours", "cost"))
NOTHING = Heard("handoff")
EMERGENCY = Heard("safety", tier="emergency")
DOCTOR = Heard("safety", tier="doctor")

PLAIN = Question("how much")
FOR_COST = Question("how much", expected="cost")
DANGER = Question("i can't feel my legs", must_alarm=True)

CASES = {
    "the same words are the same": (PLAIN, COST, COST, "same"),
    "other words for the same topic are reworded": (PLAIN, COST, COST_REWORDED, "reworded"),
    "another topic is a change to look at": (PLAIN, COST, HOURS, "changed"),
    "another order of suggestions is a change": (PLAIN, SUGGESTED, SUGGESTED_OTHERS, "changed"),
    "an answer in place of none is better": (PLAIN, NOTHING, COST, "now_answered"),
    "an answer in place of suggestions is better": (PLAIN, SUGGESTED, COST, "now_answered"),
    "no answer in place of one is worse": (PLAIN, COST, NOTHING, "worse"),
    "suggestions in place of an answer are worse": (PLAIN, COST, SUGGESTED, "worse"),
    "suggestions in place of nothing are a change": (PLAIN, NOTHING, SUGGESTED, "changed"),
    "what a person said is right decides: from wrong to right": (FOR_COST, HOURS, COST, "changed"),
    "what a person said is right decides: from right to wrong": (FOR_COST, COST, HOURS, "worse"),
    "what a person said is right decides: from nothing to right": (FOR_COST, NOTHING, COST, "now_answered"),
    "a wrong answer in place of none is worse": (FOR_COST, NOTHING, HOURS, "worse"),
    "none in place of a wrong answer is a change": (FOR_COST, HOURS, NOTHING, "changed"),
    "an alarm that is gone is worse": (PLAIN, EMERGENCY, COST, "worse"),
    "a danger without its alarm is worse": (DANGER, EMERGENCY, NOTHING, "worse"),
    "a danger that is caught now is better": (DANGER, NOTHING, EMERGENCY, "now_answered"),
    "a new alarm is a change to look at": (PLAIN, COST, EMERGENCY, "changed"),
    "another tier is a change to look at": (PLAIN, EMERGENCY, DOCTOR, "changed"),
    "an alarm in place of the right answer is worse": (FOR_COST, COST, EMERGENCY, "worse"),
    "one alarm like the other is the same": (DANGER, EMERGENCY, EMERGENCY, "same"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_comes_of_a_question(case: str) -> None:
    question, live, draft, kind = CASES[case]

    assert compare([question], [live], [draft]).rows[0].kind == kind


def test_what_got_worse_stands_first_and_each_kind_is_counted() -> None:
    replay = compare([PLAIN, PLAIN, PLAIN], [COST, NOTHING, COST], [COST, COST, NOTHING])

    assert [row.kind for row in replay.rows] == ["worse", "now_answered", "same"]
    assert replay.counts() == {"worse": 1, "now_answered": 1, "changed": 0, "reworded": 0, "same": 1}


def test_an_answer_to_two_questions_fits_either() -> None:
    assert Heard("answer", ("hours", "cost")).fits(FOR_COST)


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        compare([PLAIN, PLAIN], [COST, COST], [COST])
