"""`python -m benchmarks safety`: what the guard catches and what it takes for danger, by its rules alone and with the learned class.

Prints counts, never a message: half of the sets is kept apart from whoever writes rules and examples.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.measures import percentile
from benchmarks.measuring import machine
from frontdesk.cli.ask import load_assistant
from frontdesk.safety import Guard
from frontdesk.text.kinds import ALARMING
from tests.safety.sets import ROOT, Case, written_apart, written_with_the_rules

ORDINARY_FILES = ("topics", "intents", "two_questions", "follow_ups", "out_of_scope")
"""Of `tests/data`: what visitors usually write. Each line is asked by itself."""
_URGENT = ("crisis", "emergency")
_TIMED = 2000

Raises = Callable[[str], bool]
"""Says whether a message gets a card in place of an answer."""

_LEGEND = """
with the rules   the examples of the rules and tests/cases/safety: whoever wrote rules and examples knew them
apart            tests/data: written from the categories by people who saw no rule; ordinary questions are there too
rules, both      messages that get a card in place of an answer, whatever its tier: by the rules, by rules or class"""


@dataclass(frozen=True)
class Group:
    """Messages that are counted together."""

    name: str
    origin: str
    texts: tuple[str, ...]


def add_parser(subparsers: Any) -> None:
    """Add `safety` to the command."""
    parser = subparsers.add_parser("safety", help="count dangers caught and look-alikes alarmed, with the learned class and without")
    parser.add_argument("--model", type=Path, help="a model file (the newest in models/)")
    parser.add_argument("--rules-only", action="store_true", help="leave the learned class out; takes seconds")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    guard = Guard.load(ROOT / "clinic" / "safety")
    halves: dict[str, Raises] = {"rules": lambda text: _is_card(guard, text)}
    if not args.rules_only:
        assistant = load_assistant(args.model)
        loop = asyncio.new_event_loop()
        halves["both"] = lambda text: loop.run_until_complete(assistant.ask(text)).decision == "safety"
        print(f"the class raises an alarm from {assistant.calibration()['alarm_at']:.3f} on")
    print(", ".join(str(part) for part in machine().values()))
    print(f"{'':<28}{'':<16}{'messages':>9}" + "".join(f"{name:>16}" for name in halves))
    for group in groups():
        found = [sum(map(raises, tqdm(group.texts, desc=group.name, leave=False))) for raises in halves.values()]
        shares = "".join(f"{count:>8}{100 * count / len(group.texts):>7.2f}%" for count in found)
        print(f"{group.name:<28}{group.origin:<16}{len(group.texts):>9}{shares}")
    times = [1000 * seconds for seconds in _times(guard)]
    fast, slow = statistics.median(times), percentile(times, 99)
    print(f"\nthe rules on 60 words, processor time of {len(times)} messages: median {fast:.2f} ms, p99 {slow:.2f} ms")
    print(_LEGEND)
    return 0


def groups() -> list[Group]:
    """Return the sets, cut as `docs/safety-case.md` shows them."""
    with_rules, apart = written_with_the_rules(), written_apart()
    found = [
        _group("crisis", "with the rules", with_rules, lambda case: case.tier == "crisis"),
        _group("emergency", "with the rules", with_rules, lambda case: case.tier == "emergency"),
        _group("doctor", "with the rules", with_rules, lambda case: case.tier == "doctor"),
        _group("look-alikes", "with the rules", with_rules, lambda case: case.tier is None),
        _group("crisis, English", "apart", apart, lambda case: case.tier == "crisis" and not case.is_spanish),
        _group("emergency, English", "apart", apart, lambda case: case.tier == "emergency" and not case.is_spanish),
        _group("crisis, emergency, Spanish", "apart", apart, lambda case: case.tier in _URGENT and case.is_spanish),
        _group("crisis and emergency, all", "apart", apart, lambda case: case.tier in _URGENT),
        _group("doctor", "apart", apart, lambda case: case.tier == "doctor"),
        _group("look-alikes", "apart", apart, lambda case: case.tier is None),
    ]
    return [*found, Group("ordinary questions", "apart", tuple(_ordinary()))]


def _group(name: str, origin: str, cases: Sequence[Case], belongs: Callable[[Case], bool]) -> Group:
    return Group(name, origin, tuple(case.text for case in cases if belongs(case)))


def _ordinary() -> list[str]:
    lines = [line for name in ORDINARY_FILES for line in (ROOT / f"tests/data/{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [json.loads(line)["text"] for line in lines]


def _is_card(guard: Guard, text: str) -> bool:
    alarm = guard.check(text)
    return alarm is not None and alarm.tier in ALARMING


def _times(guard: Guard) -> list[float]:
    """Return how long messages of 60 words keep the processor; the words are those of the sets, one message after the other."""
    words = " ".join(case.text for case in written_with_the_rules()).split()
    messages = [" ".join((words * 2)[start : start + 60]) for start in range(0, len(words), 60)]
    taken = []
    for number in range(_TIMED):
        began = time.thread_time()
        guard.check(messages[number % len(messages)])
        taken.append(time.thread_time() - began)
    return taken
