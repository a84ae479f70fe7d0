"""What takes two people: proposed by one, decided on by another, once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from frontdesk.database import Database
from frontdesk.staff.proposals import LONGEST_NOTE, OwnProposal, ProposalDecided, ProposalGone, Proposals, State
from frontdesk.staff.tables import tables

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def proposals(tmp_path: Path) -> Proposals:
    return Proposals(Database(f"sqlite:///{tmp_path / 'staff.db'}", tables), lambda: NOW)


def propose(proposals: Proposals) -> int:
    return proposals.propose("tiers.crisis.text", "Call.", "Please call.", "Ana", "kinder").id


def test_a_proposal_waits_with_both_texts(proposals: Proposals) -> None:
    propose(proposals)

    (waiting,) = proposals.open()
    assert (waiting.subject, waiting.before, waiting.after) == ("tiers.crisis.text", "Call.", "Please call.")
    assert (waiting.by, waiting.at, waiting.note, waiting.state) == ("Ana", NOW, "kinder", State.OPEN)
    assert waiting.decided_by is None


def test_another_person_approves_it_once_the_text_is_in_its_place(proposals: Proposals) -> None:
    number = propose(proposals)

    with proposals.approving(number, "Ben") as proposal:
        assert proposal.after == "Please call."

    done = proposals.get(number)
    assert (done.state, done.decided_by, done.decided_at) == (State.APPROVED, "Ben", NOW)
    assert proposals.open() == []
    assert proposals.decided() == [done]


def test_a_text_that_could_not_be_put_in_its_place_is_not_approved(proposals: Proposals) -> None:
    number = propose(proposals)

    with pytest.raises(RuntimeError, match="full"), proposals.approving(number, "Ben"):
        raise RuntimeError("the disk is full")

    assert proposals.get(number).state is State.OPEN


@pytest.mark.parametrize("name", ["Ana", "ANA", "ana"])
def test_nobody_decides_on_their_own_proposal(proposals: Proposals, name: str) -> None:
    number = propose(proposals)

    with pytest.raises(OwnProposal), proposals.approving(number, name):
        pytest.fail("the text was put in its place")
    with pytest.raises(OwnProposal):
        proposals.approvable(number, name)
    with pytest.raises(OwnProposal):
        proposals.decline(number, name)

    assert proposals.get(number).state is State.OPEN


def test_one_can_withdraw_what_one_proposed_and_nothing_else(proposals: Proposals) -> None:
    number = propose(proposals)

    with pytest.raises(OwnProposal):
        proposals.withdraw(number, "Ben")

    assert proposals.withdraw(number, "Ana").state is State.WITHDRAWN


def test_what_is_decided_is_decided(proposals: Proposals) -> None:
    number = propose(proposals)
    proposals.decline(number, "Ben", "too long")

    with pytest.raises(ProposalDecided, match="declined already, by Ben"), proposals.approving(number, "Cem"):
        pytest.fail("the text was put in its place")

    assert proposals.get(number).reason == "too long"


def test_a_number_that_no_proposal_has_is_named(proposals: Proposals) -> None:
    with pytest.raises(ProposalGone, match="no proposal 7"):
        proposals.get(7)


def test_a_long_note_is_cut(proposals: Proposals) -> None:
    made = proposals.propose("x", "a", "b", "Ana", "n" * 1000)

    assert len(made.note) == LONGEST_NOTE
