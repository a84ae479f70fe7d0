"""`frontdesk evaluate FILE`: how well the assistant does on messages whose right answer is known."""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from frontdesk.cli.ask import load_assistant, read_questions
from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder
from frontdesk.faq.evaluation import VERDICTS, Case, Report, evaluate

_SHOWN_CONFUSIONS = 20


def add_parser(subparsers: Any) -> None:
    """Add `evaluate` to the command."""
    parser = subparsers.add_parser("evaluate", help="measure answers on files of messages with their right topic")
    parser.add_argument("files", nargs="+", metavar="FILE", help="JSONL with id, text, topic, and optionally also_ok, kind, previous")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--plots", metavar="DIR", type=Path, help="write pictures into this folder")
    parser.add_argument("--model", type=Path, help="a model file (the newest in models/)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the report and return 0: a measurement is no test."""
    project_folder()
    rows = [row for file in args.files for row in read_questions(file)]
    try:
        cases = [Case.from_row(row) for row in rows]
    except ValueError as err:
        raise CannotRun(str(err)) from err
    assistant = load_assistant(args.model)
    outcomes = asyncio.run(_ask_all(assistant, rows))
    report = evaluate(zip(cases, outcomes, strict=True))
    fitted = assistant.calibration()
    if args.json:
        print(json.dumps({**report.to_dict(), "calibration": fitted}, ensure_ascii=False, indent=2))
    else:
        print(render(report, fitted))
    if args.plots:
        from frontdesk.cli.plots import save_plots

        for path in save_plots(report, cases, outcomes, args.plots):
            print(path, file=sys.stderr)
    return 0


async def _ask_all(assistant: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [asdict(await assistant.ask(row["text"], row["previous"])) for row in tqdm(rows, desc="asking", file=sys.stderr)]


def render(report: Report, fitted: dict[str, Any] | None) -> str:
    """Return the report as text."""
    lines = [f"{'kind':<16}{'all':>6}" + "".join(f"{verdict.replace('_', ' '):>17}" for verdict in VERDICTS)]
    for kind, counts in sorted(report.counts.items()):
        total = counts.total()
        cells = "".join(f"{counts[verdict]:>9} {counts[verdict] / total:>6.1%}" + " " for verdict in VERDICTS)
        lines.append(f"{kind:<16}{total:>6}{cells}")
    alarms, foreign = report.alarms, report.out_of_scope
    lines += ["", f"out of scope, answered:  {foreign['answered']} of {foreign['all']}"]
    lines.append(f"in danger, caught:       {alarms['danger_caught']} of {alarms['danger']}")
    lines.append(f"look-alikes, alarmed:    {alarms['look_alike_alarmed']} of {alarms['look_alike']}")
    lines.append(f"other messages, alarmed: {alarms['harmless_alarmed']} of {alarms['harmless']}")
    if report.missed_dangers:
        lines.append(f"missed dangers:          {', '.join(report.missed_dangers)}")
    if report.confusions:
        lines += ["", "most frequent confusions (wanted -> served)"]
        lines += [f"  {n:>3}  {wanted} -> {served}" for (wanted, served), n in report.confusions.most_common(_SHOWN_CONFUSIONS)]
    if fitted:
        lines += ["", "lines of this model: " + ", ".join(f"{name} {value:.3f}" for name, value in fitted.items())]
    return "\n".join(lines)
