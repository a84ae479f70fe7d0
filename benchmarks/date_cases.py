"""Phrases about time with what they mean, and when a reading of one is right: by the openings it leaves.

Two readings are the same when they allow the same starts in the next six weeks, at every half hour from 9:00 to 19:00 on every day
and at the edges of what either of them names, and when the flags that are expected are there. How they are put into data does not matter.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from frontdesk.booking.when import Flag, Span, When
from frontdesk.practice.hours import DAYS

CASES = Path(__file__).parents[1] / "tests" / "cases" / "when"
ZONE = ZoneInfo("America/Los_Angeles")
NOW = dt.datetime(2026, 11, 24, 10, tzinfo=ZONE)
WEEK = {
    "monday": ["09:00-18:00"], "tuesday": ["09:00-18:00"], "wednesday": ["11:00-20:00"], "thursday": ["09:00-18:00"],
    "friday": ["09:00-16:00"], "saturday": ["09:00-13:00"], "sunday": [],
}  # fmt: skip
"""The hours that were given to those who wrote cases apart."""
_TABLES = ("days", "flags", "messages", "no_time", "ruled_out", "more_ruled_out", "occupied", "said_again", "times", "written_short")
_WEEKS = 6
_FIRST_MINUTE, _LAST_MINUTE, _STEP = 9 * 60, 19 * 60, 30
_SHORT_DAYS = {day[:3]: number for number, day in enumerate(DAYS)}


@dataclass(frozen=True)
class Case:
    """A phrase and what it means."""

    text: str
    expected: When | None
    """None: it says nothing about time."""
    source: str
    now: dt.datetime = NOW
    week: Mapping[str, Sequence[str]] | None = None
    others: tuple[When, ...] = ()
    """Other readings that are as good."""


def own_cases() -> Iterator[Case]:
    """Yield the cases that were written along with the reader."""
    for name in _TABLES:
        yield from _table(CASES / f"{name}.yml", None)


def cases_of_writer(number: int) -> Iterator[Case]:
    """Yield the cases of the second or third writer, who did not see the reader; it was changed with them in view."""
    yield from _table(CASES / f"written_apart_{number}.yml", WEEK)


def _table(path: Path, hours: Mapping[str, Sequence[str]] | None) -> Iterator[Case]:
    for raw in yaml.safe_load(path.read_text(encoding="utf-8")):
        now = dt.datetime.fromisoformat(raw["now"]).replace(tzinfo=ZONE) if "now" in raw else NOW
        week = {day: [raw["hours"]] for day in DAYS} if "hours" in raw else hours
        yield Case(raw["text"], _own_expected(raw), path.stem, now, week)


def _own_expected(raw: Mapping[str, Any]) -> When | None:
    if raw.get("nothing"):
        return None
    wanted = tuple(parse_span(text) for text in raw.get("wants", ()))
    excluded = tuple(parse_span(text) for text in raw.get("not", ()))
    return When(wanted, excluded, frozenset(Flag(name) for name in raw.get("flags", ())))


def cases_written_apart(path: Path = CASES / "written_apart.jsonl") -> Iterator[Case]:
    """Yield the cases of somebody who did not see the reader."""
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        expected = raw["expect"]
        readings = [None] if expected is None else [_expected_apart(one) for one in expected.get("either", [expected])]
        yield Case(raw["text"], readings[0], raw["id"], week=WEEK, others=tuple(one for one in readings[1:] if one is not None))


def _expected_apart(raw: Mapping[str, Any]) -> When:
    weekdays = frozenset(DAYS.index(day) for day in raw.get("weekdays") or DAYS)
    lo = _minutes(raw.get("at") or raw.get("from") or "00:00")
    hi = lo + 1 if raw.get("at") else _minutes(raw.get("to") or "24:00")
    stretches = [(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) for first, last in raw.get("dates") or ()]
    is_bounded = bool(stretches or raw.get("weekdays") or hi - lo < 24 * 60)
    wanted = tuple(Span(first, last, weekdays, lo, hi) for first, last in stretches or [(dt.date.min, dt.date.max)]) if is_bounded else ()
    excluded = tuple(parse_span(day[:3] if day in DAYS else day) for day in raw.get("not") or ())
    return When(wanted, excluded, frozenset(Flag(name) for name in raw.get("flags") or ()))


def parse_span(text: str) -> Span:
    """Return the days and times that a case names: "mon wed 12:00-17:00", "2026-12-01..2026-12-04 14:00"."""
    first, last, weekdays = dt.date.min, dt.date.max, []
    lo, hi = 0, 24 * 60
    for word in str(text).split():
        if word in _SHORT_DAYS:
            weekdays.append(_SHORT_DAYS[word])
        elif ":" in word:
            start, dash, end = word.partition("-")
            lo = _minutes(start) if start else 0
            hi = (_minutes(end) if end else 24 * 60) if dash else lo + 1
        else:
            start, dash, end = word.partition("..")
            first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(end if dash else start)
    return Span(first, last, frozenset(weekdays or range(7)), lo, hi)


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


@dataclass(frozen=True)
class Frame:
    """A message that rules something out."""

    text: str
    ruled_out: Span
    wanted: Span | None = None
    """What it asks for besides."""


def frames() -> Iterator[tuple[str, list[Frame]]]:
    """Yield each way to rule something out, with messages of its kind."""
    data = yaml.safe_load((CASES / "frames.yml").read_text(encoding="utf-8"))
    for frame in data["frames"]:
        yield frame, [Frame(frame.replace("{it}", thing), parse_span(span)) for thing, span in data["things"].items()]
    for frame in data["beside"]:
        yield (
            frame,
            [
                Frame(frame.replace("{it}", thing).replace("{want}", wish), parse_span(span), parse_span(wanted))
                for thing, span in data["beside_ruled_out"].items()
                for wish, wanted in data["beside_wanted"].items()
            ],
        )


def cells(when: When, now: dt.datetime, beside: When | None = None) -> frozenset[dt.datetime]:
    """Return the starts to come that a wish allows, in wall time: on the half hours, and at the edges of its times and those of another."""
    spans = [span for one in (when, beside) if one is not None for span in (*one.wanted, *one.excluded)]
    edges = {minute for span in spans for minute in (span.lo, span.hi - 1, span.hi) if _FIRST_MINUTE <= minute < _LAST_MINUTE}
    minutes = edges.union(range(_FIRST_MINUTE, _LAST_MINUTE, _STEP))
    starts = (
        dt.datetime.combine(now.date() + dt.timedelta(days=day), dt.time(minute // 60, minute % 60))
        for day in range(7 * _WEEKS)
        for minute in minutes
    )
    return frozenset(start for start in starts if start >= now.replace(tzinfo=None) and when.allows(start))


def is_right(case: Case, found: When | None) -> bool:
    """Say whether a reading is what the case expects."""
    if case.expected is None or found is None:
        return found is None and case.expected is None
    return any(_agrees(expected, found, case.now) for expected in (case.expected, *case.others))


def _agrees(expected: When, found: When, now: dt.datetime) -> bool:
    if not expected.flags <= found.flags:
        return False
    # What contradicts itself has to be asked about; where a case names no days for it, any may be shown with the question.
    return (Flag.CONFLICT in expected.flags and not expected.wanted) or cells(found, now, expected) == cells(expected, now, found)


def offers_what_is_ruled_out(case: Case, found: When | None) -> bool:
    """Say whether a reading allows a day or a time that the visitor excluded."""
    if found is None or case.expected is None:
        return False
    return any(case.expected.excludes(start) for start in cells(found, case.now, case.expected))
