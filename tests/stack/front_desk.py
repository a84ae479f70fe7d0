"""A stack over a copy of the project, so that staff may edit it, with a model published and somebody to sign in as."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from frontdesk.database import Database, url_of_installation
from frontdesk.publishing.contents import read_contents
from frontdesk.publishing.shelf import Shelf
from frontdesk.staff.people import People, Role
from frontdesk.staff.tables import STAFF_FILE, tables
from tests.stack.conftest import ROOT, Stack, running

PERSON, PASSWORD = "Ana", "four green chairs outside"


@contextmanager
def front_desk(model: Path, folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Run it in a folder; the project is in `project` there, and Ana may publish."""
    project = folder / "project"
    project.mkdir()
    for name in ("data", "clinic", "actions", "widget"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "Procfile"):
        shutil.copy(ROOT / name, project)
    (folder / "models").mkdir()
    shutil.copy(model, folder / "models" / "yesterday.tar.gz")
    shelf = Shelf(folder / "models")
    shelf.describe("yesterday", read_contents(project / "data"))
    shelf.publish("yesterday", by="Ben")
    with running(None, folder, settings, project=project) as started:
        staff = Database(url_of_installation(STAFF_FILE, {"FRONTDESK_DATA_DIR": str(started.data)}), tables)
        People(staff, lambda: dt.datetime.now(dt.UTC)).add(PERSON, PASSWORD, Role.PUBLISHER)
        yield started
