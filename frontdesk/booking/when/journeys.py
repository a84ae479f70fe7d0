"""Journeys: from the day on which somebody leaves, and before the one on which they are back, nothing suits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from frontdesk.booking.when.days import DAY, Days
from frontdesk.booking.when.items import Item
from frontdesk.booking.when.words import Sets


def find_journeys(items: Sequence[Item], today: dt.date, sets: Sets) -> None:
    """Rule out the time of a journey: "we leave on the 3rd and get back on the 10th", "back on the 2nd"."""
    left: Item | None = None
    for place, item in enumerate(items):
        if not item.is_piece or not isinstance(item.value, Days) or item.value.is_weekly or item.value.flag or item.bound:
            continue
        days = item.value.settled(today)
        if days.first <= today:
            continue
        words = [one.text for one in _lead(items, place)]
        if _says_back(words, sets):
            start = today
            if left is not None and isinstance(left.value, Days):
                start, left.value = left.value.first, replace(left.value, last=days.first - DAY)
            item.value = Days(start, days.first - DAY)
            _rule_out(items, place)
        elif _says_leaving(words, sets):
            item.value, left = Days(first=days.first), item
            _rule_out(items, place)


def _lead(items: Sequence[Item], place: int) -> Sequence[Item]:
    """Return what stands before a piece in its clause, behind the piece before it."""
    start = place
    while start and not items[start - 1].is_edge and not items[start - 1].is_piece:
        start -= 1
    return items[start:place]


def _rule_out(items: Sequence[Item], place: int) -> None:
    at = place - 1
    while items[at].text in ("on", "the", "in", "by", "at"):
        at -= 1
    items[at].turn_into("cue", "negative_before")


def _says_back(words: Sequence[str], sets: Sets) -> bool:
    """Say whether somebody is back then; "can I come back on tuesday" and "call me back" say something else."""
    if any(word in sets["returning"] for word in words) or ("home" in words[-3:] and any(word in sets["getting_there"] for word in words)):
        return True
    if "back" not in words:
        return False
    at = len(words) - 1 - list(words[::-1]).index("back")
    return not at or (words[at - 1] in sets["before_back"] and not any(word in sets["not_back"] for word in words[max(0, at - 3) : at]))


def _says_leaving(words: Sequence[str], sets: Sets) -> bool:
    going = next((at for at, word in enumerate(words) if word in sets["leaving"]), None)
    return going is not None and (going == 0 or any(word in ("i", "we", "i'm", "we're", "im") for word in words))
