"""What is counted of each widget, and the tables made of it. Knows no browser."""

import gzip
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

LONG_TASK_MS = 50
STATES = ("closed", "open", "after an answer")


def size(body: bytes) -> int:
    """Return the bytes of a file under `gzip -9`, or as it is where that is smaller (pictures, fonts)."""
    return min(len(body), len(gzip.compress(body, 9, mtime=0)))


@dataclass(frozen=True)
class Violation:
    """One rule of axe that the page breaks."""

    rule: str
    impact: str
    places: int
    is_wcag: bool
    """Whether a success criterion of WCAG is broken; if not, it is one of axe's best practices."""

    @classmethod
    def of(cls, found: dict[str, Any]) -> "Violation":
        """Return it from axe's result."""
        is_wcag = any(tag.startswith("wcag") for tag in found["tags"])
        return cls(found["id"], found.get("impact") or "minor", len(found["nodes"]), is_wcag)


@dataclass(frozen=True)
class Keyboard:
    """What can be done with the keyboard alone."""

    opens: bool = False
    tabs_to_open: int | None = None
    """How often Tab is pressed until the button that opens the chat is reached, from the top of the page."""
    focus_moves_in: bool = False
    """Whether the text field has the focus after opening, without Tab."""
    types: bool = False
    sends: bool = False
    closes: str | None = None
    """`Escape`, `button`, or nothing."""
    focus_returns: bool = False
    """Whether the button has the focus again after closing."""


@dataclass(frozen=True)
class Load:
    """One load of a page, milliseconds from the start of the navigation."""

    fcp: float | None
    """First Contentful Paint."""
    lcp: float
    """Largest Contentful Paint."""
    load: float
    cls: float
    """Cumulative Layout Shift."""
    tasks: list[float]
    """Durations of tasks over 50 ms."""

    @property
    def blocking(self) -> float:
        """Total Blocking Time: what tasks take beyond 50 ms each."""
        return sum(task - LONG_TASK_MS for task in self.tasks)


@dataclass
class Figures:
    """Everything measured of one widget; what could not be is in `missing`, with the reason."""

    name: str
    version: str
    has_launcher: bool = True
    before_bytes: int | None = None
    opened_bytes: int | None = None
    """All that is loaded until the field can be typed in, what came before included."""
    before_requests: int | None = None
    opened_requests: int | None = None
    other_hosts: list[str] = field(default_factory=list)
    """Hosts that are asked for something and are neither the site nor the gateway."""
    kept: list[str] = field(default_factory=list)
    """Cookies and keys of the browser's storage before the first click."""
    violations: dict[str, list[Violation]] = field(default_factory=dict)
    keyboard: Keyboard | None = None
    regions: int | None = None
    """Live regions in the page while it is used."""
    heard: list[dict[str, Any]] = field(default_factory=list)
    """Live regions that said the answer, and how often."""
    loads: list[Load] = field(default_factory=list)
    openings_ms: list[float] = field(default_factory=list)
    many_shown: int | None = None
    """How many of 500 messages the panel shows."""
    scroll_longest_ms: list[float] = field(default_factory=list)
    """The longest task while scrolling them, one for each turn; 0 when none was over 50 ms."""
    type_longest_ms: list[float] = field(default_factory=list)
    """The same while typing."""
    missing: dict[str, str] = field(default_factory=dict)
    """Part of the measurement -> why there is no figure."""


def share_at(values: Sequence[float], percent: int) -> float:
    """Return the value that `percent` of 100 stay at or below.

    >>> share_at([10, 20, 30, 40], 95)
    40
    """
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def render(all_figures: Sequence[Figures]) -> str:
    """Return the comparison as a Markdown table, a widget a column."""
    rows: list[tuple[str, str, Callable[[Figures], str]]] = [
        ("Version", "", lambda one: one.version),
        ("Button of its own", "", lambda one: _yes(one.has_launcher)),
        ("KB before the first click", "bytes", lambda one: _kilobytes(one.before_bytes)),
        ("KB once open", "bytes", lambda one: _kilobytes(one.opened_bytes)),
        ("Requests before the first click", "bytes", lambda one: str(one.before_requests)),
        ("Requests once open", "bytes", lambda one: str(one.opened_requests)),
        ("Other hosts that are asked", "bytes", lambda one: ", ".join(one.other_hosts) or "none"),
        ("Kept in the browser before the first click", "bytes", lambda one: ", ".join(one.kept) or "nothing"),
        *((f"axe, {state}: WCAG + best practice", f"axe, {state}", _broken(state)) for state in STATES),
        ("Keyboard: opens", "keyboard", lambda one: _keyboard_opens(one)),
        ("Keyboard: focus is in the field once open", "keyboard", lambda one: _yes(_keys(one).focus_moves_in)),
        ("Keyboard: types and sends", "keyboard", lambda one: _yes(_keys(one).types and _keys(one).sends)),
        ("Keyboard: closes", "keyboard", _keyboard_closes),
        ("Keyboard: focus is back on the button", "keyboard", lambda one: _yes(_keys(one).focus_returns)),
        ("Says the answer in a live region", "live region", _live),
        ("Layout shift at load", "loads", lambda one: f"{statistics.median(load.cls for load in one.loads):.3f}"),
        ("Longest task at load, ms", "loads", lambda one: _longest(_median_load(one).tasks)),
        ("Open to ready p50, ms", "openings", lambda one: f"{share_at(one.openings_ms, 50):.0f}"),
        ("Open to ready p95, ms", "openings", lambda one: f"{share_at(one.openings_ms, 95):.0f}"),
        ("500 messages: shown", "many", lambda one: str(one.many_shown)),
        ("500 messages: longest task scrolling, ms", "many", lambda one: _shortest(one.scroll_longest_ms)),
        ("500 messages: longest task typing, ms", "many", lambda one: _shortest(one.type_longest_ms)),
    ]
    lines = [_line(["", *(one.name for one in all_figures)]), _line(["---"] * (len(all_figures) + 1))]
    for label, part, cell in rows:
        lines.append(_line([label, *(_missing(one, part) or cell(one) for one in all_figures)]))
    return "\n".join(lines)


def render_loads(all_figures: Sequence[Figures]) -> str:
    """Return what each chat does to the page that it is on: medians, with the smallest and the largest load."""
    lines = [_line(["", "FCP ms", "LCP ms", "load ms", "blocking ms", "layout shift", "loads"]), _line(["---"] * 7)]
    for one in all_figures:
        if not one.loads:
            lines.append(_line([one.name, *([_missing(one, "loads") or ""] + [""] * 5)]))
            continue
        spreads = [
            _spread(load.fcp for load in one.loads if load.fcp is not None),
            _spread(load.lcp for load in one.loads),
            _spread(load.load for load in one.loads),
            _spread(load.blocking for load in one.loads),
        ]
        lines.append(_line([one.name, *spreads, f"{statistics.median(load.cls for load in one.loads):.3f}", str(len(one.loads))]))
    return "\n".join(lines)


def render_violations(all_figures: Sequence[Figures]) -> str:
    """Return the rules of axe that are broken, by widget."""
    lines = []
    for one in all_figures:
        rules = {violation.rule: violation for found in one.violations.values() for violation in found}
        named = [
            f"`{rule}` ({violation.impact}{'' if violation.is_wcag else ', best practice'})" for rule, violation in sorted(rules.items())
        ]
        lines.append(f"- {one.name}: {', '.join(named) or 'none'}")
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _missing(one: Figures, part: str) -> str | None:
    reason = one.missing.get(part)
    if reason is None and (
        (part == "loads" and not one.loads) or (part == "openings" and not one.openings_ms) or (part == "many" and not one.type_longest_ms)
    ):
        return "left out"
    return f"not measured: {reason}" if reason else None


def _yes(value: bool) -> str:
    return "yes" if value else "**no**"


def _kilobytes(value: int | None) -> str:
    return "" if value is None else f"{value / 1000:.1f}"


def _longest(tasks: Sequence[float]) -> str:
    return f"{max(tasks):.0f}" if tasks else f"under {LONG_TASK_MS}"


def _shortest(longest_tasks: Sequence[float]) -> str:
    """Return the best turn: what else the machine does makes tasks longer, never shorter."""
    best = min(longest_tasks)
    return f"{best:.0f}" if best else f"under {LONG_TASK_MS}"


def _median_load(one: Figures) -> Load:
    """Return the load whose longest task is the median."""
    by_longest = sorted(one.loads, key=lambda load: max(load.tasks, default=0))
    return by_longest[len(by_longest) // 2]


def _spread(values: Iterable[float]) -> str:
    found = sorted(values)
    return f"{statistics.median(found):.0f} ({found[0]:.0f} to {found[-1]:.0f})" if found else "none"


def _broken(state: str) -> Callable[[Figures], str]:
    def cell(one: Figures) -> str:
        found = one.violations[state]
        wcag = sum(violation.is_wcag for violation in found)
        return f"{wcag} + {len(found) - wcag}"

    return cell


def _keys(one: Figures) -> Keyboard:
    return one.keyboard or Keyboard()


def _keyboard_opens(one: Figures) -> str:
    if not _keys(one).opens:
        return "**no**"
    return "yes" if one.has_launcher else "yes, the site's button"


def _keyboard_closes(one: Figures) -> str:
    closes = _keys(one).closes
    if closes is None:
        return "**no**"
    return f"yes, {closes}" if one.has_launcher else "only the site's button"


def _live(one: Figures) -> str:
    if not one.heard:
        return "**no**" if one.regions else "**no**, there is none"
    times = sum(region["times"] for region in one.heard)
    return "yes, once" if times == 1 else f"yes, {times} times"
