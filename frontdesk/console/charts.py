"""The places of what is drawn in a chart; the template draws it. Lengths are in the units of the drawing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 22, 10, 24
_MOST_NAMES = 8
_LINES = 4
_GAP = 0.2
"""Between columns, of their distance."""


@dataclass(frozen=True)
class Part:
    """A part of a column."""

    series: str
    value: int
    y: float
    height: float


@dataclass(frozen=True)
class Column:
    """One day."""

    name: str
    x: float
    width: float
    middle: float
    is_named: bool
    """Whether its name stands below it; there is not room for all of them."""
    parts: tuple[Part, ...]
    """The lowest first; none for what is 0."""


@dataclass(frozen=True)
class Line:
    """A line behind the columns, and what it stands for."""

    y: float
    value: int


@dataclass(frozen=True)
class Columns:
    """A chart of columns."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def stack(days: Sequence[tuple[str, Mapping[str, int]]]) -> Columns:
    """Return columns for days, ISO; each with its numbers by series, the lowest first."""
    top = round_up(max((sum(numbers.values()) for _, numbers in days), default=0))
    room, distance = HEIGHT - _TOP - _BOTTOM, (WIDTH - _LEFT - _RIGHT) / max(len(days), 1)
    every = -(-len(days) // _MOST_NAMES)
    columns = []
    for place, (day, numbers) in enumerate(days):
        x, below, parts = _LEFT + (place + _GAP / 2) * distance, 0, []
        for series, value in numbers.items():
            if value:
                below += value
                parts.append(Part(series, value, _place(_TOP + room - room * below / top), _place(room * value / top)))
        width = distance * (1 - _GAP)
        # Counted from the last day, which is today.
        is_named = (len(days) - 1 - place) % every == 0
        columns.append(Column(short_day(day), _place(x), _place(width), _place(x + width / 2), is_named, tuple(parts)))
    values = range(0, top + 1, max(top // _LINES, 1))
    return Columns(tuple(columns), tuple(Line(_place(_TOP + room - room * value / top), value) for value in values))


def round_up(number: int) -> int:
    """Return the next number that can be cut into four whole parts, or into fewer when it is small.

    >>> [round_up(number) for number in (0, 1, 3, 4, 5, 23, 97, 1234)]
    [1, 1, 3, 4, 8, 24, 120, 1600]
    """
    if number <= _LINES:
        return max(number, 1)
    step = 1
    while True:
        for factor in (1, 2, 3, 4, 5, 6, 8):
            if step * factor * _LINES >= number:
                return step * factor * _LINES
        step *= 10


def short_day(day: str) -> str:
    """Return a day as it stands below a column.

    >>> short_day("2026-11-04")
    'Nov 4'
    """
    date = dt.date.fromisoformat(day)
    return f"{date:%b} {date.day}"


def _place(number: float) -> float:
    return round(number, 1)
