"""Has a clinician signed what visitors in need read, and the rules that decide who reads it?

A signature is two lines beside what was read: `reviewed_by`, a name, and `reviewed_on`, a day. It does not last: what
was right a year ago may not be. Today's date is passed in. Who must sign is in docs/safety-case.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from frontdesk.text.problem import Problem, counted, some_of
from frontdesk.text.yaml_lines import Document, Trail

KEYS = ("reviewed_by", "reviewed_on")
_FIX = "a clinician reads each and fills in 'reviewed_by' and 'reviewed_on'"


@dataclass(frozen=True)
class Signature:
    """The two lines, as far as they can be read."""

    by: str | None
    on: dt.date | None

    def lacks(self, today: dt.date, days: int) -> str:
        """Return why it does not count, completing "3 of 7 rules are ..."; nothing when it does."""
        if not self.by or not self.on:
            return "not signed"
        if self.on > today:
            return "signed on a day that is still to come"
        return f"signed more than {counted(days, 'day')} ago" if (today - self.on).days > days else ""


def read_signature(entry: object) -> Signature:
    """Return the signature of one rule or card; a day may stand with quotes or without."""
    by, on = (entry.get(key) if isinstance(entry, Mapping) else None for key in KEYS)
    return Signature(by.strip() or None if isinstance(by, str) else None, _day(on))


def check_written(document: Document, entries: Mapping[str, Trail]) -> Iterator[Problem]:
    """Yield signatures that are half there or cannot be read, whether the clinic is real or not.

    Args:
        document: The file.
        entries: Where each rule or card stands in it, by name.
    """
    for name, trail in entries.items():
        by, on = (document.get(*trail, key) for key in KEYS)
        signature = read_signature(document.get(*trail))
        if by is not None and signature.by is None:
            yield document.problem(f"'reviewed_by' of '{name}' must be the name of who signs, or null", *trail, "reviewed_by")
        elif on is not None and signature.on is None:
            yield document.problem(f"'reviewed_on' of '{name}' must be a day such as 2026-11-24, or null", *trail, "reviewed_on")
        elif (by is None) != (on is None):
            there, missing = KEYS if on is None else KEYS[::-1]
            yield document.problem(f"'{name}' has '{there}' and no '{missing}'; fill in both or neither", *trail, there)


def check_signed(document: Document, entries: Mapping[str, Trail], what: str, today: dt.date, days: int) -> Iterator[Problem]:
    """Yield one problem for each way in which signatures of a file do not count, at the first entry that it concerns.

    Args:
        document: The file.
        entries: Where each rule or card stands in it, by name.
        what: What one of them is called, such as "rule".
        today: The day on which the check runs.
        days: How long a signature is good for.
    """
    wanting: dict[str, list[str]] = {}
    for name, trail in entries.items():
        if reason := read_signature(document.get(*trail)).lacks(today, days):
            wanting.setdefault(reason, []).append(name)
    for reason, names in wanting.items():
        are = "is" if len(names) == 1 else "are"
        message = f"{len(names)} of {counted(len(entries), what)} {are} {reason} ({some_of(names)}); {_FIX}"
        yield document.problem(message, *entries[names[0]])


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
