"""`python -m benchmarks dates`: how well words about time are read, by this project's reader and by date libraries.

The libraries need an environment of their own, whose Python is given with `--python`. They answer the same phrases in the same run.
What a library has no way to say is not held against it where the openings come out the same; flags are.
"""

import argparse
import datetime as dt
import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.date_cases import (
    NOW,
    WEEK,
    Case,
    cases_of_writer,
    cases_written_apart,
    frames,
    is_right,
    offers_what_is_ruled_out,
    own_cases,
)
from benchmarks.measures import percentile
from benchmarks.measuring import machine
from frontdesk.booking.when import Flag, Span, When, read_when
from frontdesk.cli.errors import CannotRun

LIBRARIES = {"recognizers": "recognizers_date_time", "dateparser": "dateparser"}
_WORKER = Path(__file__).with_name("date_libraries.py")

_LEGEND = """
own         phrases of the table that was written along with the reader, read rightly: the openings left are those meant
apart       phrases of a table written by somebody who did not see the reader; it was looked at afterwards
second      the same, by another writer
third       the same, by a third one
ruled out   messages of the frames in which something is offered that the visitor excluded, of all of them
            silent: nothing was understood; not wrong, but the visitor is asked again"""


@dataclass(frozen=True)
class Reading:
    """What a reader made of a phrase, and in what time."""

    found: When | None
    seconds: float


def add_parser(subparsers: Any) -> None:
    """Add `dates` to the command."""
    parser = subparsers.add_parser("dates", help="measure how well words about time are read, beside date libraries")
    parser.add_argument(
        "--python", type=Path, metavar="PATH", help="the Python of an environment with recognizers-text-suite or dateparser"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    tables = {
        "own": list(own_cases()),
        "apart": list(cases_written_apart()),
        "second": list(cases_of_writer(2)),
        "third": list(cases_of_writer(3)),
    }
    ruled_out = [Case(frame.text, When(excluded=(frame.ruled_out,)), "frame", week=WEEK) for _, messages in frames() for frame in messages]
    cases = [*itertools.chain(*tables.values()), *ruled_out]
    print(", ".join(str(part) for part in machine().values()))
    heads = "".join(f"{f'{name} /{len(table)}':>14}" for name, table in tables.items())
    print(f"{'reader':<14}{heads}{f'ruled out /{len(ruled_out)}':>18}{'silent':>8}{'p50 ms':>9}{'p95 ms':>9}")
    for name, readings in _readings(cases, args.python):
        left = iter(readings)
        shares = ""
        for table in tables.values():
            right = sum(is_right(case, one.found) for case, one in zip(table, left, strict=False))
            shares += f"{right:>8} {right / len(table):>5.0%}"
        of_ruled_out = readings[-len(ruled_out) :]
        offered = sum(offers_what_is_ruled_out(case, one.found) for case, one in zip(ruled_out, of_ruled_out, strict=True))
        silent = sum(one.found is None for one in of_ruled_out)
        times = [1000 * one.seconds for one in readings[: -len(ruled_out)]]
        print(f"{name:<14}{shares}{offered:>18}{silent:>8}{statistics.median(times):>9.2f}{percentile(times, 95):>9.2f}")
    print(_LEGEND)
    return 0


def _readings(cases: Sequence[Case], python: Path | None) -> list[tuple[str, list[Reading]]]:
    result = [("frontdesk", _own_readings(cases))]
    if python is None:
        return result
    if not python.exists():
        raise CannotRun(f"{python} does not exist; give --python the interpreter of an environment with {' or '.join(LIBRARIES)}")
    for name, module in LIBRARIES.items():
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0:
            result.append((name, _library_readings(name, cases, python)))
        else:
            print(f"{name} is not installed in {python}; left out", file=sys.stderr)
    return result


def _own_readings(cases: Sequence[Case]) -> list[Reading]:
    read_when("today", NOW)  # loads the words
    readings = []
    for case in cases:
        began = time.perf_counter()
        found = read_when(case.text, case.now, week=case.week)
        readings.append(Reading(found, time.perf_counter() - began))
    return readings


def _library_readings(name: str, cases: Sequence[Case], python: Path) -> list[Reading]:
    warm = json.dumps({"text": "today", "now": NOW.replace(tzinfo=None).isoformat()})
    lines = [json.dumps({"text": case.text, "now": case.now.replace(tzinfo=None).isoformat()}) for case in cases]
    answers = subprocess.run([python, _WORKER, name], input="\n".join([warm, *lines]), capture_output=True, text=True, check=False)
    if answers.returncode:
        raise CannotRun(f"{name} in {python} ended with an error: {answers.stderr.strip().splitlines()[-1:]}")
    return [_reading(json.loads(line)) for line in answers.stdout.splitlines()[1:]]


def _reading(answer: dict[str, Any]) -> Reading:
    if not answer["spans"]:
        return Reading(None, answer["seconds"])
    if answer["spans"] == [["impossible"]]:
        return Reading(When(flags=frozenset({Flag.IMPOSSIBLE})), answer["seconds"])
    spans = tuple(
        Span(dt.date.fromisoformat(first), dt.date.fromisoformat(last), frozenset(weekdays), lo, hi)
        for first, last, weekdays, lo, hi in answer["spans"]
    )
    return Reading(When(spans), answer["seconds"])
