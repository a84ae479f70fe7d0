"""Every check of rules, replies, buttons and the words of the chat window, each fired once by one mistake."""

from pathlib import Path

import pytest

from frontdesk.faq.dialogue_checks import SENT_BY_CODE
from tests.faq.small_project import Case, assert_found, copy_project, load_cases, problems_of


@pytest.mark.parametrize("case", load_cases("dialogue"), ids=lambda case: case.name)
def test_each_mistake_is_named_at_its_line(case: Case, tmp_path: Path) -> None:
    assert_found(case, tmp_path)


def test_every_reply_that_code_sends_is_named_in_the_code(root: Path) -> None:
    """The list of replies that no rule names would otherwise keep names that nothing sends any more."""
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("frontdesk", "actions")
        for path in sorted((root / folder).rglob("*.py"))
        if path.name != "dialogue_checks.py"
    )

    assert [name for name in SENT_BY_CODE if f'"{name}"' not in code] == []


def test_a_domain_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    project = copy_project(tmp_path)
    (project / "domain.yml").write_text("intents: [greeting\n", encoding="utf-8")

    found = problems_of(project)

    assert [problem.path.name for problem in found] == ["domain.yml"]
