"""How long somebody who edits topics waits, on this project's topics.

Wall time and processor time: on a machine that others use only the second one says anything.
"""

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from frontdesk.cli.project import project_folder
from frontdesk.faq.editing import TopicFolder
from frontdesk.faq.ledger import load_ledger
from frontdesk.faq.spreadsheet import Plan, plan_import, read_sheet, rows_of, write_sheet
from frontdesk.faq.store import load_intents, load_topics
from frontdesk.faq.writing_help import Rules, Taught, hints
from frontdesk.practice.facts import load_facts

T = TypeVar("T")

EXAMPLES = 5_000
"""What the writing help is held against, at least."""


def add_parser(subparsers: Any) -> None:
    """Add `editing` to the benchmarks."""
    parser = subparsers.add_parser("editing", help="how long somebody who edits topics waits")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print the times and return 0."""
    root = project_folder()
    folder = TopicFolder(root)
    topics, intents = load_topics(root / "data/faq")[0], load_intents(root / "data/nlu")[0]
    for intent in list(intents):
        left = sum(len(topic.examples) for topic in topics) + sum(len(one.examples) for one in intents if one is not intent)
        if left >= EXAMPLES:
            intents.remove(intent)
    rules = Rules(load_ledger(root / "clinic")[0], load_facts().keys(), dt.date.today())
    opened = {name: folder.open(name) for name in folder.names()}
    largest = max(opened.values(), key=lambda one: len(one.draft.examples))

    taught, prepared = _timed(lambda: _prepared(Taught(topics, intents)))
    # The first call loads the dictionary of syllables.
    hints(largest.name, largest.draft, taught, rules)
    waits = [_timed(partial(hints, one.name, one.draft, taught, rules))[1] for one in opened.values()]
    _print(f"writing help prepared for {len(taught.texts)} examples", prepared)
    _print("writing help for one topic, median (aim: under 200 ms)", (median(wall for wall, _ in waits), median(own for _, own in waits)))
    _print("writing help for one topic, longest", (max(wall for wall, _ in waits), max(own for _, own in waits)))
    _print(f"open the largest topic, {len(largest.draft.examples)} examples", _timed(lambda: folder.open(largest.name))[1])

    with tempfile.TemporaryDirectory() as scratch:
        copy = TopicFolder(Path(scratch))
        copy.folder.mkdir(parents=True)
        copy.path(largest.name).write_text(largest.text, encoding="utf-8", newline="")
        retitled = replace(largest.draft, title="Another title")
        _print("save it", _timed(lambda: copy.save(largest.name, retitled, largest.fingerprint))[1])
        rows = [row for one in opened.values() for row in rows_of(one.name, one.draft)]
        for path in (Path(scratch) / "topics.csv", Path(scratch) / "topics.xlsx"):
            _print(f"export {len(rows)} rows as {path.suffix}", _timed(partial(write_sheet, path, rows))[1])

            def compare(path: Path = path) -> Plan:
                return plan_import(read_sheet(path), folder, intents, rules)

            _print(f"import {len(rows)} rows of {path.suffix} without --apply", _timed(compare)[1])
    return 0


def _prepared(taught: Taught) -> Taught:
    taught.spelling.likeness([])
    return taught


def _timed(work: Callable[[], T]) -> tuple[T, tuple[float, float]]:
    """Return what the work returns, and its wall time and processor time in milliseconds."""
    wall, own = time.perf_counter(), time.process_time()
    result = work()
    return result, ((time.perf_counter() - wall) * 1000, (time.process_time() - own) * 1000)


def _print(what: str, times: tuple[float, float]) -> None:
    print(f"{what:<62} {times[0]:7.0f} ms, of the processor {times[1]:6.0f} ms")
