"""Settings of the console: read from the environment once, checked, and frozen."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from frontdesk.database import url_of_installation
from frontdesk.staff.tables import STAFF_FILE


class SettingsError(Exception):
    """Raised when a setting cannot be used; the message names its key."""


@dataclass(frozen=True)
class Settings:
    """How one console process runs."""

    host: str = "127.0.0.1"
    """Address to listen on (`FRONTDESK_CONSOLE_HOST`); the console is for this machine or a private network."""
    port: int = 8090
    """Port to listen on (`FRONTDESK_CONSOLE_PORT`)."""
    project: Path = Path()
    """The folder with `data/`, `clinic/` and `domain.yml`."""
    models_dir: Path = Path("models")
    """Where models are kept (`FRONTDESK_MODELS_DIR`)."""
    widget_dir: Path = Path("widget")
    """The chat window's modules, which show how an answer will look (`FRONTDESK_WIDGET_DIR`)."""
    rasa_url: str = "http://127.0.0.1:5005"
    """Where Rasa listens (`FRONTDESK_RASA_URL`)."""
    database_url: str = ""
    """Where accounts and sessions are kept: `staff.db` in the data folder, or the database that `FRONTDESK_DATABASE_URL` names."""
    is_secure: bool = False
    """Whether browsers reach it over HTTPS only (`FRONTDESK_CONSOLE_HTTPS`); the cookie is then sent over nothing else."""
    commits: bool = False
    """Whether every save is a commit in git with its author (`FRONTDESK_CONSOLE_GIT`)."""
    replay_days: int = 7
    """How many days of real questions a draft is tried on (`FRONTDESK_REPLAY_DAYS`)."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings.

        Raises:
            SettingsError: When a value cannot be used; the message names its key.
        """
        env = os.environ if environment is None else environment
        return cls(
            host=env.get("FRONTDESK_CONSOLE_HOST") or cls.host,
            port=_number(env, "FRONTDESK_CONSOLE_PORT", cls.port, 65535),
            models_dir=Path(env.get("FRONTDESK_MODELS_DIR") or cls.models_dir),
            widget_dir=Path(env.get("FRONTDESK_WIDGET_DIR") or cls.widget_dir),
            rasa_url=env.get("FRONTDESK_RASA_URL") or cls.rasa_url,
            database_url=url_of_installation(STAFF_FILE, env),
            is_secure=_yes(env, "FRONTDESK_CONSOLE_HTTPS"),
            commits=_yes(env, "FRONTDESK_CONSOLE_GIT"),
            replay_days=_number(env, "FRONTDESK_REPLAY_DAYS", cls.replay_days, 30),
        )


def _number(env: Mapping[str, str], key: str, default: int, most: int) -> int:
    text = env.get(key) or str(default)
    if not text.isdecimal() or not 0 < int(text) <= most:
        raise SettingsError(f"{key} is {text!r}; it must be a whole number from 1 to {most}")
    return int(text)


def _yes(env: Mapping[str, str], key: str) -> bool:
    text = env.get(key) or "0"
    if text not in ("0", "1"):
        raise SettingsError(f"{key} is {text!r}; it must be 0 or 1")
    return text == "1"
