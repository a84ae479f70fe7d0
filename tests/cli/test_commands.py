"""The command says in one line why it cannot run, and never shows a stack trace."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from frontdesk.cli import build_parser, main
from frontdesk.cli import project as project_module

ROOT = Path(__file__).resolve().parents[2]

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Run the command and return its exit status and what it printed."""

    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(arguments)
        except SystemExit as exit_:
            status = int(exit_.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def names_of_commands() -> list[str]:
    (choices,) = (action.choices for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction))
    return list(choices)


@pytest.mark.parametrize("command", names_of_commands())
def test_every_command_explains_itself(say: Say, command: str) -> None:
    status, printed, _ = say(command, "--help")

    assert status == 0
    assert "usage: frontdesk" in printed


@pytest.mark.parametrize("command", [("ask", "hello"), ("train",), ("up",), ("purge",)], ids=" ".join)
def test_outside_the_project_a_command_says_where_to_go(say: Say, command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    status, printed, error = say(*command)

    assert (status, printed) == (2, "")
    assert "run this in the project's folder" in error
    assert error.count("\n") == 1


def test_without_a_model_ask_says_how_to_get_one(say: Say, copy: Path) -> None:
    status, printed, error = say("ask", "does it hurt")

    assert (status, printed) == (2, "")
    assert "train one with 'frontdesk train'" in error


def test_a_model_that_is_no_model_is_named(say: Say, copy: Path) -> None:
    (copy / "models").mkdir()
    (copy / "models" / "broken.tar.gz").write_bytes(b"not a model")

    status, printed, error = say("ask", "does it hurt")

    assert (status, printed) == (2, "")
    assert "broken.tar.gz cannot be loaded" in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ask",), "give either a message"),
        (("ask", "x", "--batch", "y"), "give either a message"),
        (("ask", "--batch", "nowhere.jsonl"), "nowhere.jsonl cannot be read"),
        (("ask", "x", "--now", "tomorrow"), "is not a time such as"),
        (("ask", "x", "--now", "2026-11-24T09:00:00"), "has no time zone"),
        (("ask", "x", "--model", "nowhere.tar.gz"), "is not a model"),
    ],
)
def test_what_ask_cannot_use_is_named(say: Say, copy: Path, arguments: tuple[str, ...], says: str) -> None:
    status, _, error = say(*arguments)

    assert status == 2
    assert says in error


@pytest.mark.parametrize(
    ("line", "says"),
    [("not json", "is not JSON"), ("[1]", 'must be an object with a "text"'), ('{"text": "x", "previous": 3}', '"previous" must be')],
)
def test_a_line_of_a_batch_that_cannot_be_read_is_named_with_its_number(say: Say, copy: Path, line: str, says: str) -> None:
    (copy / "batch.jsonl").write_text(f'{{"text": "fine"}}\n\n{line}\n')

    status, _, error = say("ask", "--batch", "batch.jsonl")

    assert status == 2
    assert "batch.jsonl:3: " in error
    assert says in error


def test_a_port_in_use_is_named_with_the_setting_that_moves_it(say: Say, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("FRONTDESK_PORT", str(taken.getsockname()[1]))

        status, _, error = say("up")

    assert status == 2
    assert "is in use" in error
    assert "FRONTDESK_PORT" in error


def test_a_port_that_is_none_is_named(say: Say, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_RASA_PORT", "seventy")

    status, _, error = say("up")

    assert status == 2
    assert "FRONTDESK_RASA_PORT is 'seventy'" in error


def test_broken_data_is_not_trained(say: Say, copy: Path) -> None:
    topic = copy / "data" / "faq" / "cost.yml"
    topic.write_text(topic.read_text(encoding="utf-8").replace("title:", "tittle:"), encoding="utf-8")

    status, printed, error = say("train")

    assert status == 1
    assert "data/faq/cost.yml:" in printed
    assert "Not trained" in error
    assert not (copy / "models").exists()


def test_without_space_on_the_disk_nothing_is_started(say: Say, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real free space against a need that no disk meets."""
    monkeypatch.setattr(project_module, "FREE_MB", 10**12)

    status, _, error = say("train")

    assert status == 2
    assert "MB free; a model needs" in error


def test_a_training_that_fails_says_why_in_one_line_and_keeps_the_rest(say: Say, copy: Path) -> None:
    """A fault that only a training finds: the check has no way to know what a number of a component means."""
    config = (copy / "config.yml").read_text(encoding="utf-8")
    (copy / "config.yml").write_text(config.replace("wrong_answer_rate: 0.08", "wrong_answer_rate: none at all"))

    status, _, error = say("train")

    assert status == 2
    assert "the training failed" in error
    assert "Traceback" not in error
    assert "TopicRanker" in (copy / "models" / "last-training.log").read_text(encoding="utf-8")


def test_forgetting_a_conversation_that_is_not_there_says_so(say: Say, copy: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(tmp_path / "kept"))

    status, printed, _ = say("forget", "nobody")

    assert status == 1
    assert "no such conversation" in printed
