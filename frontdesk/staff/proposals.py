"""Changes that take two people: one proposes a text, another one approves or declines it.

What a text is about is not known here; whoever approves writes it where it belongs.

    ProposalError
    ├── ProposalGone      there is none of this number
    ├── ProposalDecided   somebody has approved, declined or withdrawn it already
    └── OwnProposal       nobody decides on what they proposed themselves
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from frontdesk.database import Database
from frontdesk.staff.tables import proposals

LONGEST_NOTE = 400
"""Characters; what is longer is cut."""


class State(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """By the one who proposed it."""


class ProposalError(Exception):
    """Raised when a proposal cannot be decided on as asked; the message is for whoever tries."""


class ProposalGone(ProposalError):
    """Raised when there is no proposal of this number."""


class ProposalDecided(ProposalError):
    """Raised when a proposal is not open any more."""


class OwnProposal(ProposalError):
    """Raised when somebody would decide on their own proposal, or withdraw another's."""


@dataclass(frozen=True)
class Proposal:
    """One of them."""

    id: int
    subject: str
    """Which text."""
    before: str
    """The text as it was when this was proposed."""
    after: str
    note: str
    by: str
    at: dt.datetime
    state: State
    decided_by: str | None
    decided_at: dt.datetime | None
    reason: str
    """Why it was declined."""


class Proposals:
    """The proposals of an installation."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        """Take where they are kept, and a clock that tells aware times."""
        self._database, self._clock = database, clock

    def propose(self, subject: str, before: str, after: str, by: str, note: str = "") -> Proposal:
        """Keep a new text until somebody else decides on it."""
        values = {"subject": subject, "before": before, "after": after, "note": note[:LONGEST_NOTE], "by": by, "at": self._clock()}
        with self._database.writing() as connection:
            made = connection.execute(proposals.insert().values(**values, state=State.OPEN.value, reason=""))
        return self.get(int(made.inserted_primary_key[0]))

    def get(self, number: int) -> Proposal:
        """Return one of them.

        Raises:
            ProposalGone: When there is none of this number.
        """
        with self._database.reading() as connection:
            return _proposal(_row(connection, number))

    def open(self) -> list[Proposal]:
        """Return what waits for somebody, the oldest first."""
        with self._database.reading() as connection:
            wanted = sa.select(proposals).where(proposals.c.state == State.OPEN.value).order_by(proposals.c.id)
            return [_proposal(row) for row in connection.execute(wanted)]

    def decided(self, count: int = 50) -> list[Proposal]:
        """Return the last that were decided on, the latest first."""
        with self._database.reading() as connection:
            wanted = sa.select(proposals).where(proposals.c.state != State.OPEN.value).order_by(proposals.c.decided_at.desc()).limit(count)
            return [_proposal(row) for row in connection.execute(wanted)]

    def approvable(self, number: int, by: str) -> Proposal:
        """Return a proposal that somebody may approve.

        Raises:
            ProposalError: When they may not.
        """
        proposal = self.get(number)
        _require(proposal, by, State.APPROVED)
        return proposal

    def approving(self, number: int, by: str) -> AbstractContextManager[Proposal]:
        """Approve a proposal if the block succeeds, in which its text is put where it belongs.

        Nobody else decides meanwhile, and nobody else writes: it should be short.

        Raises:
            ProposalError: When it may not be.
        """
        return self._deciding(number, by, State.APPROVED)

    def decline(self, number: int, by: str, reason: str = "") -> Proposal:
        """Decline a proposal.

        Raises:
            ProposalError: When it may not be.
        """
        with self._deciding(number, by, State.DECLINED, reason):
            pass
        return self.get(number)

    def withdraw(self, number: int, by: str) -> Proposal:
        """Take one's own proposal back.

        Raises:
            ProposalError: When it may not be.
        """
        with self._deciding(number, by, State.WITHDRAWN):
            pass
        return self.get(number)

    @contextmanager
    def _deciding(self, number: int, by: str, state: State, reason: str = "") -> Iterator[Proposal]:
        with self._database.writing() as connection:
            proposal = _proposal(_row(connection, number))
            _require(proposal, by, state)
            yield proposal
            values = {"state": state.value, "decided_by": by, "decided_at": self._clock(), "reason": reason[:LONGEST_NOTE]}
            connection.execute(proposals.update().where(proposals.c.id == number).values(**values))


def _require(proposal: Proposal, by: str, state: State) -> None:
    if proposal.state is not State.OPEN:
        raise ProposalDecided(f"this proposal was {proposal.state} already, by {proposal.decided_by}")
    is_own = proposal.by.casefold() == by.casefold()
    if is_own and state is not State.WITHDRAWN:
        raise OwnProposal("you proposed this yourself; it takes somebody else to decide on it")
    if not is_own and state is State.WITHDRAWN:
        raise OwnProposal(f"{proposal.by} proposed this; only they can withdraw it, and others can decline it")


def _row(connection: sa.engine.Connection, number: int) -> Any:
    row = connection.execute(sa.select(proposals).where(proposals.c.id == number)).one_or_none()
    if row is None:
        raise ProposalGone(f"there is no proposal {number}")
    return row


def _proposal(row: Any) -> Proposal:
    return Proposal(**{**dict(row._mapping), "state": State(row.state)})
