"""`frontdesk check` on the safety files: what is wrong is named with its file."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import pytest

from frontdesk.practice import load_facts
from frontdesk.practice.checks import REQUIRED
from frontdesk.safety.checks import check_safety

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 24)
UNSIGNED = "    reviewed_by: null\n    reviewed_on: null\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "clinic" / "safety", tmp_path / "safety"))


def problems(folder: Path, *, production: bool = False) -> list[str]:
    found = check_safety(folder, load_facts().keys(), TODAY, production=production)
    return [problem.render().removeprefix(f"{folder}/") for problem in found]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def sign(folder: Path, by: str, on: str) -> None:
    """Sign every card, as a clinician would."""
    path = folder / "cards.yml"
    path.write_text(path.read_text(encoding="utf-8").replace(UNSIGNED, f"    {by}\n    {on}\n"), encoding="utf-8")


def test_nothing_is_wrong_with_the_clinics_files(folder: Path) -> None:
    assert problems(folder) == []


def test_a_number_that_is_no_fact_is_named_in_the_card(folder: Path) -> None:
    edit(folder / "cards.yml", "{contact.emergency_number}", "{contact.emergncy_number}")

    assert any(found.startswith("cards.yml:") and "{contact.emergncy_number} is no fact" in found for found in problems(folder))


def test_a_rule_with_an_unknown_concept_is_named(folder: Path) -> None:
    edit(folder / "rules" / "trauma.yml", "all_of: [", "all_of: [no_such_concept, ")

    assert any("trauma" in found and "no_such_concept" in found for found in problems(folder))


def test_a_card_that_a_rule_asks_for_and_that_is_gone_is_named(folder: Path) -> None:
    edit(folder / "cards.yml", "\n  pregnancy:", "\n  pregnancies:")

    assert any("'pregnancy', which is not here" in found for found in problems(folder))


def test_a_word_that_no_visitor_may_read_is_refused_in_a_card_and_other_countries_numbers_are_not(folder: Path) -> None:
    edit(folder / "cards.yml", "Please tell the clinic about this before you come, so", "You have no red flags. Tell the clinic, so")

    assert [found.split(": ", 1)[1].split(" clears")[0] for found in problems(folder)] == ["'no red flags'"]


@pytest.mark.parametrize(
    ("card", "fact"),
    [
        ("emergency", "contact.emergency_number"),
        ("crisis", "contact.emergency_number"),
        ("crisis", "contact.crisis_line"),
        ("doctor_today", "contact.emergency_number"),
    ],
)
def test_a_card_for_somebody_in_danger_without_a_number_to_dial_is_named(folder: Path, card: str, fact: str) -> None:
    path = folder / "cards.yml"
    head, name, rest = path.read_text(encoding="utf-8").partition(f"\n  {card}:\n")
    path.write_text(head + name + rest.replace(f"](tel:{{{fact}}})", "](tel:112)", 1), encoding="utf-8")

    (found,) = problems(folder)

    assert f"'{card}' is shown to somebody in danger and has no link to dial; write [{{{fact}}}]" in found


def test_a_card_that_says_nothing_is_named(folder: Path) -> None:
    edit(
        folder / "cards.yml",
        "    replaces: |-\n      Please tell the clinic and your prescriber",
        "    addz: |-\n      Please tell the clinic and your prescriber",
    )

    found = problems(folder)

    assert any("'addz' is not a key that belongs here" in line for line in found)
    assert any("the card 'medicine' says nothing" in line for line in found)


def test_a_real_clinic_needs_every_card_and_rule_signed_and_each_file_is_one_line(folder: Path) -> None:
    files = {"cards.yml", *(f"rules/{path.name}" for path in (folder / "rules").glob("*.yml"))}

    found = problems(folder, production=True)

    assert sorted(line.split(":")[0] for line in found) == sorted(files)
    assert re.fullmatch(
        r"cards.yml:\d+: (\d+) of \1 cards are not signed \(crisis, emergency, doctor and \d+ more\); .*'reviewed_on'", found[0]
    )


def test_what_is_signed_is_not_named_again(folder: Path) -> None:
    sign(folder, "reviewed_by: Jane Doe, MD", "reviewed_on: 2026-11-24")

    assert not [found for found in problems(folder, production=True) if found.startswith("cards.yml")]


def test_how_long_a_signature_is_good_for_is_a_setting(folder: Path) -> None:
    sign(folder, "reviewed_by: Jane Doe, MD", "reviewed_on: 2026-11-01")
    edit(folder / "cards.yml", "review_days: 365", "review_days: 10")

    assert any(found.startswith("cards.yml") and "signed more than 10 days ago" in found for found in problems(folder, production=True))


@pytest.mark.parametrize("days", ["null", "0", "true"])
def test_a_setting_that_is_no_number_of_days_is_named(folder: Path, days: str) -> None:
    edit(folder / "cards.yml", "review_days: 365", f"review_days: {days}")

    assert any("'review_days' must say how many days" in found for found in problems(folder))


def test_half_a_signature_is_a_mistake_at_any_time(folder: Path) -> None:
    edit(folder / "cards.yml", UNSIGNED, "    reviewed_by: Jane Doe, MD\n    reviewed_on: null\n")

    assert ["'crisis' has 'reviewed_by' and no 'reviewed_on'" in found for found in problems(folder)] == [True]


def test_the_numbers_that_a_card_dials_are_facts_that_a_real_clinic_must_have(folder: Path) -> None:
    asked = set(re.findall(r"\{(contact\.\w+)\}", (folder / "cards.yml").read_text(encoding="utf-8")))

    assert asked
    assert asked <= set(REQUIRED)


def test_broken_yaml_is_named_with_its_line_and_nothing_else_is_said(folder: Path) -> None:
    (folder / "rules" / "neuro.yml").write_text("category: neuro\nrules: [\n", encoding="utf-8")

    found = problems(folder)

    assert len(found) == 1
    assert found[0].startswith("rules/neuro.yml:")


@pytest.mark.parametrize("file", ["cards.yml", "concepts.yml", "rules/neuro.yml"])
@pytest.mark.parametrize("content", ["[]\n", "7\n", "tiers: {crisis: 7}\n", ""], ids=["list", "number", "strange", "empty"])
def test_a_file_of_another_shape_is_a_problem_and_no_crash(folder: Path, file: str, content: str) -> None:
    (folder / file).write_text(content, encoding="utf-8")

    assert problems(folder)
