"""`frontdesk check` on the safety files: what is wrong is named with its file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from frontdesk.practice import load_facts
from frontdesk.safety.checks import check_safety

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "clinic" / "safety", tmp_path / "safety"))


def problems(folder: Path) -> list[str]:
    return [problem.render().removeprefix(f"{folder}/") for problem in check_safety(folder, load_facts().keys())]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


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
