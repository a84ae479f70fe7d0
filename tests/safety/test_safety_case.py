"""The safety case names what is there: its tests, its rules, and the keys one signs with."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "safety-case.md").read_text(encoding="utf-8")
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+)`", PAGE))))
def test_every_proof_is_a_test(name: str) -> None:
    assert f"def {name}(" in TESTS


@pytest.mark.parametrize("file", sorted(set(re.findall(r"`((?:clinic|data|tests|frontdesk)/[\w/]+\.(?:yml|py))`", PAGE))))
def test_every_file_is_there(file: str) -> None:
    assert (ROOT / file).is_file()


@pytest.mark.parametrize("file", sorted(set(re.findall(r"`(rules/\w+\.yml)`", PAGE))))
def test_every_rule_file_is_there(file: str) -> None:
    assert (ROOT / "clinic" / "safety" / file).is_file()


def test_every_hazard_has_an_answer_and_a_proof() -> None:
    rows = [line.strip("|").split("|") for line in PAGE.split("## Hazards")[1].split("\n## ")[0].splitlines() if line.startswith("| ")][1:]

    assert len(rows) > 10
    assert [row[0] for row in rows if not row[1].strip() or "`test_" not in row[2]] == []
