"""A clinic for each backend, with the real system or a server that behaves like it, outside of the stack that books there.

What is found in a system is read past the code that wrote it, where that can be: the objects of the calendar, the bookings
of the server, the messages that came in.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from aiohttp import web

from frontdesk.booking.database import Database, appointments, outbox
from frontdesk.booking.outbox import RowState
from frontdesk.booking.settings import BackendName, Booking, load_booking
from tests.booking.calcom_server import EVENT_TYPE, KEY, CalcomServer
from tests.booking.caldav_servers import PASSWORD, USER, Proxy, read_all
from tests.booking.caldav_servers import running as caldav_server
from tests.booking.loopback import Aside

ROOT = Path(__file__).resolve().parents[2]

Entry = tuple[str, dt.datetime]
"""A reference, and when the appointment starts."""


@dataclass
class System:
    """A clinic with a backend, and its appointments as the clinic's own system has them."""

    name: BackendName
    clinic: Path
    settings: dict[str, str]
    """For the environment of the stack."""
    entries: Callable[[], Sequence[Entry]] | None = None
    """What the clinic's system holds; None where our own database is the clinic's book, or a page that we do not see."""
    down: Callable[[], AbstractContextManager[None]] | None = None
    """Within the block the system cannot be reached."""
    _bookings: Booking | None = field(default=None, repr=False)

    @property
    def booking(self) -> Booking:
        """How the clinic books."""
        self._bookings = self._bookings or load_booking(self.clinic)
        return self._bookings

    def free_week(self) -> dt.date:
        """Return the first Monday, eight days ahead or more, of a week in which the clinic has no holiday and nobody a day off."""
        off = self.booking.holidays.union(*(roster.days_off for roster in self.booking.rosters))
        monday = dt.datetime.now(self.booking.zone).date() + dt.timedelta(days=8)
        monday += dt.timedelta(days=-monday.weekday() % 7)
        while any(monday + dt.timedelta(days=day) in off for day in range(6)):
            monday += dt.timedelta(days=7)
        return monday


@contextmanager
def embedded(folder: Path, **changes: Any) -> Iterator[System]:
    """Our own database."""
    yield _system("embedded", folder, changes)


@contextmanager
def request(folder: Path, **changes: Any) -> Iterator[System]:
    """A system of the clinic's that takes signed messages, and remembers each by its key."""
    messages: dict[str, dict[str, Any]] = {}

    async def take(received: web.Request) -> web.Response:
        messages.setdefault(received.headers["Idempotency-Key"], json.loads(await received.read()))
        return web.Response()

    def entries() -> list[Entry]:
        # Kept in the order in which they came.
        latest = {message["reference"]: message for message in messages.values() if "reference" in message}
        return [(one["reference"], _time(one["start"])) for one in latest.values() if not one["event"].endswith("cancelled")]

    app = web.Application()
    app.router.add_post("/bookings", take)
    with _aside(app) as server:
        own = {"to": f"{server.url}/bookings", "secret_variable": "FRONTDESK_WEBHOOK_SECRET"}
        system = _system("request", folder, {"request": own, **changes})
        system.settings["FRONTDESK_WEBHOOK_SECRET"] = "correct horse battery staple"
        system.entries, system.down = entries, server.down
        yield system


@contextmanager
def link(folder: Path, **changes: Any) -> Iterator[System]:
    """The clinic's own page."""
    page = "https://example.com/book?type={service}&at={start}"
    own = {"vendor": "acuity", "template": page, "services": {"first_visit": "1234", "follow_up": "1235"}}
    yield _system("link", folder, {"link": own, **changes})


@contextmanager
def caldav(folder: Path, **changes: Any) -> Iterator[System]:
    """A real Radicale, with a proxy before it that can be taken down."""
    server = caldav_server("radicale")
    calendar, claims = asyncio.run(server.make_calendar()), server.address("claims")
    host = "/".join(server.home.split("/")[:3])

    def entries() -> list[Entry]:
        found = []
        for text in asyncio.run(read_all(calendar)).values():
            reference, start = re.search(r"X-FRONTDESK-REF:(\S+)", text), re.search(r"DTSTART:(\d{8}T\d{6}Z)", text)
            assert reference, text
            assert start, text
            found.append((reference[1], dt.datetime.strptime(start[1], "%Y%m%dT%H%M%S%z").astimezone(dt.UTC)))
        return found

    with _aside(Proxy(host).app()) as proxy:
        own = {"calendar": calendar.replace(host, proxy.url), "claims": claims.replace(host, proxy.url), "user": USER}
        system = _system("caldav", folder, {"caldav": {**own, "password_variable": "FRONTDESK_CALDAV_PASSWORD"}, **changes})
        system.settings["FRONTDESK_CALDAV_PASSWORD"] = PASSWORD
        system.entries, system.down = entries, proxy.down
        yield system


@contextmanager
def calcom(folder: Path, **changes: Any) -> Iterator[System]:
    """A server that does as Cal.com's documentation says, with a booking on the hour, from 9 to 16 o'clock at the clinic, every day."""
    server = CalcomServer([], dt.datetime.now(dt.UTC))
    with _aside(server.app()) as web_server:
        own = {"url": f"{web_server.url}/v2", "key_variable": "FRONTDESK_CALCOM_KEY", "practitioner": "example"}
        event_types = {"first_visit": EVENT_TYPE, "follow_up": EVENT_TYPE}
        system = _system("calcom", folder, {"calcom": {**own, "event_types": event_types}, **changes})
        system.settings["FRONTDESK_CALCOM_KEY"] = KEY
        today = dt.datetime.now(system.booking.zone).replace(minute=0, second=0, microsecond=0)
        days = [today + dt.timedelta(days=ahead) for ahead in range(1, 59)]
        server.starts = [day.replace(hour=hour).astimezone(dt.UTC) for day in days for hour in range(9, 17)]
        system.entries = lambda: [
            (one["metadata"]["ref"], _time(one["start"])) for one in list(server.bookings.values()) if one["status"] == "accepted"
        ]
        system.down = web_server.down
        yield system


SYSTEMS: dict[str, Callable[..., AbstractContextManager[System]]] = {
    "embedded": embedded,
    "request": request,
    "link": link,
    "caldav": caldav,
    "calcom": calcom,
}


class Kept:
    """What a stack has kept in its database, read beside it."""

    def __init__(self, data: Path) -> None:
        self._database = Database(f"sqlite:///{data / 'booking.db'}")

    def appointments(self, *states: str) -> list[Any]:
        """Return appointments in these states, or all, by practitioner and time."""
        chosen = sa.select(appointments).order_by(appointments.c.practitioner, appointments.c.start)
        with self._database.reading() as connection:
            return list(connection.execute(chosen.where(appointments.c.state.in_(states)) if states else chosen).all())

    def get(self, reference: str) -> Any:
        """Return an appointment, which must be there."""
        return next(one for one in self.appointments() if one.reference == reference)

    def untold(self) -> list[tuple[str, str]]:
        """Return what the clinic's system has not been told yet: operation and reference."""
        chosen = sa.select(outbox).where(outbox.c.kind == "backend", outbox.c.state == RowState.PENDING.value)
        with self._database.reading() as connection:
            return [(row.operation, row.reference) for row in connection.execute(chosen).all()]

    def close(self) -> None:
        self._database.close()


def _system(name: BackendName, folder: Path, changes: dict[str, Any]) -> System:
    clinic = folder / "clinic"
    shutil.copytree(ROOT / "clinic", clinic)
    path = clinic / "booking.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | {"backend": name} | changes
    # By way of JSON, since YAML would write what stands there twice as a reference.
    path.write_text(yaml.safe_dump(json.loads(json.dumps(content)), sort_keys=False), encoding="utf-8")
    return System(name, clinic, {"FRONTDESK_CLINIC_DIR": str(clinic)})


@contextmanager
def _aside(app: web.Application) -> Iterator[Aside]:
    server = Aside(app)
    try:
        yield server
    finally:
        server.close()


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
