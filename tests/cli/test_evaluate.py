"""`frontdesk evaluate`: the report as text, as JSON and as pictures."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frontdesk.cli.evaluation_text import render
from frontdesk.cli.plots import save_plots
from frontdesk.faq.evaluation import Case, Report, evaluate
from frontdesk.faq.noise import NOISES

ROOT = Path(__file__).resolve().parents[2]
PICTURES = {"verdicts", "confidence", "risk_coverage", "calibration", "confusions", "noise"}
ROWS = [
    {"id": "1", "text": "does acupuncture help sciatica", "topic": "sciatica_disc", "kind": "article"},
    {"id": "2", "text": "does it hurt?", "topic": "does_it_hurt", "kind": "article"},
    {"id": "3", "text": "what does it cost", "topic": "cost", "kind": "clinic"},
    {"id": "4", "text": "I'd like to make an appointment", "topic": "book_appointment", "kind": "booking"},
    {"id": "5", "text": "hello", "topic": "greeting", "kind": "smalltalk"},
    {"id": "6", "text": "can acupuncture help my dog?", "topic": "oos_animals", "kind": "out_of_scope"},
    {"id": "7", "text": "how much is it and do you take insurance?", "topic": ["cost", "insurance"], "kind": "two_questions"},
    {"id": "8", "text": "and the price?", "topic": "cost", "kind": "follow_up", "previous": "does it hurt?"},
    {"id": "9", "text": "I want to kill myself", "topic": None, "kind": "danger"},
    {"id": "10", "text": "asdf qwer zxcv", "topic": "cost"},
]
IN_SCOPE = 6


def report_of(*pairs: tuple[dict[str, Any], dict[str, Any]], noisy: bool = False) -> Report:
    nothing = {"decision": "handoff", "topic": None, "topics": [], "suggestions": [], "safety": None, "confidence": 0.0}
    cases = [(Case.from_row(row), nothing | did) for row, did in pairs]
    return evaluate(cases, dict.fromkeys(NOISES, cases) if noisy else None)


def many() -> Report:
    """Long names, long texts, long words, all verdicts, two and three questions, many dangers missed."""
    topics = [f"a_topic_with_quite_a_long_name_{n}" for n in range(60)]
    text = "a long message, " * 20 + "x" * 200
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for n, topic in enumerate(topics):
        other = topics[n - 1]
        row = {"id": f"t-{topic}-{n}", "text": text, "topic": topic, "kind": ("article", "clinic", "out_of_scope")[n % 3]}
        pairs += [
            (row, {"decision": "answer", "topic": topic, "confidence": n / 60}),
            (row, {"decision": "answer", "topic": other, "confidence": n / 90}),
            (row, {"decision": "suggest", "suggestions": [other, topics[n - 2]]}),
            (row, {"decision": "suggest", "suggestions": [topic, other]}),
            (row, {}),
            (row | {"kind": "danger"}, {}),
            (row | {"kind": "two_questions", "topic": [topic, other]}, {"decision": "answer", "topics": [other]}),
            (row | {"kind": "two_questions", "topic": [topic, other, topics[n - 2]]}, {}),
        ]
    return report_of(*pairs, noisy=True)


def test_the_text_fits_into_120_columns() -> None:
    text = render(many(), {f"a_line_called_{n}": 0.5 for n in range(12)})

    assert [line for line in text.splitlines() if len(line) > 120] == []


def test_the_text_says_how_many_questions_of_a_message_were_answered() -> None:
    text = render(many(), None)

    assert "two questions in one message, 60 messages: all answered 0 (in the order asked 0), one of them 60, none of them 0" in text
    assert "three questions in one message, 60 messages: all answered 0 (in the order asked 0), some of them 0, none of them 60" in text


def test_the_text_shows_twenty_confusions_each_with_an_example() -> None:
    shown = render(many(), None).partition("worst confusions, ")[2].splitlines()

    assert shown[0].startswith("20 of ")
    assert len([line for line in shown if " -> " in line]) == 20 + 1
    assert len([line for line in shown if re.match(r" {7}t-a_topic\S+: a long message", line)]) == 20


@pytest.mark.parametrize(
    "report",
    [
        report_of(),
        report_of(({"id": "1", "text": "x", "kind": "danger"}, {})),
        report_of(({"id": "1", "text": "x", "topic": "cost"}, {})),
        report_of(({"id": "1", "text": "x", "topic": "cost"}, {"decision": "answer", "topic": "cost", "confidence": 1.0}), noisy=True),
    ],
    ids=["nothing", "dangers alone", "nothing served", "one right answer"],
)
def test_what_there_is_nothing_of_is_left_out(report: Report, tmp_path: Path) -> None:
    assert "in scope" in render(report, {})
    assert "AURC" in render(report, {}) or not report.served
    assert {path.stem for path in save_plots(report, tmp_path)} <= PICTURES
    assert json.loads(json.dumps(report.to_dict()))


def test_every_part_has_its_picture(tmp_path: Path) -> None:
    paths = save_plots(many(), tmp_path / "new" / "folder")

    assert {path.stem for path in paths} == PICTURES
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_matplotlib_is_loaded_for_pictures_only() -> None:
    script = "import sys, frontdesk.cli; sys.exit('matplotlib' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: list[dict[str, Any]], name: str = "messages.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "frontdesk", "evaluate", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_line_that_says_nonsense_is_named(file_of) -> None:
    done = run(file_of([ROWS[0], {"id": "odd", "text": "hours?", "topic": 3}]))

    assert (done.returncode, done.stdout) == (2, "")
    assert "messages.jsonl: the line with the id 'odd': 'topic' must be" in done.stderr


@pytest.mark.model
def test_the_whole_report_of_the_real_model_on_two_files_is_one_document(file_of, model: Path, tmp_path: Path) -> None:
    done = run(file_of(ROWS[:4]), file_of(ROWS[4:], "more.jsonl"), "--json", "--plots", tmp_path / "plots", "--model", model)

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["in_scope"]["all"] == IN_SCOPE
    assert report["in_scope"]["right"] >= IN_SCOPE - 2
    assert set(report["noise"]) == set(NOISES)
    assert {figures["all"] for figures in report["noise"].values()} == {IN_SCOPE}
    assert report["risk_coverage"]["asked"] == IN_SCOPE + 1
    assert sum(one["messages"] for one in report["reliability"]["bins"]) == report["risk_coverage"]["served"]
    assert sum(report["several_questions"]["2"].values()) == 1
    assert "answer_at" in report["calibration"]
    assert {path.stem for path in (tmp_path / "plots").glob("*.png")} == PICTURES
    described = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
    assert [key for key in report if f"| `{key}` |" not in described] == []


@pytest.mark.model
def test_without_noise_each_message_is_asked_once_and_the_lines_of_the_model_come_last(file_of, model: Path) -> None:
    done = run(file_of(ROWS), "--no-noise", "--model", model)

    assert done.returncode == 0, done.stderr
    assert "one edit" not in done.stdout
    assert f"{len(ROWS)}/{len(ROWS)}" in done.stderr
    assert done.stdout.splitlines()[0].startswith("kind")
    assert "\n\nlines of this model: answer_at " in done.stdout
