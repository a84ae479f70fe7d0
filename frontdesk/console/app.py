"""The one place where the console's objects are made."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from aiohttp import web

from frontdesk.console import (
    facts_pages,
    home,
    inbox_pages,
    insights_pages,
    models_feed,
    people_pages,
    privacy_pages,
    publish_pages,
    safety_pages,
    sign_in,
    spreadsheet_pages,
    topic_moves_pages,
    topics_pages,
    try_pages,
)
from frontdesk.console.conversations import Conversations
from frontdesk.console.drafting import Drafting
from frontdesk.console.inbox import Inbox
from frontdesk.console.keys import (
    AUDIT,
    CARDS,
    CONVERSATIONS,
    DESK,
    DRAFTING,
    FACTS,
    INBOX,
    MODELS_SECRET,
    PEOPLE,
    PROPOSALS,
    RECORD,
    SAFETY,
    SESSIONS,
    SETTINGS,
    SHEETS,
    SHELF,
    TEMPLATES,
    TOPICS,
    TRYING,
)
from frontdesk.console.middleware import MIDDLEWARES
from frontdesk.console.pages import STATIC, load_templates
from frontdesk.console.safety_desk import SafetyDesk
from frontdesk.console.settings import Settings
from frontdesk.console.topics import TopicDesk
from frontdesk.console.trying import Trying
from frontdesk.database import Database
from frontdesk.faq.editing import TopicFolder
from frontdesk.faq.project import check_clinic
from frontdesk.practice import load_facts
from frontdesk.practice.editing import PracticeFile
from frontdesk.publishing.publisher import Publisher
from frontdesk.publishing.replay import Question
from frontdesk.publishing.serving import Serving
from frontdesk.publishing.shelf import Shelf
from frontdesk.publishing.workshop import Workshop
from frontdesk.record.record import Record
from frontdesk.safety.checks import check_safety
from frontdesk.safety.editing import CardsFile
from frontdesk.secret_files import keep_key
from frontdesk.staff.audit import Audit
from frontdesk.staff.people import People
from frontdesk.staff.proposals import Proposals
from frontdesk.staff.sessions import Sessions
from frontdesk.staff.tables import tables

_FORM_BYTES = 16 * 2**20
"""Of a form; a spreadsheet is the largest thing that is sent."""
_PAGES = (
    home,
    sign_in,
    inbox_pages,
    topics_pages,
    topic_moves_pages,
    spreadsheet_pages,
    facts_pages,
    safety_pages,
    try_pages,
    insights_pages,
    publish_pages,
    privacy_pages,
    people_pages,
    models_feed,
)


def create_app(settings: Settings, record: Record, data_dir: Path, *, clock: Callable[[], dt.datetime] | None = None) -> web.Application:
    """Return the console.

    Args:
        settings: How it runs.
        record: What visitors asked.
        data_dir: Where its secrets are kept.
        clock: Tells aware times.
    """
    now = clock or (lambda: dt.datetime.now(dt.UTC))
    database = Database(settings.database_url, tables)
    shelf, workshop = Shelf(settings.models_dir, now), Workshop(settings.project)
    publisher = Publisher(settings.project, shelf, workshop, serving=Serving(settings.rasa_url), clock=now)

    def asked() -> Sequence[Question]:
        return [Question(one.text, one.previous) for one in record.iter_asked(settings.replay_days)]

    app = web.Application(middlewares=MIDDLEWARES, client_max_size=_FORM_BYTES)
    app[SETTINGS] = settings
    app[TEMPLATES] = load_templates()
    app[PEOPLE] = People(database, now)
    app[SESSIONS] = Sessions(database, now)
    app[AUDIT] = Audit(database, now)
    app[SHELF] = shelf
    app[DRAFTING] = Drafting(publisher, workshop, asked)
    app[TRYING] = Trying(shelf, workshop, app[DRAFTING])
    app[CONVERSATIONS] = Conversations(settings.rasa_url)
    app[TOPICS] = TopicFolder(settings.project, commits=settings.commits)
    app[DESK] = TopicDesk(app[TOPICS])
    clinic = settings.project / "clinic"
    app[FACTS] = PracticeFile(clinic, check_clinic, commits=settings.commits)
    app[CARDS] = CardsFile(clinic / "safety", lambda folder, today: check_safety(folder, load_facts(), today), commits=settings.commits)
    app[SAFETY] = SafetyDesk(clinic)
    app[PROPOSALS] = Proposals(database, now)
    app[SHEETS] = {}
    app[RECORD] = record
    app[INBOX] = Inbox(record)
    app[MODELS_SECRET] = keep_key(data_dir / "models.secret", "FRONTDESK_MODELS_SECRET")
    for pages in _PAGES:
        app.add_routes(pages.routes)
    app.router.add_static("/static/", STATIC)
    app.cleanup_ctx.append(_end_work)
    return app


async def _end_work(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[TRYING].stop()
    await app[DRAFTING].stop()
    app[RECORD].close()
