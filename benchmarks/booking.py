"""`python -m benchmarks booking`: races for openings over the running stack, and how long a booking takes.

A race is 64 visitors at once for the 20 openings of a day, each run on a day of its own. In three forms: undisturbed; with
the action server killed in the middle; with the clinic's calendar, a real CalDAV server, down for a minute in the middle.
"""

import argparse
import asyncio
import datetime as dt
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from benchmarks.measures import percentile
from benchmarks.measuring import machine
from frontdesk.booking.appointment import Appointment, Contact, State
from frontdesk.booking.office import Office, open_office
from frontdesk.booking.openings import busy_until
from frontdesk.booking.store import OpeningTaken
from frontdesk.cli.project import require_model

_FORMS = {"plain": "embedded", "killed": "embedded", "down": "caldav"}
_WEEKS = dt.timedelta(days=28)
_TURNS = ("begin", "service", "day", "opening", "name", "contact", "yes")

_LEGEND = """
right        runs in which 20 were told that they are booked and are, once, in our database and in the clinic's system;
             44 were told that it is full; and nobody overlaps
taken        visitors who were told that somebody else was faster, and were shown others
down         times a visitor was told that the calendar cannot be reached, and tried again
unavailable  times a message was not taken, the visitor was told so, and it was sent again
later        visitors who were told "not confirmed yet", and were confirmed when the calendar was back"""


def add_parser(subparsers: Any) -> None:
    """Add `booking` to the command."""
    parser = subparsers.add_parser("booking", help="race for openings over the running stack, and time what a booking takes")
    parser.add_argument("--form", nargs="*", choices=(*_FORMS, "times"), default=[*_FORMS, "times"], help="what to run (everything)")
    parser.add_argument("--runs", type=int, default=20, help="races of each form (20)")
    parser.add_argument("--down", type=float, default=60.0, metavar="SECONDS", help="how long the calendar is down (60)")
    parser.add_argument("--model", type=Path, help="a model file (the newest in models/)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the tables; 1 when a race went wrong."""
    model = require_model(args.model).resolve()
    print(", ".join(str(part) for part in machine().values()))
    wrong = 0
    for number, form in enumerate(form for form in args.form if form in _FORMS):
        if not number:
            print(f"{'form':<8}{'right':>9}{'taken':>8}{'down':>8}{'unavailable':>13}{'later':>8}{'median s':>10}")
        wrong += _races(form, model, args.runs, args.down)
    if set(args.form) & set(_FORMS):
        print(_LEGEND)
    if "times" in args.form:
        _times(model)
    return int(bool(wrong))


def _races(form: str, model: Path, runs: int, down_s: float) -> int:
    """Print the line of a form and return how many runs went wrong."""
    from tests.stack.booking_race import CLINIC, days_of, faults, run_race, wait_until_told

    told: Counter[str] = Counter()
    seconds, right = [], 0
    with _clinic(_FORMS[form], model, CLINIC) as (stack, system, kept):

        def down() -> None:
            with system.down():
                time.sleep(down_s)

        half_way: dict[str, Callable[[], Any]] = {"killed": lambda: os.kill(stack.pid_of("rasa_sdk"), signal.SIGKILL), "down": down}
        for seed, day in enumerate(days_of(system, runs)):
            race = asyncio.run(run_race(stack.address, system, day, half_way=half_way.get(form), seed=seed))
            wait_until_told(kept)
            found = faults(race, system, kept, day)
            for fault in found:
                print(f"{form}, run {seed + 1}, {day}: {fault}", file=sys.stderr, flush=True)
            right += not found
            seconds.append(race.seconds)
            told += race.told + Counter(later=len(race.requested))
            print(f"{form}: run {seed + 1} in {race.seconds:.0f} s", file=sys.stderr, flush=True)
    counts = f"{told['taken']:>8}{told['down']:>8}{told['unavailable']:>13}{told['later']:>8}"
    print(f"{form:<8}{right:>5}/{len(seconds):<3}{counts}{statistics.median(seconds):>10.1f}", flush=True)
    return len(seconds) - right


def _times(model: Path, bookings: int = 40) -> None:
    """Print how long the list of openings takes, and each turn of a booking of one visitor over the stack."""
    listed = _list_openings()
    middle, most = statistics.median(listed), percentile(listed, 95)
    print(f"\nopenings of four weeks, half of them taken: median {middle:.1f} ms, 95 of 100 {most:.1f} ms")
    with _clinic("embedded", model, {"per_visitor": 20}) as (stack, system, _):
        turns = _book(stack, system, bookings)
    print(f"\n{bookings} bookings of one visitor after the other, over gateway, Rasa and actions, in ms:")
    print(f"{'turn':<12}{'median':>8}{'95 of 100':>11}{'most':>8}{'processors':>12}")
    turns["every turn"] = [one for measured in turns.values() for one in measured]
    for name, measured in turns.items():
        times = [one.ms for one in measured]
        cpu = statistics.mean(one.cpu_ms for one in measured)
        print(f"{name:<12}{statistics.median(times):>8.1f}{percentile(times, 95):>11.1f}{max(times):>8.1f}{cpu:>12.1f}")
    print("\nprocessors   what all processes of the stack used of the processors, on average: what would go by on an idle machine, at most")


def _list_openings(times: int = 200) -> list[float]:
    """Return milliseconds for each of many lists of a clinic whose next four weeks are half full."""
    with tempfile.TemporaryDirectory() as room:
        office = open_office(Path("clinic"), url=f"sqlite:///{room}/booking.db", environment={"FRONTDESK_DATA_DIR": room})
        try:
            return asyncio.run(_list_them(office, times))
        finally:
            office.close()


async def _list_them(office: Office, times: int) -> list[float]:
    desk, now = office.desk, dt.datetime.now(dt.UTC)
    service = office.booking.services[0].id
    coming = [one for one in await desk.openings(service, start=now, end=now + _WEEKS) if one.start.minute == 0]
    for number, opening in enumerate(coming[::2]):
        booked = Appointment("", 0, State.CONFIRMED, opening, Contact("Somebody", email=f"{number}@example.com"), now)
        try:
            office.store.book(booked, busy_until(office.booking, opening), request_key=str(number), holder=None, per_visitor=1, tell=[])
        except OpeningTaken:
            continue
    measured = []
    for _ in range(times):
        began = time.perf_counter()
        await desk.openings(service, start=now, end=now + _WEEKS)
        measured.append(1000 * (time.perf_counter() - began))
    return measured


@dataclass(frozen=True)
class _Turn:
    """What one turn took, in milliseconds."""

    ms: float
    cpu_ms: float
    """Of all processes together, in steps of ten."""


def _book(stack: Any, system: Any, bookings: int) -> dict[str, list[_Turn]]:
    """Return each turn by its name; the first booking meets cold caches and is left out."""
    from tests.stack.booking_race import days_of
    from tests.stack.visitor import Visitor

    turns: defaultdict[str, list[_Turn]] = defaultdict(list)
    processes = psutil.Process(stack.process.pid).children(recursive=True)
    days = days_of(system, 40)
    for number in range(bookings + 1):
        visitor, day = Visitor(stack.address), days[number % len(days)]
        reply: dict[str, Any] = {}
        for name in _TURNS:
            said = {
                "begin": "I'd like to book an appointment",
                "day": f"{day:%A %B} {day.day}".lower(),
                "name": "Jane Doe",
                "contact": f"jane.{'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]}@example.com",
            }.get(name)
            choice = "" if said else _first_choice(reply)
            began, used = time.perf_counter(), _used_s(processes)
            status, reply = visitor.say(said) if said else visitor.choose(choice)
            if status != 200:
                raise RuntimeError(f"turn '{name}' was answered with {status}: {reply}")
            if number:
                turns[name].append(_Turn(1000 * (time.perf_counter() - began), 1000 * (_used_s(processes) - used)))
        if "reference is" not in str(reply):
            raise RuntimeError(f"not booked: {reply}")
    return turns


def _used_s(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _first_choice(reply: dict[str, Any]) -> str:
    return next(str(one["id"]) for message in reply["messages"] for one in [*message.get("openings", []), *message.get("choices", [])])


@contextmanager
def _clinic(backend: str, model: Path, changes: dict[str, Any]) -> Iterator[tuple[Any, Any, Any]]:
    """Run a stack with a backend behind it; give it, the clinic, and what is kept."""
    from tests.stack.booking_systems import SYSTEMS, Kept
    from tests.stack.conftest import running

    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        with SYSTEMS[backend](folder, **changes) as system, running(model, folder, system.settings) as stack:
            kept = Kept(stack.data)
            try:
                yield stack, system, kept
            finally:
                kept.close()
