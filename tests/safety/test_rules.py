"""The rule files are the test table: every example is a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from frontdesk.safety import TIERS, Guard, RuleInvalid
from frontdesk.safety.rules import load_rules

RULES = Path(__file__).parents[2] / "clinic" / "safety" / "rules"
CATEGORIES = {
    "self_harm", "cauda_equina", "neuro", "trauma", "infection",
    "cancer_red_flag", "chest_breathing", "other", "precaution",
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


def test_only_precautions_are_of_the_practitioner_tier(guard: Guard) -> None:
    for rule in guard.rules:
        assert (rule.category == "precaution") == (rule.tier == "practitioner"), rule.id


def rule_file(tmp_path: Path, **changes: Any) -> Path:
    """Write one small valid rule with the given keys changed or removed."""
    rule: dict[str, Any] = {
        "id": "r", "tier": "doctor", "source": "NHS", "fires": [{"all_of": ["fever"]}],
        "must_fire": ["fever"], "must_not_fire": ["hay fever"],
    }  # fmt: skip
    rule = {k: v for k, v in {**rule, **changes}.items() if v is not None}
    document = {"category": "infection", "signed_by": None, "rules": [rule]}
    (tmp_path / "infection.yml").write_text(yaml.safe_dump(document))
    return tmp_path


def test_a_valid_rule_loads(tmp_path: Path) -> None:
    (rule,) = load_rules(rule_file(tmp_path), {"fever"})

    assert (rule.id, rule.category, rule.signed_by) == ("r", "infection", None)


@pytest.mark.parametrize(
    "changes",
    [
        {"must_fire": None},
        {"must_not_fire": []},
        {"source": None},
        {"tier": "urgent"},
        {"fires": [{"all_of": ["feverish"]}]},
        {"fires": [{"any_of": ["fever"]}]},
        {"fires": [{"all_of": ["fever"], "nearby": 3}]},
        {"fires": [{"all_of": ["fever"], "within": "page"}]},
        {"colour": "red"},
    ],
    ids=str,
)
def test_an_incomplete_rule_does_not_load(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(RuleInvalid):
        load_rules(rule_file(tmp_path, **changes), {"fever"})


def test_a_file_named_after_another_category_does_not_load(tmp_path: Path) -> None:
    rule_file(tmp_path).joinpath("infection.yml").rename(tmp_path / "neuro.yml")

    with pytest.raises(RuleInvalid, match="category"):
        load_rules(tmp_path, {"fever"})
