"""The inbox: alike messages together, worst first, and what staff decide stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from frontdesk.console.inbox import GroupGone, Inbox, State, wording
from frontdesk.console.likeness import Likeness
from frontdesk.record import Feedback, Reason, Record, Settings
from tests.record.visits import NOON, Clock, answered, missed, pressed, said


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def record(tmp_path: Path, clock: Clock) -> Record:
    made = Record(Settings(f"sqlite:///{tmp_path / 'record.db'}"), clock)
    yield made
    made.close()


@pytest.fixture
def inbox(record: Record) -> Inbox:
    return Inbox(record)


def fill(record: Record, inbox: Inbox, *turns) -> list[tuple[str, int]]:
    """Add turns, sort them in, and return the groups to look at with how many messages each has."""
    record.add(turns)
    inbox.sort_in()
    return [(group.text, group.size) for group in inbox.page().groups]


def test_alike_messages_are_one_group_and_others_another(record: Record, inbox: Inbox) -> None:
    groups = fill(
        record,
        inbox,
        missed("a", "do you have an elevator"),
        missed("b", "Do you have an elevator?"),
        missed("c", "is there wifi in the waiting room"),
        answered("d", "how much is it"),
    )

    assert groups == [("do you have an elevator", 2), ("is there wifi in the waiting room", 1)]


def test_the_worst_stands_first_and_says_why(record: Record, inbox: Inbox) -> None:
    fill(
        record,
        inbox,
        missed("a", "is there wifi"),
        answered("b", "cost of parking", confidence=0.6),
        answered("c", "can you fix my roof"),
        Feedback("c", "cost", False, NOON),
        said("d", "elevator or lift", decision="suggest", intent="did_you_mean"),
        pressed("d", "None of these", "none_of_these"),
    )

    page = inbox.page()

    assert [group.text for group in page.groups] == ["can you fix my roof", "elevator or lift", "is there wifi", "cost of parking"]
    assert [why.reason for why in page.groups[0].why] == [Reason.NOT_HELPFUL]
    assert page.groups[0].why[0].words == "The visitor said that the answer did not help (1)."
    assert page.groups[0].conversation_id == "c"


def test_every_reason_and_state_has_words() -> None:
    assert set(wording()["reasons"]) == set(Reason)
    assert set(wording()["states"]) == set(State)


def test_a_thumb_down_on_a_sorted_message_makes_its_group_worse(record: Record, inbox: Inbox) -> None:
    fill(record, inbox, answered("a", "cost of a massage chair", confidence=0.5), missed("b", "is there wifi"))

    record.add([Feedback("a", "cost", False, NOON)])

    assert [group.text for group in inbox.page().groups] == ["cost of a massage chair", "is there wifi"]


def test_assigning_gives_the_examples_to_add_without_those_that_had_something_taken_out(record: Record, inbox: Inbox) -> None:
    fill(
        record,
        inbox,
        missed("a", "do you have an elevator, I'm [name]"),
        missed("b", "do you have an elevator, please"),
        missed("c", "do you have an elevator, please?"),
        missed("d", "do you have an elevator there, please"),
    )
    (group,) = inbox.page().groups

    decided = inbox.assign(group.id, "location_parking", "Ana")

    assert decided.examples == ("do you have an elevator, please", "do you have an elevator there, please")
    assert inbox.page().groups == ()
    done = inbox.page(State.ASSIGNED).groups[0]
    assert (done.topic, done.decided_by) == ("location_parking", "Ana")


def test_starting_a_topic_gives_its_examples(record: Record, inbox: Inbox) -> None:
    fill(record, inbox, missed("a", "do you have an elevator"))

    decided = inbox.start_topic(inbox.page().groups[0].id, "elevator", "Ana")

    assert (decided.state, decided.examples) == (State.NEW_TOPIC, ("do you have an elevator",))


@pytest.mark.parametrize("state", [State.OUT_OF_SCOPE, State.NOT_USEFUL])
def test_what_was_set_aside_stays_so_and_takes_in_more_of_its_kind(record: Record, inbox: Inbox, state: State) -> None:
    fill(record, inbox, missed("a", "what is the capital of france"))
    inbox.set_aside(inbox.page().groups[0].id, state, "Ana")

    groups = fill(record, inbox, missed("b", "What is the capital of France?"))

    assert groups == []
    assert [group.size for group in inbox.page(state).groups] == [2]


def test_what_comes_back_after_it_was_given_to_a_topic_is_shown_again(record: Record, inbox: Inbox) -> None:
    fill(record, inbox, missed("a", "do you have an elevator"))
    inbox.assign(inbox.page().groups[0].id, "location_parking", "Ana")

    assert fill(record, inbox, missed("b", "do you have an elevator")) == [("do you have an elevator", 1)]
    assert inbox.counts() == {**dict.fromkeys(State, 0), State.OPEN: 1, State.ASSIGNED: 1}


def test_a_decision_can_be_taken_back(record: Record, inbox: Inbox) -> None:
    fill(record, inbox, missed("a", "do you have an elevator"))
    group = inbox.page().groups[0]
    inbox.set_aside(group.id, State.NOT_USEFUL, "Ana")

    inbox.set_aside(group.id, State.OPEN, "Ben")

    assert inbox.group(group.id) == group


def test_a_group_lives_as_long_as_its_messages(record: Record, inbox: Inbox) -> None:
    fill(record, inbox, missed("a", "do you have an elevator"), missed("b", "do you have an elevator?"))
    group = inbox.page().groups[0]

    record.erase("a")
    assert (inbox.group(group.id).text, inbox.group(group.id).size) == ("do you have an elevator?", 1)
    record.erase("b")

    with pytest.raises(GroupGone):
        inbox.group(group.id)
    with pytest.raises(GroupGone):
        inbox.assign(group.id, "cost", "Ana")


def test_messages_of_a_group_say_where_they_stand_and_why(record: Record, inbox: Inbox) -> None:
    fill(record, inbox, missed("a", "do you have an elevator"), answered("b", "do you have an elevator?", topic="hours", confidence=0.6))

    messages = inbox.messages(inbox.page().groups[0].id)

    assert [(one.conversation_id, one.topics, one.reasons) for one in messages] == [
        ("a", (), (Reason.FELL_BACK,)),
        ("b", ("hours",), (Reason.DOUBT,)),
    ]


def test_pages_hold_every_group_once(record: Record, inbox: Inbox) -> None:
    words = ["wifi", "elevator", "coffee", "garden", "violin", "tractor", "pyramid"]
    fill(record, inbox, *(missed(f"c{place}", word) for place, word in enumerate(words)))

    pages = [inbox.page(number=number, size=3) for number in (1, 2, 3)]

    assert {page.total for page in pages} == {7}
    assert sorted(group.text for page in pages for group in page.groups) == sorted(words)


def test_another_likeness_can_be_given(record: Record) -> None:
    def first_letter(texts: Sequence[str]) -> np.ndarray:
        return np.array([[float(text.lower().startswith(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts])

    inbox = Inbox(record, Likeness(first_letter, at=0.9))

    assert fill(record, inbox, missed("a", "wifi"), missed("b", "water"), missed("c", "sauna")) == [("wifi", 2), ("sauna", 1)]


@pytest.mark.parametrize(("read", "compared"), [(1, 1), (3, 2), (100, 100)])
def test_messages_are_grouped_alike_however_many_are_sorted_in_together(
    record: Record, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, read: int, compared: int
) -> None:
    monkeypatch.setattr("frontdesk.console.inbox._READ", read)
    monkeypatch.setattr("frontdesk.console.inbox._COMPARED", compared)
    texts = [
        "is there wifi",
        "do you have an elevator",
        "Is there wifi?",
        "wifi there",
        "do you have an elevator, please",
        "is there wi-fi",
        "lift",
    ]

    groups = fill(record, inbox, *(missed(f"c{place}", text) for place, text in enumerate(texts)))

    assert sorted(groups) == [("do you have an elevator", 2), ("is there wifi", 4), ("lift", 1)]


def test_a_group_that_was_decided_about_while_a_message_was_compared_does_not_swallow_it(record: Record, inbox: Inbox) -> None:
    fill(record, inbox, missed("a", "do you have an elevator"))
    group = inbox.page().groups[0]
    compare = inbox._find_leaders

    def decide_meanwhile(*new):
        found = compare(*new)
        if inbox.group(group.id).state is State.OPEN:
            inbox.assign(group.id, "location_parking", "Ana")
        return found

    inbox._find_leaders = decide_meanwhile

    assert fill(record, inbox, missed("b", "do you have an elevator?")) == [("do you have an elevator?", 1)]
    assert inbox.group(group.id).size == 1


def test_a_message_whose_group_was_erased_while_it_was_compared_begins_another(record: Record, inbox: Inbox) -> None:
    fill(record, inbox, missed("a", "do you have an elevator"))
    compare = inbox._find_leaders

    def erase_meanwhile(*new):
        found = compare(*new)
        record.erase("a")
        return found

    inbox._find_leaders = erase_meanwhile

    assert fill(record, inbox, missed("b", "do you have an elevator?")) == [("do you have an elevator?", 1)]
