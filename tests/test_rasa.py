"""Rasa's own commands work on this project as anyone who knows Rasa expects."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.stack.conftest import free_ports

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parent.parent
NLU = """
version: "3.1"
nlu:
  - intent: faq/cost
    examples: |
      - how much is it
      - what are your prices
  - intent: greeting
    examples: |
      - hello
      - good afternoon
"""


def rasa(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rasa", *arguments]


def environment(data: Path) -> dict[str, str]:
    return {
        **os.environ,
        "LOG_LEVEL": "INFO",
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "FRONTDESK_DATA_DIR": str(data),
        "NO_COLOR": "1",
        "TERM": "dumb",
    }


def test_rasa_test_finds_every_conversation_as_it_should_be(model: Path, tmp_path: Path) -> None:
    (tmp_path / "nlu.yml").write_text(NLU, encoding="utf-8")
    results = tmp_path / "results"
    command = rasa(
        *("test", "--model", str(model), "--stories", "tests/conversations", "--nlu", str(tmp_path / "nlu.yml")),
        *("--out", str(results), "--fail-on-prediction-errors"),
    )

    done = subprocess.run(command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    assert not yaml.safe_load((results / "failed_test_stories.yml").read_text(encoding="utf-8"))
    stories = sum(text.count("- story:") for text in (p.read_text(encoding="utf-8") for p in (ROOT / "tests/conversations").glob("*.yml")))
    assert f"Correct:          {stories} / {stories}" in done.stdout + done.stderr


def test_rasa_shell_answers_a_question(model: Path, tmp_path: Path) -> None:
    """In a terminal of its own, as a developer would type it."""
    ours, theirs = pty.openpty()
    command = rasa("shell", "--model", str(model), "--port", str(free_ports(1)[0]))
    shell = subprocess.Popen(command, cwd=ROOT, env=environment(tmp_path), stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    try:
        read_until(ours, "Your input")
        os.write(ours, b"what happens in a session\r")
        said = read_until(ours, "Our article says a session")
    finally:
        shell.terminate()
        shell.wait(timeout=20)
        os.close(ours)
        os.close(theirs)

    assert "what happens in a session" in said


def read_until(terminal: int, wanted: str, seconds: float = 120) -> str:
    seen = ""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if select.select([terminal], [], [], 0.5)[0]:
            seen += os.read(terminal, 4096).decode(errors="replace")
            if wanted in re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen):
                return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen)
    raise AssertionError(f"{wanted!r} was not printed; this was:\n{seen[-2000:]}")
