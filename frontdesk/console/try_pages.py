"""A question typed by staff, answered by the draft and by the version that visitors meet, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from frontdesk.console.keys import SETTINGS, TOPICS, TRYING
from frontdesk.console.pages import render, sentence
from frontdesk.console.replies import Replies, read_practice, show_replies
from frontdesk.console.trying import NothingToTry, Side, Trial
from frontdesk.faq.editing import EditingError, TopicFolder
from frontdesk.practice import Practice
from frontdesk.publishing.replay import Question
from frontdesk.publishing.shelf import ShelfError
from frontdesk.publishing.workshop import JobFailed, WorkshopBusy, WorkshopStopped
from frontdesk.record.turn import DOUBT_BELOW
from frontdesk.text.typed import clean_text

routes = web.RouteTableDef()

LONGEST = 2000
"""In characters, as in the chat."""
_HARDLY_BELOW = 0.4
_TELL = "If it stays so, tell whoever looks after the server."


@dataclass(frozen=True)
class Shown:
    """One version, for the template."""

    name: str
    """`live` or `draft`."""
    version: str
    decision: str
    tier: str | None
    category: str | None
    percent: int | None
    """How sure; None of an alarm, which a rule raises, and not likeness."""
    sure: str
    matched: tuple[tuple[str, str], ...]
    """What is answered or suggested: name and title."""
    replies: Replies


@routes.get("/try")
async def show(request: web.Request) -> web.Response:
    """Show the form, and begin to load what the question will need."""
    request.app[TRYING].warm()
    return await _page(request)


@routes.post("/try")
async def ask(request: web.Request) -> web.Response:
    """Show what both versions make of a question; it is kept nowhere."""
    form = await request.post()
    text, before = clean_text(str(form.get("question", ""))), clean_text(str(form.get("before", "")))
    if not text:
        return await _page(request, status=400, problem="Type a question first.", before=before)
    if max(len(text), len(before)) > LONGEST:
        problem = f"That is longer than a visitor may write ({LONGEST} characters)."
        return await _page(request, status=400, problem=problem, question=text, before=before)
    try:
        trial = await request.app[TRYING].ask(Question(text, (before,) if before else ()))
    except NothingToTry:
        # The page says so by itself.
        return await _page(request, status=409, question=text, before=before)
    except WorkshopBusy as err:
        problem = f"{sentence(str(err))} Try your question again in a minute."
    except WorkshopStopped:
        problem = f"The assistant stopped in the middle of your question. Ask again: it starts anew, which takes some seconds. {_TELL}"
    except JobFailed as err:
        problem = f"A version could not be asked: {err}. Prepare a new version. {_TELL}"
    except (ShelfError, OSError) as err:
        problem = f"{sentence(str(err))} {_TELL}"
    else:
        return await _page(request, question=text, before=before, trial=trial)
    return await _page(request, status=503, problem=problem, question=text, before=before)


async def _page(
    request: web.Request, *, status: int = 200, problem: str = "", question: str = "", before: str = "", trial: Trial | None = None
) -> web.Response:
    try:
        live, draft = await asyncio.to_thread(request.app[TRYING].versions)
    except ShelfError as err:
        live, draft, problem = None, None, problem or f"{sentence(str(err))} {_TELL}"
    sides = [(name, side) for name, side in (("live", trial.live), ("draft", trial.draft)) if side] if trial else []
    near = trial.near if trial else ()
    names = {name for _, side in sides for name in (*side.tried.heard.topics, *side.tried.heard.suggestions)}
    titles = await asyncio.to_thread(_titles, request.app[TOPICS], names | {one.name for one in near if one.is_topic})
    clinic = request.app[SETTINGS].project / "clinic"
    practice = await asyncio.to_thread(read_practice, clinic)
    return render(
        request,
        "try.html",
        status=status,
        problem=problem,
        question=question,
        before=before,
        longest=LONGEST,
        live=live,
        draft=draft,
        asked=trial is not None,
        sides=[_shown(name, side, titles, clinic, practice) for name, side in sides],
        near=near,
        titles=titles,
    )


def _shown(name: str, side: Side, titles: Mapping[str, str], clinic: Path, practice: Practice | None) -> Shown:
    heard = side.tried.heard
    by_rule = heard.decision == "safety"
    return Shown(
        name=name,
        version=side.version,
        decision=heard.decision,
        tier=heard.tier,
        category=side.tried.category,
        percent=None if by_rule else round(100 * heard.confidence),
        sure="" if by_rule else sureness(heard.confidence),
        matched=tuple((topic, titles[topic]) for topic in heard.topics or heard.suggestions),
        replies=show_replies(side.tried.messages, clinic, practice),
    )


def sureness(confidence: float) -> str:
    """Return how sure that is in words; what is less than sure is what the inbox shows too.

    >>> sureness(0.95), sureness(0.8), sureness(0.6), sureness(0.1)
    ('very sure', 'sure', 'in doubt', 'hardly')
    """
    if confidence < _HARDLY_BELOW:
        return "hardly"
    if confidence < DOUBT_BELOW:
        return "in doubt"
    return "sure" if confidence < (1 + DOUBT_BELOW) / 2 else "very sure"


def _titles(folder: TopicFolder, names: Iterable[str]) -> dict[str, str]:
    """Return titles by name; of a topic that is gone or broken, and of an intent such as a booking, the name in words."""
    return {name: _title(folder, name) for name in names}


def _title(folder: TopicFolder, name: str) -> str:
    try:
        return folder.open(name).draft.title or name
    except EditingError:
        return name.replace("_", " ")
