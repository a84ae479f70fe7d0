"""The tables of accounts, sessions, the audit log, and changes that wait for a second person."""

from __future__ import annotations

import sqlalchemy as sa

from frontdesk.database import Utc

STAFF_FILE = "staff.db"
"""Its name in the data folder."""

tables = sa.MetaData()

people = sa.Table(
    "staff_people",
    tables,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("password", sa.String(200), nullable=False),
    # None until the second factor is set up.
    sa.Column("totp_secret", sa.String(64)),
    # The last step of time whose code was used: a code that was seen over a shoulder is spent.
    sa.Column("totp_step", sa.BigInteger),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", Utc),
    sa.Column("made_at", Utc, nullable=False),
)

sessions = sa.Table(
    "staff_sessions",
    tables,
    # A fingerprint: who reads the database cannot sign in with what is there.
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False, index=True),
    sa.Column("began_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)

audit = sa.Table(
    "staff_audit",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False, index=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("what", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False),
)

proposals = sa.Table(
    "staff_proposals",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("subject", sa.String(120), nullable=False, index=True),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("note", sa.String(400), nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    # None while nobody has decided.
    sa.Column("decided_by", sa.String(80)),
    sa.Column("decided_at", Utc),
    sa.Column("reason", sa.String(400), nullable=False),
)
