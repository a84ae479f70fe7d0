"""Where the record is kept and for how long: environment variables, and the clinic's time zone."""

from __future__ import annotations

import datetime as dt
import os
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from frontdesk.database import url_of_installation
from frontdesk.practice import PracticeError, load_practice

_DAYS, _MONTHS = (1, 365), (1, 120)
_KEPT_DAYS, _KEPT_MONTHS = 30, 13
_REGION = "US"


class RecordMisconfigured(Exception):
    """Raised when a setting of the record makes no sense; names it and what it can be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How one installation keeps its record."""

    url: str
    """As SQLAlchemy writes addresses."""
    days: int = _KEPT_DAYS
    """How long redacted words are kept."""
    months: int = _KEPT_MONTHS
    """How many whole months counts are kept, beside the one that is running."""
    zone: dt.tzinfo = dt.UTC
    """In which a day begins and ends."""
    region: str = _REGION
    """Where phone numbers without a country code belong."""

    @classmethod
    def of_installation(cls, environment: Mapping[str, str] | None = None, clinic: Path = Path("clinic")) -> Settings:
        """Return the settings: `record.db` in the data folder, or the database that `FRONTDESK_DATABASE_URL` names.

        Raises:
            RecordMisconfigured: When a value makes no sense.
        """
        env = os.environ if environment is None else environment
        zone, region = _of_clinic(clinic)
        return cls(
            url=url_of_installation("record.db", env),
            days=_number(env, "FRONTDESK_RECORD_DAYS", _KEPT_DAYS, _DAYS),
            months=_number(env, "FRONTDESK_COUNTS_MONTHS", _KEPT_MONTHS, _MONTHS),
            zone=zone,
            region=region,
        )


def _number(env: Mapping[str, str], name: str, otherwise: int, bounds: tuple[int, int]) -> int:
    value = env.get(name, "").strip()
    if not value:
        return otherwise
    if not value.isdecimal() or not bounds[0] <= int(value) <= bounds[1]:
        raise RecordMisconfigured(f"{name} is {value!r}; it must be a whole number from {bounds[0]} to {bounds[1]}")
    return int(value)


def _of_clinic(clinic: Path) -> tuple[dt.tzinfo, str]:
    """Return the clinic's time zone and country, UTC and US as long as it has not said them: a record must not wait for that."""
    try:
        raw = load_practice(clinic).raw
        zone = zoneinfo.ZoneInfo(str(raw.get("hours.time_zone") or "UTC"))
    except (PracticeError, zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return dt.UTC, _REGION
    return zone, str(raw.get("contact.country") or _REGION)
