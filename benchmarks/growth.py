"""`python -m benchmarks growth`: how this project's pipeline grows from 100 to 2,000 topics.

The topics are made up: each asks one of 40 matters (price, weight, ...) of one of 50 things (piano, ladder, ...), so that
any two share at most one of the words that tell them apart. Each has 20 examples: sentences around both words, with one of
a few beginnings. The messages to parse are other sentences. The words are in `made_up.yml`; a seed makes it the same
every time.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.datasets import Dataset, Message, write_examples
from benchmarks.measures import percentile, understood
from benchmarks.measuring import machine, train, try_all
from benchmarks.methods import FRONTDESK
from frontdesk.cli.errors import CannotRun

SIZES = (100, 200, 500, 1000, 2000)
_MESSAGES = 300
_SEED = 20

_LEGEND = """
training      seconds from reading the data to the stored model, of which featurizing and fitting; the rest reads and stores
per 100 more  seconds for each 100 topics more than in the line above: growth is linear while this stays the same
right         of messages in sentences that no example has, those whose first place is right"""

_WORDS = Path(__file__).with_name("made_up.yml")


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    topics: int
    examples: int
    training_s: float
    featurizing_s: float
    """Of that, turning examples into vectors."""
    fitting_s: float
    """Of that, fitting the ranking and its lines. The rest is reading the data and storing the model."""
    p50_ms: float
    p99_ms: float
    held_mb: float
    peak_mb: float
    right: float
    """Share of the messages whose topic is in first place: that the topics can be told apart."""


def add_parser(subparsers: Any) -> None:
    """Add `growth` to the command."""
    parser = subparsers.add_parser("growth", help="measure training and parsing from 100 to 2,000 topics")
    parser.add_argument("--topics", type=int, nargs="+", default=SIZES, help="numbers of topics, at most 2,000 each")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures into this file")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="write growth.png into this folder")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table and return 0, or 1 when a training failed, after which no larger one is tried."""
    here = machine()
    print(f"{here['date']}, {here['cores']} cores, {here['command']}\n")
    print(f"{'topics':>8}{'examples':>10}{'training s':>12}{'featurizing':>13}{'fitting':>9}{'per 100 more':>14}", end="")
    print(f"{'p50 ms':>8}{'p99 ms':>8}{'held MB':>9}{'peak MB':>9}{'right':>8}")
    rows: list[Row] = []
    failure = None
    for topics in sorted(set(args.topics)):
        try:
            row = measure(topics)
        except CannotRun as err:
            failure = f"{topics:>8,} topics: {err}"
            break
        print(render(row, rows[-1] if rows else None), flush=True)
        rows.append(row)
    print(f"{failure or ''}\n{_LEGEND}")
    if args.json:
        args.json.write_text(json.dumps({**here, "rows": [asdict(row) for row in rows]}, indent=1), encoding="utf-8")
    if args.plots and rows:
        print(save_plot(rows, args.plots), file=sys.stderr)
    return 1 if failure else 0


def measure(topics: int) -> Row:
    """Train and try this project's pipeline on made-up topics.

    Raises:
        CannotRun: When it cannot be trained or loaded; the message says why.
    """
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        dataset = made_up(topics, room)
        trained = train(FRONTDESK, dataset, room)
        answers, failed = try_all({FRONTDESK: trained}, dataset, room)
    if failed:
        raise CannotRun(failed[FRONTDESK.name])
    tried = answers[FRONTDESK]
    times = [parsed.ms for parsed in tried.parsed]
    parts = trained.components
    return Row(
        topics=topics,
        examples=dataset.examples,
        training_s=trained.seconds,
        featurizing_s=sum(seconds for name, seconds in parts.items() if name.endswith(("Tokenizer", "Featurizer"))),
        fitting_s=sum(seconds for name, seconds in parts.items() if name.endswith(("Ranker", "Classifier"))),
        p50_ms=percentile(times, 50),
        p99_ms=percentile(times, 99),
        held_mb=tried.resident_mb,
        peak_mb=trained.peak_mb,
        right=understood(dataset.messages, tried.parsed).right,
    )


def made_up(topics: int, room: Path) -> Dataset:
    """Return made-up training data, and messages in sentences that no example has.

    Raises:
        CannotRun: When more topics are wanted than there are pairs of words.
    """
    words = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    pairs = [(thing, matter) for thing in words["things"].split() for matter in words["matters"].split()]
    if not 2 <= topics <= len(pairs):
        raise CannotRun(f"there can be 2 to {len(pairs):,} made-up topics, not {topics}")
    chance = random.Random(_SEED)  # noqa: S311 - made-up data, not a secret
    chosen = chance.sample(pairs, topics)

    def phrase(frame: str, pair: tuple[str, str]) -> str:
        beginning: str = chance.choice(words["beginnings"])
        return beginning + frame.format(thing=pair[0], matter=pair[1])

    training = room / "made-up"
    examples = [(phrase(frame, pair), "_".join(pair)) for pair in chosen for frame in words["frames"]]
    write_examples(training, examples)
    asked = [chance.choice(chosen) for _ in range(_MESSAGES)]
    messages = tuple(
        Message(phrase(chance.choice(words["unseen_frames"]), pair), frozenset({"_".join(pair)}), foreign=False) for pair in asked
    )
    return Dataset(f"{topics} topics", training, training, messages, len(examples), topics, has_answers=False)


def render(row: Row, before: Row | None = None) -> str:
    """Return a row as a line of the table; `before` is the one above it."""
    more = f"{(row.training_s - before.training_s) / (row.topics - before.topics) * 100:.2f}" if before else "-"
    times = f"{row.training_s:>12.1f}{row.featurizing_s:>13.1f}{row.fitting_s:>9.1f}{more:>14}"
    costs = f"{row.p50_ms:>8.1f}{row.p99_ms:>8.1f}{row.held_mb:>9.0f}{row.peak_mb:>9.0f}{row.right:>8.1%}"
    return f"{row.topics:>8,}{row.examples:>10,}{times}{costs}"


def save_plot(rows: Sequence[Row], folder: Path) -> Path:
    """Write `growth.png`: training and parsing by number of topics."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    topics = [row.topics for row in rows]
    figure, (training, parsing) = pyplot.subplots(ncols=2, figsize=(10, 4), layout="constrained")
    featurizing, fitting = [row.featurizing_s for row in rows], [row.fitting_s for row in rows]
    training.stackplot(
        topics,
        featurizing,
        fitting,
        [row.training_s - encoded - fitted for row, encoded, fitted in zip(rows, featurizing, fitting, strict=True)],
        labels=["featurizing", "fitting", "reading and storing"],
        colors=["#2a7f62", "#8fc7a6", "#9aa5b1"],
    )
    ends = [rows[0], rows[-1]]
    training.plot([row.topics for row in ends], [row.training_s for row in ends], "k--", label="straight line")
    training.set(xlabel="topics", ylabel="training, seconds", ylim=(0, None))
    training.legend()
    parsing.plot(topics, [row.p50_ms for row in rows], "o-", color="#2a7f62", label="p50")
    parsing.plot(topics, [row.p99_ms for row in rows], "o-", color="#b8322a", label="p99")
    parsing.axhline(15, color="black", linestyle="--", label="15 ms")
    parsing.set(xlabel="topics", ylabel="parsing, milliseconds", ylim=(0, None))
    parsing.legend()
    path = folder / "growth.png"
    figure.savefig(path, dpi=120)
    pyplot.close(figure)
    return path
