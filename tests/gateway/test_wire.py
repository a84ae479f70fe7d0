"""Rasa's messages in the words of /v1."""

import pytest

from frontdesk.gateway.contract import validator
from frontdesk.wire import NotAMessage, to_turns, to_wire

BUTTONS = [{"id": "c1", "title": "Sciatica"}]


def test_text_with_one_kind_is_one_message():
    assert to_wire([{"text": "One.\n\nTwo.", "metadata": {"kind": "clinic", "topic": "cost"}}]) == [
        {"type": "text", "text": "One.\n\nTwo.", "kind": "clinic", "topic": "cost"}
    ]


def test_an_answer_with_buttons_is_text_and_then_choices():
    messages = to_wire([{"text": "One.", "buttons": BUTTONS, "metadata": {"kind": "article", "topic": "cost"}}])

    assert [m["type"] for m in messages] == ["text", "choices"]
    assert messages[1] == {"type": "choices", "text": "", "choices": BUTTONS}


def test_a_question_of_the_dialogue_with_buttons_is_one_choices_message():
    assert to_wire([{"text": "Which?", "buttons": BUTTONS, "metadata": {"kind": "dialogue"}}]) == [
        {"type": "choices", "text": "Which?", "choices": BUTTONS}
    ]


def test_kinds_that_do_not_match_the_paragraphs_are_not_guessed():
    messages = to_wire([{"text": "One.\n\nTwo.", "metadata": {"kind": ["article", "evidence", "safety"], "topic": "cost"}}])

    assert [m.get("kind") for m in messages] == [None, None]


def test_an_emergency_card_keeps_its_way_back_and_dials_without_spaces():
    card = {"type": "emergency", "tier": "doctor", "actions": [{"label": "Call", "href": "tel:+1 503 555 0142"}]}

    messages = to_wire([{"text": "See a doctor.", "custom": card, "buttons": BUTTONS, "metadata": {"kind": "safety"}}])

    assert [m["type"] for m in messages] == ["emergency", "choices"]
    assert messages[0]["actions"] == [{"label": "Call", "href": "tel:+15035550142"}]
    assert messages[1]["choices"] == BUTTONS


def test_openings_and_a_summary_pass_through():
    buttons = [{"id": "o1", "title": "Wed 9 am"}, {"id": "o2", "title": "Other times"}]
    start = "2026-11-25T17:00+00:00"
    openings = {"type": "openings", "text": "When?", "openings": [{"id": "o1", "start": start, "label": "Wed 9 am"}]}
    summary = {"type": "summary", "rows": [{"label": "Day", "value": "Wed"}], "choices": [{"id": "yes", "title": "Yes"}]}

    offered = {"text": "When?", "buttons": buttons, "custom": {"type": "openings", "starts": [start]}}
    messages = to_wire([offered, {"custom": summary}])

    assert messages == [openings, {"type": "choices", "text": "", "choices": [buttons[1]]}, summary]
    for message in messages:
        validator("Message").validate(message)


def test_a_message_without_content_gives_none():
    assert to_wire([{"text": ""}, {"text": None, "custom": {}}, {"text": "  "}]) == []


@pytest.mark.parametrize(
    "message",
    [
        "text",
        None,
        {"text": 7},
        {"text": "x", "buttons": [{"id": "1"}]},
        {"custom": {"type": "emergency", "tier": "mild"}},
        {"custom": {"type": "openings"}},
        {"buttons": [], "custom": {"type": "openings", "starts": ["2026-11-25T17:00+00:00"]}},
    ],
)
def test_anything_else_is_refused(message):
    with pytest.raises(NotAMessage):
        to_wire([message])


def test_neighbouring_messages_of_the_assistant_are_one_turn():
    turns = to_turns(
        [
            {"from": "visitor", "text": "hi", "client_message_id": "m1", "at": "t1"},
            {"from": "assistant", "message": {"text": "A"}, "at": "t2"},
            {"from": "assistant", "message": {"text": "B"}, "at": "t3"},
        ]
    )

    assert [turn["from"] for turn in turns] == ["visitor", "assistant"]
    assert [m["text"] for m in turns[1]["messages"]] == ["A", "B"]
