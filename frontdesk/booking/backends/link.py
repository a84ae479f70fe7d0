"""The clinic's own booking page: visitors are sent there, with service and time filled in, and nothing is kept here.

An address holds no contact data: addresses stay in histories and logs.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from frontdesk.booking.appointment import Appointment, Opening
from frontdesk.booking.backend import Busy, Capabilities, Found
from frontdesk.booking.results import Refused, Result
from frontdesk.booking.settings import LinkSettings

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Link:
    """A backend that books nothing itself."""

    name = "link"
    capabilities = Capabilities(openings="none", creates=False, moves=False, cancels=False, finds=False, links=True)

    def __init__(self, settings: LinkSettings, zone: zoneinfo.ZoneInfo) -> None:
        """Take the page's address and the clinic's time zone, in which pages name times."""
        self._settings = settings
        self._zone = zone

    async def start(self) -> None:
        """Do nothing: whether the page is there is for a person to see."""

    async def stop(self) -> None:
        """Do nothing."""

    async def openings(self, service: str, start: dt.datetime, end: dt.datetime) -> Sequence[Opening]:
        """Return none: the page shows them."""
        return []

    async def busy(self, start: dt.datetime, end: dt.datetime) -> Sequence[Busy]:
        """Return none."""
        return []

    async def create(self, appointment: Appointment, key: str) -> Result:
        """Refuse."""
        return Refused("not_allowed")

    async def move(self, appointment: Appointment, key: str) -> Result:
        """Refuse."""
        return Refused("not_allowed")

    async def cancel(self, appointment: Appointment, key: str) -> Result:
        """Refuse."""
        return Refused("not_allowed")

    async def find(self, appointment: Appointment) -> Found | None:
        """Return None."""
        return None

    def link(self, service: str | None, opening: Opening | None) -> str | None:
        """Return the page's address with what is known filled in."""
        values = {"service": self._settings.services.get(service, service) if service else None}
        if opening:
            local = opening.start.astimezone(self._zone)
            values |= {"date": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "start": local.isoformat()}
        return fill_link(self._settings.template, values)


def fill_link(template: str, values: Mapping[str, str | None]) -> str:
    """Return an address with its placeholders filled; what is about something unknown is left out.

    >>> fill_link("https://book.example/go?type={service}&at={start}#top", {"service": "a b"})
    'https://book.example/go?type=a%20b#top'
    >>> fill_link("https://book.example/clinic/{service}?lang=en", {})
    'https://book.example/clinic?lang=en'
    """
    address, hash_sign, fragment = template.partition("#")
    path, question, query = address.partition("?")
    parameters = [_filled(one, values) for one in query.split("&")] if question else []
    kept = "&".join(one for one in parameters if one is not None)
    return _shortened(path, values) + (f"?{kept}" if kept else "") + (f"#{_shortened(fragment, values)}" if hash_sign else "")


def _filled(text: str, values: Mapping[str, str | None]) -> str | None:
    names = _PLACEHOLDER.findall(text)
    if any(values.get(name) is None for name in names):
        return None
    return _PLACEHOLDER.sub(lambda found: quote(str(values[found[1]]), safe=""), text)


def _shortened(path: str, values: Mapping[str, str | None]) -> str:
    """Return a path up to the first step that is about something unknown."""
    steps: list[str] = []
    for step in path.split("/"):
        filled = _filled(step, values)
        if filled is None:
            break
        steps.append(filled)
    return "/".join(steps)
