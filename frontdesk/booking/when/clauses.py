"""From a message to its pieces, each wanted, ruled out or no wish at all. Here "not monday" is told from "monday"."""

from __future__ import annotations

from collections.abc import Sequence

from frontdesk.booking.when.clock import ClockGrammar
from frontdesk.booking.when.day_phrases import DayGrammar
from frontdesk.booking.when.hours import Hours
from frontdesk.booking.when.items import Item, scan
from frontdesk.booking.when.journeys import find_journeys
from frontdesk.booking.when.marking import Marking
from frontdesk.booking.when.occupied import find_occupied
from frontdesk.booking.when.references import resolve
from frontdesk.booking.when.taken_back import drop_corrected, drop_history, drop_moved_from, find_corrections

_SHORT_MESSAGE = 5
"""Tokens: in so short a message "2-4" is a time without any other word about time."""


def split(days: DayGrammar, clock: ClockGrammar) -> list[Item]:
    """Return the items of a message in order, with what is ruled out, and what is no wish, marked."""
    sentence, sets = days.sentence, days.sentence.words.sets
    items = list(scan(days, clock))
    drop_history(items)
    drop_moved_from(items, sets)
    find_corrections(items, sets)
    find_journeys(items, sentence.today, sets)
    items = resolve(items, sentence.today)
    find_occupied(items, sets)
    Marking(items, sets).run()
    _drop_reasons(items)
    drop_corrected(items)
    for item in items:
        is_point = isinstance(item.value, Hours) and item.value.is_exact
        item.is_ignored |= item.is_superseded and (is_point or not item.is_negative)
    if len(sentence.tokens) > _SHORT_MESSAGE and not any(_is_strong(item) for item in items):
        for item in items:
            item.is_ignored = item.is_ignored or item.is_piece
    return items


def _is_strong(item: Item) -> bool:
    return item.is_piece and (item.is_negative or not (isinstance(item.value, Hours) and item.value.is_weak))


def _drop_reasons(items: Sequence[Item]) -> None:
    """Ignore what only explains what was said: "not from 12 to 1, that's my lunch break"."""
    reason = ""
    for item in items:
        if item.is_edge or item.is_cue_for:
            reason = item.text if item.kind == "reason" else ""
        elif item.is_piece and reason:
            is_naming = reason.startswith(("that", "which")) and isinstance(item.value, Hours)
            item.is_ignored |= is_naming or not (item.is_negative or item.is_settled)
