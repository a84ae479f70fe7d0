"""Everything that booking needs, put together: one place for the action server, the gateway, the commands and the worker."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from frontdesk.booking.backend import Backend, BackendUnusable
from frontdesk.booking.backends import make_backend, make_webhook
from frontdesk.booking.backends.webhook import Webhook
from frontdesk.booking.delivery import Delivery
from frontdesk.booking.desk import Desk
from frontdesk.booking.feed import Feed, FeedSecret
from frontdesk.booking.flow import Flow
from frontdesk.booking.mail import Mailer, MailSettings, MailSettingsError
from frontdesk.booking.message_texts import MessagesError, load_texts
from frontdesk.booking.messages import Messages, MessageSettings, read_public_url
from frontdesk.booking.settings import Booking, BookingInvalid, load_booking
from frontdesk.booking.store import Store
from frontdesk.booking.tokens import BookingTokens, load_keys
from frontdesk.database import url_of_installation
from frontdesk.practice import Practice, PracticeError, load_practice
from frontdesk.secret_files import KeysInvalid
from frontdesk.text.wording_keys import sections

Clock = Callable[[], dt.datetime]

CANNOT_OPEN = (BackendUnusable, BookingInvalid, KeysInvalid, MailSettingsError, MessagesError, PracticeError)
"""What says in one line why an office cannot be opened or its backend started: a setting, a secret, or a file of the clinic."""


@dataclass(frozen=True)
class Office:
    """The parts of booking at one clinic."""

    practice: Practice
    booking: Booking
    store: Store
    backend: Backend
    desk: Desk
    tokens: BookingTokens
    flow: Flow
    delivery: Delivery
    webhook: Webhook | None
    feed: Feed
    feed_secret: FeedSecret
    public_url: str | None
    """Where visitors reach the gateway, when that is set."""
    words: Mapping[str, str]
    """What stands on buttons and in summaries: `booking` in wording.yml."""

    def close(self) -> None:
        """Give back the connections to the database."""
        self.store.close()

    async def stop(self) -> None:
        """Give back every connection: to the clinic's systems and to the database."""
        await self.backend.stop()
        if self.webhook is not None:
            await self.webhook.close()
        self.close()


def open_office(
    clinic: Path, *, url: str | None = None, clock: Clock | None = None, environment: Mapping[str, str] | None = None
) -> Office:
    """Return the office of the clinic whose files are in a folder; the backend is not started.

    Args:
        clinic: With practice.yml, booking.yml and messages.yml.
        url: The database; the installation's unless given.
        clock: Tells aware times.
        environment: Where settings and secrets are read.

    Raises:
        CANNOT_OPEN: One of them.
    """
    now = clock or (lambda: dt.datetime.now(dt.UTC))
    env = os.environ if environment is None else environment
    practice, booking = load_practice(clinic), load_booking(clinic)
    store = Store(url or url_of_installation("booking.db"), now, has_webhook=booking.webhook is not None)
    tokens = BookingTokens(load_keys(env), now)
    mailer = Mailer(MailSettings.from_environment(env), clock=now)
    public_url = read_public_url(env)
    settings = MessageSettings(booking=booking, texts=load_texts(clinic), public_url=public_url, token=tokens.link)
    messages = Messages(practice, settings, mailer, clock=now)
    backend = make_backend(booking, store, messages, now, env)
    desk = Desk(booking, store, backend, now)
    words = _load_words(clinic)
    webhook = make_webhook(booking, now, env)
    delivery = Delivery(booking, store, backend, messages, desk.alternatives, now, webhook=webhook, forget_mails=mailer.purge)
    return Office(
        practice,
        booking,
        store,
        backend,
        desk,
        tokens,
        Flow(desk, tokens, now, week=practice.raw.get("hours.week")),
        delivery,
        webhook,
        Feed(practice.value("clinic.name"), booking, store, words, now),
        FeedSecret(env),
        public_url,
        words,
    )


def _load_words(clinic: Path) -> Mapping[str, str]:
    """Return the words of a booking; one that is missing stands for itself, and `frontdesk check` names it."""
    wording = yaml.safe_load((clinic / "wording.yml").read_text(encoding="utf-8"))
    given = (wording if isinstance(wording, dict) else {}).get("booking") or {}
    return {name: str(given.get(name, name)) for name in sections()["booking"]}


_open: list[Office] = []
_starting: dict[Backend, asyncio.Task[None]] = {}


def office() -> Office:
    """Return the office of this process: the one that was put in place, or the installation's, opened at the first call."""
    if not _open:
        put_in_place(open_office(Path(os.environ.get("FRONTDESK_CLINIC_DIR") or "clinic")))
    return _open[0]


async def opened(chosen: Office | None = None) -> Office:
    """Return an office with its backend started, that of this process unless given.

    Where several parts ask, it is started once; after a start that failed, the next to ask tries again.

    Raises:
        BackendUnusable: When the clinic's system does not do what is relied on.
    """
    chosen = chosen or office()
    backend = chosen.backend
    if backend not in _starting:
        _starting[backend] = asyncio.ensure_future(backend.start())
    try:
        # Whoever asked first may go away, and others still wait.
        await asyncio.shield(_starting[backend])
    except Exception:
        _starting.pop(backend, None)
        raise
    return chosen


def put_in_place(chosen: Office) -> None:
    """Make an office the one of this process."""
    _open[:] = [chosen]
