"""`frontdesk export` and `frontdesk import` as a receptionist runs them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from frontdesk.cli import main
from tests.faq.small_project import copy_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small project, as the current folder."""
    project = copy_project(tmp_path)
    (project / "config.yml").write_text("pipeline: []\n", encoding="utf-8")
    monkeypatch.chdir(project)
    return project


def topics(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / "data/faq").iterdir()}


def typed(file: Path, old: str, new: str) -> None:
    """Change the cells of a CSV file that hold a text."""
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert any(old in row for row in rows)
    with file.open("w", encoding="utf-8", newline="") as written:
        csv.writer(written).writerows([[new if cell == old else cell for cell in row] for row in rows])


def test_a_table_that_nobody_has_changed_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = topics(project)

    assert main(["export", "topics.csv"]) == 0
    assert main(["import", "topics.csv", "--apply"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "topics.csv: 2 topics, 98 rows",
        "0 added, 0 changed, 0 removed, 98 untouched.",
        "There is nothing to change.",
    ]
    assert topics(project) == before


def test_a_change_is_shown_first_and_written_when_asked_to(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = topics(project)
    main(["export", "topics.csv"])
    typed(Path("topics.csv"), "What a visit costs", "What it costs")
    capsys.readouterr()

    assert main(["import", "topics.csv"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "cost",
        "  title (row 2)",
        "    - What a visit costs",
        "    + What it costs",
        "0 added, 1 changed, 0 removed, 97 untouched.",
        "Nothing is written yet; do it with --apply.",
    ]
    assert topics(project) == before

    assert main(["import", "topics.csv", "--apply"]) == 0

    assert capsys.readouterr().out.splitlines()[-1] == "Written: 1 file."
    assert topics(project) == before | {"cost.yml": before["cost.yml"].replace(b"What a visit costs", b"What it costs")}


def test_a_workbook_is_read_as_a_csv_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["export", "topics.xlsx"])
    book = load_workbook("topics.xlsx")
    book.active.append(["", "cost", "example", "=what would it cost"])
    book.save("topics.xlsx")

    assert main(["import", "topics.xlsx", "--apply"]) == 0

    assert "      - =what would it cost\n" in (project / "data/faq/cost.yml").read_text(encoding="utf-8")


def test_with_one_wrong_row_nothing_is_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = topics(project)
    main(["export", "topics.csv"])
    typed(Path("topics.csv"), "What a visit costs", "What it costs")
    typed(Path("topics.csv"), "Sciatica", "Cures sciatica")
    capsys.readouterr()

    assert main(["import", "topics.csv", "--apply"]) == 1

    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("topics.csv: row ")
    assert "column 'text': 'Cures' promises a result" in first
    assert last == "1 problem; nothing is written until there is none."
    assert topics(project) == before


def test_an_export_does_not_write_over_a_table_with_changes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["export", "topics.csv"])

    assert main(["export", "topics.csv"]) == 2
    assert "topics.csv is there already, perhaps with changes" in capsys.readouterr().err
    assert main(["export", "topics.csv", "--overwrite"]) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["import", "nothing.csv"], "nothing.csv cannot be read (No such file or directory)"),
        (["import", "config.yml"], "must end in .csv or .xlsx"),
        (["import", "topics.csv", "--commit", "Ann"], "'Ann' is no author"),
        (["export", "nowhere.txt"], "must end in .csv or .xlsx"),
        (["export", "config.yml/topics.csv"], "could not be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert main(arguments) == 2

    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
