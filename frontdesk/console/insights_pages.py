"""How it goes, as a page: numbers, charts with the table behind each, and every table as CSV."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence

from aiohttp import web

from frontdesk.console.charts import stack
from frontdesk.console.insights import Day, Insights, TopicUse, Unanswered, load_insights, to_csv
from frontdesk.console.keys import INBOX, RECORD
from frontdesk.console.pages import render
from frontdesk.record.record import Record

routes = web.RouteTableDef()

SPANS = (7, 30, 90)
"""Days that one can choose."""


@routes.get("/insights")
async def show(request: web.Request) -> web.Response:
    """Show the last days."""
    span = _span(request)
    # What came in since somebody looked is among what was not answered.
    await asyncio.to_thread(request.app[INBOX].sort_in)
    found = await asyncio.to_thread(_load, request.app[RECORD], span)
    return render(
        request,
        "insights.html",
        span=span,
        spans=SPANS,
        whole=found.whole,
        days=found.days,
        topics=found.topics,
        unanswered=found.unanswered,
        asked=stack([(day.day, _parts(day)) for day in found.days]),
        replies=stack([(day.day, {"answered": day.median_reply_ms or 0}) for day in found.days]),
        most=max(found.days, key=lambda day: day.questions),
    )


@routes.get(r"/insights/{table:days|topics|unanswered}.csv")
async def download(request: web.Request) -> web.Response:
    """Send a table."""
    span, table = _span(request), request.match_info["table"]
    found = await asyncio.to_thread(_load, request.app[RECORD], span)
    rows: Mapping[str, Sequence[Day | TopicUse | Unanswered]] = {"days": found.days, "topics": found.topics, "unanswered": found.unanswered}
    # With a mark at its beginning, or some spreadsheets take it for another encoding.
    return web.Response(
        body=to_csv(rows[table]).encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="frontdesk-{table}-{found.whole.day.replace("/", "-to-")}.csv"'},
    )


def _load(record: Record, span: int) -> Insights:
    today = record.today()
    return load_insights(record, today - dt.timedelta(days=span - 1), today)


def _parts(day: Day) -> dict[str, int]:
    """Return what came of a day's questions, as it is stacked."""
    return {"answered": day.answered, "suggested": day.suggested, "handed-off": day.handed_off, "other": day.other}


def _span(request: web.Request) -> int:
    text = request.query.get("days", str(SPANS[0]))
    if text not in map(str, SPANS):
        raise web.HTTPBadRequest(text=f"Choose the last {', '.join(map(str, SPANS[:-1]))} or {SPANS[-1]} days.")
    return int(text)
