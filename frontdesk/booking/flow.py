"""Leads a booking in the chat, one message at a time: what is missing, what is offered, and what came of it.

Knows the desk and the words of visitors, and nothing of Rasa. Details are plain values, as a conversation keeps them:

    goal          book, move, cancel, check or call_back
    service       id
    practitioner  id, when somebody asked for one
    when          the visitor's own words about day and time
    opening       {"start", "end", "service", "practitioner"}; times are ISO 8601 in UTC
    skip          how often other times were asked for
    reference     of an appointment
    found         the appointment under that reference: an opening, with its state
    name, contact {"phone", "email"}
    doubted       a mail address that looks mistyped: {"typed", "suggestion"}
    confirmed     True once the visitor said yes to the read-back
    misses        failures by detail
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from frontdesk.booking.appointment import Appointment, Contact, Opening, State
from frontdesk.booking.backend import BackendDown
from frontdesk.booking.choosing import MOST_SHOWN, at_different_times, choose
from frontdesk.booking.conversation import MOST_MISSES, NEEDS, Known, Said, hear, missing
from frontdesk.booking.desk import Desk, Held, Kept, NoLongerFree
from frontdesk.booking.messages import render_date, render_time
from frontdesk.booking.results import Refused
from frontdesk.booking.tokens import BookingTokens, TokenRefused
from frontdesk.booking.when import Flag, When, read_when

Details = Mapping[str, Any]

_REFUSALS = {"too_many": "utter_booking_too_many", "too_late_to_change": "utter_booking_too_late_to_change"}
_CANNOT_BE = (Flag.PAST, Flag.IMPOSSIBLE, Flag.CONFLICT)


@dataclass(frozen=True)
class Note:
    """Something to say: the name of a reply, and what it is filled with."""

    reply: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """What came of a message. Without anything in it the message is not about the booking."""

    details: Details = field(default_factory=dict)
    """New values by name; None takes one back."""
    notes: tuple[Note, ...] = ()
    outcome: str | None = None
    """stopped, person, link or down, when the booking ends here."""
    answers_too: bool = False

    def __bool__(self) -> bool:
        """Say whether anything came of it."""
        return bool(self.details or self.notes or self.outcome)


@dataclass(frozen=True)
class Offered:
    """Openings to choose from."""

    reply: str
    openings: tuple[tuple[str, str, str], ...]
    """For each its token, its start (ISO 8601, UTC), and what the button says."""


class Flow:
    """Leads the bookings of one clinic."""

    def __init__(
        self,
        desk: Desk,
        tokens: BookingTokens,
        clock: Callable[[], dt.datetime],
        *,
        week: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Take the desk, what signs openings, a clock that tells aware times, and the opening hours as in practice.yml."""
        self._desk = desk
        self._tokens = tokens
        self._clock = clock
        self._week = week

    @property
    def _known(self) -> Known:
        booking = self._desk.booking
        now = self._clock().astimezone(booking.zone)
        return Known(booking.services, booking.practitioners, now, booking.region, self._week, self._needs_email)

    @property
    def _needs_email(self) -> bool:
        return self._desk.backend.capabilities.needs_email

    def missing(self, details: Details) -> str | None:
        """Return the detail that is to be asked for next, or None when nothing is missing."""
        return missing(details, needs_email=self._needs_email)

    async def hear(self, said: Said, details: Details, asked: str | None, conversation: str) -> Step:
        """Return what a message changes.

        Args:
            said: The message.
            details: What is known so far.
            asked: The detail that was asked for; None when the message begins or resumes the booking.
            conversation: Its id, for which openings are held.
        """
        heard = hear(said, details, asked, self._known)
        if not heard:
            return Step()
        if heard.outcome:
            return Step(heard.details, tuple(map(Note, heard.notes)), heard.outcome)
        changed, notes = dict(heard.details), [Note(reply) for reply in heard.notes]
        if heard.suggestion:
            notes.append(Note("utter_booking_did_you_mean_email", {"suggestion": heard.suggestion}))
        goal = changed.get("goal") or details.get("goal")
        if changed.get("contact") and goal == "book" and self._needs_email and not changed["contact"].get("email"):
            notes.append(Note("utter_booking_needs_email"))
        if not self._can(goal):
            return Step(changed, outcome="link")
        try:
            await self._look_up(changed, details, notes)
            await self._settle_when(changed, details, notes, conversation)
            await self._settle_opening(changed, details, notes, conversation)
        except BackendDown:
            return Step(changed, outcome="down")
        misses = {**(details.get("misses") or {}), **(changed.get("misses") or {})}
        if any(count >= MOST_MISSES for count in misses.values()):
            return Step(changed, tuple(notes), "person")
        return Step(changed, tuple(notes), answers_too=heard.answers_too)

    async def offer(self, details: Details, conversation: str) -> Offered:
        """Return the openings to show: those that suit what was said, or the nearest ones.

        Raises:
            BackendDown: When the calendar cannot be read now.
        """
        zone = self._desk.booking.zone
        free = await self._free(details, conversation)
        when = self._when(details)
        wanted = [one for one in free if when is None or when.allows(one.start.astimezone(zone))]
        reply = "utter_ask_booking_opening"
        if not wanted and free:
            reply = "utter_booking_nothing_free"
            wanted = _nearest(free, when, zone) if when else free
        if not free:
            return Offered("utter_booking_nothing_at_all", ())
        shown = choose(wanted, zone, skip=details.get("skip") or 0)
        return Offered(reply, tuple((self._tokens.opening(one, conversation), _iso(one.start), self._label(one)) for one in shown))

    def rows(self, details: Details) -> list[tuple[str, str]]:
        """Return what is read back before the visitor says yes: pairs of a word's name and its value."""
        booking, goal = self._desk.booking, details["goal"]
        opening = _read_opening(details.get("opening")) or _read_opening(details.get("found"))
        rows: list[tuple[str, str]] = []
        if opening and goal != "call_back":
            service = booking.service(opening.service)
            roster = booking.roster(opening.practitioner)
            rows += [("visit", service.title)] if service else []
            rows.append(("when", f"{render_date(opening.start, booking.zone)}, {render_time(opening.start, booking.zone)}"))
            rows += [("with", roster.practitioner.name)] if roster else []
        if goal in ("book", "call_back"):
            contact = details.get("contact") or {}
            rows.append(("name", str(details.get("name"))))
            rows.append(("contact", ", ".join(filter(None, (contact.get("email"), contact.get("phone"))))))
        else:
            rows.append(("reference", str(details.get("reference"))))
        if goal == "check":
            rows.append(("state", str(details["found"]["state"])))
        return rows

    async def finish(self, details: Details, outcome: str | None, key: str, conversation: str) -> Note:
        """Do what was confirmed, once for each key, and return what to say."""
        if outcome == "stopped":
            await self._desk.release(conversation)
            return Note("utter_booking_stopped")
        # Nobody is sent to the page for what they have booked already: it may not be where they did.
        if outcome == "link" and details.get("goal") == "book" and (page := self._desk.link(details.get("service"))):
            return Note("utter_booking_link", {"page": page})
        if outcome:
            return Note({"person": "utter_booking_person", "down": "utter_booking_down"}.get(outcome, "utter_booking_handoff"))
        match details.get("goal"):
            case "book":
                return await self._book(details, key, conversation)
            case "move":
                return await self._move(details, key, conversation)
            case "cancel":
                return await self._cancel(details)
            case "call_back":
                contact = _contact(details)
                is_kept = await self._desk.message_to_clinic(contact.name, contact, "call_back", key)
                return Note("utter_booking_call_back_noted" if is_kept else "utter_booking_down")
        return Note("utter_booking_shown")

    # Hearing

    def _can(self, goal: str | None) -> bool:
        can = self._desk.backend.capabilities
        match goal:
            case "book" | "check":
                return can.creates and can.openings != "none"
            case "move":
                return can.moves and can.openings != "none"
            case "cancel":
                return can.cancels
        return True

    async def _look_up(self, changed: dict[str, Any], details: Details, notes: list[Note]) -> None:
        """Find the appointment once reference and contact are there; neither is said to be the wrong one."""
        together = {**details, **changed}
        if "reference" not in NEEDS.get(together.get("goal") or "", ()) or not ({"reference", "contact", "goal"} & set(changed)):
            return
        if not together.get("reference") or not together.get("contact"):
            return
        found = await self._desk.look_up(together["reference"], _contact(together))
        if found is None:
            misses = dict(together.get("misses") or {})
            misses["reference"] = misses.get("reference", 0) + 1
            changed |= {"reference": None, "contact": None, "found": None, "misses": misses}
            notes.append(Note("utter_booking_not_found"))
            return
        changed |= {"found": {**_plain(found.opening), "state": found.state.value}, "service": found.opening.service}

    async def _settle_when(self, changed: dict[str, Any], details: Details, notes: list[Note], conversation: str) -> None:
        """Say what is wrong with a day or time, and choose the one opening that an exact day and time can mean."""
        together = {**details, **changed}
        when = self._when(together)
        if when is None or together.get("opening") is not None or not ({"when", "service", "goal"} & set(changed)):
            return
        if "when" in changed and (when.is_void or Flag.CONFLICT in when.flags):
            wrong = next(flag for flag in _CANNOT_BE if flag in when.flags)
            changed["when"] = None
            notes.append(Note(f"utter_booking_{wrong.value}"))
            return
        if together.get("service") is None or not _is_exact(when):
            return
        zone = self._desk.booking.zone
        fitting = [one for one in await self._free(together, conversation) if when.allows(one.start.astimezone(zone))]
        if len(at_different_times(fitting)) == 1:
            changed["opening"] = fitting[0]

    async def _settle_opening(self, changed: dict[str, Any], details: Details, notes: list[Note], conversation: str) -> None:
        """Hold what was chosen; whoever comes second is told at once."""
        chosen = changed.get("opening")
        if chosen is None:
            return
        if isinstance(chosen, str):
            try:
                chosen = self._tokens.read_opening(chosen, conversation)
            except TokenRefused:
                changed["opening"] = None
                notes.append(Note("utter_booking_expired"))
                return
        found = {**details, **changed}.get("found")
        held = await self._desk.hold(chosen, conversation, moving=await self._appointment({**details, **changed}) if found else None)
        match held:
            case Held():
                changed |= {"opening": _plain(chosen), "service": chosen.service}
            case NoLongerFree():
                changed["opening"] = None
                notes.append(Note("utter_booking_taken"))
            case Refused():
                changed["opening"] = None
                notes.append(Note("utter_booking_expired"))
            case _:
                raise BackendDown

    # Doing

    async def _book(self, details: Details, key: str, conversation: str) -> Note:
        opening = _read_opening(details.get("opening"))
        if opening is None:
            return Note("utter_booking_down")
        answer = await self._desk.book(opening, _contact(details), key, self._clock(), holder=conversation)
        names = {State.CONFIRMED: "utter_booking_confirmed", State.REQUESTED: "utter_booking_requested"}
        return _told(answer, names)

    async def _move(self, details: Details, key: str, conversation: str) -> Note:
        opening, appointment = _read_opening(details.get("opening")), await self._appointment(details)
        if opening is None or appointment is None:
            return Note("utter_booking_not_found")
        answer = await self._desk.move(appointment, opening, key, holder=conversation)
        names = {State.CONFIRMED: "utter_booking_moved", State.REQUESTED: "utter_booking_move_requested"}
        return _told(answer, names)

    async def _cancel(self, details: Details) -> Note:
        appointment = await self._appointment(details)
        if appointment is None:
            return Note("utter_booking_not_found")
        return _told(await self._desk.cancel(appointment), {State.CANCELLED: "utter_booking_cancelled"})

    # Reading

    async def _appointment(self, details: Details) -> Appointment | None:
        try:
            return await self._desk.look_up(details["reference"], _contact(details))
        except BackendDown:
            return None

    async def _free(self, details: Details, conversation: str) -> list[Opening]:
        service = details.get("service")
        if service is None:
            return []
        return await self._desk.openings(service, details.get("practitioner"), holder=conversation)

    def _when(self, details: Details) -> When | None:
        words = details.get("when")
        known = self._known
        return read_when(words, known.now, week=known.week) if words else None

    def _label(self, opening: Opening) -> str:
        zone = self._desk.booking.zone
        local = opening.start.astimezone(zone)
        date = render_date(opening.start, zone)
        # Within half a year the year says nothing.
        shown = date.removesuffix(f", {local.year}") if abs((opening.start - self._clock()).days) < 180 else date
        return f"{shown}, {render_time(opening.start, zone)}"


def _read_opening(kept: Mapping[str, str] | None) -> Opening | None:
    """Return an opening from its plain values."""
    if not kept:
        return None
    start, end = (dt.datetime.fromisoformat(kept[key]) for key in ("start", "end"))
    return Opening(start, end, kept["service"], kept["practitioner"])


def _is_exact(when: When) -> bool:
    """Say whether a visitor named one day and one time."""
    return len(when.wanted) == 1 and when.wanted[0].at is not None and when.wanted[0].first == when.wanted[0].last


def _nearest(openings: Sequence[Opening], when: When, zone: ZoneInfo) -> list[Opening]:
    """Return those of the openings that come closest to a wish, and none that was ruled out."""
    by_start = {one.start.astimezone(zone): one for one in sorted(openings, reverse=True)}
    return [by_start[start] for start in when.closest(by_start)[:MOST_SHOWN]]


def _plain(opening: Opening) -> dict[str, str]:
    return {"start": _iso(opening.start), "end": _iso(opening.end), "service": opening.service, "practitioner": opening.practitioner}


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="minutes")


def _contact(details: Details) -> Contact:
    contact = details.get("contact") or {}
    return Contact(str(details.get("name") or ""), contact.get("phone"), contact.get("email"))


def _told(answer: object, names: Mapping[State, str]) -> Note:
    """Return what a visitor is told about an answer of the desk."""
    match answer:
        case Kept(appointment):
            reply = names.get(appointment.state)
            return Note(reply, {"reference": appointment.reference}) if reply else Note("utter_booking_refused")
        case NoLongerFree():
            return Note("utter_booking_taken")
        case Refused(code):
            return Note(_REFUSALS.get(code, "utter_booking_refused"))
    return Note("utter_booking_down")
