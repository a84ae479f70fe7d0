"""The record of alarms: when, which tier, which category. Never a word of what was said, nor who said it.

It tells the clinic how often its assistant sends people to emergency care, and how often they say that they had asked
in general. Kept for 90 days; a judgement that counsel may want to change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from frontdesk.database import Database, StoreUnavailable, Utc, url_of_installation
from frontdesk.text.kinds import TIERS

RETENTION = dt.timedelta(days=90)

ALARM, MEANT_GENERALLY = "alarm", "meant_generally"

_tables = sa.MetaData()
_alarms = sa.Table(
    "alarms",
    _tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False, index=True),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("tier", sa.String(16), nullable=False),
    sa.Column("category", sa.String(40), nullable=False),
    sa.Column("rule", sa.String(60), nullable=False),
)


class RecordUnavailable(Exception):
    """Raised when the record cannot be read or written; names the kind of failure."""


@dataclass(frozen=True, slots=True)
class Count:
    """How often a category was seen."""

    tier: str
    category: str
    alarms: int
    meant_generally: int
    """How often the visitor said afterwards that it was a general question."""


class AlarmRecord:
    """Rows in a database that several processes may share."""

    def __init__(self, url: str | sa.engine.URL, clock: Callable[[], dt.datetime] | None = None) -> None:
        """Take a database address as SQLAlchemy writes it; nothing is opened yet."""
        self._database = Database(url, _tables)
        self._clock = clock or (lambda: dt.datetime.now(dt.UTC))

    @classmethod
    def of_installation(cls) -> AlarmRecord:
        """Return the record of this installation: `alarms.db` in the data folder, or the database that `FRONTDESK_DATABASE_URL` names."""
        return cls(url_of_installation("alarms.db"))

    def note(self, tier: str, category: str, rule: str, what: str = ALARM) -> None:
        """Keep that an alarm was raised, or that one was meant generally; what is older than `RETENTION` goes.

        Raises:
            RecordUnavailable: When it cannot be kept.
        """
        now = self._clock()
        try:
            with self._database.writing() as connection:
                connection.execute(_alarms.delete().where(_alarms.c.at < now - RETENTION))
                connection.execute(_alarms.insert().values(at=now, what=what, tier=tier, category=category, rule=rule))
        except StoreUnavailable as err:
            raise RecordUnavailable(str(err)) from None

    def counts(self, since: dt.datetime) -> list[Count]:
        """Return what was seen since then (aware), the strongest tier and the most frequent category first.

        Raises:
            RecordUnavailable: When it cannot be read.
        """

        def times(what: str) -> sa.sql.ColumnElement[int]:
            return sa.func.sum(sa.case((_alarms.c.what == what, 1), else_=0))

        chosen = (
            sa.select(_alarms.c.tier, _alarms.c.category, times(ALARM), times(MEANT_GENERALLY))
            .where(_alarms.c.at >= since)
            .group_by(_alarms.c.tier, _alarms.c.category)
        )
        try:
            with self._database.reading() as connection:
                found = [Count(*row) for row in connection.execute(chosen)]
        except StoreUnavailable as err:
            raise RecordUnavailable(str(err)) from None
        return sorted(found, key=lambda count: (TIERS.index(count.tier), -count.alarms, count.category))
