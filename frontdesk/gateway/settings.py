"""Settings of the gateway: read from the environment once, checked, and frozen."""

import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from frontdesk.gateway.errors import SettingsError

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
_SHORTEST_SECRET = 32


class Secret:
    """A string that does not show itself in a log or a traceback."""

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the string."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('**********')"


@dataclass(frozen=True)
class Settings:
    """How one gateway process runs."""

    secret: Secret
    """Signs the conversation tokens (`FRONTDESK_SECRET`)."""
    host: str = "127.0.0.1"
    """Address to listen on (`FRONTDESK_HOST`)."""
    port: int = 8080
    """Port to listen on (`FRONTDESK_PORT`)."""
    rasa_url: str = "http://127.0.0.1:5005"
    """Where Rasa listens, never public (`FRONTDESK_RASA_URL`)."""
    origins: frozenset[str] = field(default_factory=frozenset)
    """Websites that may embed the widget, besides the gateway's own address (`FRONTDESK_ORIGINS`)."""
    clinic_dir: Path = Path("clinic")
    """Facts, wording and safety rules (`FRONTDESK_CLINIC_DIR`)."""
    widget_dir: Path = Path("widget")
    """The widget's modules (`FRONTDESK_WIDGET_DIR`)."""
    trusted_proxies: int = 0
    """How many reverse proxies of ours add to X-Forwarded-For (`FRONTDESK_TRUSTED_PROXIES`)."""
    rasa_timeout_s: float = 10.0
    """How long a reply may take (`FRONTDESK_RASA_TIMEOUT_S`)."""
    emergency_wait_s: float = 3.0
    """How long a reply may take when the guard has raised an alarm; whoever needs help now does not wait as others do."""
    token_lifetime_s: int = 24 * 60 * 60
    """How long a conversation can be resumed (`FRONTDESK_TOKEN_LIFETIME_S`)."""
    message_characters: int = 2000
    """Longest message (`FRONTDESK_MESSAGE_CHARACTERS`)."""
    starts_per_minute: int = 60
    """Conversations that one address may start in a minute; 0 is no limit (`FRONTDESK_STARTS_PER_MINUTE`)."""
    address_per_minute: int = 240
    """Requests of one address in a minute; 0 is no limit (`FRONTDESK_ADDRESS_PER_MINUTE`)."""
    conversation_per_minute: int = 30
    """Messages in one conversation in a minute; 0 is no limit (`FRONTDESK_CONVERSATION_PER_MINUTE`)."""
    log_level: int = logging.INFO
    """What is logged at least (`LOG_LEVEL`, the same as Rasa's)."""

    @property
    def body_bytes(self) -> int:
        """Largest request body: every character may be written as two JSON escapes of six bytes."""
        return self.message_characters * 12 + 2048

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings.

        Raises:
            SettingsError: When a value cannot be used; the message names its key.
        """
        env = os.environ if environment is None else environment
        data_dir = Path(env.get("FRONTDESK_DATA_DIR") or "var")
        return cls(
            secret=_read_secret(env, data_dir),
            host=env.get("FRONTDESK_HOST") or cls.host,
            port=_read_int(env, "FRONTDESK_PORT", cls.port, 0, 65535),
            rasa_url=_read_url(env, "FRONTDESK_RASA_URL", cls.rasa_url),
            origins=_read_origins(env),
            clinic_dir=_read_dir(env, "FRONTDESK_CLINIC_DIR", cls.clinic_dir),
            widget_dir=_read_dir(env, "FRONTDESK_WIDGET_DIR", cls.widget_dir),
            trusted_proxies=_read_int(env, "FRONTDESK_TRUSTED_PROXIES", 0, 0, 10),
            rasa_timeout_s=_read_int(env, "FRONTDESK_RASA_TIMEOUT_S", 10, 1, 120),
            token_lifetime_s=_read_int(env, "FRONTDESK_TOKEN_LIFETIME_S", cls.token_lifetime_s, 60, 31_536_000),
            message_characters=_read_int(env, "FRONTDESK_MESSAGE_CHARACTERS", cls.message_characters, 1, 20_000),
            starts_per_minute=_read_int(env, "FRONTDESK_STARTS_PER_MINUTE", cls.starts_per_minute, 0, 1_000_000),
            address_per_minute=_read_int(env, "FRONTDESK_ADDRESS_PER_MINUTE", cls.address_per_minute, 0, 1_000_000),
            conversation_per_minute=_read_int(env, "FRONTDESK_CONVERSATION_PER_MINUTE", cls.conversation_per_minute, 0, 1_000_000),
            log_level=_read_level(env),
        )


def _read_int(env: Mapping[str, str], key: str, default: int, least: int, most: int) -> int:
    raw = env.get(key) or str(default)
    if not re.fullmatch(r"\d{1,9}", raw.strip()) or not least <= int(raw) <= most:
        raise SettingsError(f"{key} must be a whole number from {least} to {most}, not {raw!r}")
    return int(raw)


def _read_level(env: Mapping[str, str]) -> int:
    raw = (env.get("LOG_LEVEL") or "INFO").upper()
    levels = logging.getLevelNamesMapping()
    if raw not in levels:
        raise SettingsError(f"LOG_LEVEL must be one of {', '.join(levels)}, not {raw!r}")
    return levels[raw]


def _read_url(env: Mapping[str, str], key: str, default: str) -> str:
    raw = (env.get(key) or default).rstrip("/")
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{key} must be an address such as {default}, not {raw!r}")
    return raw


def _read_dir(env: Mapping[str, str], key: str, default: Path) -> Path:
    path = Path(env.get(key) or default)
    if not path.is_dir():
        raise SettingsError(f"{key}: there is no folder {path}")
    return path


def _read_origins(env: Mapping[str, str]) -> frozenset[str]:
    origins = [part.strip().rstrip("/").lower() for part in (env.get("FRONTDESK_ORIGINS") or "").split(",") if part.strip()]
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise SettingsError(f"FRONTDESK_ORIGINS must list websites such as https://www.example.com, not {origin!r}")
    return frozenset(origins)


def _read_secret(env: Mapping[str, str], data_dir: Path) -> Secret:
    """Return the configured secret, or one that is made once and kept with mode 600."""
    given = env.get("FRONTDESK_SECRET")
    if given:
        if len(given) < _SHORTEST_SECRET:
            raise SettingsError(f"FRONTDESK_SECRET must have at least {_SHORTEST_SECRET} characters")
        return Secret(given)
    path = data_dir / "gateway.secret"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            try:
                kept = path.read_text(encoding="ascii").strip()
            except UnicodeDecodeError:
                kept = ""
            if len(kept) < _SHORTEST_SECRET:
                raise SettingsError(f"FRONTDESK_SECRET is not set and {path} is too short or no plain text; delete that file") from None
            return Secret(kept)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            made = secrets.token_urlsafe(48)
            file.write(made + "\n")
        return Secret(made)
    except OSError as err:
        raise SettingsError(f"FRONTDESK_SECRET is not set and {path} cannot be kept: {err.strerror}") from err
