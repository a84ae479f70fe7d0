"""What a message says and does not wish: what was, what an appointment is moved from, and what is taken back."""

from __future__ import annotations

from collections.abc import Sequence

from frontdesk.booking.when.days import Days
from frontdesk.booking.when.hours import Hours
from frontdesk.booking.when.items import Item
from frontdesk.booking.when.words import Sets

_NO = ("no", "nope", "nah")
_TOO = ("too", "also", "as well", "either", "both")


def drop_history(items: Sequence[Item]) -> None:
    """Ignore what tells of the past: "it started on monday", "two weeks ago"."""
    is_telling = False
    for place, item in enumerate(items):
        if item.is_edge or (item.kind == "cue" and item.cue == "positive_before"):
            is_telling = False
        elif item.cue == "history_before":
            is_telling = True
        elif item.kind == "asap" and is_telling:
            item.is_ignored = True
        elif item.is_piece:
            is_ago = place + 1 < len(items) and items[place + 1].cue == "history_after"
            is_since = place and items[place - 1].text in ("since", "ever since")
            item.is_ignored = is_ago or bool(is_since) or (is_telling and not _is_to_come(item))
            is_telling = is_telling and item.is_ignored


def _is_to_come(item: Item) -> bool:
    """Say whether a day lies ahead by its very words: tomorrow, next week."""
    is_ahead = (
        isinstance(item.value, Days) and item.value.flag is None and not item.value.is_coming and item.text not in ("today", "this week")
    )
    return is_ahead and item.led_by in ("relative", "which", "bound", "iso", "dm", "dmy")


def drop_moved_from(items: Sequence[Item], sets: Sets) -> None:
    """Ignore the old time in "move my tuesday appointment to thursday"."""
    is_moving = False
    before: list[Item] = []
    for place, item in enumerate(items):
        if item.kind == "stop":
            is_moving, before = False, []
        elif item.text.partition(" ")[0] in sets["moving"]:
            is_moving = True
        elif item.is_piece:
            if is_moving and place and items[place - 1].text in ("to", "for"):
                for earlier in before:
                    earlier.is_ignored = True
            before.append(item)


def find_corrections(items: Sequence[Item], sets: Sets) -> None:
    """Find the small words by which one piece takes the place of another: "tuesday, sorry, wednesday", "tuesday no wednesday"."""
    for place, item in enumerate(items):
        if item.kind in ("piece", "correction", "stop"):
            continue
        if item.text in _NO:
            is_correction = _replaces(items, place, sets)
        else:
            is_correction = item.text in sets["may_correct"] and any(one.is_piece for one in items[:place])
            is_correction = is_correction and _piece_beyond(items, place, sets) is not None
            if is_correction and item.text == "make it":
                before = items[place - 1]
                is_correction = before.is_piece or before.is_edge or before.text in (*_NO, "actually", "please", "let's", "just")
        if is_correction:
            item.turn_into("correction")


def _piece_beyond(items: Sequence[Item], place: int, sets: Sets) -> int | None:
    """Return where the next piece is, if only small words stand before it."""
    for at in range(place + 1, min(place + 6, len(items))):
        item = items[at]
        if item.is_piece:
            return at
        is_small = item.text in sets["before_corrected"] or item.text in sets["may_correct"]
        if not is_small and item.cue != "positive_before" and item.kind != "correction":
            return None
    return None


def _replaces(items: Sequence[Item], place: int, sets: Sets) -> bool:
    """Say whether a "no" stands between two pieces of which the second replaces the first, and not before one that is ruled out."""
    at = place - 1
    while at >= max(0, place - 4) and items[at].text in sets["hesitation"]:
        at -= 1
    following = _piece_beyond(items, place, sets)
    if at < 0 or following is None or not items[at].is_piece or any(one.is_cue_against for one in items[:at]):
        return False
    behind = items[following + 1] if following + 1 < len(items) else None
    if behind is not None and (behind.text in _NO or behind.is_cue_against):
        return False
    other = items[following].value
    near = (items[before].value for before in (at, at - 1) if before >= 0 and type(items[before].value) is type(other))
    one = next(near, None)
    if any(between.kind == "stop" and between.text != "?" for between in items[at:place]) and one != other:
        return False
    if isinstance(one, Days) and isinstance(other, Days):
        return (one.is_one or one.is_coming) and (other.is_one or other.is_coming)
    return isinstance(one, Hours) and isinstance(other, Hours) and one.is_exact and other.is_exact


def drop_corrected(items: Sequence[Item]) -> None:
    """Ignore what a correction takes the place of: "tuesday, I mean friday" leaves Friday, and the time of day that was said."""
    for place, item in enumerate(items):
        if item.kind != "correction":
            continue
        start = next((at for at in range(place + 1, len(items)) if not items[at].is_edge), len(items))
        following = items[start:]
        stop = next((at for at, one in enumerate(following) if one.kind == "stop"), len(following))
        if any(one.text in _TOO for one in following[:stop]):
            continue
        kinds = {type(one.value) for one in following[:stop] if one.is_piece and not one.is_negative}
        for earlier in items[:place]:
            if earlier.is_piece and not earlier.is_negative and type(earlier.value) in kinds:
                earlier.is_ignored = True
