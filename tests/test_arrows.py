"""Arrows point inward: the core knows no framework, and surfaces do not know each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = ("text", "editing", "faq", "practice", "safety", "booking", "record", "staff")

# Folder -> what it must not import.
FORBIDDEN = {
    **{
        f"frontdesk/{part}": ("rasa", "rasa_sdk", "aiohttp", "frontdesk.assistant", "frontdesk.gateway", "frontdesk.cli", "actions")
        for part in CORE
    },
    # To other systems over HTTP; its backends use the client, and nothing serves here.
    "frontdesk/booking": ("rasa", "rasa_sdk", "aiohttp.web", "frontdesk.assistant", "frontdesk.gateway", "frontdesk.cli", "actions"),
    # Asks Rasa over HTTP which model it has; trains in a process that it starts by name.
    "frontdesk/publishing": ("rasa", "rasa_sdk", "aiohttp.web", "frontdesk.assistant", "frontdesk.gateway", "frontdesk.cli", "actions"),
    "frontdesk/console": ("rasa", "rasa_sdk", "tensorflow", "frontdesk.assistant", "frontdesk.gateway", "frontdesk.cli", "actions"),
    # Asks the action server whether it is there, as a client.
    "frontdesk/assistant": ("aiohttp.web", "frontdesk.gateway", "frontdesk.cli", "actions"),
    "frontdesk/gateway": ("rasa", "rasa_sdk", "tensorflow", "frontdesk.assistant", "frontdesk.cli", "actions"),
    "frontdesk/cli": ("rasa", "rasa_sdk", "aiohttp.web", "actions"),
    "actions": ("rasa", "aiohttp", "frontdesk.assistant", "frontdesk.gateway", "frontdesk.cli"),
    # Beside everything: they measure the parts, the gateway among them, and nothing may use them.
    "benchmarks": ("rasa_sdk", "actions"),
}


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_no_arrow_points_outward(folder: str) -> None:
    broken = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, name in imports_of(path)
        for banned in FORBIDDEN[folder]
        if name == banned or name.startswith(f"{banned}.")
    ]

    assert not broken, "\n".join(broken)


def test_nothing_depends_on_the_benchmarks() -> None:
    users = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("frontdesk", "actions")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, name in imports_of(path)
        if name.split(".")[0] == "benchmarks"
    ]

    assert not users, "\n".join(users)


def test_every_package_of_ours_has_its_arrows_listed() -> None:
    packages = {f"frontdesk/{path.parent.name}" for path in (ROOT / "frontdesk").glob("*/__init__.py")}

    assert packages <= set(FORBIDDEN)


def test_only_the_text_package_imports_spacy_by_itself() -> None:
    """`import spacy` loads TensorFlow where it is installed; `frontdesk.text.language` is the one place that prevents it."""
    allowed = {"frontdesk/text/language.py"}
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "frontdesk").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(("import spacy", "from spacy"))
    }

    assert found <= allowed
