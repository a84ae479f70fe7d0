"""`frontdesk doctor`: is this installation well, and what is to be done where it is not?"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import shutil
import sqlite3
import stat
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from frontdesk.booking.mail import check_mail
from frontdesk.cli.project import FREE_MB, addresses, models_folder, project_folder
from frontdesk.faq.project import Layout, check_project
from frontdesk.publishing.contents import find_changes, read_contents
from frontdesk.publishing.shelf import Shelf, ShelfError
from frontdesk.text.problem import counted, errors, some_of

OK, NOTE, WRONG = "ok", "note", "WRONG"
_WITHIN_S = 3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    state: str
    """`ok`, `note` for what an installation on the internet needs, or `WRONG`."""
    says: str
    """What was found, and what to do about it."""

    def render(self) -> str:
        """Return its line."""
        return f"{self.state:<6}{self.says}"


def add_parser(subparsers: Any) -> None:
    """Add `doctor` to the command."""
    parser = subparsers.add_parser("doctor", help="look at the whole installation and say in words what is wrong")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a line for each thing that was looked at; return 1 when one is wrong."""
    project_folder()
    found = []
    for look in (look_at_files, look_at_data_folder, look_at_databases, look_at_models, look_at_processes, look_at_internet):
        for finding in look():
            print(finding.render(), flush=True)
            found.append(finding)
    wrong = sum(finding.state == WRONG for finding in found)
    print(f"\n{counted(wrong, 'thing')} wrong; what to do stands beside." if wrong else "\nAll is well.")
    return int(bool(wrong))


def look_at_files() -> Iterator[Finding]:
    """Look at what staff edit, as `frontdesk check --fast` does."""
    report = check_project(Layout(), dt.date.today())
    if wrong := errors(report.problems):
        yield Finding(WRONG, f"the clinic's files have {counted(len(wrong), 'problem')}; 'frontdesk check' lists them")
    else:
        yield Finding(OK, f"the clinic's files: {counted(report.topics, 'topic')} and {counted(report.examples, 'example')}, no problems")


def look_at_data_folder() -> Iterator[Finding]:
    """Look at where things are kept: room, and that only its owner reads it."""
    folder = _data_folder()
    if not folder.exists():
        yield Finding(NOTE, f"{folder} is not there yet; 'frontdesk up' makes it")
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as err:
        yield Finding(WRONG, f"{folder} cannot be written ({err.strerror}): nothing is kept; give it to the user who runs 'frontdesk up'")
        return
    free_mb = shutil.disk_usage(folder).free // 2**20
    if free_mb < FREE_MB:
        yield Finding(WRONG, f"{folder} has {free_mb} MB free, and a model alone needs {FREE_MB}; make room")
    else:
        yield Finding(OK, f"{folder} can be written, and {free_mb:,} MB are free")
    for path in (folder, *sorted(folder.glob("*.secret"))):
        if others := stat.S_IMODE(path.stat().st_mode) & 0o077:
            right = "700" if path.is_dir() else "600"
            yield Finding(WRONG, f"{path} can be read by others (mode {others:03o} too much); run 'chmod {right} {path}'")


def look_at_databases() -> Iterator[Finding]:
    """Look whether each database can be opened and is whole."""
    if url := os.environ.get("FRONTDESK_DATABASE_URL", "").strip():
        yield _ask_server(url)
    files = sorted(_data_folder().glob("*.db"))
    broken = [path for path in files if not _is_whole(path)]
    for path in broken:
        yield Finding(WRONG, f"{path} is damaged; stop the assistant and put back the last copy of it, or move it away")
    if files and not broken:
        yield Finding(OK, f"{counted(len(files), 'database')} in {_data_folder()} can be read and are whole")


def _ask_server(url: str) -> Finding:
    try:
        engine = sa.create_engine(url, connect_args={"connect_timeout": _WITHIN_S} if url.startswith("postgres") else {})
        with contextlib.closing(engine.connect()) as connection:
            connection.execute(sa.text("SELECT 1"))
        engine.dispose()
    except (sa.exc.SQLAlchemyError, ImportError, ValueError) as err:
        # Not the error's own words: they hold the password.
        return Finding(WRONG, f"the database of FRONTDESK_DATABASE_URL cannot be used ({type(err).__name__}); is its server running?")
    return Finding(OK, "the database of FRONTDESK_DATABASE_URL answers")


def _is_whole(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_WITHIN_S)) as database:
            return bool(database.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False


def look_at_models() -> Iterator[Finding]:
    """Look at what is published, and whether the files say the same."""
    shelf = Shelf(models_folder())
    try:
        published = shelf.published()
    except ShelfError as err:
        yield Finding(WRONG, str(err))
        return
    if published is None:
        yield Finding(NOTE, "nothing is published yet; the first 'frontdesk up' trains and publishes a model")
        return
    changed = list(find_changes(published.contents, read_contents(Path("data")))) if published.contents else []
    if changed:
        names = some_of([change.name for change in changed])
        yield Finding(NOTE, f"visitors meet version {published.name}; changed since: {names}; 'frontdesk publish' publishes it")
    else:
        yield Finding(OK, f"visitors meet version {published.name}")


def look_at_processes() -> Iterator[Finding]:
    """Look whether the gateway answers, with Rasa behind it, and the console."""
    gateway, console = addresses(os.environ)
    status, body = _get(f"{gateway}/healthz")
    if status != 200 or "status" not in body:
        what = "nothing answers" if status == 0 else f"something else answers ({status})"
        yield Finding(WRONG, f"{what} at {gateway}, where the gateway should; start it with 'frontdesk up', or see FRONTDESK_PORT")
        return
    yield Finding(OK, f"the gateway answers at {gateway}")
    ready, _ = _get(f"{gateway}/readyz")
    if ready == 200:
        yield Finding(OK, "Rasa answers behind it and has a model")
    else:
        yield Finding(WRONG, "Rasa does not answer behind it: visitors get the phone number only; the log of 'frontdesk up' says why")
    if _get(f"{console}/healthz")[0] == 200:
        yield Finding(OK, f"the console answers at {console}")
    else:
        yield Finding(WRONG, f"nothing answers at {console}, where the console should: what is published does not reach Rasa")


def look_at_internet() -> Iterator[Finding]:
    """Look at what an installation needs once visitors come from the internet."""
    if not os.environ.get("FRONTDESK_ORIGINS", "").strip():
        yield Finding(NOTE, "FRONTDESK_ORIGINS is empty: the chat can be shown on the gateway's own pages only, not on your website")
    if not os.environ.get("FRONTDESK_PUBLIC_URL", "").strip():
        yield Finding(NOTE, "FRONTDESK_PUBLIC_URL is empty: mails hold no link to move or cancel a visit")
    for problem in check_mail(production=False):
        yield Finding(WRONG if errors([problem]) else NOTE, problem.message)
    unsigned = errors(check_project(Layout(), dt.date.today(), production=True).problems)
    if unsigned:
        what = counted(len(unsigned), "thing")
        yield Finding(NOTE, f"{what} to fill in or to have signed before the clinic opens; 'frontdesk check --production' lists them")


def _get(address: str) -> tuple[int, str]:
    """Return status and body; status 0 when nothing answers."""
    try:
        with urllib.request.urlopen(address, timeout=_WITHIN_S) as response:  # noqa: S310  # our own address
            return response.status, response.read(10_000).decode("utf-8", "replace")
    except urllib.error.HTTPError as err:
        return err.code, ""
    except (urllib.error.URLError, OSError, ValueError):
        return 0, ""


def _data_folder() -> Path:
    return Path(os.environ["FRONTDESK_DATA_DIR"])
