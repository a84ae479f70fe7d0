"""How far a cue reaches: forward to what follows it, or back to what stands before it."""

from __future__ import annotations

from collections.abc import Sequence

from frontdesk.booking.when.days import Days
from frontdesk.booking.when.hours import Hours
from frontdesk.booking.when.items import Item
from frontdesk.booking.when.words import Sets

_NO = ("never", "not", "no", "nope", "nah", "no thanks", "no thank you")
_PAUSES = (",", ":", "-", "=")


def is_no(items: Sequence[Item], place: int, sets: Sets) -> bool:
    """Say whether a "no" is said of a piece before it."""
    return items[place].text in _NO and (_stands_behind(items, place, sets) or said_after_a_pause(items, place, sets) is not None)


def _stands_behind(items: Sequence[Item], place: int, sets: Sets) -> bool:
    """Say whether a "no" is said of what stands before it: "monday no", "Monday: no", "tuesday? no"."""
    following = items[place + 1] if place + 1 < len(items) else None
    if (
        following is not None
        and not following.is_edge
        and following.kind != "join"
        and following.text not in ("please", "sorry", "-", "either")
    ):
        return False
    at = place - 1
    while at >= 0 and (
        items[at].text in (*_PAUSES[1:], "?", "oh", "actually")
        or (items[at].text == "," and items[at + 1].text == "actually")
        or (items[at].kind == "word" and items[at].text in sets["between"])
    ):
        at -= 1
    return at >= 0 and items[at].is_piece


def looks_back(items: Sequence[Item], place: int, sets: Sets) -> bool:
    """Say whether a cue is about what stands before it."""
    item = items[place]
    if item.text in _NO and _stands_behind(items, place, sets):
        return True
    before = piece_before(items, place, sets)
    if before is None or item.cue in ("negative_before", "negative_except", "negative_single"):
        return False
    after = _piece_after(items, place, sets)
    if item.cue.endswith("_after"):
        is_parallel = after is not None and items[place + 1].text in ("in", "on") and _is_led_by_a_cue(items, before)
        return not is_parallel
    if after is not None and before.is_negative and not before.is_settled:
        return False
    return after is None or (item.cue == "negative_either" and (before.led_by != "bound" or isinstance(before.value, Hours)))


def _is_led_by_a_cue(items: Sequence[Item], piece: Item) -> bool:
    """Say whether what suits was said before its piece: in "good in the mornings bad in the afternoons" the other follows "bad" too."""
    at = next(at for at, item in enumerate(items) if item is piece) - 1
    while at >= 0 and items[at].text in ("in", "on", "the", "at"):
        at -= 1
    return at >= 0 and items[at].is_cue_for


def said_after_a_pause(items: Sequence[Item], place: int, sets: Sets) -> int | None:
    """Return the piece that a cue at the end of a sentence is about: "tuesday? can't", "the 4th, that won't work", "monday and I can't"."""
    behind = [one for one in items[place + 1 : place + 4] if one.text not in sets["afterthoughts"]]
    if items[place].cue == "negative_except" or not behind or not behind[0].is_edge or behind[0].kind == "contrast":
        return None
    at = place - 1
    if items[place].text in _NO and items[at].text == "so":
        return next((at for at in range(place - 1, -1, -1) if items[at].is_piece), None)
    while at >= 0 and (
        items[at].text in sets["pronouns"] or items[at].kind in ("join", "reason") or items[at].text in (*_PAUSES, "?", ".")
    ):
        at -= 1
    return at if 0 <= at < place - 1 and items[at].is_piece and not items[at].is_settled else None


def bounds_what_is_before(items: Sequence[Item], place: int, sets: Sets) -> bool:
    """Say whether a cue rules out a day together with times behind it: "fridays I work until 4"."""
    before, after = piece_before(items, place, sets), _piece_after(items, place, sets)
    if (
        before is None
        or after is None
        or not isinstance(before.value, Days)
        or after.led_by != "bound"
        or not isinstance(after.value, Hours)
    ):
        return False
    behind = next((item for item in items[place + 1 :] if item.kind in ("cue", "stop") or item.text == ","), None)
    return behind is None or not behind.cue.startswith("positive")


def reaches_on(items: Sequence[Item], place: int, sets: Sets) -> bool:
    """Say whether what suits not may be named behind a cue: "it's hard on mondays", but not "it goes out on mondays"."""
    item = items[place]
    if item.cue != "negative_after" or " " in item.text or item.binds:
        return True
    begins = not place or items[place - 1].is_edge  # "out on the 10th"
    follows = place + 1 < len(items) and items[place + 1].text in ("in", "on") and (item.text != "out" or begins)
    return follows or (place > 0 and items[place - 1].text in sets["degrees"])


def _piece_after(items: Sequence[Item], place: int, sets: Sets) -> Item | None:
    following = (item for item in items[place + 1 :] if item.text not in sets["between"] and item.text not in ("the", "in", "of", "a"))
    after = next(following, None)
    return after if after is not None and after.is_piece else None


def piece_before(items: Sequence[Item], place: int, sets: Sets) -> Item | None:
    """Return the piece right before a place, but for small words."""
    for item in reversed(items[max(0, place - 5) : place]):
        if item.is_piece:
            return item
        if item.kind != "word" or (item.text not in sets["between"] and item.text not in _PAUSES):
            return None
    return None


def settle(items: Sequence[Item], place: int, *, is_negative: bool, sets: Sets, scope: Item | None) -> None:
    """Give the pieces before a place, as far as they hang together, what the cue there says.

    What was ruled out before it stays so, unless that leaves something ruled out: "not monday tuesday works".
    """
    together: list[Item] = []
    joins: list[str] = []
    joined = ""
    is_near = True
    for item in reversed(items[:place]):
        if item.is_piece:
            is_other = bool(together) and isinstance(item.value, Days) != isinstance(together[-1].value, Days)
            is_listed = is_negative and is_near and not item.is_settled
            if together and not joined and not is_other and not is_listed:
                break
            joins += [joined] if together else []
            together.append(item)
            joined, is_near = "", True
        elif item.kind == "join" and item.text in ("or", "and"):
            joined = item.text
        elif (not together and (item.text in sets["between"] or item.text in (*_PAUSES, "?"))) or (
            item.kind == "word" and item.text in ("on", "the", "in", "at")
        ):
            is_near = is_near and not together
        else:
            break
    if not is_negative and scope is not None:
        under = [item for item in items[:place] if item.is_piece and item.is_negative and not item.is_settled]
        if scope.cue == "negative_except":
            return
        if all(any(item is one for one in together) for item in under):
            together = together[:1] if len(together) > 1 and joins[:1] == ["and"] else []
    for item in together:
        if item.is_settled and item.is_negative and not is_negative:
            continue
        item.is_negative, item.is_settled = is_negative, True
