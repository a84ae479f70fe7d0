"""The console over a copy of the project's data, a record of its own, and three people."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from frontdesk.console.app import create_app
from frontdesk.console.keys import PEOPLE
from frontdesk.console.settings import Settings
from frontdesk.record.record import Record
from frontdesk.record.settings import Settings as RecordSettings
from frontdesk.staff.people import Role

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "four green chairs outside"
PEOPLE_OF = {"Ana": Role.EDITOR, "Ben": Role.PUBLISHER, "Cem": Role.ADMIN}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copytree(ROOT / "clinic", folder / "clinic")
    shutil.copy(ROOT / "domain.yml", folder)
    return folder


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(RecordSettings(url=f"sqlite:///{tmp_path / 'record.db'}"))


@pytest.fixture
async def console(project: Path, record: Record, tmp_path: Path) -> AsyncIterator[TestClient[Any, Any]]:
    settings = Settings(project=project, models_dir=tmp_path / "models", database_url=f"sqlite:///{tmp_path / 'staff.db'}")
    app = create_app(settings, record, tmp_path)
    app[PEOPLE]._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    for name, role in PEOPLE_OF.items():
        app[PEOPLE].add(name, PASSWORD, role)
    async with TestClient(TestServer(app)) as client:
        yield client


class Visit:
    """What one person does in the console: pages are opened, and forms are sent with what a page of ours would send."""

    def __init__(self, client: TestClient[Any, Any], cookie: str = "") -> None:
        self._client, self.cookie = client, cookie
        self.key = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "Origin": str(self._client.make_url("/")).rstrip("/")}

    async def open(self, path: str, status: int = 200) -> str:
        async with self._client.get(path, headers=self.headers, allow_redirects=False) as answer:
            text = await answer.text()
            assert answer.status == status, text
        if found := re.search(r'name="form_key" value="(\w+)"', text):
            self.key = found[1]
        return text

    async def send(self, path: str, **fields: str) -> tuple[int, str, str]:
        """Send a form and return the status, the page and where it leads."""
        data = {"form_key": self.key, **fields}
        async with self._client.post(path, data=data, headers=self.headers, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers.get("Location", "")


@pytest.fixture
def sign_in(console: TestClient[Any, Any]) -> Callable[[str], Awaitable[Visit]]:
    async def sign_in_as(name: str) -> Visit:
        visit = Visit(console)
        data = {"name": name, "password": PASSWORD, "to": "/"}
        async with console.post("/sign-in", data=data, headers=visit.headers, allow_redirects=False) as answer:
            assert answer.status == 303
            visit.cookie = answer.headers["Set-Cookie"].split(";")[0]
        console.session.cookie_jar.clear()
        await visit.open("/")
        return visit

    return sign_in_as
