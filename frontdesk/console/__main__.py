"""`python -m frontdesk.console`: run the console with the settings of the environment."""

import os
import sys
from pathlib import Path

from aiohttp import web

from frontdesk.console.app import create_app
from frontdesk.console.settings import Settings, SettingsError
from frontdesk.database import StoreUnavailable
from frontdesk.record.record import Record
from frontdesk.record.settings import RecordMisconfigured
from frontdesk.record.settings import Settings as RecordSettings
from frontdesk.secret_files import KeysInvalid
from frontdesk.text.logs import quieten


def main() -> int:
    """Serve until stopped; return 2 when the settings or the port cannot be used."""
    quieten()
    data_dir = Path(os.environ.get("FRONTDESK_DATA_DIR") or "var")
    try:
        settings = Settings.from_environment()
        app = create_app(settings, Record(RecordSettings.of_installation()), data_dir)
    except (SettingsError, RecordMisconfigured, StoreUnavailable, KeysInvalid) as err:
        print(f"console: {err}", file=sys.stderr)
        return 2
    try:
        web.run_app(app, host=settings.host, port=settings.port, access_log=None, print=None)
    except OSError as err:
        print(f"console: cannot listen on {settings.host}:{settings.port}: {err.strerror or err}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
