"""docs/widget.md says what the element has, and no more."""

import re
from pathlib import Path

from frontdesk.practice.theme import NAMES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "widget.md").read_text(encoding="utf-8")
CODE = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "widget").glob("*.js")))


def headings(section: str) -> set[str]:
    """Return the names that have a heading of their own in a section."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^### `([^`(]+)", text, re.MULTILINE))


def rows(section: str) -> set[str]:
    """Return the names in the table of a section."""
    return set(re.findall(r"^\| `([^`]+)`", PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0], re.MULTILINE))


def test_every_attribute_is_described() -> None:
    read = set(re.findall(r'(?:this|host|\?)\.getAttribute\("([\w-]+)"\)', CODE))
    styled = set(re.findall(r":host\(\[([\w-]+)=|:host\(:not\(\[([\w-]+)=", CODE))

    assert headings("Attributes") == read | {name for pair in styled for name in pair if name}


def test_every_property_and_method_is_described() -> None:
    body = CODE[CODE.index("class ClinicChat") : CODE.index("let added")]
    public = set(re.findall(r"^  (?:async |get )?([a-zA-Z]\w*)\(", body, re.MULTILINE)) - {"connectedCallback"}

    assert headings("Properties and methods") == public


def test_every_event_is_described() -> None:
    assert headings("Events") == {f"chat-{name}" for name in re.findall(r'#tell\("(\w+)"', CODE)}


def test_every_custom_property_is_described() -> None:
    assert rows("Custom properties") == set(re.findall(r"--clinic-chat-[\w-]+", CODE))


def test_every_part_is_described() -> None:
    assert rows("Parts") == set(re.findall(r'part: "(\w+)"', CODE)) | set(re.findall(r'"part", "(\w+)"', CODE))


def test_every_key_of_the_theme_is_described() -> None:
    section = PAGE.split("\n## From the clinic's file\n")[1].split("\n## ")[0]

    assert [name for name in NAMES if f"`{name}`" not in section] == []
