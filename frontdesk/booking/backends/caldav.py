"""The clinic's book is a calendar on a CalDAV server: Nextcloud, Radicale, Fastmail and others.

A calendar keeps nobody from writing two entries for one time. So each appointment first claims its time in a second
collection, the claims: one object for each cell of some minutes, at an address that follows from practitioner and cell, and
put there with `If-None-Match: *`. The server lets one writer have each. Cells are claimed in the order of time, and given
back when one of them is taken, so that of several who overlap one gets through.

Only then the entry goes into the staff's calendar, at an address that follows from the reference: whoever tries again finds
what was done. What staff have entered by hand is read right before that; an entry made in the instant between is not seen.

A claim is as good as its entry. One whose entry staff have deleted or moved, or that was left by a crash, counts no more
after `CLAIM_COUNTS` and is taken away by whoever needs the time. Ages go by our own clock: servers' clocks may be wrong.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from urllib.parse import quote

from frontdesk.booking.appointment import Appointment, Opening
from frontdesk.booking.backend import BackendDown, BackendUnusable, Busy, Capabilities, Found
from frontdesk.booking.backends.calendar_entries import (
    Blocked,
    Entry,
    Span,
    find_blocked,
    read_claim,
    read_entry,
    render_claim,
    render_entry,
    render_moved,
)
from frontdesk.booking.backends.connection import CallFailed, settled
from frontdesk.booking.backends.dav import Dav, Stored, collection_url, utc_text
from frontdesk.booking.results import Confirmed, Refused, Result, Taken, Transient, Unknown

CLAIM_COUNTS = dt.timedelta(minutes=10)
"""How long a claim counts without an entry; far longer than any call takes."""

_DAY = dt.timedelta(days=1)
_OF_A_CELL = re.compile(r".*-(\d{8}T\d{6}Z)\.ics")
# Somebody else writes at the same moment; more often than this it is no coincidence.
_TRIES = 5
# In the self-test: a time at which nobody looks.
_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Caldav:
    """A backend that keeps appointments in a calendar."""

    name = "caldav"
    capabilities = Capabilities(openings="clinic", is_idempotent=True)

    def __init__(
        self,
        calendar: str,
        claims: str,
        user: str,
        password: str,
        zone: dt.tzinfo,
        *,
        titles: Mapping[str, str] | None = None,
        buffers: Mapping[str, dt.timedelta] | None = None,
        cell_minutes: int = 15,
        timeout_s: float = 10.0,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Take an account and two calendars.

        Args:
            calendar: The address of the staff's calendar; https, or this machine.
            claims: The address of the claims; made at the start when there is none.
            user: Of the account.
            password: Of the account.
            zone: Of the clinic.
            titles: What staff read for a service, by its id.
            buffers: How long a practitioner is not free after a service, by its id.
            cell_minutes: The length of a cell. Divides all starts and lengths, or neighbours are in each other's way.
            timeout_s: For each call to the server; an appointment of an hour takes six of them.
            clock: Tells aware times.

        Raises:
            ValueError: For addresses that are not safe to send to, or are the same.
        """
        self._calendar, self._claims = collection_url(calendar), collection_url(claims)
        if self._calendar == self._claims:
            raise ValueError("the claims need a calendar of their own, beside that of the staff")
        self._dav = Dav(user, password, timeout_s=timeout_s)
        self._zone = zone
        self._titles = titles or {}
        self._buffers = buffers or {}
        self._cell = dt.timedelta(minutes=cell_minutes)
        self._clock = clock
        self._sweeping: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        """Return nothing of the account."""
        return "Caldav(…)"

    # Starting and stopping

    async def start(self) -> None:
        """Make the claims' calendar when it is missing, and test that the server refuses what it must, in both.

        Raises:
            BackendUnusable: When two visitors could be given one time, or the account may not write.
        """
        try:
            kind = await self._dav.kind(self._calendar)
            if kind is None or "calendar" not in kind:
                raise BackendUnusable(f"there is no calendar at {self._calendar}; copy its address from your calendar program")
            if await self._dav.kind(self._claims) is None and not await self._dav.make_calendar(self._claims, "Frontdesk claims"):
                raise BackendUnusable(f"the server makes no calendar at {self._claims}; make an empty one by hand and put in its address")
            for collection in (self._claims, self._calendar):
                await self._test(collection)
        except CallFailed as err:
            raise BackendUnusable(_why(err.result, self._calendar)) from err
        if self._sweeping is None:
            self._sweeping = asyncio.create_task(self._sweep_daily())

    async def stop(self) -> None:
        """Give back connections."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.wait([self._sweeping])
            self._sweeping = None
        await self._dav.close()

    async def sweep(self) -> int:
        """Delete the claims of days gone by, and return how many; they would pile up. Raises CallFailed."""
        before, gone = self._clock() - 2 * _DAY, 0
        for name in await self._dav.names(self._claims):
            found = _OF_A_CELL.fullmatch(name)
            # Times are written so that their order is that of the alphabet.
            if found and found[1] < utc_text(before) and (there := await self._dav.get(f"{self._claims}{quote(name, safe='')}")):
                gone += await self._dav.delete(f"{self._claims}{quote(name, safe='')}", there.etag)
        return gone

    async def _sweep_daily(self) -> None:
        while True:
            with suppress(CallFailed):
                await self.sweep()
            await asyncio.sleep(_DAY.total_seconds())

    async def _test(self, collection: str) -> None:
        """Put something twice where one thing may be, and replace and delete what is no longer as it was."""
        url = f"{collection}frontdesk-test-{uuid.uuid4()}.ics"
        text = render_claim("SELF-TEST", (_LONG_AGO, _LONG_AGO + self._cell), self._clock())
        try:
            if await self._dav.create(url, text) is None:
                raise BackendUnusable(f"the server refuses new entries at {collection}; is the account allowed to write there?")
            if await self._dav.create(url, text) is not None:
                raise BackendUnusable(
                    f"the server at {collection} overwrites what is there (it ignores 'If-None-Match: *'), so two visitors could be "
                    "given one time; use 'backend: request' or 'link' with it, or a server that keeps to it, such as Radicale or Nextcloud"
                )
            if await self._dav.replace(url, text, '"not-this-one"') is not None or await self._dav.delete(url, '"not-this-one"'):
                raise BackendUnusable(
                    f"the server at {collection} ignores 'If-Match', so changes made by staff could be lost; use another server, "
                    "or 'backend: request' or 'link'"
                )
        finally:
            with suppress(CallFailed):
                if there := await self._dav.get(url):
                    await self._dav.delete(url, there.etag)

    # Reading

    async def openings(self, service: str, start: dt.datetime, end: dt.datetime) -> Sequence[Opening]:
        """Return none: they follow from the clinic's hours and what is in the calendar."""
        return []

    async def busy(self, start: dt.datetime, end: dt.datetime) -> Sequence[Busy]:
        """Return when the calendar keeps people busy; entries of staff count for everybody. Raises `BackendDown`."""
        try:
            return [Busy(one.practitioner, *one.span) for one in await self._blocked(start, end)]
        except CallFailed as err:
            raise BackendDown from err

    async def find(self, appointment: Appointment) -> Found | None:
        """Look an appointment up where its reference says it is; raises `BackendDown`."""
        try:
            there = await self._entry(appointment.reference)
        except CallFailed as err:
            raise BackendDown from err
        if there is None:
            return None
        _, entry = there
        return Found(entry.uid, None if entry.is_cancelled else entry.span[0])

    def link(self, service: str | None, opening: Opening | None) -> str | None:
        """Return None: visitors do not see the calendar."""
        return None

    async def _blocked(self, start: dt.datetime, end: dt.datetime) -> list[Blocked]:
        # A day more on both sides: servers take whole days, and zones that they do not know, for UTC.
        texts = await self._dav.query(self._calendar, start - _DAY, end + _DAY)
        return await asyncio.to_thread(find_blocked, texts, start, end, self._zone)

    async def _entry(self, reference: str) -> tuple[Stored, Entry] | None:
        """Return the entry of a reference as it stands; raises CallFailed, with `Refused` when nobody can read it."""
        stored = await self._dav.get(self._entry_url(reference))
        if stored is None:
            return None
        entry = read_entry(stored.text, self._zone)
        # The address says whose it is; some calendar programs drop what they do not know.
        if entry is None or entry.reference not in (None, reference):
            raise CallFailed(Refused("invalid"))
        return stored, entry

    # Writing

    async def create(self, appointment: Appointment, key: str) -> Result:
        """Claim the time and enter the appointment; one that is entered already is confirmed as it stands."""
        return await settled(self._create(appointment))

    async def move(self, appointment: Appointment, key: str) -> Result:
        """Claim the new time, change the entry, and give back the old time."""
        return await settled(self._move(appointment))

    async def cancel(self, appointment: Appointment, key: str) -> Result:
        """Take the entry out and give back its time."""
        return await settled(self._cancel(appointment))

    async def _create(self, appointment: Appointment) -> Result:
        reference, opening = appointment.reference, appointment.opening
        until = self._until(opening)
        with _nothing_is_done_yet():
            made = await self._claim(reference, opening, until)
            if made is None:
                # An earlier try may have entered it, before somebody else put something beside it.
                there = await self._entry(reference)
                return Confirmed(there[1].uid) if there and not there[1].is_cancelled else Taken()
        text, uid = render_entry(reference, self._titles.get(opening.service, opening.service), opening, until, self._clock())
        try:
            entry = await self._enter(reference, text)
        except CallFailed as err:
            if isinstance(err.result, Refused):
                await self._give_back(reference, made)
            raise
        if entry is None:
            return Confirmed(uid)
        # An earlier try has entered it, perhaps at a time from which staff have moved it since.
        kept = self._cell_urls(entry.practitioner, *entry.claims)
        await self._give_back(reference, {url: etag for url, etag in made.items() if url not in kept})
        return Refused("cancelled") if entry.is_cancelled else Confirmed(entry.uid)

    async def _enter(self, reference: str, text: str) -> Entry | None:
        """Put an entry where none is, and return the one that was there already."""
        for _ in range(_TRIES):
            if await self._dav.create(self._entry_url(reference), text) is not None:
                return None
            if there := await self._entry(reference):
                return there[1]
        raise CallFailed(Transient())

    async def _move(self, appointment: Appointment) -> Result:
        reference, opening = appointment.reference, appointment.opening
        until = self._until(opening)
        for _ in range(_TRIES):
            with _nothing_is_done_yet():
                there = await self._entry(reference)
                if there is None:
                    return Refused("not_found")
                stored, entry = there
                if entry.is_cancelled:
                    return Refused("cancelled")
                if entry.span == (opening.start, opening.end) and entry.practitioner == opening.practitioner:
                    return Confirmed(entry.uid)
                made = await self._claim(reference, opening, until)
                if made is None:
                    return Taken()
            moved = render_moved(stored.text, opening, until, self._clock())
            if await self._dav.replace(self._entry_url(reference), moved, stored.etag) is not None:
                kept = self._cell_urls(opening.practitioner, opening.start, until)
                old = [url for url in self._cell_urls(entry.practitioner, *entry.claims) if url not in kept]
                await self._give_back(reference, dict.fromkeys(old))
                return Confirmed(entry.uid)
        return Transient()

    async def _cancel(self, appointment: Appointment) -> Result:
        reference, opening = appointment.reference, appointment.opening
        for _ in range(_TRIES):
            with _nothing_is_done_yet():
                there = await self._entry(reference)
            if there is None:
                # Nothing to take out; what a try that failed has claimed is given back all the same.
                cells = self._cell_urls(opening.practitioner, opening.start, self._until(opening))
            elif await self._dav.delete(self._entry_url(reference), there[0].etag):
                cells = self._cell_urls(there[1].practitioner or opening.practitioner, *there[1].claims)
            else:
                continue
            await self._give_back(reference, dict.fromkeys(cells))
            return Confirmed(there[1].uid if there else appointment.remote)
        return Transient()

    # Claims

    async def _claim(self, reference: str, opening: Opening, until: dt.datetime) -> dict[str, str | None] | None:
        """Claim the cells of a time that nothing in the calendar is against; None when it is taken.

        Returns the cells that were not claimed before, by address, with their ETags.
        """
        made: dict[str, str | None] = {}
        for url, cell in zip(self._cell_urls(opening.practitioner, opening.start, until), self._cells(opening.start, until), strict=True):
            claimed = await self._claim_cell(reference, url, cell)
            if claimed is False:
                await self._give_back(reference, made)
                return None
            if isinstance(claimed, Stored):
                made[url] = claimed.etag
        in_the_way = [
            one
            for one in await self._blocked(opening.start, until)
            if one.reference != reference and one.practitioner in (None, opening.practitioner)
        ]
        if in_the_way:
            await self._give_back(reference, made)
            return None
        return made

    async def _claim_cell(self, reference: str, url: str, cell: Span) -> Stored | bool:
        """Claim a cell: what was stored, True when it was ours already, and False when it is somebody else's."""
        for _ in range(_TRIES):
            if (stored := await self._dav.create(url, render_claim(reference, cell, self._clock()))) is not None:
                return stored
            if (there := await self._dav.get(url)) is None:
                continue
            claim = read_claim(there.text)
            age = self._clock() - claim.claimed_at if claim.claimed_at else None
            if claim.reference == reference:
                # Renewed in good time: from then on nobody can take it for one that was left behind.
                if age is not None and abs(age) < CLAIM_COUNTS / 2:
                    return True
                renewed = render_claim(reference, cell, self._clock(), claim.uid)
                if await self._dav.replace(url, renewed, there.etag) is not None:
                    return True
            elif age is None or abs(age) < CLAIM_COUNTS or await self._is_backed(claim.reference, cell):
                return False
            else:
                await self._dav.delete(url, there.etag)
        return False

    async def _is_backed(self, reference: str, cell: Span) -> bool:
        """Say whether there is an entry of that reference at the time of a cell."""
        try:
            there = await self._entry(reference)
        except CallFailed as err:
            if isinstance(err.result, Refused):
                # Something is there, and nobody can say when.
                return True
            raise
        if there is None or there[1].is_cancelled:
            return False
        entry = there[1]
        end = max(entry.span[1], entry.claims[1]) if entry.span[0] == entry.claims[0] else entry.span[1]
        return entry.span[0] < cell[1] and cell[0] < end

    async def _give_back(self, reference: str, cells: Mapping[str, str | None]) -> None:
        """Free cells, by address and ETag where it is known; what cannot be freed now counts no more after a while."""
        await asyncio.gather(*(self._free(reference, url, etag) for url, etag in cells.items()))

    async def _free(self, reference: str, url: str, etag: str | None) -> None:
        with suppress(CallFailed):
            if etag is None:
                there = await self._dav.get(url)
                if there is None or read_claim(there.text).reference != reference:
                    return
                etag = there.etag
            await self._dav.delete(url, etag)

    # Addresses and times

    def _until(self, opening: Opening) -> dt.datetime:
        return opening.end + self._buffers.get(opening.service, dt.timedelta())

    def _entry_url(self, reference: str) -> str:
        return f"{self._calendar}frontdesk-{quote(reference.lower(), safe='')}.ics"

    def _cell_urls(self, practitioner: str | None, start: dt.datetime, until: dt.datetime) -> list[str]:
        who = quote(practitioner or "", safe="")
        return [f"{self._claims}{who}-{utc_text(first)}.ics" for first, _ in self._cells(start, until)]

    def _cells(self, start: dt.datetime, until: dt.datetime) -> list[Span]:
        """Return the cells that a stretch of time touches, in order."""
        first = start.astimezone(dt.UTC)
        first -= (first - _LONG_AGO) % self._cell
        return [(first + step * self._cell, first + (step + 1) * self._cell) for step in range(-((first - until) // self._cell))]


@contextmanager
def _nothing_is_done_yet() -> Iterator[None]:
    """Before its entry is written, nothing is done, whatever fails: claims alone are no appointment."""
    try:
        yield
    except CallFailed as err:
        raise CallFailed(Transient()) if isinstance(err.result, Unknown) else err from err


def _why(result: Result, url: str) -> str:
    match result:
        case Refused("misconfigured"):
            return f"the server of {url} does not let the account in, or sends it elsewhere; check user, password and both addresses"
        case Refused(code):
            return f"the server of {url} does not understand what it is asked ({code}); is it the address of a CalDAV calendar?"
    return f"the server of {url} cannot be reached, or does not answer as a CalDAV server does"
