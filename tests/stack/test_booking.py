"""Visitors book, move and cancel through the running stack, with each backend: `tests/cases/booking_conversations.yml`."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from frontdesk.booking.messages import render_date
from tests.stack.booking_systems import ROOT, SYSTEMS, Kept, System
from tests.stack.booking_talk import Talk
from tests.stack.conftest import Stack, running

pytestmark = pytest.mark.stack

CASES = yaml.safe_load((ROOT / "tests/cases/booking_conversations.yml").read_text(encoding="utf-8"))
BOOKS_HERE = ("embedded", "request", "caldav", "calcom")
CONVERSATIONS = [
    pytest.param(name, case, id=f"{name}-{case['title']}")
    for name in SYSTEMS
    for case in CASES["conversations"]
    if name in case.get("with", BOOKS_HERE)
]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat")


@dataclass
class Clinic:
    """A stack with a backend behind it."""

    stack: Stack
    system: System
    kept: Kept
    monday: dt.date = field(init=False)

    def __post_init__(self) -> None:
        self.monday = self.system.free_week()

    def at(self, words: str) -> dt.datetime:
        """Return when "mon 09:00" is."""
        day, clock = words.split()
        wall = dt.datetime.combine(self.monday + dt.timedelta(days=DAYS.index(day)), dt.time.fromisoformat(clock))
        return wall.replace(tzinfo=self.system.booking.zone).astimezone(dt.UTC)

    def words(self) -> dict[str, str]:
        """Return what stands for the days of the week."""
        zone = self.system.booking.zone
        names = {day: render_date(self.at(f"{day} 12:00"), zone).rpartition(",")[0] for day in DAYS}
        typed = {day: name.replace(",", "").lower() for day, name in names.items()}
        return typed | {day.capitalize(): name for day, name in names.items()}


@pytest.fixture(scope="module")
def clinic(request: pytest.FixtureRequest, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The stack with the backend that is named; with the embedded one it is the stack that other tests use too."""
    name = request.param
    if name == "embedded":
        stack = request.getfixturevalue("stack")
        kept = Kept(stack.data)
        yield Clinic(stack, System("embedded", ROOT / "clinic", {}), kept)
        kept.close()
        return
    folder = tmp_path_factory.mktemp(name)
    with SYSTEMS[name](folder) as system, running(model, folder, system.settings) as stack:
        kept = Kept(stack.data)
        yield Clinic(stack, system, kept)
        kept.close()


@pytest.mark.parametrize(("clinic", "case"), CONVERSATIONS, indirect=["clinic"], scope="module")
def test_the_conversation_goes_as_written(clinic: Clinic, case: dict[str, Any]) -> None:
    talks: dict[int, Talk] = {}
    words = clinic.words()
    for number, turn in enumerate(case["turns"], start=1):
        if clinic.system.name not in turn.get("with", (clinic.system.name,)):
            continue
        first = talks.get(1)
        filled = _filled(turn, words | {"ref": first.reference if first else ""})
        talk = talks.setdefault(turn.get("by", 1), Talk(clinic.stack.address))

        read = talk.say(filled["say"]) if "say" in filled else talk.press(filled["press"])

        types = [message["type"] for message in talk.messages]
        where = f"turn {number}, {json.dumps(filled)}:\n{read}"
        assert all(_reply(wanted, clinic) in read for wanted in _listed(filled, "reads")), where
        assert not any(unwanted in read for unwanted in _listed(filled, "hides")), where
        assert "shows" not in turn or turn["shows"] in types, where

    names = [one.name for one in clinic.kept.appointments()]
    assert not set(case.get("nobody", [])) & set(names)
    for wanted in case.get("kept", []):
        check_kept(clinic, talks[wanted.get("by", 1)].reference, wanted)


def check_kept(clinic: Clinic, reference: str, wanted: dict[str, Any]) -> None:
    """Check one appointment in our database, and that the clinic's own system has it once, at that time, or not at all."""
    wait_until_told(clinic)
    one = clinic.kept.get(reference)
    booked = "requested" if clinic.system.name == "request" else "confirmed"
    assert one.state == {"booked": booked}.get(wanted["state"], wanted["state"])
    assert one.name == wanted["name"]
    assert "start" not in wanted or one.start == clinic.at(wanted["start"])
    if clinic.system.entries is not None:
        entries = [entry for entry in clinic.system.entries() if entry[0] == reference]
        assert entries == ([] if wanted["state"] == "cancelled" else [(reference, one.start)])


def wait_until_told(clinic: Clinic) -> None:
    """Wait until the clinic's system has heard of everything; it hears at once when it is well."""
    give_up = time.monotonic() + 30
    while clinic.kept.untold() and time.monotonic() < give_up:
        time.sleep(0.1)
    assert clinic.kept.untold() == []


def _reply(wanted: str, clinic: Clinic) -> str:
    replies = CASES["replies"].get(wanted)
    return replies.get(clinic.system.name, replies["others"]) if replies else wanted


def _listed(turn: dict[str, Any], key: str) -> list[str]:
    value = turn.get(key, [])
    return value if isinstance(value, list) else [value]


def _filled(value: Any, words: dict[str, str]) -> Any:
    """Return a turn with the names in its texts filled in."""
    match value:
        case str():
            return re.sub(r"\{(\w+)\}", lambda found: words[found[1]], value)
        case list():
            return [_filled(one, words) for one in value]
        case dict():
            return {key: _filled(one, words) for key, one in value.items()}
    return value
