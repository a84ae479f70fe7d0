"""How an attempt to book, move or cancel can end. One small vocabulary, whatever the clinic's system.

Confirmed, Requested   done, or accepted and waiting for a person
Taken, Refused         not done, and trying again is no use
Transient, Unknown     not known to be done: look it up before trying again
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Confirmed:
    """It is in the clinic's system."""

    remote: str | None = None
    """What that system calls it; a move may give it another name."""


@dataclass(frozen=True, slots=True)
class Requested:
    """A person at the clinic has to agree."""

    remote: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody else was faster."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The system does not allow it."""

    code: str
    """too_soon, too_far, too_late_to_change, not_found, cancelled, invalid, not_allowed or misconfigured."""


@dataclass(frozen=True, slots=True)
class Transient:
    """It certainly was not done, and may work later: too many requests, out of order."""

    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been done: the connection broke, or the answer could not be read."""


Result = Confirmed | Requested | Taken | Refused | Transient | Unknown
