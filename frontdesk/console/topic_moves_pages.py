"""Giving a topic another name, making one of two, and taking one away: what reaches further than its own file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from frontdesk.console.keys import AUDIT, DESK, PERSON, RECORD, TOPICS
from frontdesk.console.middleware import require_role
from frontdesk.console.pages import render, sentence
from frontdesk.console.topics import git_author
from frontdesk.console.topics_pages import TOPIC, open_topic
from frontdesk.database import StoreUnavailable
from frontdesk.faq.editing import EditingError, TopicUnreadable
from frontdesk.faq.editing.folder import Moved
from frontdesk.faq.editing.references import Reference, find_references
from frontdesk.staff.people import Role

routes = web.RouteTableDef()


@routes.get(f"{TOPIC}/move")
async def show_move(request: web.Request) -> web.Response:
    """Show what names the topic elsewhere, and the ways to rename it, merge it into another, and retire it."""
    return await _move(request)


@routes.post(f"{TOPIC}/rename")
async def rename(request: web.Request) -> web.StreamResponse:
    """Give a topic another name."""
    require_role(request, Role.PUBLISHER)
    name, form, person = request.match_info["name"], await request.post(), request[PERSON].name
    to = str(form.get("to", "")).strip()
    try:
        moved = await asyncio.to_thread(request.app[TOPICS].rename, name, to, str(form.get("seen", "")), author=git_author(person))
    except EditingError as err:
        return await _move(request, status=409, problem=str(err))
    request.app[AUDIT].note(person, "topic_renamed", f"{name} to {to}")
    return _moved(request, "renamed", moved, to)


@routes.get(f"{TOPIC}/merge")
async def show_merge(request: web.Request) -> web.Response:
    """Show both topics side by side before one is made of them."""
    return await _merge(request, request.query.get("into", ""))


@routes.post(f"{TOPIC}/merge")
async def merge(request: web.Request) -> web.StreamResponse:
    """Make one topic of two."""
    require_role(request, Role.PUBLISHER)
    name, form, person = request.match_info["name"], await request.post(), request[PERSON].name
    into = str(form.get("into", ""))
    seen = (str(form.get("seen", "")), str(form.get("seen_into", "")))
    try:
        moved = await asyncio.to_thread(request.app[TOPICS].merge, name, into, seen, author=git_author(person))
    except EditingError as err:
        return await _merge(request, into, status=409, problem=str(err))
    request.app[AUDIT].note(person, "topic_merged", f"{name} into {into}")
    return _moved(request, "merged", moved, into)


@routes.post(f"{TOPIC}/retire")
async def retire(request: web.Request) -> web.StreamResponse:
    """Take a topic away."""
    require_role(request, Role.PUBLISHER)
    name, form, person = request.match_info["name"], await request.post(), request[PERSON].name
    try:
        moved = await asyncio.to_thread(request.app[TOPICS].retire, name, str(form.get("seen", "")), author=git_author(person))
    except EditingError as err:
        return await _move(request, status=409, problem=str(err))
    request.app[AUDIT].note(person, "topic_retired", name)
    try:
        asked = await asyncio.to_thread(request.app[RECORD].note_retired, name)
    except StoreUnavailable:
        # The topic is away all the same; its ways to ask stand on the page.
        asked = 0
    return _moved(request, "retired", moved, asked=asked)


async def _move(request: web.Request, *, status: int = 200, problem: str = "") -> web.Response:
    name, folder = request.match_info["name"], request.app[TOPICS]
    try:
        there = await asyncio.to_thread(open_topic, request, name)
    except TopicUnreadable as err:
        raise web.HTTPConflict(text=sentence(str(err))) from err
    references = await asyncio.to_thread(find_references, folder.root, name, there.draft.examples)
    others = [entry for entry in await asyncio.to_thread(request.app[DESK].entries) if entry.there and entry.name != name]
    return render(
        request,
        "topic_move.html",
        status=status,
        problem=sentence(problem),
        there=there,
        others=sorted(others, key=lambda entry: entry.title.casefold()),
        references=_lines(folder.root, references),
        may_move=request[PERSON].role.includes(Role.PUBLISHER),
    )


async def _merge(request: web.Request, into: str, *, status: int = 200, problem: str = "") -> web.Response:
    try:
        gone = await asyncio.to_thread(open_topic, request, request.match_info["name"])
        stays = await asyncio.to_thread(open_topic, request, into)
    except TopicUnreadable as err:
        raise web.HTTPConflict(text=sentence(str(err))) from err
    may_move = request[PERSON].role.includes(Role.PUBLISHER)
    return render(request, "topic_merge.html", status=status, problem=sentence(problem), gone=gone, stays=stays, may_move=may_move)


def _moved(request: web.Request, what: str, moved: Moved, to: str = "", asked: int = 0) -> web.Response:
    root = request.app[TOPICS].root
    archived = moved.archived.relative_to(root) if moved.archived else None
    references = _lines(root, moved.references)
    return render(
        request, "topic_moved.html", what=what, moved=moved, topic=moved.topic, references=references, to=to, archived=archived, asked=asked
    )


def _lines(root: Path, references: Sequence[Reference]) -> list[tuple[Path, int, str]]:
    """Return where a topic is named, from the project's folder."""
    return [(reference.path.relative_to(root), reference.line, reference.text) for reference in references]
