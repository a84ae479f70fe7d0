"""Where else is a topic named: what must be looked at when it gets another name or goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from frontdesk.faq.example_checks import same_key
from frontdesk.text.yaml_lines import load_yaml

# Where people write names of topics, from the project's folder; the topic's own file is no reference.
_PLACES = (
    "domain.yml",
    "data/*.yml",
    "data/**/*.yml",
    "clinic/**/*.yml",
    "tests/**/*.yml",
    "tests/**/*.jsonl",
    "tests/**/*.py",
    "benchmarks/**/*.jsonl",
    "docs/**/*.md",
    "*.md",
)


@dataclass(frozen=True, order=True)
class Reference:
    """One line that names a topic, or one button that asks its question."""

    path: Path
    line: int
    """From 1."""
    text: str
    """What stands there, shortened."""


def find_references(root: Path, name: str, examples: Sequence[str] = ()) -> list[Reference]:
    """Return the places that name a topic, in the order of files and lines.

    Args:
        root: The project's folder.
        name: The topic.
        examples: Its examples; a button of the chat that asks one of them is a reference too.
    """
    found = set(_starters(root / "clinic" / "wording.yml", examples))
    own = root / "data" / "faq" / f"{name}.yml"
    for path in {path for pattern in _PLACES for path in root.glob(pattern)} - {own}:
        found.update(_lines(path, name))
    return sorted(found)


def _lines(path: Path, name: str) -> Iterator[Reference]:
    # Names such as "cost" are words too, so a bare one counts only where a file can mean nothing else.
    bare = {
        ".yml": rf"\b(?:topics?|also_ok|suggestions)\b.*(?<![\w/-]){name}(?![\w-])|^{name}:",
        ".jsonl": rf'"{name}"',
        ".py": rf"[\"']{name}[\"']",
    }.get(path.suffix)
    if path.name == "golden.yml":
        bare = rf"^ +{name}:"
    pattern = re.compile(rf"faq/{name}(?!\w)" + (f"|{bare}" if bare else ""))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    if name not in text:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if pattern.search(line):
            yield Reference(path, number, line.strip()[:100])


def _starters(path: Path, examples: Sequence[str]) -> Iterator[Reference]:
    document, _ = load_yaml(path)
    asked = {same_key(example) for example in examples}
    starters = document.get("starters") if document else None
    for index, starter in enumerate(starters if isinstance(starters, list) else ()):
        text = starter.get("text") if isinstance(starter, dict) else None
        if document and isinstance(text, str) and same_key(text) in asked:
            yield Reference(path, document.line("starters", index), text)
