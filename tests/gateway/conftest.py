"""A real gateway in front of a fake Rasa server, both on loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from frontdesk.booking.office import Office, open_office
from frontdesk.gateway import Secret, Settings, create_app
from frontdesk.gateway.standby import Standby
from frontdesk.practice import Practice, load_practice
from frontdesk.safety.record import AlarmRecord
from tests.gateway.fake_rasa import FakeRasa

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _logs_as_usual() -> None:
    """Undo what other tests made of the logs, so that a line that should not be there would be seen."""
    structlog.reset_defaults()


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Desk:
    """A visitor's side of the gateway."""

    client: TestClient
    rasa: FakeRasa
    clock: Clock
    id: str = ""
    token: str = ""

    async def start(self, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """Start a conversation and keep its id and token."""
        response = await self.client.post("/v1/conversations", json={}, headers=headers)
        body = await response.json()
        assert response.status == 201, body
        self.id, self.token = body["id"], body["token"]
        return dict(body)

    async def call(self, method: str, path: str = "", *, headers: dict[str, str] | None = None, **kwargs: Any) -> ClientResponse:
        """Send a request about the conversation, with its token."""
        headers = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        return await self.client.request(method, f"/v1/conversations/{self.id}{path}", headers=headers, **kwargs)

    async def say(self, text: str, message_id: str = "m1", headers: dict[str, str] | None = None) -> ClientResponse:
        """Send typed text."""
        return await self.call("POST", "/messages", json={"client_message_id": message_id, "text": text}, headers=headers)


@pytest.fixture(scope="session")
def practice() -> Practice:
    """The demo clinic."""
    return load_practice(ROOT / "clinic")


@pytest.fixture(scope="session")
def standby(practice: Practice) -> Standby:
    """The clinic's own guard, loaded once."""
    return Standby.load(ROOT / "clinic", practice)


@pytest.fixture
def record(tmp_path: Path) -> AlarmRecord:
    """A record of its own."""
    return AlarmRecord(f"sqlite:///{tmp_path / 'alarms.db'}")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """The clinic's booking, with an empty database of its own."""
    return open_office(ROOT / "clinic", url=f"sqlite:///{tmp_path / 'booking.db'}", environment={"FRONTDESK_DATA_DIR": str(tmp_path)})


@pytest.fixture
def settings() -> Settings:
    """Settings with short waits."""
    return Settings(
        secret=Secret("s" * 40),
        origins=frozenset({"https://clinic.example"}),
        clinic_dir=ROOT / "clinic",
        widget_dir=ROOT / "widget",
        rasa_timeout_s=0.5,
    )


@pytest_asyncio.fixture
async def open_desk(
    settings: Settings, practice: Practice, standby: Standby, record: AlarmRecord, office: Office
) -> AsyncIterator[Callable[..., Awaitable[Desk]]]:
    """A function that opens a gateway, with other settings if need be."""
    closing: list[Any] = []

    async def open_one(office: Office = office, **changes: Any) -> Desk:
        rasa, clock = FakeRasa(), Clock()
        server = TestServer(rasa.app())
        await server.start_server()
        closing.append(server)
        chosen = replace(settings, **({"rasa_url": str(server.make_url("")).rstrip("/")} | changes))
        app = create_app(chosen, practice=practice, standby=standby, record=record, office=office, clock=clock)
        client = TestClient(TestServer(app))
        await client.start_server()
        closing.append(client)
        return Desk(client, rasa, clock)

    yield open_one
    for thing in reversed(closing):
        await thing.close()


@pytest_asyncio.fixture
async def desk(open_desk: Callable[..., Awaitable[Desk]]) -> Desk:
    """A gateway as it is deployed."""
    return await open_desk()
