"""`frontdesk check` as the receptionist runs it: what it prints and how it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from frontdesk.cli import check, main
from tests.faq.small_project import CASES, copy_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project(tmp_path)


def options(project: Path, *more: str) -> list[str]:
    folders = ["--data", str(project / "data"), "--clinic", str(project / "clinic"), "--domain", str(project / "domain.yml")]
    return ["check", *folders, *more]


def edit(path: Path, change: str, to: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(change, to), encoding="utf-8")


def test_nothing_wrong_is_said_in_one_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(options(project, "--fast")) == 0

    assert capsys.readouterr().out == "2 topics, 75 examples, no problems\n"


def test_problems_are_sorted_by_file_and_line_and_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project / "data" / "faq" / "sciatica.yml", "title: Sciatica", "title: 5")
    edit(project / "data" / "faq" / "sciatica.yml", "- ischias", "- [a](b)")
    edit(project / "clinic" / "practice.yml", "first_length: 75", "first_length: long")

    assert main(options(project, "--fast")) == 1

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0].removeprefix(f"{project}/") for line in lines] == [
        "clinic/practice.yml:82",
        "data/faq/sciatica.yml:29",
        "data/faq/sciatica.yml:39",
        "3 problems",
    ]


def test_a_warning_alone_is_printed_and_stops_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project / "clinic" / "practice.yml", 'phone: "+1 503 555 0142"', "phone: null")

    assert main(options(project, "--fast")) == 0

    lines = capsys.readouterr().out.splitlines()
    assert ": warning: 'contact.phone' is not known" in lines[0]
    assert lines[-1] == "2 topics, 75 examples, no problems, 1 warning"


def test_production_refuses_the_example_clinic(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(options(project, "--fast", "--production")) == 1

    assert "these are the example clinic's facts" in capsys.readouterr().out


@pytest.mark.parametrize("gone", ["data", "clinic", "domain"])
def test_without_a_project_it_cannot_run_and_says_so_in_one_line(project: Path, gone: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*options(project, "--fast"), f"--{gone}", str(project / "nowhere")]) == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "nowhere" in printed.err


def test_rasa_is_asked_only_when_nothing_else_is_wrong(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []
    monkeypatch.setattr(check, "_ask_rasa", lambda layout: asked.append(layout) or (0, ""))
    edit(project / "data" / "faq" / "sciatica.yml", "title: Sciatica", "title: 5")

    assert main(options(project)) == 1

    assert asked == []
    assert capsys.readouterr().out.endswith("1 problem\n")


def test_what_rasa_says_is_shown_only_when_it_fails(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "_ask_rasa", lambda _: (0, "a warning that is expected"))
    assert main(options(project)) == 0
    assert "expected" not in capsys.readouterr().out

    monkeypatch.setattr(check, "_ask_rasa", lambda _: (1, "Story conflict!\n"))
    assert main(options(project)) == 1
    assert capsys.readouterr().out.startswith("Story conflict!\nRasa's own check failed")


@pytest.mark.parametrize(
    "junk", [b"", b"\x00\x01\x02", b"\xff\xfe\xfd", b"- a\n- b\n", b"a: [1", b"\t\t\t", b"x" * 100_000, b"42", b"a: {b: {c: d}}"], ids=repr
)
def test_no_junk_in_any_file_ends_in_a_stack_trace(tmp_path: Path, junk: bytes) -> None:
    for path in sorted((CASES / "project").rglob("*.yml")):
        project = copy_project(tmp_path / path.stem)
        (project / path.relative_to(CASES / "project")).write_bytes(junk)

        assert main(options(project, "--fast")) in (0, 1)


def test_the_real_project_passes_rasas_check_too(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from frontdesk.cli import main; raise SystemExit(main(['check']))"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith("no problems")
