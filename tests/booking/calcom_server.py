"""A server that behaves as Cal.com's API v2 is documented to, with real state and bad days on request.

What it answers, down to the sentences of refusals, follows the documentation and the published source of the API. It is no
Cal.com: what only a live account can show, it cannot.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.booking.loopback import HasBadDays

KEY = "cal_test_0123456789abcdef"
EVENT_TYPE = 4711
VERSIONS = {"/slots": "2024-09-04", "/bookings": "2024-08-13"}

TAKEN = "User either already has booking at this time or is not available"
TAKEN_BY_TEAM = "One of the hosts either already has booking at this time or is not available"
PAST = "Attempting to book a meeting in the past."
OUT_OF_BOUNDS = (
    "The event type can't be booked at the \"start\" time provided. This could be because it's too soon (violating the minimum booking "
    "notice) or too far in the future (outside the event's scheduling window). Try fetching available slots first using the GET /v2/slots "
    'endpoint and then make a booking with "start" time equal to one of the available slots: https://cal.com/docs/api-reference/v2/slots'
)
LIMIT = "Attendee with this email can't book because the maximum number of active bookings has been reached."


@dataclass
class CalcomServer(HasBadDays):
    """An account with one event type, and its bookings."""

    starts: list[dt.datetime]
    """When it can be booked, were nothing booked."""
    now: dt.datetime
    minutes: int = 45
    bookings: dict[str, dict[str, Any]] = field(default_factory=dict)
    fault: str = ""
    """busy, slow, garbled, html, drops, out_of_order, not_let_in, redirects."""
    refusal: str = ""
    """The sentence with which writes are refused, when it is not to follow from what is booked."""
    is_pending: bool = False
    needs_phone: bool = False
    requests: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    """Method, path and body or query, of all that was asked."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._bad_day])
        app.router.add_get("/v2/slots", self._slots)
        app.router.add_get("/v2/bookings", self._list)
        app.router.add_post("/v2/bookings", self._create)
        app.router.add_get("/v2/bookings/{uid}", self._get)
        app.router.add_post("/v2/bookings/{uid}/reschedule", self._reschedule)
        app.router.add_post("/v2/bookings/{uid}/cancel", self._cancel)
        return app

    @contextmanager
    def refusing(self, sentence: str) -> Iterator[None]:
        self.refusal = sentence
        try:
            yield
        finally:
            self.refusal = ""

    # What clinic staff do in Cal.com itself

    def book_by_hand(self, start: dt.datetime) -> dict[str, Any]:
        return self._add(start, {"name": "By Hand", "email": "hand@example.com"}, {})

    def move_by_hand(self, uid: str, start: dt.datetime) -> dict[str, Any]:
        return self._moved(self.bookings[uid], start)

    # The API

    @web.middleware
    async def _bad_day(self, request: web.Request, handler) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else dict(request.query)
        self.requests.append((request.method, request.path.removeprefix("/v2"), body))
        match self.fault:
            case "busy":
                return web.json_response(
                    _error("TooManyRequests", "ThrottlerException: Too Many Requests"), status=429, headers={"Retry-After": "17"}
                )
            case "out_of_order":
                return web.json_response(_error("InternalServerError", "Internal server error"), status=503)
            case "not_let_in":
                return web.json_response(_error("UnauthorizedException", "Invalid API Key"), status=401)
            case "redirects":
                return web.Response(status=307, headers={"Location": "http://127.0.0.1:1/v2/bookings"})
            case "html":
                return web.Response(text="<html><h1>Just a moment...</h1></html>", content_type="text/html")
        wanted = next(version for path, version in VERSIONS.items() if request.path.startswith(f"/v2{path}"))
        if request.headers.get("cal-api-version") != wanted:
            # An older contract answers, in which nothing is where it is looked for.
            return web.json_response({"message": "older contract"}, status=200)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response(_error("UnauthorizedException", "Invalid API Key"), status=401)
        if self.fault == "slow":
            await asyncio.sleep(3)
        answer = await handler(request)
        if self.fault == "drops":
            assert request.transport
            request.transport.abort()
        if self.fault == "garbled":
            return web.Response(text='{"status":"success","data":{"uid":', content_type="application/json", status=answer.status)
        return answer

    async def _slots(self, request: web.Request) -> web.Response:
        if int(request.query["eventTypeId"]) != EVENT_TYPE:
            return _refuse(404, "NotFoundException", f"Event Type with ID={request.query['eventTypeId']} not found.")
        assert request.query["format"] == "range"
        first, last = _time(request.query["start"]), _time(request.query["end"])
        days: dict[str, list[dict[str, str]]] = {}
        for start in self.starts:
            # Whole days are given, whatever the hours asked for.
            if first.date() <= start.date() <= last.date() and start > self.now and self._is_free(start):
                slot = {"start": _offset_text(start), "end": _offset_text(start + dt.timedelta(minutes=self.minutes))}
                days.setdefault(f"{start:%Y-%m-%d}", []).append(slot)
        return _succeed(days)

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        attendee = body["attendee"]
        if body["eventTypeId"] != EVENT_TYPE:
            return _refuse(404, "NotFoundException", f"Event type with id {body['eventTypeId']} not found.")
        if not attendee.get("email") or not attendee.get("name") or not attendee.get("timeZone"):
            return _refuse(400, "BadRequestException", "attendee property is wrong,email must be an email")
        if self.needs_phone and not attendee.get("phoneNumber"):
            return _refuse(400, "BadRequestException", "Missing attendee phone number - it is required by the event type.")
        start = _time(body["start"])
        if refusal := self._refusal(start):
            return _refuse(400, "BadRequestException", refusal)
        return _succeed(self._add(start, attendee, body["metadata"]), 201)

    async def _get(self, request: web.Request) -> web.Response:
        uid = request.match_info["uid"]
        found = self.bookings.get(uid)
        return _succeed(found) if found else _refuse(404, "NotFoundException", f"Booking with uid={uid} was not found in the database")

    async def _list(self, request: web.Request) -> web.Response:
        query = request.query
        found = [one for one in self.bookings.values() if query.get("attendeeEmail") in (None, one["attendees"][0]["email"])]
        if query.get("sortCreated") == "desc":
            found.reverse()
        skip, take = int(query.get("skip", 0)), int(query.get("take", 100))
        return _succeed(found[skip : skip + take])

    async def _reschedule(self, request: web.Request) -> web.Response:
        uid, body = request.match_info["uid"], await request.json()
        old = self.bookings.get(uid)
        if old is None:
            return _refuse(404, "NotFoundException", f"Booking with uid={uid} not found")
        if old["status"] == "cancelled":
            more = f" and rescheduled already to booking with uid={old['rescheduledToUid']}." if "rescheduledToUid" in old else "."
            return _refuse(400, "BadRequestException", f"Can't reschedule booking with uid={uid} because it has been cancelled{more}")
        start = _time(body["start"])
        if refusal := self._refusal(start):
            return _refuse(400, "BadRequestException", refusal)
        return _succeed(self._moved(old, start), 201)

    async def _cancel(self, request: web.Request) -> web.Response:
        uid, body = request.match_info["uid"], await request.json()
        found = self.bookings.get(uid)
        if found is None:
            return _refuse(404, "NotFoundException", f"Booking with uid={uid} not found")
        if found["status"] == "cancelled":
            return _refuse(400, "BadRequestException", f"Can't cancel booking with uid={uid} because it has been cancelled already.")
        if not body.get("cancellationReason"):
            return _refuse(400, "BadRequestException", "Cancellation reason is required when you are the host")
        if self.refusal:
            return _refuse(400, "BadRequestException", self.refusal)
        found |= {"status": "cancelled", "cancellationReason": body["cancellationReason"]}
        return _succeed(found)

    # State

    def _refusal(self, start: dt.datetime) -> str:
        if self.refusal:
            return self.refusal
        if start < self.now:
            return PAST
        if start not in self.starts:
            return OUT_OF_BOUNDS
        return "" if self._is_free(start) else TAKEN

    def _is_free(self, start: dt.datetime) -> bool:
        length = dt.timedelta(minutes=self.minutes)
        return not any(
            abs(_time(one["start"]) - start) < length for one in self.bookings.values() if one["status"] not in ("cancelled", "rejected")
        )

    def _add(self, start: dt.datetime, attendee: dict[str, Any], metadata: dict[str, str], **more: str) -> dict[str, Any]:
        uid = f"bk{next(self._numbers):04d}"
        self.bookings[uid] = {
            "id": len(self.bookings),
            "uid": uid,
            "status": "pending" if self.is_pending else "accepted",
            "start": f"{start:%Y-%m-%dT%H:%M:%S.000Z}",
            "end": f"{start + dt.timedelta(minutes=self.minutes):%Y-%m-%dT%H:%M:%S.000Z}",
            "eventTypeId": EVENT_TYPE,
            "attendees": [attendee],
            "metadata": metadata,
            **more,
        }
        return self.bookings[uid]

    def _moved(self, old: dict[str, Any], start: dt.datetime) -> dict[str, Any]:
        new = self._add(start, old["attendees"][0], old["metadata"], rescheduledFromUid=old["uid"])
        old |= {"status": "cancelled", "rescheduledToUid": new["uid"]}
        return new


def _time(text: str) -> dt.datetime:
    time = dt.datetime.fromisoformat(text)
    assert time.tzinfo, f"{text} must say its zone"
    return time.astimezone(dt.UTC)


def _offset_text(time: dt.datetime) -> str:
    """Another zone than ours, as slots come in the zone of whoever asks."""
    return time.astimezone(dt.timezone(dt.timedelta(hours=2))).isoformat(timespec="milliseconds")


def _succeed(data: Any, status: int = 200) -> web.Response:
    return web.json_response({"status": "success", "data": data}, status=status)


def _error(code: str, message: str) -> dict[str, Any]:
    return {"status": "error", "path": "/v2", "error": {"code": code, "message": message, "details": {}}}


def _refuse(status: int, code: str, message: str) -> web.Response:
    return web.json_response(_error(code, message), status=status)
