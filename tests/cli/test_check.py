"""`frontdesk check` as the receptionist runs it: what it prints and how it ends."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from frontdesk.assistant.encoder import load_encoder
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

    assert capsys.readouterr().out == "2 topics, 120 examples, no problems\n"


def test_problems_are_sorted_by_file_and_line_and_counted(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project / "data" / "faq" / "sciatica.yml", "title: Sciatica", "title: 5")
    edit(project / "data" / "faq" / "sciatica.yml", "- ischias", "- [a](b)")
    edit(project / "clinic" / "practice.yml", "first_length: 75", "first_length: long")

    assert main(options(project, "--fast")) == 1

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0].removeprefix(f"{project}/") for line in lines] == [
        "clinic/practice.yml:83",
        "data/faq/sciatica.yml:29",
        "data/faq/sciatica.yml:54",
        "3 problems",
    ]


def test_a_warning_alone_is_printed_and_stops_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(project / "clinic" / "practice.yml", 'phone: "+1 503 555 0142"', "phone: null")

    assert main(options(project, "--fast")) == 0

    lines = capsys.readouterr().out.splitlines()
    assert ": warning: 'contact.phone' is not known" in lines[0]
    assert lines[-1] == "2 topics, 120 examples, no problems, 1 warning"


def test_production_refuses_the_example_clinic(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(options(project, "--fast", "--production")) == 1

    assert "these are the example clinic's facts" in capsys.readouterr().out


def test_one_question_in_two_topics_is_found_by_its_meaning_unless_it_must_be_fast(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "_ask_rasa", lambda _: (0, ""))
    edit(project / "data" / "faq" / "sciatica.yml", "- ischias", "- do i pay after or before?")

    assert main(options(project, "--fast")) == 0
    capsys.readouterr()
    assert main(options(project)) == 1

    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{project}/data/faq/sciatica.yml:29: 'do i pay after or before?' (sciatica) asks the same as")
    assert f"'do i pay before or after' at {project}/data/faq/cost.yml:22 (cost)" in first
    assert last == "1 problem"


@pytest.mark.parametrize(("more", "found"), [(["--fast"], [1, 4]), ([], [1, 3, 4])])
def test_held_out_messages_that_are_among_the_examples_are_named_at_their_line(
    project: Path, more: list[str], found: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    held_out = project / "topics.jsonl"
    asked = [
        '{"id": 1, "text": "Got a price for me?"}',
        "",
        '{"id": 2, "text": "do i pay after, or before"}',
        '{"id": 3, "text": "cost of treatments"}',
    ]
    held_out.write_text("\n".join([*asked, '{"id": 4, "text": "is there a lift"}', ""]), encoding="utf-8")

    assert main([*options(project, *more), "--held-out", str(held_out)]) == 1

    *lines, last = capsys.readouterr().out.splitlines()
    assert [int(line.removeprefix(f"{held_out}:").split(":")[0]) for line in lines] == found
    assert "'Got a price for me?' is an example of cost at" in lines[0]
    assert last == f"{len(found)} problems"


@pytest.mark.parametrize("content", [None, b"\xff", b"not json", b'{"id": 1}'])
def test_held_out_messages_that_cannot_be_read_are_said_in_one_line(
    project: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (project / "topics.jsonl").write_bytes(content)

    assert main([*options(project, "--fast"), "--held-out", str(project / "topics.jsonl")]) == 2

    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert "topics.jsonl" in printed.err


def test_without_the_sentence_encoder_it_cannot_run_and_says_how_to_go_on(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("frontdesk.assistant.encoder._PACKAGE", "no_such_package")
    load_encoder.cache_clear()

    assert main(options(project)) == 2

    assert capsys.readouterr().err.endswith("run 'make install'. Or leave that part out with --fast.\n")


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


def test_production_names_what_nobody_has_signed_in_one_line_a_file(root: Path, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shutil.copytree(root / "clinic" / "safety", project / "clinic" / "safety")
    files = sorted(str(path.relative_to(project)) for path in [folder / "cards.yml", *folder.glob("rules/*.yml")])

    assert main(options(project, "--fast")) == 0
    capsys.readouterr()
    assert main(options(project, "--fast", "--production")) == 1

    unsigned = [line for line in capsys.readouterr().out.splitlines() if " not signed (" in line]
    assert sorted(line.split(":")[0].removeprefix(f"{project}/") for line in unsigned) == [*files, "data/faq/sciatica.yml"]


def test_a_component_that_does_not_exist_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "config.yml").write_text("pipeline:\n  - name: frontdesk.assistant.reader.Reader\n", encoding="utf-8")

    assert main(options(project, "--fast")) == 1

    assert "config.yml:2: there is no component 'frontdesk.assistant.reader.Reader'" in capsys.readouterr().out
