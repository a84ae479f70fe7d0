"""The few verbs of WebDAV and CalDAV that booking needs: RFC 4918 and RFC 4791.

Every write says what it expects to find there, so that of two writers one is told. Nothing here knows of appointments, and
nothing goes by a server's clock.
"""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote
from xml.sax.saxutils import escape

import aiohttp

from frontdesk.booking.backends.connection import CallFailed, Connection, Reply, failure, safe_url
from frontdesk.booking.results import Refused, Transient

_DAV = "{DAV:}"
_CALDAV = "{urn:ietf:params:xml:ns:caldav}"
_GONE = (404, 410)

_KIND = '<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'
_QUERY = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<C:calendar-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><getetag/><C:calendar-data/></prop>'
    '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
    '<C:time-range start="{start}" end="{end}"/>'
    "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
)
_MAKE = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop><displayname>{name}</displayname>'
    "</prop></set></C:mkcalendar>"
)


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as the server has it."""

    text: str
    etag: str | None
    """None when the server does not say."""


class Dav:
    """A CalDAV server, by one account."""

    def __init__(self, user: str, password: str, *, timeout_s: float) -> None:
        """Take an account; raises ValueError for a user with a colon in it, which cannot be sent."""
        # Servers that compress change the ETag on its way, and then know it no more.
        headers = {"Accept-Encoding": "identity"}
        self._connection = Connection(headers=headers, auth=aiohttp.BasicAuth(user, password, "utf-8"), timeout_s=timeout_s)

    async def close(self) -> None:
        """Give back connections."""
        await self._connection.close()

    # Objects

    async def create(self, url: str, text: str) -> Stored | None:
        """Put an object where none is; None when one is there. Raises CallFailed."""
        return await self._put(url, text, {"If-None-Match": "*"})

    async def replace(self, url: str, text: str, etag: str | None) -> Stored | None:
        """Put an object in place of the one with that ETag; None when it is another by now, or gone. Raises CallFailed."""
        return await self._put(url, text, {"If-Match": etag or '""'})

    async def get(self, url: str) -> Stored | None:
        """Return an object, or None when there is none. Raises CallFailed."""
        reply = await self._connection.call("GET", url, is_write=False)
        if reply.status in _GONE:
            return None
        if reply.status != 200 or reply.is_html:
            raise CallFailed(failure(reply, is_write=False))
        return Stored(reply.body.decode("utf-8", "replace"), _etag(reply))

    async def delete(self, url: str, etag: str | None) -> bool:
        """Delete the object with that ETag, or find it gone; False when it is another by now. Raises CallFailed."""
        reply = await self._connection.call("DELETE", url, is_write=True, headers={"If-Match": etag or '""'})
        if reply.status == 412:
            return False
        if reply.status in (*_GONE, 204) or (reply.status == 200 and not reply.is_html):
            return True
        raise CallFailed(failure(reply, is_write=True))

    async def query(self, url: str, start: dt.datetime, end: dt.datetime) -> list[str]:
        """Return the events that the server finds between two times, recurring ones as they are kept. Raises CallFailed."""
        body = _QUERY.format(start=utc_text(start), end=utc_text(end))
        reply = await self._xml("REPORT", url, body, depth="1", is_write=False)
        if reply.status != 207:
            raise CallFailed(Refused("misconfigured") if reply.status in _GONE else failure(reply, is_write=False))
        return [element.text for element in _parse(reply).iter(f"{_CALDAV}calendar-data") if element.text]

    # Collections

    async def kind(self, url: str) -> set[str] | None:
        """Return what a collection is, such as {"collection", "calendar"}; None when there is none. Raises CallFailed."""
        reply = await self._xml("PROPFIND", url, _KIND, depth="0", is_write=False)
        if reply.status in _GONE:
            return None
        if reply.status != 207:
            raise CallFailed(failure(reply, is_write=False))
        # Some answer 207 and say inside that there is nothing.
        found = list(_types(_parse(reply)))
        return set(found) or None

    async def names(self, url: str) -> list[str]:
        """Return the last part of the address of each object in a collection. Raises CallFailed."""
        reply = await self._xml("PROPFIND", url, _KIND, depth="1", is_write=False)
        if reply.status != 207:
            raise CallFailed(failure(reply, is_write=False))
        found = [element.text or "" for element in _parse(reply).iter(f"{_DAV}href")]
        return [unquote(href.rpartition("/")[2]) for href in found if not href.endswith("/")]

    async def make_calendar(self, url: str, name: str) -> bool:
        """Make a calendar; False when the server makes none. Raises CallFailed."""
        reply = await self._xml("MKCALENDAR", url, _MAKE.format(name=escape(name)), depth=None, is_write=True)
        if reply.status in (401, 407, 429) or reply.status >= 500:
            raise CallFailed(failure(reply, is_write=True))
        return reply.status in (200, 201)

    def __repr__(self) -> str:
        """Return nothing of the account."""
        return "Dav(…)"

    async def _put(self, url: str, text: str, expected: dict[str, str]) -> Stored | None:
        headers = {"Content-Type": "text/calendar; charset=utf-8", **expected}
        reply = await self._connection.call("PUT", url, is_write=True, headers=headers, body=text.encode())
        # With If-Match, what is gone is another object than the one expected.
        if reply.status == 412 or ("If-Match" in expected and reply.status in _GONE):
            return None
        if reply.status in (201, 204) or (reply.status == 200 and not reply.is_html):
            return Stored(text, _etag(reply))
        if reply.status in (404, 405, 409, 410):
            raise CallFailed(Refused("misconfigured"))
        raise CallFailed(failure(reply, is_write=True))

    async def _xml(self, method: str, url: str, body: str, *, depth: str | None, is_write: bool) -> Reply:
        headers = {"Content-Type": "application/xml; charset=utf-8"} | ({} if depth is None else {"Depth": depth})
        return await self._connection.call(method, url, is_write=is_write, headers=headers, body=body.encode())


def collection_url(url: str) -> str:
    """Return a collection's address, which ends in a slash; raises ValueError when it is not safe to send to."""
    return safe_url(url).rstrip("/") + "/"


def utc_text(time: dt.datetime) -> str:
    """Return a time as calendars write it.

    >>> utc_text(dt.datetime(2026, 12, 1, 17, 0, tzinfo=dt.UTC))
    '20261201T170000Z'
    """
    return f"{time.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _etag(reply: Reply) -> str | None:
    # A weak one matches nothing in If-Match; proxies weaken those that were strong.
    return reply.headers.get("ETag", "").removeprefix("W/") or None


def _parse(reply: Reply) -> ET.Element:
    # Entities could grow without end; no answer of CalDAV has any.
    if b"<!DOCTYPE" in reply.body or b"<!ENTITY" in reply.body:
        raise CallFailed(Transient())
    try:
        return ET.fromstring(reply.body)  # noqa: S314  # see above
    except ET.ParseError as err:
        raise CallFailed(Transient()) from err


def _types(root: ET.Element) -> Iterator[str]:
    for found in root.iter(f"{_DAV}propstat"):
        status = found.findtext(f"{_DAV}status", "")
        if " 200" in status:
            yield from (kind.tag.partition("}")[2] for one in found.iter(f"{_DAV}resourcetype") for kind in one)
