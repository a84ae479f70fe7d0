"""A record in a file, or in a real PostgreSQL."""

from __future__ import annotations

import itertools
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest

from frontdesk.record import Record, Settings
from tests.booking.conftest import postgres  # noqa: F401  # a fixture
from tests.booking.postgres import make_database
from tests.record.visits import Clock

_numbers = itertools.count()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def record(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Record]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'kept' / 'record.db'}"
    else:
        url = make_database(request.getfixturevalue("postgres"), f"record_{next(_numbers)}")
    made = Record(Settings(url, zone=zoneinfo.ZoneInfo("America/Los_Angeles")), clock)
    yield made
    made.close()
