"""The two halves of the safety sets: what the rules were written with, and what was written apart from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases" / "safety"
RULES = ROOT / "clinic" / "safety" / "rules"
APART = ROOT / "tests" / "data" / "safety.jsonl"


@dataclass(frozen=True)
class Case:
    """A message, and the tier that must at least be raised; None for a look-alike."""

    text: str
    tier: str | None
    is_spanish: bool = False


def written_with_the_rules() -> list[Case]:
    """Return the examples of the rules and the tables of tests/cases/safety."""
    return list({case.text: case for case in (*_examples(), *_tables())}.values())


def written_apart() -> list[Case]:
    """Return the messages whose writers saw the categories and never a rule."""
    rows = [json.loads(line) for line in APART.read_text(encoding="utf-8").splitlines()]
    return [Case(row["text"], row.get("tier") if row["kind"] == "danger" else None, row.get("lang") == "es") for row in rows]


def by_tier() -> Iterator[tuple[str, str, str]]:
    """Yield tier, category and message of the tables that name both."""
    for name in ("alarms", "second_writer", "phrasings"):
        for tier, categories in yaml.safe_load((CASES / f"{name}.yml").read_text(encoding="utf-8")).items():
            yield from ((tier, category, text) for category, texts in categories.items() for text in texts)


def _examples() -> Iterator[Case]:
    for path in sorted(RULES.glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            if rule["tier"] != "practitioner":
                yield from (Case(text, rule["tier"]) for text in rule["must_fire"])


def _tables() -> Iterator[Case]:
    yield from (Case(text, tier) for tier, _, text in by_tier())
    for path in sorted(CASES.glob("*.yml")):
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if document and document.get("expect") in ("alarm", "none"):
                tier = "doctor" if document["expect"] == "alarm" else None
                yield from (Case(text, tier) for texts in document["groups"].values() for text in texts)
