"""What the link in a mail opens: an appointment, which its visitor sees, moves or cancels.

GET and HEAD show, and change nothing, since mail programs and scanners follow links; POST acts. Whoever has the address may
do so, and nobody can guess one. It opens the appointment as it was when the mail was written: after a move it is spent.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby

from aiohttp import web

from frontdesk.booking.appointment import Appointment, Opening, State
from frontdesk.booking.backend import BackendDown, BackendUnusable
from frontdesk.booking.desk import Answer, Down, Kept, NoLongerFree
from frontdesk.booking.messages import render_date, render_span, render_time
from frontdesk.booking.office import Office, opened
from frontdesk.booking.results import Refused
from frontdesk.booking.store import StoreUnavailable
from frontdesk.booking.tokens import Grant, TokenExpired, TokenRefused, TokenSpent
from frontdesk.gateway.appointment_page import HEADERS, Choice, Shown, render_appointment, render_times
from frontdesk.gateway.errors import BookingUnavailable, InvalidBody, LinkSpent, LinkUnknown, OriginNotAllowed, WrongContentType
from frontdesk.gateway.keys import LETTERHEAD, OFFICE
from frontdesk.gateway.origins import is_allowed

routes = web.RouteTableDef()

_DAYS_SHOWN = 4
_OPEN = (State.CONFIRMED, State.REQUESTED)
_OTHER_TIME_HELPS = ("too_soon", "too_far", "invalid")


@routes.get("/appointments/{token}")
async def show_appointment(request: web.Request) -> web.Response:
    """Answer the page of the appointment."""
    office, appointment = await _find(request)
    words = request.app[LETTERHEAD].words
    notices = {
        ("moved", State.CONFIRMED): "moved",
        ("moved", State.REQUESTED): "move_requested",
        ("cancelled", State.CANCELLED): "cancelled",
    }
    notice = notices.get((request.query.get("done", ""), appointment.state))
    return _appointment_page(request, office, appointment, words[notice] if notice else None)


@routes.get("/appointments/{token}/times")
async def show_times(request: web.Request) -> web.Response:
    """Answer the page with other times."""
    office, appointment = await _find(request)
    if not _can_move(office, appointment):
        return _appointment_page(request, office, appointment)
    return await _times_page(request, office, appointment, first=_read_day(request.query.get("from"), office))


@routes.post("/appointments/{token}")
async def change_appointment(request: web.Request) -> web.Response:
    """Cancel or move the appointment, then lead to its page."""
    _refuse_other_websites(request)
    form = await _read_form(request)
    match form.get("do"):
        case "cancel":
            return await _cancel(request)
        case "move" if form.get("opening"):
            return await _move(request, form["opening"])
    raise InvalidBody


async def _cancel(request: web.Request) -> web.Response:
    try:
        office, appointment = await _find(request)
    except LinkSpent as err:
        return await _say_it_is_cancelled(request, err)
    if code := office.desk.why_no_change(appointment) if appointment.state in _OPEN else None:
        return _not_done(request, office, appointment, code)
    return await _report(request, office, appointment, await office.desk.cancel(appointment))


async def _move(request: web.Request, choice: str) -> web.Response:
    token = request.match_info["token"]
    # The same for each of two clicks.
    key = f"link:{token}:{choice}"
    try:
        office, appointment = await _find(request)
    except LinkSpent:
        office = request.app[OFFICE]
        done = await asyncio.to_thread(office.store.by_key, key)
        if done is None or done.state not in _OPEN:
            raise
        return _lead_to(office, done, "moved")
    try:
        opening = office.tokens.read_opening(choice, _chooser(appointment))
    except TokenRefused:
        return await _choose_again(request, office, appointment, "choose_again")
    return await _report(request, office, appointment, await office.desk.move(appointment, opening, key))


async def _report(request: web.Request, office: Office, appointment: Appointment, answer: Answer) -> web.Response:
    match answer:
        case Kept(now):
            return _lead_to(office, now, "cancelled" if now.state is State.CANCELLED else "moved")
        case NoLongerFree():
            return await _choose_again(request, office, appointment, "taken")
        case Refused("changed"):
            raise LinkSpent
        case Refused(code) if code in _OTHER_TIME_HELPS:
            return await _choose_again(request, office, appointment, "choose_again")
        case Refused(code):
            return _not_done(request, office, appointment, code)
        case Down():
            raise BookingUnavailable


async def _say_it_is_cancelled(request: web.Request, err: LinkSpent) -> web.Response:
    """Answer the second of two clicks; a link that was spent by something else stays spent."""
    cause = err.__cause__
    office = request.app[OFFICE]
    appointment = await asyncio.to_thread(office.store.get, cause.grant.reference) if isinstance(cause, TokenSpent) else None
    if appointment is None or appointment.state is not State.CANCELLED:
        raise err
    return _appointment_page(request, office, appointment, request.app[LETTERHEAD].words["cancelled"])


async def _find(request: web.Request) -> tuple[Office, Appointment]:
    """Return the office, ready to act, and the appointment that the link opens.

    Raises:
        LinkUnknown: When the link is not ours.
        LinkSpent: When it is too old, or the appointment has changed.
        BookingUnavailable: When that cannot be said now.
    """
    found: dict[str, Appointment] = {}
    office = request.app[OFFICE]

    def revision_of(reference: str) -> int | None:
        appointment = office.store.get(reference)
        if appointment is None:
            return None
        found[reference] = appointment
        return appointment.revision

    def read() -> Grant:
        return office.tokens.read_link(request.match_info["token"], revision_of)

    try:
        grant = await asyncio.to_thread(read)
        return await opened(office), found[grant.reference]
    except (TokenSpent, TokenExpired) as err:
        raise LinkSpent from err
    except TokenRefused as err:
        raise LinkUnknown from err
    except (StoreUnavailable, BackendUnusable) as err:
        raise BookingUnavailable from err


# Pages


def _appointment_page(
    request: web.Request, office: Office, appointment: Appointment, notice: str | None = None, *, status: int = 200
) -> web.Response:
    head = request.app[LETTERHEAD]
    can, token = office.desk.backend.capabilities, request.match_info["token"]
    is_open = appointment.state in _OPEN
    is_late = is_open and office.desk.why_no_change(appointment) is not None
    shown = Shown(
        rows=_rows(office, appointment),
        notice=notice,
        times_href=f"{token}/times" if _can_move(office, appointment) else None,
        can_cancel=is_open and not is_late and can.cancels,
        why_not=head.words["too_late"] if is_late and notice != head.words["too_late"] else None,
    )
    return _page(render_appointment(head, shown), status)


async def _times_page(
    request: web.Request,
    office: Office,
    appointment: Appointment,
    *,
    first: dt.datetime | None = None,
    notice: str | None = None,
    status: int = 200,
) -> web.Response:
    zone = office.booking.zone
    try:
        free = await office.desk.openings(appointment.opening.service, start=first)
    except BackendDown as err:
        raise BookingUnavailable from err
    days = [list(group) for _, group in groupby(_one_for_each_start(free, appointment), lambda one: one.start.astimezone(zone).date())]
    later = days[_DAYS_SHOWN][0].start.astimezone(zone).date() if len(days) > _DAYS_SHOWN else None
    shown = [(render_date(day[0].start, zone), [_choice(office, one, appointment) for one in day]) for day in days[:_DAYS_SHOWN]]
    token = request.match_info["token"]
    # Seen from the page itself, and from the address that its form was sent to.
    up, here = ("../", "times") if request.path.endswith("/times") else ("", f"{token}/times")
    page = render_times(
        request.app[LETTERHEAD],
        _rows(office, appointment),
        shown,
        action=f"{up}{token}",
        later_href=f"{here}?from={later}" if later else None,
        notice=notice,
    )
    return _page(page, status)


async def _choose_again(request: web.Request, office: Office, appointment: Appointment, notice: str) -> web.Response:
    return await _times_page(request, office, appointment, notice=request.app[LETTERHEAD].words[notice], status=409)


def _not_done(request: web.Request, office: Office, appointment: Appointment, code: str) -> web.Response:
    words = request.app[LETTERHEAD].words
    notice = words[{"too_late_to_change": "too_late", "pending": "pending"}.get(code, "refused")]
    return _appointment_page(request, office, appointment, notice, status=409)


def _lead_to(office: Office, appointment: Appointment, done: str) -> web.Response:
    """Lead to the page of the appointment as it is now, so that a reload sends nothing twice."""
    return web.Response(status=303, headers={**HEADERS, "Location": f"{office.tokens.link(appointment)}?done={done}"})


def _page(text: str, status: int) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


def _rows(office: Office, appointment: Appointment) -> list[tuple[str, str]]:
    """Return what may stand on a page that somebody else may look at: not who comes, and not how to reach them."""
    booking, words, opening = office.booking, office.words, appointment.opening
    service, roster = booking.service(opening.service), booking.roster(opening.practitioner)
    rows = [("visit", service.title)] if service else []
    rows.append(("when", f"{render_date(opening.start, booking.zone)}, {render_span(opening.start, opening.end, booking.zone)}"))
    rows += [("with", roster.practitioner.name)] if roster else []
    rows += [("reference", appointment.reference), ("state", words[appointment.state.value])]
    return [(words[label], value) for label, value in rows]


# Times


def _can_move(office: Office, appointment: Appointment) -> bool:
    can = office.desk.backend.capabilities
    is_open = appointment.state in _OPEN and can.moves and can.openings != "none"
    return is_open and office.desk.why_no_change(appointment) is None


def _one_for_each_start(openings: Sequence[Opening], appointment: Appointment) -> list[Opening]:
    """Return one opening for each start, with whom the visitor has booked where that can be."""
    booked_with = appointment.opening.practitioner
    ordered = sorted(openings, key=lambda one: (one.start, one.practitioner != booked_with, one.practitioner))
    return [next(group) for _, group in groupby(ordered, lambda one: one.start)]


def _choice(office: Office, opening: Opening, appointment: Appointment) -> Choice:
    roster = office.booking.roster(opening.practitioner)
    time = render_time(opening.start, office.booking.zone)
    return Choice(office.tokens.opening(opening, _chooser(appointment)), f"{time}, {roster.practitioner.name}" if roster else time)


def _chooser(appointment: Appointment) -> str:
    """Return for whom a choice of times is: not for another appointment, and for no conversation."""
    return f"link:{appointment.reference}"


def _read_day(typed: str | None, office: Office) -> dt.datetime | None:
    try:
        day = dt.date.fromisoformat(typed or "")
        return dt.datetime.combine(day, dt.time(), office.booking.zone).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


# Requests


def _refuse_other_websites(request: web.Request) -> None:
    """Let only our own pages send a form. That somebody has the address of the page is the other half of the proof.

    A page that tells no website where its visitor came from sends `Origin: null`, also to its own server, and says in
    `Sec-Fetch-Site` that it is the same website.

    Raises:
        OriginNotAllowed: When it comes from elsewhere.
    """
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in ("same-origin", "none") or not (origin == "null" or is_allowed(origin and origin.lower(), request.host, ())):
        raise OriginNotAllowed


async def _read_form(request: web.Request) -> Mapping[str, str]:
    if request.content_type != "application/x-www-form-urlencoded":
        raise WrongContentType
    try:
        form = await request.post()
    except (ValueError, LookupError, web.RequestPayloadError) as err:
        raise InvalidBody("cannot be read") from err
    return {name: value for name, value in form.items() if isinstance(value, str)}
