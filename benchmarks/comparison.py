"""`python -m benchmarks comparison`: methods of understanding on the same data, in one run, as a table."""

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.datasets import CLINC_SOURCE, Dataset, load_clinc, load_project
from benchmarks.measures import percentile, understood
from benchmarks.measuring import Trained, Tried, machine, train, try_all
from benchmarks.methods import FRONTDESK, METHODS, RASA_DEFAULT, Method
from frontdesk.cli.errors import CannotRun
from frontdesk.text.logs import quieten

_LEGEND = """\
right          of our messages, those whose first place is right
AUROC          how well the score parts ours from others (0.5 chance, 1 perfect); the score is the method's confidence,
               below zero where its first place is an out-of-scope intent
false accepts  of the messages that are not ours, those that pass the line which 85 % of ours pass
training       seconds from reading the data to the stored model, no cache, imports not counted
p50, p99       milliseconds for one message, all methods in turns
held, peak     memory of a process with the model, and of training, in MB"""


@dataclass(frozen=True)
class Row:
    """A line of the table; shares from 0 to 1."""

    method: str
    right: float
    auroc: float
    false_accepts: float
    training_s: float
    trainings_s: list[float]
    p50_ms: float
    p99_ms: float
    held_mb: float
    peak_mb: float
    components_s: dict[str, float]


def add_parser(subparsers: Any) -> None:
    """Add `comparison` to the command."""
    parser = subparsers.add_parser("comparison", help="compare ways of understanding on the same data")
    parser.add_argument("--data", type=Path, default=Path("data"), help="a folder of Rasa training data (data/)")
    parser.add_argument("--test", type=Path, nargs="+", help="JSONL with text and topic (tests/data/*.jsonl)")
    parser.add_argument("--clinc", type=Path, metavar="FOLDER", help="also compare on CLINC150, which is in this folder")
    only = "only this method; can be repeated; encoder_fine_tuned, which trains for half an hour, is compared when it is named"
    parser.add_argument("--only", action="append", choices=[method.name for method in METHODS], help=only)
    parser.add_argument("--quick", action="store_true", help="leave out what trains for minutes, Rasa's default among it")
    parser.add_argument("--epochs", type=int, help="train Rasa's neural networks this many epochs instead of 100, for a look only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures into this file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a table for each data set and return 0, or 1 when a method failed."""
    quieten()
    tests = args.test or sorted(Path("tests/data").glob("*.jsonl"))
    methods = [method for method in METHODS if _is_chosen(method, args.only, quick=args.quick)]
    here = machine()
    print(f"{here['date']}, {here['cores']} cores, {here['command']}")
    results = {}
    with tempfile.TemporaryDirectory() as room:
        # Both are read before either is measured: a missing file must not cost an hour.
        datasets = [load_project(args.data, tests, Path(room))]
        if args.clinc:
            datasets.append(load_clinc(args.clinc, Path(room)))
        for dataset in datasets:
            rows, failed = compare(dataset, methods, Path(room), epochs=args.epochs)
            results[dataset.name] = {"described": dataset.describe(), "rows": [asdict(row) for row in rows], "failed": failed}
            print(f"\n{dataset.describe()}\n\n{render(rows, failed)}", flush=True)
    print(f"\n{_LEGEND}")
    if not args.clinc:
        print(f"\nCLINC150 was left out; --clinc FOLDER adds it. {CLINC_SOURCE}")
    if args.json:
        args.json.write_text(json.dumps({**here, "datasets": results}, indent=1), encoding="utf-8")
        print(args.json, file=sys.stderr)
    return 1 if any(result["failed"] for result in results.values()) else 0


def compare(
    dataset: Dataset, methods: Sequence[Method], room: Path, *, epochs: int | None = None, times: int = 3
) -> tuple[list[Row], dict[str, str]]:
    """Train and try methods on a data set; return a row for each that it suits, and by name why others failed."""
    models = Path(tempfile.mkdtemp(dir=room, prefix=f"{dataset.name}-"))
    trained: dict[Method, Trained] = {}
    failed: dict[str, str] = {}
    for method in methods:
        if method.needs_answers and not dataset.has_answers:
            continue
        try:
            trained[method] = train(method, dataset, models, epochs=epochs, times=times)
        except CannotRun as err:
            # What the others took an hour for is still worth a table.
            failed[method.name] = str(err)
    tried, not_started = try_all(trained, dataset, models)
    return [_row(method, dataset, trained[method], outcome) for method, outcome in tried.items()], failed | not_started


def render(rows: Sequence[Row], failed: Mapping[str, str]) -> str:
    """Return the rows as a table, and this project's cost beside Rasa's default when both are there."""
    heads = f"{'method':<28}{'right':>8}{'AUROC':>8}{'false accepts':>15}{'training s':>12}"
    lines = [heads + f"{'p50 ms':>8}{'p99 ms':>8}{'held MB':>9}{'peak MB':>9}"]
    for row in rows:
        shares = f"{_percent(row.right):>8}{_number(row.auroc):>8}{_percent(row.false_accepts):>15}"
        costs = f"{row.training_s:>12.1f}{row.p50_ms:>8.1f}{row.p99_ms:>8.1f}{row.held_mb:>9.0f}{row.peak_mb:>9.0f}"
        lines.append(f"{row.method:<28}{shares}{costs}")
    lines += [f"{name:<28}failed: {why}" for name, why in failed.items()]
    named = {row.method: row for row in rows}
    if {FRONTDESK.name, RASA_DEFAULT.name} <= set(named):
        lines += ["", *_beside_default(named[FRONTDESK.name], named[RASA_DEFAULT.name])]
    return "\n".join(lines)


def _beside_default(ours: Row, default: Row) -> list[str]:
    return [
        f"{ours.method} beside {default.method}, asked the same messages in turns:",
        f"  training {default.training_s / ours.training_s:.1f} times as fast",
        f"  p50 {default.p50_ms / ours.p50_ms:.2f} times as fast",
        f"  p99 {default.p99_ms / ours.p99_ms:.2f} times as fast",
        f"  {ours.held_mb / default.held_mb:.2f} of its memory",
    ]


def _row(method: Method, dataset: Dataset, trained: Trained, tried: Tried) -> Row:
    share = understood(dataset.messages, tried.parsed)
    times = [parsed.ms for parsed in tried.parsed]
    return Row(
        method=method.name,
        right=share.right,
        auroc=share.auroc,
        false_accepts=share.false_accepts,
        training_s=trained.seconds,
        trainings_s=trained.all_seconds,
        p50_ms=percentile(times, 50),
        p99_ms=percentile(times, 99),
        held_mb=tried.resident_mb,
        peak_mb=trained.peak_mb,
        components_s=trained.components,
    )


def _is_chosen(method: Method, only: Sequence[str] | None, *, quick: bool) -> bool:
    return method.name in only if only else not (method.on_request or (quick and method.is_slow))


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{share:.1%}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"
