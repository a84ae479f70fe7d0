"""`frontdesk evaluate FILE`: how well the assistant does on messages whose right answer is known."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from frontdesk.cli.ask import load_assistant, read_questions
from frontdesk.cli.errors import CannotRun
from frontdesk.cli.evaluation_text import render
from frontdesk.cli.project import project_folder
from frontdesk.faq.evaluation import Case, evaluate
from frontdesk.faq.noise import NOISES, add_noise

Asked = tuple[Case, list[str]]
"""A case and what the visitor said before."""


def add_parser(subparsers: Any) -> None:
    """Add `evaluate` to the command."""
    parser = subparsers.add_parser("evaluate", help="measure answers on files of messages with their right topic")
    parser.add_argument("files", nargs="+", metavar="FILE", help="JSONL with id, text, topic, and optionally also_ok, kind, previous")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--plots", metavar="DIR", type=Path, help="write pictures into this folder")
    parser.add_argument("--no-noise", action="store_true", help="do not ask again with typing errors and as dictated; much faster")
    parser.add_argument("--model", type=Path, help="a model file (the newest in models/)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the report and return 0: a measurement is no test."""
    project_folder()
    asked = [(_case(row, file), row["previous"]) for file in args.files for row in read_questions(file)]
    noisy = {} if args.no_noise else {name: _under_noise(asked, name) for name in NOISES}
    assistant = load_assistant(args.model)
    clean, again = asyncio.run(_ask_all(assistant, asked, noisy))
    report = evaluate(clean, again)
    fitted = assistant.calibration()
    if args.json:
        print(json.dumps({**report.to_dict(), "calibration": fitted}, ensure_ascii=False, indent=2))
    else:
        print(render(report, fitted))
    if args.plots:
        from frontdesk.cli.plots import save_plots

        for path in save_plots(report, args.plots):
            print(path, file=sys.stderr)
    return 0


def _case(row: dict[str, Any], file: str) -> Case:
    try:
        return Case.from_row(row)
    except ValueError as err:
        raise CannotRun(f"{file}: the line with the id {row['id']!r}: {err}") from err


def _under_noise(asked: list[Asked], name: str) -> list[Asked]:
    return [(replace(case, text=add_noise(case.text, name)), previous) for case, previous in asked if case.is_in_scope]


Answered = list[tuple[Case, dict[str, Any]]]


async def _ask_all(assistant: Any, asked: list[Asked], noisy: dict[str, list[Asked]]) -> tuple[Answered, dict[str, Answered]]:
    """Ask everything under one progress bar and return the outcomes beside their cases."""
    with tqdm(total=len(asked) + sum(map(len, noisy.values())), file=sys.stderr) as bar:

        async def answers(name: str, asked: list[Asked]) -> Answered:
            bar.set_description(name.replace("_", " "))
            answered = []
            for case, previous in asked:
                answered.append((case, asdict(await assistant.ask(case.text, previous))))
                bar.update()
            return answered

        return await answers("asking", asked), {name: await answers(name, cases) for name, cases in noisy.items()}
