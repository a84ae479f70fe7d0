"""The doctor says what is wrong with an installation and what to do, one line for each thing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from frontdesk.cli import doctor, main
from frontdesk.cli.doctor import Finding
from frontdesk.publishing.contents import read_contents
from frontdesk.publishing.shelf import Shelf
from tests.publishing.test_shelf import put

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installation(copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project with an empty data folder and something published; nothing runs."""
    (copy / "var").mkdir(mode=0o700)
    shelf = Shelf(copy / "models")
    put(shelf, "monday")
    shelf.describe("monday", read_contents(copy / "data"))
    shelf.publish("monday", by="Ana")
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(copy / "var"))
    monkeypatch.setenv("FRONTDESK_PORT", "1")
    monkeypatch.setenv("FRONTDESK_CONSOLE_PORT", "1")
    return copy


def state_of(found: Iterable[Finding], words: str) -> str:
    """Return the state of the one finding that says this."""
    (one,) = [one for one in found if words in one.says]
    return one.state


def test_an_installation_in_order_that_does_not_run_has_one_thing_wrong(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor"])

    lines = capsys.readouterr().out.splitlines()
    found = [Finding(line[:6].strip(), line[6:]) for line in lines]
    assert status == 1
    assert state_of(found, "nothing answers at http://127.0.0.1:1, where the gateway should") == "WRONG"
    assert state_of(found, "the clinic's files") == "ok"
    assert state_of(found, "can be written") == "ok"
    assert state_of(found, "visitors meet version monday") == "ok"
    assert state_of(found, "FRONTDESK_ORIGINS is empty") == "note"
    assert state_of(found, "mails are kept here and not sent") == "note"
    assert "1 thing wrong" in lines[-1]


def test_a_secret_that_others_can_read_is_wrong(installation: Path) -> None:
    secret = installation / "var" / "gateway.secret"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(0o644)

    assert state_of(doctor.look_at_data_folder(), "run 'chmod 600") == "WRONG"


def test_a_damaged_database_is_named(installation: Path) -> None:
    with sqlite3.connect(installation / "var" / "conversations.db") as whole:
        whole.execute("CREATE TABLE one (n)")
    whole.close()
    (installation / "var" / "booking.db").write_bytes(b"SQLite format 3\x00" + b"?" * 2000)

    assert state_of(doctor.look_at_databases(), "booking.db is damaged") == "WRONG"


def test_whole_databases_are_counted(installation: Path) -> None:
    with sqlite3.connect(installation / "var" / "conversations.db") as whole:
        whole.execute("CREATE TABLE one (n)")
    whole.close()

    assert state_of(doctor.look_at_databases(), "1 database in") == "ok"


def test_a_database_server_that_is_away_is_wrong_and_its_password_is_not_shown(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", "postgresql://ana:secret-word@127.0.0.1:1/frontdesk")

    found = list(doctor.look_at_databases())

    assert state_of(found, "FRONTDESK_DATABASE_URL cannot be used") == "WRONG"
    assert not any("secret-word" in one.says for one in found)


def test_a_data_folder_that_is_a_file_is_wrong(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (installation / "kept").write_text("", encoding="utf-8")
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(installation / "kept"))

    assert state_of(doctor.look_at_data_folder(), "cannot be written") == "WRONG"


def test_what_was_changed_since_the_last_version_is_named(installation: Path) -> None:
    path = installation / "data" / "faq" / "cost.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("examples: |\n", "examples: |\n      - a question that is new\n", 1), encoding="utf-8")

    assert state_of(doctor.look_at_models(), "changed since: cost") == "note"


def test_a_published_model_that_is_gone_is_wrong(installation: Path) -> None:
    (installation / "models" / "monday.tar.gz").unlink()

    assert state_of(doctor.look_at_models(), "there is no model 'monday'") == "WRONG"


def test_a_problem_in_the_clinics_files_is_counted(installation: Path) -> None:
    (installation / "data" / "faq" / "cost.yml").write_text("a: [\n", encoding="utf-8")

    assert state_of(doctor.look_at_files(), "'frontdesk check' lists them") == "WRONG"
