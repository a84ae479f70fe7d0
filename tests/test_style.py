"""The code is formatted, linted, typed and spelled as pyproject.toml says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("codespell",)],
    ids=["lint", "format", "types", "spelling"],
)
def test_the_code_is_in_style(command: tuple[str, ...], root: Path) -> None:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=root, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
