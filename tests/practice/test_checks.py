"""Every check of the clinic's facts, each fired once by one mistake."""

from pathlib import Path

import pytest

from frontdesk.practice.checks import REQUIRED, check_fact
from frontdesk.practice.facts import TYPES, load_facts
from tests.faq.small_project import Case, assert_found, copy_project, load_cases, problems_of


@pytest.mark.parametrize("case", load_cases("practice"), ids=lambda case: case.name)
def test_each_mistake_is_named_at_its_line(case: Case, tmp_path: Path) -> None:
    assert_found(case, tmp_path)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("value", [0, -5, 1.5, True, [], [None], {}, {"a": 1}, [[1]], "\x00", "{x}", "<b>", object()], ids=repr)
def test_no_value_of_any_shape_raises(kind: str, value: object) -> None:
    assert isinstance(check_fact(kind, value), list)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", "988"),
        ("phone", "+44 20 7946 0018"),
        ("phone", "(503) 555-0142"),
        ("money", "$1,200.50"),
        ("money", "€40"),
        ("money", "CHF 90"),
        ("email", "front.desk+chat@clinic.co.uk"),
        ("url", "https://clinic.test/book?x=1"),
        ("date", "2026-12-25"),
        ("time_zone", "Europe/London"),
        ("dates", [{"date": "2026-12-25", "name": "Christmas Day"}]),
        ("minutes", 45),
    ],
)
def test_facts_of_real_clinics_pass(kind: str, value: object) -> None:
    assert check_fact(kind, value) == []


def test_the_facts_a_visitor_in_need_depends_on_are_facts() -> None:
    assert set(REQUIRED) <= set(load_facts())


def test_production_refuses_the_example_clinic(tmp_path: Path) -> None:
    found = problems_of(copy_project(tmp_path), production=True)

    said = "\n".join(problem.render() for problem in found)
    assert "these are the example clinic's facts" in said
    assert "'555 0142' is made up" in said
    assert "'example.com' is made up" in said
    assert "'Example' is made up" in said


def test_production_refuses_a_clinic_without_a_phone(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    path = project / "clinic" / "practice.yml"
    path.write_text(path.read_text(encoding="utf-8").replace('"+1 503 555 0142"', "null"), encoding="utf-8")

    refused = [problem for problem in problems_of(project, production=True) if "contact.phone" in problem.message]

    assert [problem.severity for problem in refused] == ["error"]
