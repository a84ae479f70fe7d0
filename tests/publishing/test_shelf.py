"""Models in a folder: which one visitors meet, how it came to that, and the way back."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from frontdesk.publishing.contents import Taught, read_contents
from frontdesk.publishing.shelf import ModelNotFound, NothingBefore, PublishingUnderWay, Shelf, ShelfError

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)


def put(shelf: Shelf, name: str, rasa_id: str | None = None) -> Path:
    """Pack what Rasa packs, without the trained parts."""
    shelf.folder.mkdir(parents=True, exist_ok=True)
    path = shelf.folder / f"{name}.tar.gz"
    content = json.dumps({"model_id": rasa_id or f"id-{name}"}).encode()
    with tarfile.open(path, "w:gz") as package:
        info = tarfile.TarInfo("metadata.json")
        info.size = len(content)
        package.addfile(info, io.BytesIO(content))
    return path


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "models", lambda: NOW)
    for name in ("monday", "tuesday", "wednesday"):
        put(made, name)
    return made


def test_nothing_is_published_at_first(shelf: Shelf) -> None:
    assert shelf.published() is None
    assert shelf.history() == []


def test_a_published_model_is_what_visitors_meet(shelf: Shelf) -> None:
    shelf.publish("monday", by="Ana", note="new prices", figures={"worse": 0})

    published = shelf.published()
    assert published
    assert (published.name, published.rasa_id) == ("monday", "id-monday")
    (entry,) = shelf.history()
    assert (entry.by, entry.note, entry.before, entry.figures, entry.at) == (
        "Ana",
        "new prices",
        None,
        {"worse": 0},
        "2026-11-24T09:00:00+00:00",
    )


def test_a_model_remembers_what_it_was_trained_on(shelf: Shelf) -> None:
    shelf.describe("monday", {"cost": Taught("a", frozenset({"b"}))})

    assert shelf.get("monday").contents == {"cost": Taught("a", frozenset({"b"}))}
    assert shelf.get("tuesday").contents == {}


@pytest.mark.parametrize("name", ["", ".", "..", "../monday", "friday", "/etc/passwd"])
def test_what_is_no_model_is_not_published(shelf: Shelf, name: str) -> None:
    shelf.publish("monday")

    with pytest.raises(ModelNotFound):
        shelf.publish(name)

    assert shelf.published_name() == "monday"
    assert len(shelf.history()) == 1


def test_a_damaged_file_is_neither_listed_nor_published(shelf: Shelf) -> None:
    path = put(shelf, "thursday")
    path.write_bytes(path.read_bytes()[:40])

    assert "thursday" not in [model.name for model in shelf.models()]
    with pytest.raises(ModelNotFound, match="train again"):
        shelf.publish("thursday")


def test_a_roll_back_leads_to_the_model_before(shelf: Shelf) -> None:
    for name in ("monday", "tuesday", "wednesday"):
        shelf.publish(name)

    assert shelf.before() == "tuesday"


def test_a_second_roll_back_leads_one_further_and_not_to_the_bad_one(shelf: Shelf) -> None:
    for name in ("monday", "tuesday", "wednesday"):
        shelf.publish(name)

    shelf.publish(shelf.before(), action="rolled_back")

    assert shelf.published_name() == "tuesday"
    assert shelf.before() == "monday"


def test_a_model_that_is_gone_is_nothing_to_go_back_to(shelf: Shelf) -> None:
    shelf.publish("monday")
    shelf.publish("tuesday")
    (shelf.folder / "monday.tar.gz").unlink()

    with pytest.raises(NothingBefore):
        shelf.before()


def test_the_first_model_has_nothing_before_it(shelf: Shelf) -> None:
    shelf.publish("monday")

    with pytest.raises(NothingBefore):
        shelf.before()


def test_a_history_that_a_crash_cut_off_is_read_up_to_there(shelf: Shelf) -> None:
    shelf.publish("monday")
    with (shelf.folder / "history.jsonl").open("a") as history:
        history.write('{"at": "2026-')

    assert [entry.model for entry in shelf.history()] == ["monday"]


def test_a_damaged_pointer_is_named(shelf: Shelf) -> None:
    (shelf.folder / "published.json").write_text("{", encoding="utf-8")

    with pytest.raises(ShelfError, match=r"published\.json"):
        shelf.published()


def test_a_full_disk_leaves_pointer_and_history_as_they_were(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full at the moment at which the pointer should move."""
    shelf.publish("monday")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        shelf.publish("tuesday")
    monkeypatch.undo()

    assert shelf.published_name() == "monday"
    assert [entry.model for entry in shelf.history()] == ["monday"]
    assert sorted(path.suffix for path in shelf.folder.iterdir() if path.name.startswith(".published")) == []


def test_two_publishers_at_once_are_told_of_each_other(shelf: Shelf) -> None:
    with shelf.exclusively("Ana"), pytest.raises(PublishingUnderWay, match="Ana is publishing"), Shelf(shelf.folder).exclusively("Ben"):
        pass


def test_a_publisher_that_was_killed_holds_nothing(shelf: Shelf) -> None:
    code = "import sys, os, signal; from pathlib import Path; from frontdesk.publishing.shelf import Shelf\n"
    code += "with Shelf(Path(sys.argv[1])).exclusively('Ana'): os.kill(os.getpid(), signal.SIGKILL)"
    subprocess.run([sys.executable, "-c", code, str(shelf.folder)], check=False)

    with shelf.exclusively("Ben"):
        shelf.publish("monday", by="Ben")

    assert shelf.published_name() == "monday"


def test_a_clock_that_jumps_back_does_not_reorder_the_history(tmp_path: Path) -> None:
    times = iter([NOW, NOW - dt.timedelta(days=1)])
    clock: Callable[[], dt.datetime] = lambda: next(times)  # noqa: E731 - a clock is passed as a function
    shelf = Shelf(tmp_path, clock)
    put(shelf, "monday")
    put(shelf, "tuesday")

    shelf.publish("monday")
    shelf.publish("tuesday")

    assert shelf.before() == "monday"


@pytest.mark.model
def test_what_a_model_was_trained_on_is_known_also_when_the_command_trained_it(model: Path, root: Path) -> None:
    trained = Shelf(model.parent).get(model.name.removesuffix(".tar.gz"))

    assert trained.contents == read_contents(root / "data")
