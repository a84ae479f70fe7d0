"""Why staff should look at a turn, and what that adds to the group it is in."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from frontdesk.record.tables import groups, reasons, turns
from frontdesk.record.turn import WEIGHTS, Reason

_AT_ONCE = 500


def note_reason(connection: sa.engine.Connection, turn_id: int, reason: Reason) -> None:
    """Note a reason, once, on a turn and its group."""
    there = sa.select(reasons).where(reasons.c.turn_id == turn_id, reasons.c.reason == reason)
    if connection.execute(there).first() is None:
        connection.execute(reasons.insert().values(turn_id=turn_id, reason=reason))
        _weigh(connection, turn_id, WEIGHTS[reason])


def take_reason_back(connection: sa.engine.Connection, turn_id: int, reason: Reason) -> None:
    """Forget a reason; a turn without any leaves its group."""
    gone = connection.execute(reasons.delete().where(reasons.c.turn_id == turn_id, reasons.c.reason == reason)).rowcount
    if not gone:
        return
    _weigh(connection, turn_id, -WEIGHTS[reason])
    row = connection.execute(sa.select(turns.c.weight, turns.c.group_id).where(turns.c.id == turn_id)).one()
    if row.weight == 0 and row.group_id is not None:
        connection.execute(turns.update().where(turns.c.id == turn_id).values(group_id=None))
        refresh_groups(connection, [row.group_id])


def refresh_groups(connection: sa.engine.Connection, ids: Iterable[int]) -> None:
    """Count again what groups hold after messages went; an empty one goes, and one without its first message gets the next."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        found = connection.execute(
            sa.select(
                turns.c.group_id,
                sa.func.count().label("size"),
                sa.func.sum(turns.c.weight).label("weight"),
                sa.func.max(turns.c.at).label("last_at"),
                sa.func.min(turns.c.id).label("first"),
            )
            .where(turns.c.group_id.in_(some))
            .group_by(turns.c.group_id)
        ).all()
        empty = set(some) - {row.group_id for row in found}
        connection.execute(groups.delete().where(groups.c.id.in_(empty)))
        leaders = sa.select(groups.c.id).join(turns, sa.and_(turns.c.id == groups.c.leader_id, turns.c.group_id == groups.c.id))
        led = set(connection.execute(leaders.where(groups.c.id.in_(some))).scalars().all())
        changed = groups.update().where(groups.c.id == sa.bindparam("its"))
        kept = [{"its": one.group_id, "now_size": one.size, "now_weight": one.weight, "now_last_at": one.last_at} for one in found]
        lost = [{"its": one.group_id, "first": one.first} for one in found if one.group_id not in led]
        # One statement for all of them: sorting in touches hundreds at a time.
        if kept:
            connection.execute(changed.values({name: sa.bindparam(f"now_{name}") for name in ("size", "weight", "last_at")}), kept)
        if lost:
            connection.execute(changed.values(leader_id=sa.bindparam("first")), lost)


def _weigh(connection: sa.engine.Connection, turn_id: int, weight: int) -> None:
    connection.execute(turns.update().where(turns.c.id == turn_id).values(weight=turns.c.weight + weight))
    its_group = sa.select(turns.c.group_id).where(turns.c.id == turn_id).scalar_subquery()
    connection.execute(groups.update().where(groups.c.id == its_group).values(weight=groups.c.weight + weight))
