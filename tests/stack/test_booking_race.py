"""64 visitors at once for 20 openings, over gateway, Rasa and actions: 20 get one, 44 are told the truth, whatever dies meanwhile.

`python -m benchmarks booking` runs the same many times.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.stack.booking_race import CLINIC, days_of, faults, run_race, wait_until_told
from tests.stack.booking_systems import SYSTEMS, Kept, System
from tests.stack.conftest import Stack, running

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

Clinic = tuple[Stack, System, Kept]


@pytest.fixture
def start(model: Path, tmp_path: Path) -> Iterator[Callable[[str], Clinic]]:
    with ExitStack() as stack:

        def start_now(name: str) -> Clinic:
            system = stack.enter_context(SYSTEMS[name](tmp_path, **CLINIC))
            running_stack = stack.enter_context(running(model, tmp_path, system.settings))
            kept = Kept(running_stack.data)
            stack.callback(kept.close)
            return running_stack, system, kept

        yield start_now


def test_twenty_get_an_opening_and_forty_four_are_told_that_it_is_full_also_when_the_actions_are_killed(start) -> None:
    stack, system, kept = start("embedded")
    undisturbed, killed = days_of(system, 2)

    first = asyncio.run(run_race(stack.address, system, undisturbed))
    second = asyncio.run(run_race(stack.address, system, killed, half_way=lambda: os.kill(stack.pid_of("rasa_sdk"), signal.SIGKILL)))

    assert faults(first, system, kept, undisturbed) == []
    assert len(first.booked) == 20
    assert faults(second, system, kept, killed) == []
    assert second.told["unavailable"] > 0
    assert "actions ended (SIGKILL); starting it again" in stack.log.read_text(encoding="utf-8")


def test_what_was_said_while_the_clinics_calendar_was_down_is_in_it_once_when_it_is_back(start) -> None:
    stack, system, kept = start("caldav")
    (day,) = days_of(system, 1)

    def down() -> None:
        assert system.down
        with system.down():
            time.sleep(10)

    race = asyncio.run(run_race(stack.address, system, day, half_way=down))
    wait_until_told(kept)

    assert kept.untold() == []
    assert faults(race, system, kept, day) == []
    assert race.told["down"] > 0
