"""The backends that the conformance tests run against, and how each is brought up.

To add one: write a factory that brings up the real system, and put it into `PLUGS`. `docs/how-to/add-a-booking-backend.md`
goes through it step by step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from frontdesk.booking.appointment import Opening
from frontdesk.booking.backend import Backend
from frontdesk.booking.backends.calcom import Calcom
from frontdesk.booking.backends.caldav import Caldav
from frontdesk.booking.backends.embedded import Embedded
from frontdesk.booking.store import Store
from tests.booking.calcom_server import EVENT_TYPE, KEY, CalcomServer
from tests.booking.caldav_servers import PASSWORD, USER, Proxy, running
from tests.booking.clinic import FOLLOW_UP, NOW, ZONE, Clock, booking, opening
from tests.booking.how_to import diary
from tests.booking.loopback import Loopback

Fault = Callable[[], AbstractContextManager[None]]

FAULTS = ("down", "busy", "slow", "garbled", "drops")
"""What a system may do on a bad day.

    down      no connection can be made
    busy      it says that there were too many requests, and does nothing
    slow      it takes longer than the backend's own time limit
    garbled   it answers with something that cannot be read
    drops     it does what it is asked, and the connection breaks before it says so
"""


@dataclass
class Plug:
    """A backend that is up, with a system behind it of which nothing is booked yet."""

    backend: Backend
    openings: Sequence[Opening] = field(default_factory=list)
    """At least six of one service and practitioner, free, on one day or more, in order, none overlapping another, buffers
    included."""
    faults: Mapping[str, Fault] = field(default_factory=dict)
    """By name; within the block the system behaves that way. Leave out what the system cannot be made to do."""
    overlapping: Opening | None = None
    """One that overlaps `openings[0]` and starts at another time, when the system books at any minute."""


Factory = Callable[[Path], AbstractAsyncContextManager[Plug]]


def six_openings() -> list[Opening]:
    """Return what most factories need: three openings a day on two days, an hour and a half apart."""
    return [opening(day, time, FOLLOW_UP) for day in (1, 2) for time in ("09:00", "10:30", "12:00")]


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Plug]:
    """Our own database, in a file."""
    store = Store(f"sqlite:///{folder / 'booking.db'}", Clock())
    openings = six_openings()
    try:
        yield Plug(Embedded(booking(), store), openings, overlapping=a_little_later(openings[0]))
    finally:
        store.close()


@asynccontextmanager
async def caldav(server_name: str, folder: Path) -> AsyncIterator[Plug]:
    """A real CalDAV server, and a proxy before it that has the bad days."""
    server = running(server_name)
    calendar, claims = await server.make_calendar(), server.address("claims")
    host = "/".join(server.home.split("/")[:3])
    proxy = Proxy(host)
    async with Loopback(proxy.app()) as web:
        calendar, claims = calendar.replace(host, web.url), claims.replace(host, web.url)
        backend = Caldav(calendar, claims, USER, PASSWORD, ZONE, timeout_s=2.0)
        openings = six_openings()
        faults: dict[str, Fault] = {name: partial(proxy.being, name) for name in FAULTS} | {"down": web.down}
        try:
            await backend.start()
            yield Plug(backend, openings, faults, a_little_later(openings[0]))
        finally:
            await backend.stop()


@asynccontextmanager
async def calcom(folder: Path) -> AsyncIterator[Plug]:
    """A server that does as Cal.com's documentation says."""
    openings = six_openings()
    server = CalcomServer([one.start for one in openings], NOW)
    async with Loopback(server.app()) as web:
        event_types = {FOLLOW_UP.id: EVENT_TYPE}
        backend = Calcom(f"{web.url}/v2", KEY, event_types, "ann", ZONE, email_without="desk@clinic.example", timeout_s=1.0, clock=Clock())
        faults: dict[str, Fault] = {name: partial(server.being, name) for name in FAULTS} | {"down": web.down}
        try:
            yield Plug(backend, openings, faults)
        finally:
            await backend.stop()


def a_little_later(first: Opening) -> Opening:
    """Return an opening that overlaps another."""
    later = dt.timedelta(minutes=15)
    return Opening(first.start + later, first.end + later, first.service, first.practitioner)


PLUGS: dict[str, Factory] = {
    "embedded": embedded,
    "diary": diary,
    "calcom": calcom,
    "caldav-radicale": partial(caldav, "radicale"),
    "caldav-xandikos": partial(caldav, "xandikos"),
}
"""Every backend that creates appointments and can be looked into. Keep one line for each."""
