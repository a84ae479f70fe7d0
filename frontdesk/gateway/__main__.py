"""`python -m frontdesk.gateway`: run the gateway with the settings of the environment."""

import logging
import os
import sys

import structlog
from aiohttp import web

from frontdesk.gateway.app import create_app
from frontdesk.gateway.errors import SettingsError
from frontdesk.gateway.settings import Settings
from frontdesk.practice import PracticeError


def main() -> int:
    """Serve until stopped; return 2 when the settings cannot be used."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(os.environ.get("LOG_LEVEL", ""), logging.INFO)),
    )
    try:
        settings = Settings.from_environment()
        app = create_app(settings)
    except (SettingsError, PracticeError) as err:
        print(f"gateway: {err}", file=sys.stderr)
        return 2
    web.run_app(app, host=settings.host, port=settings.port, access_log=None, print=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
