"""A changed fact reaches the processes that read the clinic's files once; a broken one does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from frontdesk.cli.clinic_watch import READ_AT_START, ClinicWatch

ROOT = Path(__file__).resolve().parents[2]


class Watched:
    """A copy of the project under watch, with what was said and started anew."""

    def __init__(self, folder: Path) -> None:
        self.clinic = folder / "clinic"
        self.said: list[str] = []
        self.restarted: list[tuple[str, ...]] = []
        self.watch = ClinicWatch(Path("clinic"), os.environ, self.restarted.append, self.said.append)

    def change(self, name: str, old: str, new: str) -> None:
        path = self.clinic / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def look(self, times: int = 2) -> None:
        for _ in range(times):
            self.watch.look()


@pytest.fixture
def watched(copy: Path) -> Watched:
    return Watched(copy)


def test_nothing_happens_while_nothing_changes(watched: Watched) -> None:
    watched.look(3)

    assert (watched.restarted, watched.said) == ([], [])


def test_a_changed_fact_starts_anew_what_reads_it_once_when_it_stands_still(watched: Watched) -> None:
    watched.change("practice.yml", "+1 503 555 0142", "+1 503 555 0188")

    watched.look(1)
    assert watched.restarted == []
    watched.look(3)

    assert watched.restarted == [READ_AT_START]
    assert "clinic has changed" in watched.said[0]


def test_a_file_that_cannot_be_read_changes_nothing_and_is_named(watched: Watched) -> None:
    watched.change("practice.yml", "contact:", "contact: [")

    watched.look()

    assert watched.restarted == []
    assert "keeps what it was started with: clinic/practice.yml:" in watched.said[0]


def test_it_is_taken_once_it_is_mended(watched: Watched) -> None:
    watched.change("practice.yml", "contact:", "contact: [")
    watched.look()
    watched.change("practice.yml", "contact: [", "contact:")
    watched.change("practice.yml", "+1 503 555 0142", "+1 503 555 0188")

    watched.look()

    assert watched.restarted == [READ_AT_START]


def test_a_problem_in_a_topic_does_not_keep_an_old_fact(watched: Watched) -> None:
    (watched.clinic.parent / "data" / "faq" / "cost.yml").write_text("a: [\n", encoding="utf-8")
    watched.change("practice.yml", "+1 503 555 0142", "+1 503 555 0188")

    watched.look()

    assert watched.restarted == [READ_AT_START]
