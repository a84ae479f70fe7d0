"""`frontdesk check` on config.yml, endpoints.yml and credentials.yml."""

from pathlib import Path

import pytest

from frontdesk.faq.component_checks import check_components


def problems(folder: Path, file: str, text: str) -> list[str]:
    (folder / file).write_text(text, encoding="utf-8")
    return [problem.render().removeprefix(f"{folder}/") for problem in check_components(folder)]


def test_nothing_is_wrong_with_the_projects_own(root: Path) -> None:
    assert [problem.render() for problem in check_components(root)] == []


def test_files_that_are_not_there_are_not_missed(tmp_path: Path) -> None:
    assert list(check_components(tmp_path)) == []


@pytest.mark.parametrize(
    ("file", "text", "line", "name"),
    [
        ("config.yml", "pipeline:\n  - name: frontdesk.assistant.reader.MesageReader\n", 2, "frontdesk.assistant.reader.MesageReader"),
        ("config.yml", "pipeline:\n  - name: frontdesk.assistant.raeder.MessageReader\n", 2, "frontdesk.assistant.raeder.MessageReader"),
        ("config.yml", "policies:\n  - name: RulePolicy\n  - name: RulePolizy\n", 3, "RulePolizy"),
        ("config.yml", "policies:\n  - title: RulePolicy\n", 2, "None"),
        ("endpoints.yml", "nlg:\n  type: frontdesk.assistant.replies.Replies\n", 2, "frontdesk.assistant.replies.Replies"),
        ("endpoints.yml", "tracker_store:\n  type: no_such_package.Store\n", 2, "no_such_package.Store"),
        ("credentials.yml", "frontdesk.assistant.channel.GatewayOutput:\n", 1, "frontdesk.assistant.channel.GatewayOutput"),
    ],
)
def test_a_component_that_does_not_exist_is_named_at_its_line(tmp_path: Path, file: str, text: str, line: int, name: str) -> None:
    assert problems(tmp_path, file, text) == [f"{file}:{line}: there is no component '{name}'; correct the name"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("config.yml", "pipeline:\n  - name: WhitespaceTokenizer\n  - name: DIETClassifier\npolicies:\n  - name: MemoizationPolicy\n"),
        ("endpoints.yml", "tracker_store:\n  type: SQL\nlock_store:\n  type: redis\naction_endpoint:\n  url: http://127.0.0.1\n"),
        ("credentials.yml", "rest:\nsocketio:\n  bot_message_evt: x\n"),
    ],
)
def test_rasas_own_names_exist(tmp_path: Path, file: str, text: str) -> None:
    assert problems(tmp_path, file, text) == []


@pytest.mark.parametrize("file", ["config.yml", "endpoints.yml", "credentials.yml"])
@pytest.mark.parametrize("text", ["a: [1", "\tb: 1", "- a\n- b\n", "42", "", "pipeline: 7\npolicies: {a: 1}\nnlg: 3\n"], ids=repr)
def test_a_file_that_cannot_be_used_is_a_problem_and_no_crash(tmp_path: Path, file: str, text: str) -> None:
    found = problems(tmp_path, file, text)

    assert found or (text.startswith("pipeline") and file != "credentials.yml")
