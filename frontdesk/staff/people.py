"""Accounts of staff: who may sign in, and what they may do.

    StaffError
    ├── NameTaken, NameUnknown, NameInvalid
    ├── PasswordWeak
    └── SignInRefused     wrong name, password or code, or too many tries; which of them is not said

Passwords are kept as argon2id makes them. Every refusal takes as long as a check does, so that names cannot be found out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyotp
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from frontdesk.database import Database
from frontdesk.staff.tables import people, sessions

SHORTEST_PASSWORD = 12
"""In characters; length is what NIST SP 800-63B asks for, and not signs of many kinds."""
TRIES = 5
"""Wrong sign-ins in a row, after which an account is locked for `LOCKED_FOR`."""
LOCKED_FOR = dt.timedelta(minutes=15)

_NAME = re.compile(r"[\w .'-]{2,80}")
_TOTP_STEP_S = 30


class Role(StrEnum):
    """What somebody may do; each may also do what those before may."""

    EDITOR = "editor"
    """Reads everything, edits topics and facts, works through the inbox."""
    PUBLISHER = "publisher"
    """Also publishes and goes back."""
    ADMIN = "admin"
    """Also manages accounts and exports and erases what visitors wrote."""

    def includes(self, other: Role) -> bool:
        """Whether this role may do what another may.

        >>> Role.ADMIN.includes(Role.EDITOR), Role.EDITOR.includes(Role.PUBLISHER)
        (True, False)
        """
        order = list(Role)
        return order.index(self) >= order.index(other)


class StaffError(Exception):
    """Raised when an account cannot be made, changed or used; the message is for whoever tries."""


class NameTaken(StaffError):
    """Raised when there is an account of that name already."""


class NameUnknown(StaffError):
    """Raised when there is no account of that name."""


class NameInvalid(StaffError):
    """Raised when a name cannot be used for an account."""


class PasswordWeak(StaffError):
    """Raised when a password is too short or is the name."""


class SignInRefused(StaffError):
    """Raised when somebody may not come in; does not say why."""

    def __init__(self) -> None:
        super().__init__("that name, password or code is not right, or there were too many tries; wait a quarter of an hour")


@dataclass(frozen=True)
class Person:
    """One account."""

    name: str
    role: Role
    has_totp: bool


class People:
    """The accounts of an installation."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime], hasher: PasswordHasher | None = None) -> None:
        """Take where they are kept, and a clock that tells aware times."""
        self._database, self._clock = database, clock
        self._hasher = hasher or PasswordHasher()
        # What a name that nobody has is checked against.
        self._nobody = self._hasher.hash("nobody signs in with this")

    def add(self, name: str, password: str, role: Role) -> Person:
        """Make an account.

        Raises:
            NameInvalid: When the name is not 2 to 80 letters, digits, spaces, dots, hyphens or apostrophes.
            NameTaken: When it is there, in whatever spelling of small and capital letters.
            PasswordWeak: When the password is too easy.
        """
        name = " ".join(name.split())
        if not _NAME.fullmatch(name):
            raise NameInvalid("a name has 2 to 80 letters, digits, spaces, dots, hyphens or apostrophes")
        self._require_strong(name, password)
        hashed = self._hasher.hash(password)
        with self._database.writing() as connection:
            if _find(connection, name):
                raise NameTaken(f"there is an account '{name}' already")
            connection.execute(people.insert().values(name=name, role=role.value, password=hashed, failures=0, made_at=self._clock()))
        return Person(name, role, has_totp=False)

    def all(self) -> list[Person]:
        """Return everybody, by name."""
        with self._database.reading() as connection:
            return [_person(row) for row in connection.execute(sa.select(people).order_by(people.c.name))]

    def get(self, name: str) -> Person:
        """Return one of them.

        Raises:
            NameUnknown: When there is nobody of that name.
        """
        with self._database.reading() as connection:
            row = _find(connection, name)
        if row is None:
            raise NameUnknown(f"there is no account '{name}'")
        return _person(row)

    def remove(self, name: str) -> None:
        """Delete an account and end its sessions.

        Raises:
            NameUnknown: When there is nobody of that name.
        """
        found = self.get(name).name
        with self._database.writing() as connection:
            connection.execute(people.delete().where(people.c.name == found))
            connection.execute(sessions.delete().where(sessions.c.name == found))

    def change(self, name: str, *, role: Role | None = None, password: str | None = None) -> None:
        """Give somebody another role or password; a new password ends all sessions and opens a locked account.

        Raises:
            NameUnknown: When there is nobody of that name.
            PasswordWeak: When the password is too easy.
        """
        found = self.get(name).name
        values: dict[str, Any] = {"role": role.value} if role else {}
        if password is not None:
            self._require_strong(found, password)
            values |= {"password": self._hasher.hash(password), "failures": 0, "locked_until": None}
        with self._database.writing() as connection:
            if values:
                connection.execute(people.update().where(people.c.name == found).values(**values))
            if password is not None:
                connection.execute(sessions.delete().where(sessions.c.name == found))

    def start_totp(self, name: str) -> tuple[str, str]:
        """Return a new secret and the address that an authenticator app reads; it counts from `confirm_totp` on."""
        secret = pyotp.random_base32()
        return secret, pyotp.TOTP(secret).provisioning_uri(name=self.get(name).name, issuer_name="Frontdesk")

    def confirm_totp(self, name: str, secret: str, code: str) -> None:
        """Ask for a code at every sign-in from now on, once the app has shown that it knows the secret.

        Raises:
            SignInRefused: When the code does not fit.
            NameUnknown: When there is nobody of that name.
        """
        found = self.get(name).name
        if self._step_of(secret, code, None) is None:
            raise SignInRefused
        with self._database.writing() as connection:
            connection.execute(people.update().where(people.c.name == found).values(totp_secret=secret, totp_step=None))

    def stop_totp(self, name: str) -> None:
        """Ask for no code any more, as when a phone was lost.

        Raises:
            NameUnknown: When there is nobody of that name.
        """
        found = self.get(name).name
        with self._database.writing() as connection:
            connection.execute(people.update().where(people.c.name == found).values(totp_secret=None, totp_step=None))

    def sign_in(self, name: str, password: str, code: str = "") -> Person:
        """Return who that is.

        Raises:
            SignInRefused: When it is not certain; after `TRIES` in a row, whatever is given for a quarter of an hour.
        """
        with self._database.reading() as connection:
            row = _find(connection, name)
        fits = self._fits(row.password if row is not None else self._nobody, password)
        now = self._clock()
        if row is None or (row.locked_until is not None and now < row.locked_until):
            raise SignInRefused
        step = self._step_of(row.totp_secret, code, row.totp_step) if row.totp_secret else None
        if not fits or (row.totp_secret and step is None):
            self._count_failure(row.name, now)
            raise SignInRefused
        with self._database.writing() as connection:
            values: dict[str, Any] = {"failures": 0, "locked_until": None}
            if step is not None:
                values["totp_step"] = step
            if self._hasher.check_needs_rehash(row.password):
                values["password"] = self._hasher.hash(password)
            # Two sign-ins with one code at the same moment: one of them comes second.
            spent = sa.or_(people.c.totp_step.is_(None), people.c.totp_step < step) if step is not None else sa.true()
            changed = connection.execute(people.update().where(people.c.name == row.name, spent).values(**values))
        if changed.rowcount != 1:
            raise SignInRefused
        return _person(row)

    def _count_failure(self, name: str, now: dt.datetime) -> None:
        with self._database.writing() as connection:
            connection.execute(people.update().where(people.c.name == name).values(failures=people.c.failures + 1))
            failures = connection.execute(sa.select(people.c.failures).where(people.c.name == name)).scalar_one()
            if failures >= TRIES:
                connection.execute(people.update().where(people.c.name == name).values(failures=0, locked_until=now + LOCKED_FOR))

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def _step_of(self, secret: str, code: str, last: int | None) -> int | None:
        """Return the step of time that a code is of, if it is of now or one step beside it, and later than the last one used."""
        totp, now = pyotp.TOTP(secret), int(self._clock().timestamp())
        digits = re.sub(r"\s", "", code)
        for offset in (-1, 0, 1):
            step = now // _TOTP_STEP_S + offset
            if totp.verify(digits, for_time=step * _TOTP_STEP_S) and (last is None or step > last):
                return step
        return None

    def _require_strong(self, name: str, password: str) -> None:
        if len(password) < SHORTEST_PASSWORD:
            raise PasswordWeak(f"a password has at least {SHORTEST_PASSWORD} characters; a few words in a row are easy to remember")
        if name.casefold() in password.casefold() and len(password) < len(name) + SHORTEST_PASSWORD // 2:
            raise PasswordWeak("a password must not be the name with little more")
        if len(set(password)) < SHORTEST_PASSWORD // 2:
            raise PasswordWeak("a password must not be the same few characters again and again")


def _find(connection: sa.engine.Connection, name: str) -> Any:
    wanted = " ".join(name.split()).casefold()
    return next((row for row in connection.execute(sa.select(people)) if row.name.casefold() == wanted), None)


def _person(row: Any) -> Person:
    return Person(row.name, Role(row.role), has_totp=row.totp_secret is not None)
