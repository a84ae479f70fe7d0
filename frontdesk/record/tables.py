"""The tables of the record, in a database opened as that of the bookings is: SQLite in WAL mode, or PostgreSQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from frontdesk.database import Utc

tables = sa.MetaData()

conversations = sa.Table(
    "record_conversations",
    tables,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("began_at", Utc, nullable=False),
    sa.Column("last_at", Utc, nullable=False, index=True),
    # When a wish to book was first heard, and when it was first fulfilled.
    sa.Column("wanted_booking_at", Utc),
    sa.Column("handed_to_clinic_at", Utc),
    sa.Column("booked_at", Utc),
    sa.Column("wanted_person_at", Utc),
    # From then on no words are kept.
    sa.Column("crisis_at", Utc),
)

turns = sa.Table(
    "record_turns",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("conversation_id", sa.String(64), nullable=False),
    sa.Column("message_id", sa.String(128), nullable=False),
    sa.Column("at", Utc, nullable=False, index=True),
    sa.Column("text", sa.Text),
    sa.Column("withheld", sa.String(16)),
    sa.Column("is_button", sa.Boolean, nullable=False),
    sa.Column("intent", sa.String(80), nullable=False),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("suggestions", sa.JSON, nullable=False),
    sa.Column("confidence", sa.Float),
    sa.Column("tier", sa.String(16)),
    sa.Column("category", sa.String(40)),
    sa.Column("language", sa.String(8)),
    sa.Column("replies", sa.JSON, nullable=False),
    sa.Column("reply_ms", sa.Integer),
    sa.Column("model", sa.String(64)),
    # Of the reasons below; 0 when nobody needs to look.
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("group_id", sa.Integer),
    sa.UniqueConstraint("conversation_id", "message_id"),
    sa.Index("record_turns_group", "group_id", "weight"),
)
_unsorted = sa.and_(turns.c.weight > 0, turns.c.group_id.is_(None))
# What the inbox has yet to sort in.
sa.Index("record_turns_unsorted", turns.c.id, sqlite_where=_unsorted, postgresql_where=_unsorted)

reasons = sa.Table(
    "record_reasons",
    tables,
    sa.Column("turn_id", sa.Integer, primary_key=True),
    sa.Column("reason", sa.String(16), primary_key=True),
)

groups = sa.Table(
    "record_groups",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    # The message that the others are alike to.
    sa.Column("leader_id", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("weight", sa.Integer, nullable=False),
    sa.Column("last_at", Utc, nullable=False),
    # What staff decided.
    sa.Column("topic", sa.String(80)),
    sa.Column("decided_by", sa.String(80)),
    sa.Column("decided_at", Utc),
)
sa.Index("record_groups_order", groups.c.state, groups.c.weight.desc(), groups.c.id.desc())

feedback = sa.Table(
    "record_feedback",
    tables,
    sa.Column("conversation_id", sa.String(64), primary_key=True),
    sa.Column("topic", sa.String(80), primary_key=True),
    sa.Column("is_helpful", sa.Boolean, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

counts = sa.Table(
    "record_counts",
    tables,
    # ISO, in the clinic's time zone.
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("measure", sa.String(24), primary_key=True),
    sa.Column("of", sa.String(80), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)

# The last purge: one row.
purges = sa.Table(
    "record_purges",
    tables,
    sa.Column("at", Utc, primary_key=True),
    sa.Column("turns", sa.Integer, nullable=False),
    sa.Column("days", sa.Integer, nullable=False),
)


def add_up(connection: sa.engine.Connection, table: sa.Table, rows: list[dict[str, Any]], number: str) -> None:
    """Insert rows, or add their `number` to the row that is there."""
    if not rows:
        return
    insert = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)
    keys = [column.name for column in table.primary_key]
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_={number: table.c[number] + insert.excluded[number]}), rows)
