"""The clinic's appointments as a calendar that staff subscribe to, and the secret in its address.

There is no feed until somebody asks for its link, and the old link is dead as soon as there is a new one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from frontdesk.booking.appointment import Appointment, State
from frontdesk.booking.invites import new_calendar, new_entry, plain_line
from frontdesk.booking.settings import Booking
from frontdesk.booking.store import Store
from frontdesk.secret_files import SHORTEST_KEY, KeysInvalid, find_key, keep_key, new_key

PATH = "/feeds/"
"""What stands before the secret in the address."""
REFRESH = dt.timedelta(minutes=15)
"""How often a calendar should read the feed again."""
BACK = dt.timedelta(days=30)
"""How long an appointment stays in the feed."""
# More than any horizon: one that has become shorter must not hide what is booked.
_AHEAD = dt.timedelta(days=400)
_VARIABLE = "FRONTDESK_FEED_SECRET"
_STATUS = {State.CONFIRMED: "CONFIRMED", State.REQUESTED: "TENTATIVE", State.CANCELLED: "CANCELLED"}


class FeedSecret:
    """The secret part of the feed's address: `FRONTDESK_FEED_SECRET`, or `feed.secret` in the data folder once there is one."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """Read the setting.

        Raises:
            KeysInvalid: When it is too short.
        """
        env = os.environ if environment is None else environment
        self._given = env.get(_VARIABLE) or None
        if self._given and len(self._given) < SHORTEST_KEY:
            raise KeysInvalid(f"{_VARIABLE} must have at least {SHORTEST_KEY} characters")
        self._path = Path(env.get("FRONTDESK_DATA_DIR") or "var") / "feed.secret"

    def opens(self, secret: str) -> bool:
        """Say whether an address is that of the feed; takes as long for one that is nearly right."""
        own = self._given or find_key(self._path)
        return own is not None and hmac.compare_digest(own.encode(), secret.encode("utf-8", "replace"))

    def read(self) -> str:
        """Return the secret, made at the first call.

        Raises:
            KeysInvalid: When it cannot be kept.
        """
        return self._given or keep_key(self._path, _VARIABLE)

    def renew(self) -> str:
        """Return a new secret; the old one opens nothing any more.

        Raises:
            KeysInvalid: When it is set from outside, or cannot be kept.
        """
        if self._given:
            raise KeysInvalid(f"{_VARIABLE} is set; change it there")
        return new_key(self._path, _VARIABLE)

    def __repr__(self) -> str:
        """Return nothing secret."""
        return "FeedSecret(…)"


class Feed:
    """The appointments of one clinic as a calendar."""

    def __init__(
        self, clinic_name: str | None, booking: Booking, store: Store, words: Mapping[str, str], clock: Callable[[], dt.datetime]
    ) -> None:
        """Take what is shown, where it is kept, `booking` of wording.yml, and a clock that tells aware times."""
        self._clinic_name = clinic_name
        self._booking = booking
        self._store = store
        self._cancelled = words["cancelled"]
        self._clock = clock
        self._services = {service.id: service.title for service in booking.services}
        self._practitioners = {one.id: one.name for one in booking.practitioners}

    def appointments(self) -> list[Appointment]:
        """Return what the feed holds: from `BACK` ago, soonest first, those that were cancelled included.

        Raises:
            StoreUnavailable: When that cannot be read.
        """
        now = self._clock()
        return self._store.between(now - BACK, now + _AHEAD, tuple(_STATUS))

    def fingerprint(self, appointments: Sequence[Appointment]) -> str:
        """Return what changes when the feed does, and only then; when it was made is no part of it."""
        shown = [(one.reference, one.revision, self._entry_words(one), one.state.value, one.opening) for one in appointments]
        return hashlib.sha256(repr((self._clinic_name, shown)).encode()).hexdigest()[:32]

    def render(self, appointments: Sequence[Appointment]) -> str:
        """Return the calendar (iCalendar)."""
        calendar, now = new_calendar("PUBLISH"), self._clock()
        if self._clinic_name:
            calendar.add("name", plain_line(self._clinic_name))
            calendar.add("x-wr-calname", plain_line(self._clinic_name))
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", f"PT{REFRESH.seconds // 60}M")
        for appointment in appointments:
            entry = new_entry(appointment, now)
            summary, description = self._entry_words(appointment)
            entry.add("summary", summary)
            entry.add("description", description)
            entry.add("status", _STATUS[appointment.state])
            if appointment.state is State.CANCELLED:
                entry["transp"] = "TRANSPARENT"
            calendar.add_component(entry)
        return str(calendar.to_ical(), "utf-8")

    def _entry_words(self, appointment: Appointment) -> tuple[str, str]:
        """Return title and description: what, where the clinic wants it who, and with whom; never how to reach anybody."""
        opening = appointment.opening
        title = plain_line(self._services.get(opening.service, opening.service))
        who = plain_line(appointment.contact.name, 60) if self._booking.feed_names else ""
        summary = f"{title}: {who} ({appointment.reference})" if who else f"{title} ({appointment.reference})"
        if appointment.state is State.CANCELLED:
            # Some calendars show one that is cancelled like any other.
            summary = f"{plain_line(self._cancelled)}: {summary}"
        return summary, plain_line(self._practitioners.get(opening.practitioner, opening.practitioner))
