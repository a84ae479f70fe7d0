"""The feed of appointments for staff's calendars, at an address that only they know."""

from __future__ import annotations

import asyncio

from aiohttp import web

from frontdesk.booking.store import StoreUnavailable
from frontdesk.gateway.errors import BookingUnavailable, LinkUnknown
from frontdesk.gateway.keys import OFFICE

routes = web.RouteTableDef()


@routes.get("/feeds/{secret}.ics")
async def show_feed(request: web.Request) -> web.Response:
    """Answer the calendar, or 304 to a program that has it as it is."""
    office = request.app[OFFICE]
    # From a file each time, so that a new secret counts at once.
    if not await asyncio.to_thread(office.feed_secret.opens, request.match_info["secret"]):
        raise LinkUnknown
    try:
        appointments = await asyncio.to_thread(office.feed.appointments)
    except StoreUnavailable as err:
        raise BookingUnavailable from err
    etag = f'"{office.feed.fingerprint(appointments)}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
    if etag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(text=office.feed.render(appointments), content_type="text/calendar", charset="utf-8", headers=headers)
