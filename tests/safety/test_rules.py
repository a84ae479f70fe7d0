"""The rule files are the test table: every example is a test."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from frontdesk.safety import TIERS, Guard, RuleInvalid
from frontdesk.safety.rules import load_rules

RULES = Path(__file__).parents[2] / "clinic" / "safety" / "rules"
CATEGORIES = {
    "self_harm", "cauda_equina", "neuro", "trauma", "infection",
    "cancer_red_flag", "chest_breathing", "other", "precaution", "despair", "harm_to_others",
}  # fmt: skip


def examples(kind: str) -> list[Any]:
    """Return (rule id, tier, example) for every example of a kind."""
    return [
        pytest.param(rule["id"], rule["tier"], text, id=f"{rule['id']}: {text}")
        for path in sorted(RULES.glob("*.yml"))
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
        for text in rule[kind]
    ]


@pytest.mark.parametrize(("rule", "tier", "text"), examples("must_fire"))
def test_a_rule_fires_on_its_example(guard: Guard, rule: str, tier: str, text: str) -> None:
    alarm = guard.check(text)

    assert rule in {a.rule for a in guard.alarms(text)}
    assert alarm is not None
    assert TIERS.index(alarm.tier) <= TIERS.index(tier)


@pytest.mark.parametrize(("rule", "tier", "text"), examples("must_not_fire"))
def test_a_rule_is_silent_on_its_look_alike(guard: Guard, rule: str, tier: str, text: str) -> None:
    assert rule not in {a.rule for a in guard.alarms(text)}


def test_every_category_has_a_rule_file(guard: Guard) -> None:
    assert {rule.category for rule in guard.rules} == CATEGORIES


def test_only_precautions_and_soft_despair_leave_the_answer(guard: Guard) -> None:
    for rule in guard.rules:
        assert (rule.category in ("precaution", "despair")) == (rule.tier == "practitioner"), rule.id


def rule_file(tmp_path: Path, **changes: Any) -> Path:
    """Write one small valid rule with the given keys changed or removed."""
    rule: dict[str, Any] = {
        "id": "r", "tier": "doctor", "source": "NHS", "fires": [{"all_of": ["fever"]}],
        "must_fire": ["fever"], "must_not_fire": ["hay fever"],
        "reviewed_by": None, "reviewed_on": None,
    }  # fmt: skip
    rule = {k: v for k, v in {**rule, **changes}.items() if v != "gone"}
    document = {"category": "infection", "rules": [rule]}
    (tmp_path / "infection.yml").write_text(yaml.safe_dump(document))
    return tmp_path


def test_a_valid_rule_loads(tmp_path: Path) -> None:
    (rule,) = load_rules(rule_file(tmp_path), {"fever"})

    assert (rule.id, rule.category, rule.reviewed_by, rule.reviewed_on) == ("r", "infection", None, None)


@pytest.mark.parametrize("day", ["2026-11-24", dt.date(2026, 11, 24)], ids=["quoted", "plain"])
def test_a_signed_rule_says_who_and_when(tmp_path: Path, day: str | dt.date) -> None:
    (rule,) = load_rules(rule_file(tmp_path, reviewed_by="Dr. A. Example", reviewed_on=day), {"fever"})

    assert (rule.reviewed_by, rule.reviewed_on) == ("Dr. A. Example", dt.date(2026, 11, 24))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"must_fire": "gone"}, "must_fire"),
        ({"must_not_fire": []}, "must_not_fire"),
        ({"must_fire": "fever"}, "must_fire"),
        ({"must_fire": [False]}, "must_fire"),
        ({"source": None}, "source"),
        ({"source": 7}, "source"),
        ({"card": ["fever"]}, "card"),
        ({"tier": "urgent"}, "urgent"),
        ({"tier": ["doctor"]}, "tier"),
        ({"fires": {"all_of": ["fever"]}}, "fires"),
        ({"fires": ["fever"]}, "fires"),
        ({"fires": [{"all_of": ["feverish"]}]}, "feverish"),
        ({"fires": [{"all_of": "fever"}]}, "all_of"),
        ({"fires": [{"all_of": [{"fever": 1}]}]}, "all_of"),
        ({"fires": [{"any_of": ["fever"]}]}, "all_of"),
        ({"fires": [{"all_of": ["fever"], "any_of": "fever"}]}, "any_of"),
        ({"fires": [{"all_of": ["fever"], "none_of": [["fever"]]}]}, "none_of"),
        ({"fires": [{"all_of": ["fever"], "near": "many"}]}, "near"),
        ({"fires": [{"all_of": ["fever"], "near": -1}]}, "near"),
        ({"fires": [{"all_of": ["fever"], "in_order": "yes please"}]}, "in_order"),
        ({"fires": [{"all_of": ["fever"], "nearby": 3}]}, "nearby"),
        ({"fires": [{"all_of": ["fever"], "within": "page"}]}, "within"),
        ({"colour": "red"}, "colour"),
        ({"reviewed_by": "gone"}, "reviewed_by"),
        ({"reviewed_on": "gone"}, "reviewed_on"),
        ({"reviewed_by": 7}, "reviewed_by"),
        ({"reviewed_on": "soon"}, "reviewed_on"),
        ({"reviewed_on": 2026}, "reviewed_on"),
    ],
    ids=str,
)
def test_a_rule_of_another_shape_does_not_load_and_is_named(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleInvalid, match=named) as caught:
        load_rules(rule_file(tmp_path, **changes), {"fever"})

    assert str(caught.value).startswith("infection.yml: rule 'r'")


@pytest.mark.parametrize(
    "content",
    ["category: infection\nrules: [\n", "[]", "7", "", "category: infection", "category: infection\nrules: many",
     "category: infection\nrules: [fever]", "category: infection\nsigned_by: null\nrules: []", "\udcff"],
)  # fmt: skip
def test_a_file_that_is_no_rule_file_does_not_load_and_is_named(tmp_path: Path, content: str) -> None:
    tmp_path.joinpath("infection.yml").write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(RuleInvalid, match=r"^infection\.yml: "):
        load_rules(tmp_path, {"fever"})


def test_a_file_named_after_another_category_does_not_load(tmp_path: Path) -> None:
    rule_file(tmp_path).joinpath("infection.yml").rename(tmp_path / "neuro.yml")

    with pytest.raises(RuleInvalid, match="category"):
        load_rules(tmp_path, {"fever"})
