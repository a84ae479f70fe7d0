"""`python -m frontdesk.booking`: the worker that tells the clinic's system and people what was booked."""

import asyncio
import logging
import os
import sys

import structlog

from frontdesk.booking.backend import BackendUnusable
from frontdesk.booking.office import CANNOT_OPEN, Office, office


def main() -> int:
    """Work until stopped; 2 when a setting or a file cannot be used, and 75, to be started again later, when the clinic's system cannot."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO), logger_factory=structlog.PrintLoggerFactory(sys.stderr)
    )
    try:
        return asyncio.run(_work(office()))
    except CANNOT_OPEN as err:
        sys.stderr.write(f"booking: {err}\n")
        return 2
    except KeyboardInterrupt:
        return 0


async def _work(chosen: Office) -> int:
    try:
        await chosen.backend.start()
    except BackendUnusable as err:
        sys.stderr.write(f"booking: {err}\n")
        return os.EX_TEMPFAIL
    try:
        await chosen.delivery.run()
    finally:
        await chosen.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
