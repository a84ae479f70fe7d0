"""Who did what and when; lines are only ever added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from frontdesk.database import Database
from frontdesk.staff.tables import audit


@dataclass(frozen=True)
class Deed:
    """One line."""

    at: dt.datetime
    name: str
    what: str
    """Such as `topic_saved`."""
    subject: str
    """Which topic, model, account or conversation; never words of a visitor."""


class Audit:
    """The audit log of an installation."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        """Take where it is kept, and a clock that tells aware times."""
        self._database, self._clock = database, clock

    def note(self, name: str, what: str, subject: str = "") -> None:
        """Write a line."""
        with self._database.writing() as connection:
            connection.execute(audit.insert().values(at=self._clock(), name=name, what=what, subject=subject[:200]))

    def last(self, count: int = 200) -> list[Deed]:
        """Return the last lines, the latest first."""
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(audit).order_by(audit.c.id.desc()).limit(count)).all()
        return [Deed(row.at, row.name, row.what, row.subject) for row in rows]
