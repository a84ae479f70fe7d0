"""`frontdesk check`: is everything that staff edit in order?"""

import argparse
import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path

from frontdesk.cli.ask import read_questions
from frontdesk.cli.errors import CannotRun
from frontdesk.faq.likeness_checks import Message
from frontdesk.faq.project import Encode, Layout, Report, check_project
from frontdesk.text.problem import counted, errors

FOUND_NOTHING, FOUND_PROBLEMS = 0, 1

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "check",
        help="check the answers, examples and clinic facts",
        description="Check everything that staff edit and print what is wrong, where, and what to do. "
        "Exit status: 0 nothing found, 1 problems found, 2 cannot run.",
    )
    parser.add_argument(
        "--production", action="store_true", help="also refuse the example clinic's made-up facts, and what no clinician has signed"
    )
    parser.add_argument("--fast", action="store_true", help="leave out what takes long: Rasa's own check, and which examples mean the same")
    parser.add_argument(
        "--held-out", nargs="+", default=[], metavar="FILE", help="also refuse messages of these JSONL files that are among the examples"
    )
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help="training data (default: data)")
    parser.add_argument("--clinic", type=Path, default=Path("clinic"), metavar="FOLDER", help="the clinic's files (default: clinic)")
    parser.add_argument("--domain", type=Path, default=Path("domain.yml"), metavar="FILE", help="the domain (default: domain.yml)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what was found and return the exit status; a warning is printed and stops nothing.

    Raises:
        CannotRun: When there is no project to check, a held-out file cannot be read, or the sentence encoder is not there.
    """
    layout = Layout(args.data, args.clinic, args.domain)
    if missing := layout.missing():
        what = ", ".join(str(path) for path in missing)
        raise CannotRun(f"{what} is not here; run the check in the project's folder, or see --help")
    held_out = [message for file in getattr(args, "held_out", ()) for message in _read_held_out(file)]
    encode = None if args.fast else _load_encoder()
    report = check_project(layout, dt.date.today(), production=args.production, encode=encode, held_out=held_out)
    for problem in report.problems:
        print(problem.render())
    failed = bool(errors(report.problems))
    # Rasa stops at the first file it cannot read, with less to say about it than was just printed.
    if not failed and not args.fast:
        status, output = _ask_rasa(layout)
        if status != 0:
            print(output.rstrip())
            print("Rasa's own check failed; what it says is above. docs/reference/check.md lists the warnings that are expected.")
            return FOUND_PROBLEMS
    print(_closing_line(report))
    return FOUND_PROBLEMS if failed else FOUND_NOTHING


def _read_held_out(file: str) -> list[Message]:
    rows = list(read_questions(file))
    # A blank line is no row, and counts all the same.
    numbers = [number for number, line in enumerate(Path(file).read_text(encoding="utf-8").split("\n"), start=1) if line.strip()]
    return [Message(row["text"], str(row["id"]), Path(file), number) for row, number in zip(rows, numbers, strict=True)]


def _load_encoder() -> Encode:
    from frontdesk.assistant.encoder import EncoderError, load_encoder

    try:
        return load_encoder().encode
    except EncoderError as err:
        raise CannotRun(f"{err} Or leave that part out with --fast.") from err


def _ask_rasa(layout: Layout) -> tuple[int, str]:
    """Run Rasa's validator and return its exit status and what it printed."""
    command = [sys.executable, "-m", "rasa", "data", "validate", "--fail-on-warnings"]
    paths = ["--data", str(layout.data), "--domain", str(layout.domain)]
    done = subprocess.run(
        [*command, *paths],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    return done.returncode, _COLOUR.sub("", done.stdout)


def _closing_line(report: Report) -> str:
    found = len(errors(report.problems))
    warnings = len(report.problems) - found
    looked_at = f"{counted(report.topics, 'topic')}, {counted(report.examples, 'example')}, no problems"
    line = counted(found, "problem") if found else looked_at
    return f"{line}, {counted(warnings, 'warning')}" if warnings else line
