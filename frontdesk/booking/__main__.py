"""`python -m frontdesk.booking`: the worker that tells the clinic's system and people what was booked."""

import asyncio
import logging
import sys

import structlog

from frontdesk.booking.backend import BackendUnusable
from frontdesk.booking.mail import MailSettingsError
from frontdesk.booking.message_texts import MessagesError
from frontdesk.booking.office import Office, office
from frontdesk.booking.settings import BookingInvalid
from frontdesk.booking.tokens import KeysInvalid
from frontdesk.practice import PracticeError


def main() -> int:
    """Work until stopped; 2 when a setting or a file of the clinic cannot be used."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO), logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
    try:
        return asyncio.run(_work(office()))
    except (BookingInvalid, PracticeError, MessagesError, MailSettingsError, BackendUnusable, KeysInvalid) as err:
        sys.stderr.write(f"booking: {err}\n")
        return 2
    except KeyboardInterrupt:
        return 0


async def _work(chosen: Office) -> int:
    await chosen.backend.start()
    try:
        await chosen.delivery.run()
    finally:
        await chosen.backend.stop()
        chosen.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
