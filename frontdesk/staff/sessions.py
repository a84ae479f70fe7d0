"""Who is signed in: a session is a secret in a cookie, of which only a fingerprint is kept here."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable

import sqlalchemy as sa

from frontdesk.database import Database
from frontdesk.staff.people import Person, Role
from frontdesk.staff.tables import people, sessions

IDLE = dt.timedelta(hours=2)
"""A session ends when nothing was done for so long."""
LONGEST = dt.timedelta(hours=12)
"""And at the end of the day in any case."""
_SEEN_EVERY = dt.timedelta(minutes=1)


class Sessions:
    """The sessions of an installation."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        """Take where they are kept, and a clock that tells aware times."""
        self._database, self._clock = database, clock

    def start(self, person: Person) -> str:
        """Return the secret of a new session; old ones that have ended are swept away."""
        secret, now = secrets.token_urlsafe(32), self._clock()
        with self._database.writing() as connection:
            connection.execute(sessions.delete().where(sa.or_(sessions.c.seen_at < now - IDLE, sessions.c.began_at < now - LONGEST)))
            connection.execute(sessions.insert().values(key=_key(secret), name=person.name, began_at=now, seen_at=now))
        return secret

    def find(self, secret: str) -> Person | None:
        """Return who is signed in; None when the session is unknown or has ended, or the account is gone."""
        now = self._clock()
        with self._database.reading() as connection:
            wanted = sa.select(people, sessions.c.began_at, sessions.c.seen_at).join(sessions, sessions.c.name == people.c.name)
            row = connection.execute(wanted.where(sessions.c.key == _key(secret))).one_or_none()
        if row is None or now - row.seen_at > IDLE or now - row.began_at > LONGEST:
            return None
        if now - row.seen_at > _SEEN_EVERY:
            with self._database.writing() as connection:
                connection.execute(sessions.update().where(sessions.c.key == _key(secret)).values(seen_at=now))
        return Person(row.name, Role(row.role), has_totp=row.totp_secret is not None)

    def end(self, secret: str) -> None:
        """Sign out."""
        with self._database.writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.key == _key(secret)))


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
