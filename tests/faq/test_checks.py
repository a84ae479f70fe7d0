"""Every check of topics, answers, examples and the ledger, each fired once by one mistake."""

import copy
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import yaml

from frontdesk.faq.project import Layout, check_project
from tests.faq.small_project import CASES, TODAY, Case, assert_found, copy_project, layout_of, load_cases, problems_of


@pytest.mark.parametrize("case", load_cases("topics", "answers", "examples", "files", "ledger"), ids=lambda case: case.name)
def test_each_mistake_is_named_at_its_line(case: Case, tmp_path: Path) -> None:
    assert_found(case, tmp_path)


def test_nothing_is_wrong_with_the_small_project(tmp_path: Path) -> None:
    report = check_project(layout_of(copy_project(tmp_path)), TODAY)

    assert report.problems == ()
    assert (report.topics, report.examples) == (2, 120)


def test_nothing_is_wrong_with_the_real_project(root: Path) -> None:
    report = check_project(Layout(root / "data", root / "clinic", root / "domain.yml"), TODAY)

    assert [problem.render() for problem in report.problems] == []
    assert report.topics > 50


def test_bytes_that_are_no_text_are_named_with_their_line(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    path = project / "data" / "faq" / "sciatica.yml"
    path.write_bytes(b'version: "3.1"\n\xff\xfe\x00\x80 binary\n')

    first = [problem for problem in problems_of(project) if problem.path == path]

    assert [(problem.line, problem.message) for problem in first] == [(2, "this is not plain text; save the file as UTF-8 text")]


def test_a_control_character_is_named_with_its_line(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    path = project / "data" / "faq" / "sciatica.yml"
    path.write_text('version: "3.1"\n\nnlu: a\x07b\n', encoding="utf-8")

    first = [problem for problem in problems_of(project) if problem.path == path]

    assert first[0].line == 3
    assert "no text file may hold" in first[0].message


def test_a_folder_that_looks_like_a_topic_is_passed_over(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    (project / "data" / "faq" / "old.yml").mkdir()

    assert problems_of(project) == ()


def test_a_file_without_a_topics_name_is_refused(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    path = project / "data" / "faq" / "sciatica.yml"
    path.rename(path.with_name("Sciatica copy.yml"))

    messages = [problem.message for problem in problems_of(project)]

    assert any("rename it" in message for message in messages)
    assert any("the intent must be 'faq/Sciatica copy'" in message for message in messages)


def test_one_mistake_does_not_hide_the_next(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    path = project / "data" / "faq" / "sciatica.yml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("title: Sciatica", "title: 5").replace("sources: [trial_2024]", "sources: [nothing]")
    path.write_text(text.replace('reviewed: "2026-11-24"', "reviewed: 2026-11-24"), encoding="utf-8")

    messages = [problem.message for problem in problems_of(project)]

    assert len(messages) == 3


JUNK = [None, 7, True, [], {}, [None], [[1]], {"a": {"b": 1}}, dt.date(2026, 1, 2), "", "words", 1.5, {7: 8}]


def everywhere(value: object, trail: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Yield the way to every value of a document."""
    yield trail
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from everywhere(inner, (*trail, key))


@pytest.mark.parametrize("path", sorted((CASES / "project").rglob("*.yml")), ids=lambda path: path.name)
def test_no_value_in_any_place_ends_in_a_stack_trace(path: Path, tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    target = project / path.relative_to(CASES / "project")
    original = yaml.safe_load(path.read_text(encoding="utf-8"))
    random = Random(11)

    for trail in list(everywhere(original)):
        for junk in random.sample(JUNK, 1):
            document = copy.deepcopy(original)
            if trail:
                holder = document
                for key in trail[:-1]:
                    holder = holder[key]
                holder[trail[-1]] = junk
            else:
                document = junk
            target.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")

            found = problems_of(project)

            assert all(problem.line >= 1 and problem.message for problem in found)


def test_a_real_clinic_needs_a_clinician_behind_every_answer_on_safety_and_evidence(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    path = project / "data" / "faq" / "sciatica.yml"

    assert [p.message.split("; ")[0] for p in problems_of(project, production=True) if p.path == path] == [
        "1 of 1 answer on safety and evidence is not signed (sciatica)"
    ]

    path.write_text(
        path.read_text(encoding="utf-8").replace("owner: front desk\n", "owner: front desk\n        clinician: Jane Doe, MD\n"),
        encoding="utf-8",
    )

    assert [p for p in problems_of(project, production=True) if p.path == path] == []


def test_a_real_clinic_may_not_let_the_review_of_such_an_answer_lapse(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    path = project / "data" / "faq" / "sciatica.yml"
    text = path.read_text(encoding="utf-8").replace("owner: front desk\n", "owner: front desk\n        clinician: Jane Doe, MD\n")
    path.write_text(text.replace("2026-11-24", "2025-11-24").replace("2027-05-24", "2026-05-24"), encoding="utf-8")

    assert [p.severity for p in problems_of(project) if p.path == path] == ["warning"]
    assert any("due to be read again (sciatica)" in p.message for p in problems_of(project, production=True) if p.severity == "error")
