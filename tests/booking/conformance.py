"""What every backend must do that books by itself. One set of tests, for all that `plugs.py` lists.

The tests know nothing about a system but what the port says. What a backend says it cannot do is not asked of it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from frontdesk.booking.appointment import Appointment, Opening, State
from frontdesk.booking.backend import BackendDown
from frontdesk.booking.results import Confirmed, Refused, Requested, Taken, Transient, Unknown
from tests.booking.clinic import JANE, JOHN, appointment
from tests.booking.plugs import Plug

DONE = (Confirmed, Requested)
_REFERENCES = [f"AB2C-D3E{sign}" for sign in "FGHJKMNP"]


def key(booked: Appointment, operation: str) -> str:
    return f"{booked.reference}:{operation}:{booked.revision}"


async def create(plug: Plug, opening: Opening, reference: str = _REFERENCES[0], contact=JANE) -> Appointment:
    """Create an appointment, which must work, and return it with the name the system gave it."""
    booked = appointment(opening, contact, reference)
    result = await plug.backend.create(booked, key(booked, "create"))
    assert isinstance(result, DONE), result
    return replace(booked, remote=result.remote)


def moved(booked: Appointment, opening: Opening) -> Appointment:
    return replace(booked, opening=opening, revision=booked.revision + 1)


async def is_free(plug: Plug, opening: Opening) -> bool:
    """Say whether the system would still offer an opening."""
    start, end = opening.start - dt.timedelta(hours=1), opening.end + dt.timedelta(hours=1)
    if plug.backend.capabilities.openings == "own":
        return any(one.start == opening.start for one in await plug.backend.openings(opening.service, start, end))
    busy = await plug.backend.busy(start, end)
    mine = [one for one in busy if one.practitioner in (None, opening.practitioner)]
    return not any(one.start < opening.end and opening.start < one.end for one in mine)


def need(plug: Plug, fault: str):
    if fault not in plug.faults:
        pytest.skip(f"{plug.backend.name} cannot be made to be '{fault}' here")
    return plug.faults[fault]()


async def test_a_system_that_works_passes_its_own_test(plug: Plug) -> None:
    await plug.backend.start()


async def test_an_opening_is_free_until_somebody_has_it(plug: Plug) -> None:
    first, second = plug.openings[:2]
    assert await is_free(plug, first)

    await create(plug, first)

    assert not await is_free(plug, first)
    assert await is_free(plug, second)


async def test_what_was_created_is_found_by_its_reference(plug: Plug) -> None:
    booked = await create(plug, plug.openings[0])

    found = await plug.backend.find(booked)
    assert found is not None
    assert found.start == plug.openings[0].start
    # Whoever looks up has not always heard what the system calls it.
    assert await plug.backend.find(replace(booked, remote=None)) == found


async def test_what_was_never_created_is_not_found(plug: Plug) -> None:
    await create(plug, plug.openings[0])

    assert await plug.backend.find(appointment(plug.openings[1], JOHN, _REFERENCES[1])) is None


async def test_the_same_key_twice_creates_one_appointment(plug: Plug) -> None:
    if not plug.backend.capabilities.is_idempotent:
        pytest.skip(f"{plug.backend.name} does not say that it is idempotent; it is looked up before a second try")
    booked = appointment(plug.openings[0])

    first = await plug.backend.create(booked, key(booked, "create"))
    again = await plug.backend.create(booked, key(booked, "create"))

    assert isinstance(first, DONE)
    assert again == first


async def test_an_opening_that_is_taken_says_so_and_stays_with_who_has_it(plug: Plug) -> None:
    booked = await create(plug, plug.openings[0])
    late = appointment(plug.openings[0], JOHN, _REFERENCES[1])

    assert await plug.backend.create(late, key(late, "create")) == Taken()

    found = await plug.backend.find(booked)
    assert found is not None
    assert found.start == booked.opening.start
    assert await plug.backend.find(late) is None


async def test_an_opening_that_overlaps_one_that_is_taken_is_taken(plug: Plug) -> None:
    if plug.overlapping is None:
        pytest.skip(f"{plug.backend.name} books at set times only")
    await create(plug, plug.openings[0])
    late = appointment(plug.overlapping, JOHN, _REFERENCES[1])

    assert await plug.backend.create(late, key(late, "create")) == Taken()


async def test_of_eight_who_come_at_once_one_gets_it(plug: Plug) -> None:
    rivals = [appointment(plug.openings[0], JOHN, reference) for reference in _REFERENCES]

    results = await asyncio.gather(*(plug.backend.create(one, key(one, "create")) for one in rivals))

    assert sum(isinstance(result, DONE) for result in results) == 1, results
    # A system may be too busy to say, but never say yes twice.
    assert all(isinstance(result, (*DONE, Taken, Transient)) for result in results), results


async def test_a_move_frees_the_old_time_and_takes_the_new_one(plug: Plug) -> None:
    first, second = plug.openings[:2]
    booked = await create(plug, first)
    later = moved(booked, second)

    result = await plug.backend.move(later, key(later, "move"))

    assert isinstance(result, DONE), result
    assert await is_free(plug, first)
    assert not await is_free(plug, second)
    found = await plug.backend.find(replace(later, remote=result.remote or later.remote))
    assert found is not None
    assert found.start == second.start


async def test_a_move_that_is_refused_keeps_the_old_time(plug: Plug) -> None:
    first, second = plug.openings[:2]
    booked = await create(plug, first)
    other = await create(plug, second, _REFERENCES[1], JOHN)
    later = moved(booked, second)

    assert await plug.backend.move(later, key(later, "move")) == Taken()

    for one in (booked, other):
        found = await plug.backend.find(one)
        assert found is not None
        assert found.start == one.opening.start


async def test_a_move_and_back_again_works(plug: Plug) -> None:
    first, second = plug.openings[:2]
    there = moved(await create(plug, first), second)
    result = await plug.backend.move(there, key(there, "move"))
    assert isinstance(result, DONE)
    back = moved(replace(there, remote=result.remote or there.remote), first)

    assert isinstance(await plug.backend.move(back, key(back, "move")), DONE)

    assert await is_free(plug, second)
    assert not await is_free(plug, first)


async def test_cancelling_frees_the_time(plug: Plug) -> None:
    booked = await create(plug, plug.openings[0])
    over = replace(booked, state=State.CANCELLED, revision=1)

    assert isinstance(await plug.backend.cancel(over, key(over, "cancel")), DONE)

    assert await is_free(plug, plug.openings[0])
    found = await plug.backend.find(booked)
    assert found is None or found.start is None
    await create(plug, plug.openings[0], _REFERENCES[1], JOHN)


async def test_cancelling_twice_is_no_error(plug: Plug) -> None:
    booked = await create(plug, plug.openings[0])
    over = replace(booked, state=State.CANCELLED, revision=1)
    await plug.backend.cancel(over, key(over, "cancel"))

    again = await plug.backend.cancel(over, key(over, "cancel"))

    assert isinstance(again, DONE) or again in (Refused("cancelled"), Refused("not_found")), again


async def test_cancelling_what_is_not_there_does_nothing(plug: Plug) -> None:
    await create(plug, plug.openings[0])
    other = appointment(plug.openings[1], JOHN, _REFERENCES[1], state=State.CANCELLED, revision=1)

    result = await plug.backend.cancel(other, key(other, "cancel"))

    assert isinstance(result, DONE) or result == Refused("not_found"), result
    assert not await is_free(plug, plug.openings[0])


async def test_a_system_that_is_down_has_certainly_done_nothing(plug: Plug) -> None:
    booked = appointment(plug.openings[0])
    with need(plug, "down"):
        assert isinstance(await plug.backend.create(booked, key(booked, "create")), Transient)
        with pytest.raises(BackendDown):
            await plug.backend.find(booked)
        with pytest.raises(BackendDown):
            await is_free(plug, plug.openings[0])

    assert await plug.backend.find(booked) is None


async def test_a_system_with_too_many_requests_is_tried_again(plug: Plug) -> None:
    booked = appointment(plug.openings[0])
    with need(plug, "busy"):
        assert isinstance(await plug.backend.create(booked, key(booked, "create")), Transient)

    assert isinstance(await plug.backend.create(booked, key(booked, "create")), DONE)


@pytest.mark.parametrize("fault", ["slow", "garbled", "drops"])
async def test_an_outcome_that_is_not_known_is_not_said_to_be_known(plug: Plug, fault: str) -> None:
    booked = appointment(plug.openings[0])
    with need(plug, fault):
        assert isinstance(await plug.backend.create(booked, key(booked, "create")), Unknown | Transient)


async def test_what_was_done_before_the_connection_broke_is_found(plug: Plug) -> None:
    booked = appointment(plug.openings[0])
    with need(plug, "drops"):
        assert await plug.backend.create(booked, key(booked, "create")) == Unknown()

    found = await plug.backend.find(booked)
    assert found is not None
    assert found.start == booked.opening.start


async def test_it_does_not_show_who_comes_or_a_secret(plug: Plug) -> None:
    await create(plug, plug.openings[0])

    shown = repr(plug.backend)
    assert JANE.name not in shown
    assert "password" not in shown.lower()
