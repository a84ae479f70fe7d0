"""What is kept of visitors and for how long; and, on a visitor's request, all that is kept of a conversation, or its end."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import web

from frontdesk.booking.settings import read_booking
from frontdesk.console.conversations import ConversationsUnreachable
from frontdesk.console.keys import AUDIT, CONVERSATIONS, PERSON, RECORD, SETTINGS
from frontdesk.console.middleware import require_role
from frontdesk.console.pages import render
from frontdesk.practice import PracticeError, load_practice
from frontdesk.record import StoreUnavailable
from frontdesk.safety.record import RETENTION as ALARMS_KEPT
from frontdesk.staff.people import Role

routes = web.RouteTableDef()

_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
_PURGED_WITHIN = dt.timedelta(hours=3)
"""The assistant purges every hour."""

Held = Mapping[str, Any]
"""All that is kept of a conversation, as `frontdesk forget --show` prints it."""


@routes.get("/privacy")
async def show(request: web.Request) -> web.Response:
    """Show what is kept and for how long."""
    return await _page(request)


@routes.post("/privacy")
async def find(request: web.Request) -> web.Response:
    """Show how much is kept of a conversation, and what can be done about it."""
    conversation_id = await _requested(request)
    held = await _held(request, conversation_id)
    if not any(held.values()):
        return await _nothing(request, conversation_id)
    return await _page(request, sought=conversation_id, held=held)


@routes.post("/privacy/export")
async def export(request: web.Request) -> web.Response:
    """Send all that is kept of a conversation."""
    conversation_id = await _requested(request)
    held = await _held(request, conversation_id)
    if not any(held.values()):
        return await _nothing(request, conversation_id)
    request.app[AUDIT].note(request[PERSON].name, "conversation_exported", conversation_id)
    return web.Response(
        text=json.dumps(held, ensure_ascii=False, indent=2),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="conversation-{conversation_id}.json"'},
    )


@routes.post("/privacy/erase")
async def erase(request: web.Request) -> web.Response:
    """Erase a conversation and its record, for good."""
    conversation_id = await _requested(request)
    try:
        # First where it is written from: what is erased there does not come back into the record.
        events = await request.app[CONVERSATIONS].erase(conversation_id)
    except ConversationsUnreachable as err:
        raise _unreachable() from err
    try:
        messages = await asyncio.to_thread(request.app[RECORD].erase, conversation_id)
    except StoreUnavailable as err:
        raise web.HTTPServiceUnavailable(
            text="The record cannot be written at the moment, so not all is erased. Try again in a minute."
        ) from err
    if not events and not messages:
        return await _nothing(request, conversation_id)
    request.app[AUDIT].note(request[PERSON].name, "conversation_erased", conversation_id)
    return await _page(request, erased=conversation_id)


async def _requested(request: web.Request) -> str:
    """Return which conversation is meant.

    Raises:
        web.HTTPForbidden: When whoever asks is no admin.
        web.HTTPBadRequest: When it is no conversation's id.
    """
    require_role(request, Role.ADMIN)
    conversation_id = str((await request.post()).get("id", "")).strip()
    if not _ID.fullmatch(conversation_id):
        raise web.HTTPBadRequest(text="That is no conversation's id. It is on the receipt that the chat shows: letters, digits, - and _.")
    return conversation_id


async def _held(request: web.Request, conversation_id: str) -> Held:
    try:
        conversation = await request.app[CONVERSATIONS].read(conversation_id)
    except ConversationsUnreachable as err:
        raise _unreachable() from err
    record = await asyncio.to_thread(request.app[RECORD].export, conversation_id)
    return {"conversation": conversation, "record": record}


def _unreachable() -> web.HTTPServiceUnavailable:
    return web.HTTPServiceUnavailable(
        text="Rasa, which keeps the conversations of the last day, does not answer. Nothing was changed. Try again in a minute. "
        "If it stays so, whoever looks after the server can use frontdesk forget there."
    )


async def _nothing(request: web.Request, conversation_id: str) -> web.Response:
    problem = f"Nothing is kept of the conversation {conversation_id}. Is the id complete? What is too old is gone by itself."
    return await _page(request, status=404, problem=problem, sought=conversation_id)


async def _page(
    request: web.Request, *, status: int = 200, problem: str = "", sought: str = "", held: Held | None = None, erased: str = ""
) -> web.Response:
    record, clinic = request.app[RECORD], request.app[SETTINGS].project / "clinic"
    purged = await asyncio.to_thread(record.last_purge)
    return render(
        request,
        "privacy.html",
        status=status,
        problem=problem,
        sought=sought,
        held=held,
        erased=erased,
        days=record.settings.days,
        months=record.settings.months,
        contact_days=_contact_days(clinic),
        alarm_days=ALARMS_KEPT.days,
        told=_told(clinic),
        purged=purged,
        is_overdue=purged is None or record.now() - purged.at > _PURGED_WITHIN,
        may_erase=request[PERSON].role.includes(Role.ADMIN),
    )


def _contact_days(clinic: Path) -> int | None:
    """Return how many days after an appointment the visitor's name and contact are kept; None while the file is broken."""
    booking, _ = read_booking(clinic)
    return booking.contact_days if booking else None


def _told(clinic: Path) -> str | None:
    """Return what the chat tells visitors about it; None when nothing is told, or the file is broken."""
    try:
        return load_practice(clinic).value("privacy.chat_retention")
    except PracticeError:
        return None
