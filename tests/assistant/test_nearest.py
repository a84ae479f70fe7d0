"""Which examples a message is nearest to, with the real encoder and files as staff write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontdesk.assistant.nearest import Examples
from tests.assistant.small_project import make, write_topic

RESPONSE = {
    "text": "Yes.",
    "metadata": {"title": "Wifi", "kind": "clinic", "owner": "desk", "reviewed": "2026-11-01", "review_by": "2027-05-01"},
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(tmp_path / "var"))
    return make(tmp_path, topics=("cost", "does_it_hurt"), intents=("greeting",), examples=5)


@pytest.fixture
def examples(project: Path) -> Examples:
    return Examples(project / "data")


def test_the_nearest_stand_first_with_their_topic_or_intent(examples: Examples) -> None:
    near = examples.nearest("what do you charge", 4)

    assert near[0].name == "cost"
    assert [one.likeness for one in near] == sorted((one.likeness for one in near), reverse=True)
    assert examples.nearest("hello there", 1)[0].is_topic is False


def test_a_typing_error_is_mended_as_it_is_for_a_model(examples: Examples) -> None:
    assert examples.nearest("does it hrut", 1)[0] == examples.nearest("does it hurt", 1)[0]


def test_what_changes_in_the_files_is_seen_at_once(project: Path, examples: Examples) -> None:
    before = examples.nearest("is there wifi in the waiting room", 1)[0]
    write_topic(project, "wifi", ["is there wifi in the waiting room"], RESPONSE)

    after = examples.nearest("is there wifi in the waiting room", 1)[0]

    assert (before.name == "wifi", after.name, after.likeness) == (False, "wifi", pytest.approx(1, abs=1e-3))


def test_a_file_that_is_broken_has_no_examples_and_the_others_have(project: Path, examples: Examples) -> None:
    (project / "data" / "faq" / "cost.yml").write_text("nlu: [", encoding="utf-8")

    assert {one.name for one in examples.nearest("what do you charge", 50)} == {"does_it_hurt", "greeting"}


def test_a_project_without_examples_has_no_nearest(tmp_path: Path) -> None:
    assert Examples(tmp_path).nearest("hello", 3) == []


def test_no_message_is_kept_with_the_examples(project: Path, examples: Examples) -> None:
    examples.nearest("zorblat", 1)

    assert all(b"zorblat" not in path.read_bytes() for path in (project / "var").rglob("*") if path.is_file())
