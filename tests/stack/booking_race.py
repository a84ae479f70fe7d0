"""64 visitors come at once for the 20 openings of one day; what each was told is held against what is kept."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import aiohttp

from frontdesk.booking.messages import render_date
from tests.stack.booking_systems import Kept, System

VISITORS, OPENINGS = 64, 20
PATIENCE_S = 400.0
"""How long a visitor tries again when something is out of order; then they have been told nothing."""

_SERVICE = {"id": "follow_up", "title": "Follow-up visit", "words": ["follow up"], "minutes": 30, "buffer_minutes": 0}
_HOURS = ["09:00-14:00"]
_WEEK = {
    **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday"), _HOURS),
    "sunday": [],
}
CLINIC: dict[str, Any] = {
    "services": [_SERVICE],
    "practitioners": [
        {"id": "example", "name": "Ann Li", "services": ["follow_up"], "hours": _WEEK, "days_off": []},
        {"id": "second", "name": "Bo Park", "services": ["follow_up"], "hours": _WEEK, "days_off": []},
    ],
    "step_minutes": 30,
}
"""A clinic with 20 openings a day: ten of each of two practitioners."""


@dataclass
class Race:
    """What came of one race."""

    booked: set[str] = field(default_factory=set)
    """References of those who were told that it is booked."""
    requested: set[str] = field(default_factory=set)
    """References of those who were told that it is not confirmed yet."""
    told_full: int = 0
    told: Counter[str] = field(default_factory=Counter)
    """How often something else was said that is true: taken, down, unavailable."""
    unexpected: list[str] = field(default_factory=list)
    """What should not have been read."""
    seconds: float = 0.0

    @property
    def acknowledged(self) -> set[str]:
        """Return the references that were given."""
        return self.booked | self.requested


def days_of(system: System, count: int) -> list[dt.date]:
    """Return so many days on which the clinic works, from the day after tomorrow on."""
    today = dt.datetime.now(system.booking.zone).date()
    ahead = (today + dt.timedelta(days=days) for days in range(2, system.booking.horizon.days))
    return [day for day in ahead if day.weekday() < 6 and day not in system.booking.holidays][:count]


async def run_race(address: str, system: System, day: dt.date, *, half_way: Callable[[], Any] | None = None, seed: int = 0) -> Race:
    """Let the visitors come.

    Args:
        address: Of the gateway.
        system: The clinic.
        day: For which they come.
        half_way: Called in a thread, once a third of the openings is taken.
        seed: Of what they choose.
    """
    race, began = Race(), time.monotonic()
    noon = dt.datetime.combine(day, dt.time(12), system.booking.zone)
    date = render_date(noon, system.booking.zone).rpartition(",")[0]
    connector = aiohttp.TCPConnector(limit=VISITORS)
    async with aiohttp.ClientSession(address, connector=connector, timeout=aiohttp.ClientTimeout(total=30)) as http:
        enough = asyncio.Event()
        visitors = [_Visitor(http, race, date, number, seed, enough) for number in range(VISITORS)]
        disturbance = asyncio.create_task(_disturb(enough, half_way)) if half_way else None
        await asyncio.gather(*(visitor.come() for visitor in visitors))
        if disturbance:
            await disturbance
    race.seconds = time.monotonic() - began
    return race


def wait_until_told(kept: Kept, within_s: float = 90.0) -> None:
    """Wait until the clinic's system has heard of everything that is kept."""
    give_up = time.monotonic() + within_s
    while kept.untold() and time.monotonic() < give_up:
        time.sleep(0.2)


def faults(race: Race, system: System, kept: Kept, day: dt.date) -> list[str]:
    """Return what is wrong after a race whose outbox is empty: overlaps, losses, untruths. None is what it should be."""
    zone = system.booking.zone
    coming = [one for one in kept.appointments("confirmed", "requested") if one.start.astimezone(zone).date() == day]
    references = [one.reference for one in coming]
    wrong = [f"unexpected: {said}" for said in race.unexpected]
    wrong += [
        f"{one.reference} and {other.reference} overlap"
        for one, other in pairwise(coming)
        if one.practitioner == other.practitioner and other.start < one.busy_until
    ]
    wrong += [f"{reference} was acknowledged and is lost" for reference in race.acknowledged - set(references)]
    wrong += [f"{reference} is kept and nobody was told" for reference in set(references) - race.acknowledged]
    wrong += [f"{one.reference} is not confirmed in the end" for one in coming if one.state != "confirmed"]
    if len(references) != OPENINGS or race.told_full != VISITORS - OPENINGS:
        wrong.append(f"{len(references)} of {OPENINGS} are booked and {race.told_full} of {VISITORS - OPENINGS} were told that it is full")
    if system.entries is not None:
        there = sorted(entry for entry in system.entries() if entry[1].astimezone(zone).date() == day)
        if there != sorted((one.reference, one.start) for one in coming):
            wrong.append(f"the clinic's system holds {len(there)} appointments that are not the {len(coming)} that are kept")
    return wrong


async def _disturb(enough: asyncio.Event, what: Callable[[], Any]) -> None:
    await enough.wait()
    await asyncio.to_thread(what)


class _GivenUp(Exception):
    """Raised when a visitor learns nothing more."""


class _Visitor:
    """Takes what is offered for the day until it is theirs, or until there is nothing left."""

    def __init__(self, http: aiohttp.ClientSession, race: Race, date: str, number: int, seed: int, enough: asyncio.Event) -> None:
        self._http, self._race, self._date, self._enough = http, race, date, enough
        self._name = f"Rival {_family_name(number)}"
        self._chance = random.Random(seed * 1000 + number)
        self._give_up = time.monotonic() + PATIENCE_S
        self._path, self._token = "", ""

    async def come(self) -> None:
        try:
            opened = await self._call("/v1/conversations", {})
            self._path, self._token = f"/v1/conversations/{opened['id']}/messages", opened["token"]
            await self._book()
        except _GivenUp as err:
            self._race.unexpected.append(str(err))

    async def _book(self) -> None:
        # Of this day of the month alone: who has visits on other days may not have another.
        mail = f"{self._name.split()[1]}{self._date.split()[-1]}@example.com".lower()
        wish = f"book a follow-up visit on {self._date.replace(',', '').lower()}, my name is {self._name}, {mail}"
        messages = await self._send(text=wish)
        while True:
            read = "\n".join(message.get("text", "") for message in messages)
            given = re.search(r"reference is \*\*(\S+)\*\*", read)
            openings = [one for message in messages for one in message.get("openings", []) if one["label"].startswith(self._date)]
            if "that time has just been taken" in read:
                self._race.told["taken"] += 1
            if given:
                (self._race.requested if "not confirmed yet" in read else self._race.booked).add(given[1])
                if len(self._race.acknowledged) >= OPENINGS // 3:
                    self._enough.set()
                return
            if summary := next((message for message in messages if message["type"] == "summary"), None):
                messages = await self._send(choice=summary["choices"][0]["id"])
            elif openings:
                messages = await self._send(choice=self._chance.choice(openings)["id"])
            elif "Nothing is free then" in read:
                self._race.told_full += 1
                return
            elif "can't reach the calendar" in read:
                self._race.told["down"] += 1
                await self._wait()
                messages = await self._send(text=wish)
            else:
                self._race.unexpected.append(read[:200])
                return

    async def _send(self, **said: str) -> list[dict[str, Any]]:
        return list((await self._call(self._path, {"client_message_id": uuid.uuid4().hex, **said}))["messages"])

    async def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send something until it is answered, as the widget's button to send it again does; raises _GivenUp."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        while True:
            try:
                async with self._http.post(path, json=body, headers=headers) as reply:
                    if reply.status in (200, 201):
                        return dict(await reply.json())
                    if reply.status != 503:
                        raise _GivenUp(f"{reply.status}: {await reply.text()}")
            except (aiohttp.ClientError, TimeoutError):
                pass
            self._race.told["unavailable"] += 1
            await self._wait()

    async def _wait(self) -> None:
        if time.monotonic() > self._give_up:
            raise _GivenUp("no answer in all that time")
        await asyncio.sleep(self._chance.uniform(0.3, 1.0))


def _family_name(number: int) -> str:
    """Return a name of letters alone: with a digit in it, it would be taken for none."""
    return f"{'BCDFGKLMNPRT'[number % 12]}{'aeiou'[number // 12 % 5]}{'lnrst'[number // 60]}{'bdgkmp'[number % 6]}er"
