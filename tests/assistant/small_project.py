"""A copy of the project with a few topics and a few examples of each: trains in seconds, with every real component."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
TOPICS = ("cost", "does_it_hurt", "hours", "location_parking", "pregnancy", "how_many_sessions")
INTENTS = ("greeting", "thanks", "book_appointment")


def make(folder: Path, topics: Sequence[str] = TOPICS, intents: Sequence[str] = INTENTS, examples: int = 20) -> Path:
    """Write the project into a folder and return it; of each topic and intent the first examples are taken."""
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "clinic", folder / "clinic")
    shutil.copytree(ROOT / "data" / "rules", folder / "data" / "rules")
    shutil.copy(ROOT / "data" / "responses.yml", folder / "data" / "responses.yml")
    for name in ("faq", "nlu"):
        (folder / "data" / name).mkdir()
    for topic in topics:
        document = _read(ROOT / "data" / "faq" / f"{topic}.yml")
        write_topic(folder, topic, _first(document["nlu"][0], examples), document["responses"][f"utter_faq/{topic}"][0])
    plain = [entry for path in sorted((ROOT / "data" / "nlu").glob("*.yml")) for entry in _read(path)["nlu"]]
    entries = [{**entry, "examples": _block(_first(entry, examples))} for entry in plain if entry["intent"] in intents]
    assert len(entries) == len(intents)
    _write(folder / "data" / "nlu" / "plain.yml", {"version": "3.1", "nlu": entries})
    return folder


def write_topic(folder: Path, topic: str, examples: Sequence[str], response: Mapping[str, object]) -> None:
    """Write a topic's file."""
    document = {
        "version": "3.1",
        "nlu": [{"intent": f"faq/{topic}", "examples": _block(examples)}],
        "responses": {f"utter_faq/{topic}": [dict(response)]},
    }
    _write(folder / "data" / "faq" / f"{topic}.yml", document)


def examples_of(folder: Path, topic: str) -> list[str]:
    """Return a topic's examples."""
    return _first(_read(folder / "data" / "faq" / f"{topic}.yml")["nlu"][0], 1000)


def _first(entry: Mapping[str, str], count: int) -> list[str]:
    return [line.removeprefix("- ") for line in entry["examples"].splitlines()[:count]]


def _block(examples: Sequence[str]) -> str:
    return "".join(f"- {example}\n" for example in examples)


def _read(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _write(path: Path, document: Mapping[str, object]) -> None:
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=10_000, default_style=None), encoding="utf-8")
