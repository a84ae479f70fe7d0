"""`python -m frontdesk.gateway`: run the gateway with the settings of the environment."""

import logging
import sys

import structlog
from aiohttp import web

from frontdesk.booking.office import CANNOT_OPEN
from frontdesk.gateway.app import create_app
from frontdesk.gateway.errors import SettingsError
from frontdesk.gateway.settings import Settings


def configure_logging(level: int) -> None:
    """Log key-value lines to standard error.

    aiohttp's own log of a request that it cannot read is a traceback with the visitor's address, so there is none.
    """
    logging.getLogger("aiohttp.server").disabled = True
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )


def main() -> int:
    """Serve until stopped; return 2 when the settings or the port cannot be used."""
    try:
        settings = Settings.from_environment()
        configure_logging(settings.log_level)
        app = create_app(settings)
    except (SettingsError, *CANNOT_OPEN) as err:
        print(f"gateway: {err}", file=sys.stderr)
        return 2
    try:
        web.run_app(app, host=settings.host, port=settings.port, access_log=None, print=None)
    except OSError as err:
        print(f"gateway: cannot listen on {settings.host}:{settings.port}: {err.strerror or err}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
