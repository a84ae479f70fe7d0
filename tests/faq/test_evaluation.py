"""Verdicts on what the assistant did."""

from __future__ import annotations

from typing import Any

import pytest

from frontdesk.faq.evaluation import Case, Report, answered_parts, evaluate, judge


def outcome(
    decision: str, *topics: str, suggestions: tuple[str, ...] = (), tier: str | None = None, confidence: float = 0.9
) -> dict[str, Any]:
    return {
        "decision": decision,
        "topic": topics[0] if topics else None,
        "topics": list(topics),
        "suggestions": list(suggestions),
        "safety": {"tier": tier, "category": "other"} if tier else None,
        "confidence": confidence,
    }


def case(*wanted: str, kind: str = "article", also_ok: tuple[str, ...] = (), name: str = "1") -> Case:
    return Case(name, "text", kind, wanted, frozenset(also_ok))


TWO = case("cost", "hours", kind="two_questions")
THREE = case("cost", "hours", "parking", kind="two_questions")


@pytest.mark.parametrize(
    ("expected", "wanted", "did"),
    [
        ("right", case("cost"), outcome("answer", "cost")),
        ("right", case("cost", also_ok=("insurance",)), outcome("answer", "insurance")),
        ("wrong", case("cost"), outcome("answer", "hours")),
        ("wrong", case("cost"), outcome("decline", "oos_general")),
        ("suggested_right", case("cost"), outcome("suggest", suggestions=("hours", "cost"))),
        ("suggested_wrong", case("cost"), outcome("suggest", suggestions=("hours", "insurance"))),
        ("handed_off", case("cost"), outcome("handoff")),
        ("wrong", case("cost"), outcome("safety", tier="emergency")),
        ("right", case("oos_animals", kind="out_of_scope"), outcome("decline", "oos_general")),
        ("right", case("oos_animals", kind="out_of_scope"), outcome("handoff")),
        ("wrong", case("oos_animals", kind="out_of_scope"), outcome("answer", "cost")),
        ("right", case("cost", "hours", kind="two_questions"), outcome("answer", "cost", "hours")),
        ("suggested_right", case("cost", "hours", kind="two_questions"), outcome("answer", "cost")),
        ("wrong", case("cost", "hours", kind="two_questions"), outcome("answer", "children")),
        ("right", THREE, outcome("answer", "parking", "cost", "hours")),
        ("suggested_right", THREE, outcome("answer", "cost", "hours")),
        ("suggested_right", THREE, outcome("suggest", suggestions=("parking", "children"))),
        ("wrong", THREE, outcome("decline", "oos_general")),
    ],
)
def test_a_verdict_is_what_the_visitor_got(expected: str, wanted: Case, did: dict[str, Any]) -> None:
    assert judge(wanted, did) == expected


def test_dangers_and_look_alikes_are_counted_apart_from_answers() -> None:
    danger, look_alike = case(kind="danger"), case("cost", kind="look_alike")

    report = evaluate(
        [
            (danger, outcome("safety", tier="emergency")),
            (danger, outcome("answer", "cost")),
            (look_alike, outcome("safety", tier="doctor")),
            (look_alike, outcome("answer", "cost")),
        ]
    )

    assert report.alarms["danger_caught"] == 1
    assert report.missed_dangers == ["1"]
    assert report.alarms["look_alike_alarmed"] == 1
    assert "danger" not in report.counts


def test_the_practitioner_tier_is_no_alarm() -> None:
    report = evaluate([(case("contraindications"), outcome("answer", "contraindications", tier="practitioner"))])

    assert report.alarms["harmless_alarmed"] == 0
    assert report.counts["article"]["right"] == 1


@pytest.mark.parametrize(
    ("parts", "asked", "did"),
    [
        ("all_in_order", TWO, outcome("answer", "cost", "hours")),
        ("all_in_order", TWO, outcome("answer", "cost", "parking", "hours")),
        ("all_in_other_order", TWO, outcome("answer", "hours", "cost")),
        ("some", TWO, outcome("answer", "hours")),
        ("none", TWO, outcome("answer", "parking")),
        ("none", TWO, outcome("suggest", suggestions=("cost", "hours"))),
        ("all_in_order", THREE, outcome("answer", "cost", "hours", "parking")),
        ("all_in_other_order", THREE, outcome("answer", "hours", "cost", "parking")),
        ("some", THREE, outcome("answer", "cost", "hours")),
        ("some", THREE, outcome("dialogue", "hours")),
    ],
)
def test_of_several_questions_the_answered_ones_count_and_their_order(parts: str, asked: Case, did: dict[str, Any]) -> None:
    assert answered_parts(asked, did) == parts


def test_messages_are_counted_by_how_many_questions_they_ask() -> None:
    report = evaluate([(TWO, outcome("answer", "cost", "hours")), (THREE, outcome("answer", "cost")), (case("cost"), outcome("handoff"))])

    assert report.parts == {2: {"all_in_order": 1}, 3: {"some": 1}}
    assert report.to_dict()["several_questions"]["3"] == {"all_in_order": 0, "all_in_other_order": 0, "some": 1, "none": 0}


def test_the_total_in_scope_leaves_out_what_has_a_line_of_its_own() -> None:
    in_scope = [case("cost"), case("hours", kind="clinic"), case("book_appointment", kind="booking"), case("greeting", kind="smalltalk")]
    apart = [case("cost", kind=kind) for kind in ("danger", "look_alike", "out_of_scope", "follow_up")]

    report = evaluate([(one, outcome("answer", "cost")) for one in [*in_scope, *apart, TWO, case("cost", "hours", kind="clinic")]])

    assert report.in_scope == {"right": 1, "wrong": 3}


def judged_for_curves() -> Report:
    return evaluate(
        [
            (case("cost"), outcome("answer", "cost", confidence=0.9)),
            (case("cost"), outcome("answer", "hours", confidence=0.7)),
            (case("greeting", kind="smalltalk"), outcome("dialogue", "greeting", confidence=0.8)),
            (case("oos_animals", kind="out_of_scope"), outcome("decline", "oos_general", confidence=0.6)),
            (case("cost"), outcome("suggest", suggestions=("hours", "cost"), confidence=0.95)),
            (case("cost"), outcome("handoff", confidence=0.1)),
            (case("cost"), outcome("safety", tier="emergency", confidence=0.99)),
            (case("cost", kind="look_alike"), outcome("answer", "hours", confidence=0.99)),
            (TWO, outcome("answer", "children", confidence=0.99)),
        ]
    )


def test_the_curve_is_drawn_for_what_the_assistant_itself_replied_to() -> None:
    """Seven messages are in scope or out of scope; to four of them it replied by its own choice."""
    curve = judged_for_curves().risk_coverage()

    assert curve.coverage.tolist() == pytest.approx([1 / 7, 2 / 7, 3 / 7, 4 / 7])
    assert curve.risk.tolist() == pytest.approx([0, 0, 1 / 3, 1 / 4])


def test_any_decline_serves_a_message_that_is_not_ours_but_only_the_right_one_was_understood() -> None:
    served = judged_for_curves().served

    assert [(one.wrong, one.first_right) for one in served] == [(False, True), (True, False), (False, True), (False, False)]


def test_wrong_answers_are_the_worst_confusions_and_each_has_an_example() -> None:
    report = evaluate(
        [
            *[(case("cost", name=name), outcome("suggest", suggestions=("hours", "parking"))) for name in "abc"],
            (case("cost", name="d"), outcome("handoff")),
            (case("cost", name="e"), outcome("answer", "insurance")),
            *[(case("cost", name=name), outcome("answer", "hours")) for name in "fg"],
            (case("cost", name="h"), outcome("suggest", suggestions=("hours", "cost"))),
        ]
    )

    found = [(one.verdict, one.got, one.times, one.example.id) for one in report.confusions()]
    assert found == [
        ("wrong", "hours", 2, "f"),
        ("wrong", "insurance", 1, "e"),
        ("suggested_wrong", "hours", 3, "a"),
        ("handed_off", "handoff", 1, "d"),
    ]
    plain = report.to_dict()
    assert plain["confusions"][0] == {"wanted": "cost", "served": "hours", "times": 2, "example": {"id": "f", "text": "text"}}
    assert [missed["suggested"] for missed in plain["missed"]] == ["hours", None]


def test_noise_is_counted_beside_the_clean_figures_and_not_among_them() -> None:
    clean = [(case("cost"), outcome("answer", "cost"))]
    noisy = {"one_edit": [(case("cost", name="2"), outcome("answer", "hours"))]}

    report = evaluate(clean, noisy)

    assert report.in_scope == {"right": 1}
    assert report.noise == {"one_edit": {"wrong": 1}}
    assert report.confusions() == []
    assert report.to_dict()["noise"]["one_edit"]["wrong_cases"] == [{"id": "2", "text": "text", "wanted": ["cost"], "served": "hours"}]
