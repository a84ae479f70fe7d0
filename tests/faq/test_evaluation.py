"""Verdicts on what the assistant did."""

from __future__ import annotations

from typing import Any

import pytest

from frontdesk.faq.evaluation import Case, evaluate, judge


def outcome(decision: str, *topics: str, suggestions: tuple[str, ...] = (), tier: str | None = None) -> dict[str, Any]:
    return {
        "decision": decision,
        "topic": topics[0] if topics else None,
        "topics": list(topics),
        "suggestions": list(suggestions),
        "safety": {"tier": tier, "category": "other"} if tier else None,
    }


def case(*wanted: str, kind: str = "article", also_ok: tuple[str, ...] = ()) -> Case:
    return Case("1", "text", kind, wanted, frozenset(also_ok))


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
