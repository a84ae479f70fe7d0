"""Parts of the stack fail; the visitor still reads something true, and nothing is lost. A stack of its own, to be hurt."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.conftest import Stack, running
from tests.stack.visitor import Visitor

pytestmark = pytest.mark.stack


@pytest.fixture
def fragile(model: Path, tmp_path: Path) -> Iterator[Stack]:
    with running(model, tmp_path) as started:
        yield started


def test_with_parts_frozen_topics_are_answered_emergencies_are_caught_and_nothing_is_lost(fragile: Stack) -> None:
    visitor = Visitor(fragile.address)
    visitor.say("what should I wear")

    actions = fragile.pid_of("rasa_sdk")
    os.kill(actions, signal.SIGSTOP)
    answered = visitor.say("does acupuncture help sciatica")

    rasa = fragile.pid_of("rasa run")
    os.kill(rasa, signal.SIGSTOP)
    began = time.monotonic()
    danger = visitor.say("I can't pee since my back went this morning")
    harmless = visitor.say("where can I park", message_id="kept")
    waited = time.monotonic() - began
    os.kill(actions, signal.SIGCONT)
    os.kill(rasa, signal.SIGCONT)
    again = visitor.say("where can I park", message_id="kept")

    assert answered[1]["messages"][0]["topic"] == "sciatica_disc"
    assert danger[1]["messages"][0]["type"] == "emergency"
    assert harmless[0] == 503
    assert "+1 503 555 0142" in harmless[1]["error"]["message"]
    assert waited < 30
    assert again[1]["messages"][0]["topic"] == "location_parking"
    spoken = [turn["text"] for turn in visitor.transcript()[1]["turns"] if turn["from"] == "visitor"]
    assert spoken.count("where can I park") == 1
