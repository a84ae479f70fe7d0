"""A file that several people change: checked before it is written, replaced whole, and nobody else's mistake stops it."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from frontdesk.editing import ChangeRefused, EditedFile, NotSaved
from frontdesk.text.problem import Problem

TODAY = dt.date(2026, 11, 24)


def check(folder: Path, today: dt.date) -> Iterator[Problem]:
    """Refuse words that the neighbour's file lists, and warn of the day."""
    text, refused = (folder / "a.yml").read_text("utf-8"), (folder / "refused.txt").read_text("utf-8")
    yield from (Problem(folder / "a.yml", 1, f"'{word}' is refused") for word in refused.split() if word in text)
    yield Problem(folder / "a.yml", 1, f"today is {today}", "warning")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yml").write_text("a: one\n", "utf-8")
    (tmp_path / "refused.txt").write_text("bad worse", "utf-8")
    return tmp_path


def write(folder: Path, text: str, **how: object) -> bool:
    return EditedFile(folder / "a.yml", check).save(lambda _: text, TODAY, **how).is_changed


def test_a_change_is_tried_among_the_other_files_of_its_folder(folder: Path) -> None:
    with pytest.raises(ChangeRefused) as caught:
        write(folder, "a: bad\n")

    assert [problem.message for problem in caught.value.problems] == ["'bad' is refused"]
    assert (folder / "a.yml").read_text("utf-8") == "a: one\n"
    assert write(folder, "a: two\n")


def test_only_an_error_that_is_new_stops_a_change(folder: Path) -> None:
    (folder / "a.yml").write_text("a: bad\n", "utf-8")

    assert write(folder, "a: bad still\n")
    with pytest.raises(ChangeRefused) as caught:
        write(folder, "a: bad and worse\n")
    assert [problem.message for problem in caught.value.problems] == ["'worse' is refused"]


def test_what_is_the_same_is_not_written(folder: Path) -> None:
    inode = (folder / "a.yml").stat().st_ino

    assert not write(folder, "a: one\n")
    assert (folder / "a.yml").stat().st_ino == inode


def test_what_is_entered_around_the_writing_can_stop_it_and_sees_it_done(folder: Path) -> None:
    seen = []

    @contextmanager
    def around() -> Iterator[None]:
        seen.append((folder / "a.yml").read_text("utf-8"))
        yield
        seen.append((folder / "a.yml").read_text("utf-8"))

    @contextmanager
    def stop() -> Iterator[None]:
        raise LookupError("not today")
        yield

    write(folder, "a: two\n", within=around())
    with pytest.raises(LookupError, match="not today"):
        write(folder, "a: three\n", within=stop())

    assert seen == ["a: one\n", "a: two\n"]
    assert (folder / "a.yml").read_text("utf-8") == "a: two\n"


def test_what_somebody_left_who_was_stopped_is_swept_away(folder: Path) -> None:
    (folder / ".a.yml.x1.tmp").write_text("half", "utf-8")

    write(folder, "a: two\n")

    assert sorted(path.name for path in folder.iterdir()) == ["a.yml", "refused.txt"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotSaved, match="nowhere is not there"):
        EditedFile(tmp_path / "nowhere" / "a.yml", check).save(lambda _: "", TODAY)


def test_a_change_can_be_a_commit_in_its_authors_name(folder: Path) -> None:
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    file = EditedFile(folder / "a.yml", check, commits=True)

    written = file.save(lambda _: "a: two\n", TODAY, author="Ana Ruiz <ana@clinic.example>", subject="Change a")

    assert written.not_committed == ""
    log = subprocess.run(["git", "-C", str(folder), "log", "-1", "--format=%an %s"], capture_output=True, text=True, check=True)
    assert log.stdout.strip() == "Ana Ruiz Change a"
    assert file.save(lambda _: "a: three\n", TODAY, author="nobody", subject="x").not_committed
    assert (folder / "a.yml").read_text("utf-8") == "a: three\n"
