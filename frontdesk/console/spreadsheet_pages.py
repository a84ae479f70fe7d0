"""All topics as a spreadsheet, and one that comes back: first what it would change, then the change itself, and no other."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePath
from typing import TypeVar

from aiohttp import web

from frontdesk.console.keys import AUDIT, DESK, PERSON, RECORD, SHEETS, TOPICS
from frontdesk.console.pages import render, sentence
from frontdesk.console.topics import git_author
from frontdesk.faq.editing import EditingError, TopicFolder
from frontdesk.faq.spreadsheet import Change, Plan, Sheet, SheetUnreadable, plan_import, read_sheet, rows_of, write_sheet
from frontdesk.faq.store import load_intents
from frontdesk.faq.writing_help import Rules

T = TypeVar("T")

routes = web.RouteTableDef()

_HERE = "/topics/from-spreadsheet"
_TYPES = {".csv": "text/csv", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_MOST_CHANGES = 1_000
"""Shown; the rest is counted."""
_MOST_PROBLEMS = 30
"""Shown; who has more has one mistake many times."""


@dataclass(frozen=True)
class _Shown:
    """A table that was held against the topics."""

    sheet: Sheet
    plan: Plan
    fingerprint: str
    """Of the file and of all that it would change: what is applied must be what was shown."""

    @property
    def topics(self) -> list[tuple[str, list[Change]]]:
        """Topics with what would change in them, as far as it is shown."""
        changes = sorted(self.plan.changes, key=lambda change: (change.topic, change.row))[:_MOST_CHANGES]
        return [(topic, list(some)) for topic, some in groupby(changes, key=lambda change: change.topic)]

    @property
    def left_out(self) -> int:
        """Changes that are not shown."""
        return max(len(self.plan.changes) - _MOST_CHANGES, 0)

    @property
    def counts(self) -> str:
        """How many rows do what."""
        added = sum(not change.before for change in self.plan.changes)
        removed = sum(not change.after for change in self.plan.changes)
        changed = len(self.plan.changes) - added - removed
        return f"{added} added, {changed} changed, {removed} removed, {self.plan.untouched} untouched"


@routes.get(r"/topics/export{suffix:\.csv|\.xlsx}")
async def export(request: web.Request) -> web.Response:
    """Send all topics as one table."""
    suffix, folder = request.match_info["suffix"], request.app[TOPICS]
    try:
        body = await asyncio.to_thread(_table_of, folder, suffix)
    except (EditingError, SheetUnreadable, OSError) as err:
        return _page(request, status=409, problem=str(err))
    headers = {"Content-Disposition": f'attachment; filename="topics-{request.app[RECORD].today()}{suffix}"'}
    return web.Response(body=body, content_type=_TYPES[suffix], headers=headers)


@routes.get(_HERE)
async def show(request: web.Request) -> web.Response:
    """Ask for a file."""
    return _page(request)


@routes.post(_HERE)
async def try_out(request: web.Request) -> web.Response:
    """Show what a file would change. Nothing is written."""
    file = (await request.post()).get("file")
    if not isinstance(file, web.FileField) or not file.filename:
        return _page(request, status=400, problem="choose a file first, .xlsx or .csv")
    # Some browsers send the way to it on their own machine too.
    name = PurePath(file.filename.replace("\\", "/")).name
    request.app[SHEETS][request[PERSON].name] = (name, await asyncio.to_thread(file.file.read))
    return await _show_kept(request)


@routes.post(f"{_HERE}/apply")
async def apply(request: web.Request) -> web.Response:
    """Make the changes that were shown."""
    form, person = await request.post(), request[PERSON].name
    kept = request.app[SHEETS].get(person)
    if kept is None:
        return _page(request, status=409, problem="the file is no longer kept; choose it again")
    try:
        shown = await _hold_against(request, *kept)
        if shown.plan.problems or shown.fingerprint != form.get("shown"):
            return await _show_kept(request, problem="something has changed since this was shown; look through it again", status=409)
        note = f"From {kept[0]}: {shown.counts}."
        saved = await asyncio.to_thread(request.app[TOPICS].save_all, shown.plan.drafts, author=git_author(person), note=note)
    except (EditingError, SheetUnreadable) as err:
        return _page(request, status=409, problem=str(err))
    del request.app[SHEETS][person]
    request.app[AUDIT].note(person, "spreadsheet_applied", f"{len(saved.names)} topics")
    return render(request, "spreadsheet_applied.html", shown=shown, saved=saved)


async def _show_kept(request: web.Request, *, problem: str = "", status: int = 200) -> web.Response:
    name, data = request.app[SHEETS][request[PERSON].name]
    try:
        shown = await _hold_against(request, name, data)
    except (EditingError, SheetUnreadable) as err:
        return _page(request, status=422, problem=str(err))
    status = status if not shown.plan.problems else 422
    return _page(request, status=status, problem=problem, name=name, shown=shown)


async def _hold_against(request: web.Request, name: str, data: bytes) -> _Shown:
    """Return what a file would change in the topics as they are.

    Raises:
        SheetUnreadable: When it is no table.
        EditingError: When a topic cannot be read.
    """
    rules = await asyncio.to_thread(request.app[DESK].rules, request.app[RECORD].today())
    sheet, plan = await asyncio.to_thread(_plan, request.app[TOPICS], name, data, rules)
    changes = repr((plan.changes, sorted((topic, seen) for topic, (_, seen) in plan.drafts.items()))).encode()
    return _Shown(sheet, plan, hashlib.sha256(hashlib.sha256(data).digest() + changes).hexdigest())


def _plan(folder: TopicFolder, name: str, data: bytes, rules: Rules) -> tuple[Sheet, Plan]:
    def read(path: Path) -> Sheet:
        path.write_bytes(data)
        return read_sheet(path)

    sheet = _in_scratch(name, read)
    return sheet, plan_import(sheet, folder, load_intents(folder.root / "data" / "nlu")[0], rules)


def _table_of(folder: TopicFolder, suffix: str) -> bytes:
    def write(path: Path) -> bytes:
        write_sheet(path, (row for name in folder.names() for row in rows_of(name, folder.open(name).draft)))
        return path.read_bytes()

    return _in_scratch(f"topics{suffix}", write)


def _in_scratch(name: str, work: Callable[[Path], T]) -> T:
    """Do something with a file of this name in a folder that goes again; messages name the file as its sender does."""
    suffix = PurePath(name).suffix.lower()
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / f"topics{suffix if suffix in _TYPES else '.unknown'}"
        try:
            return work(path)
        except SheetUnreadable as err:
            raise SheetUnreadable(str(err).replace(str(path), name)) from err


def _page(request: web.Request, *, status: int = 200, problem: str = "", name: str = "", shown: _Shown | None = None) -> web.Response:
    return render(
        request,
        "spreadsheet.html",
        status=status,
        problem=sentence(problem),
        name=name,
        shown=shown,
        most_problems=_MOST_PROBLEMS,
    )
