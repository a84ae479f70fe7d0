"""What the tests of booking have: a clock, a store in a file or in a real PostgreSQL, and backends that are up."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from frontdesk.booking.store import Store
from tests.booking.clinic import Clock
from tests.booking.plugs import PLUGS, Plug
from tests.booking.postgres import WHY_NOT, find_server, make_database, running_server

# The shared tests are no test module by their name; without this their assertions would say nothing.
pytest.register_assert_rewrite("tests.booking.conformance")

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _logs_as_usual() -> None:
    """Undo what other tests made of the logs, so that a line that should be there is seen."""
    structlog.reset_defaults()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The socket folder of a PostgreSQL server."""
    programs = find_server()
    if programs is None:
        pytest.skip(WHY_NOT)
    with running_server(programs) as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kept' / 'booking.db'}"
    return make_database(request.getfixturevalue("postgres"), f"booking_{next(_numbers)}")


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    made = Store(database_url, clock)
    yield made
    made.close()


@pytest.fixture(params=sorted(PLUGS))
async def plug(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Plug]:
    """A backend that is up; `plugs.py` says how to add one."""
    async with PLUGS[request.param](tmp_path) as ready:
        yield ready
