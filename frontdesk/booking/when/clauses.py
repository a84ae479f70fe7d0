"""A message as pieces about time, each wanted or ruled out. Here "not monday" is told from "monday".

When in doubt a piece is ruled out: an opening that is not shown costs a question, one that was ruled out costs trust.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from frontdesk.booking.when.clock import ClockGrammar
from frontdesk.booking.when.day_phrases import DayGrammar
from frontdesk.booking.when.days import Days
from frontdesk.booking.when.hours import Hours
from frontdesk.booking.when.tokens import Token

_JOINS = {"or": "or", "and": "and", "&": "and", "/": "or", ",": ",", "nor": "or", "+": "and", "either": "or", ";": ","}
_SHORT_MESSAGE = 5
"""Tokens: in so short a message "2-4" is a time without any other word about time."""


@dataclass(slots=True)
class Item:
    """A piece of a message, a cue about the pieces around it, or something between them."""

    kind: str
    """piece, cue, join, stop, contrast, asap, or word."""
    text: str
    value: Days | Hours | None = None
    cue: str = ""
    """Of a cue: negative_before and its like."""
    is_negative: bool = False
    is_ignored: bool = False
    is_settled: bool = False
    """Whether what stands behind it says so."""
    binds: bool = False
    """Of a cue: whether what stands before and behind it is ruled out together: "fridays I work until 4"."""
    led_by: str = ""
    """Of a piece: the kind of its first token."""

    @property
    def is_piece(self) -> bool:
        """Say whether it names days or times."""
        return self.kind == "piece"


def split(days: DayGrammar, clock: ClockGrammar) -> list[Item]:
    """Return the items of a message in order, with what is ruled out, and what is no wish, marked."""
    items = list(_scan(days, clock))
    _drop_history(items)
    _drop_moved_from(items, days.sentence.words.sets["moving"])
    _mark(items, days.sentence.words.sets["between"])
    _drop_corrected(items)
    if len(days.sentence.tokens) > _SHORT_MESSAGE and not any(_is_strong(item) for item in items):
        for item in items:
            item.is_ignored = item.is_ignored or item.is_piece
    return items


def _is_strong(item: Item) -> bool:
    return item.is_piece and not (isinstance(item.value, Hours) and item.value.is_weak)


def _scan(days: DayGrammar, clock: ClockGrammar) -> Iterator[Item]:
    tokens = days.sentence.tokens
    at = 0
    is_everything = is_after_piece = False
    while at < len(tokens):
        token = tokens[at]
        found: tuple[Days | Hours, int] | None = days.at(at) or clock.at(at)
        if token.kind == "bound" and (longer := clock.at(at)) and (found is None or longer[1] > found[1]):
            found = longer
        if found:
            value, end = found
            is_everything |= any(_is_everything(one, days) for one in tokens[at:end])
            if token.value == "until" and _is_kept_busy(tokens, at):
                yield Item("cue", "busy", cue="negative_before")
            yield Item("piece", " ".join(one.text for one in tokens[at:end]), value, led_by=token.kind)
            at = end
            is_after_piece = True
            continue
        is_everything |= _is_everything(token, days)
        if token.is_end:
            is_everything = False
            yield Item("stop", token.text)
        elif token.kind == "contrast":
            is_exclusion = token.text == "but" and is_everything and _names_a_piece(days, clock, at + 1)
            yield Item("cue", "but", cue="negative_except") if is_exclusion else Item("contrast", token.text)
        elif token.kind == "corrections" or _is_no_between(tokens, at):
            yield Item("correction", token.text)
        elif token.kind.startswith(("negative_", "positive_")):
            yield _cue(token, days.sentence.token(at + 1))
        elif token.kind in ("soonest", "any_time"):
            yield Item("asap", token.text, cue=token.kind)
        elif token.text in ("to", "over") and days.sentence.is_preferring and at and is_after_piece and _names_a_piece(days, clock, at + 1):
            yield Item("cue", token.text, cue="negative_single")
        elif token.text in _JOINS:
            yield Item("join", _JOINS[token.text])
        else:
            yield Item("word", token.text, cue=token.kind)
        is_after_piece = False
        at += 1


def _is_no_between(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a "no" between commas takes back what was said: "tuesday, no, wednesday"."""
    return (
        0 < at < len(tokens) - 1
        and tokens[at].text == "no"
        and tokens[at - 1].text in (",", ".", "-")
        and tokens[at + 1].text in (",", ".", "-")
    )


def _is_kept_busy(tokens: Sequence[Token], at: int) -> bool:
    """Say whether somebody does something until then: "I teach until 3"."""
    return (
        at > 1
        and tokens[at - 1].kind == "word"
        and tokens[at - 1].text.isalpha()
        and tokens[at - 2].text in ("i", "we", "i'm", "im", "we're")
    )


def _is_everything(token: Token, days: DayGrammar) -> bool:
    return (
        token.kind == "any_time"
        or (token.kind == "which" and token.value == "each")
        or token.text in days.sentence.words.sets["everything"]
    )


def _names_a_piece(days: DayGrammar, clock: ClockGrammar, at: int) -> bool:
    while days.sentence.token(at).text in ("on", "in", "the", "at", "for", "a"):
        at += 1
    return bool(days.at(at) or clock.at(at))


def _cue(token: Token, following: Token) -> Item:
    """Return a cue, or a plain word where "no" answers a question: "no, monday", "no i meant monday"."""
    is_answer = token.text in ("no", "not") and (
        following.kind == "mark"
        or following.text in ("i", "i'm", "it's", "its", "thanks", "sorry", "that", "that's", "we", "it", "you", "actually", "wait")
    )
    return Item("word", token.text) if is_answer and following.text not in ("@",) else Item("cue", token.text, cue=token.kind)


def _drop_history(items: Sequence[Item]) -> None:
    """Ignore what tells of the past: "it started on monday", "two weeks ago"."""
    is_telling = False
    for place, item in enumerate(items):
        if (
            item.kind in ("stop", "contrast", "correction")
            or (item.kind == "cue" and item.cue == "positive_before")
            or (item.kind == "join" and item.text == ",")
        ):
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


def _drop_moved_from(items: Sequence[Item], moving: frozenset[str]) -> None:
    """Ignore the old time in "move my tuesday appointment to thursday"."""
    is_moving = False
    before: list[Item] = []
    for place, item in enumerate(items):
        if item.kind == "stop":
            is_moving, before = False, []
        elif item.text.partition(" ")[0] in moving:
            is_moving = True
        elif item.is_piece:
            if is_moving and place and items[place - 1].text in ("to", "for"):
                for earlier in before:
                    earlier.is_ignored = True
            before.append(item)


def _drop_corrected(items: Sequence[Item]) -> None:
    """Ignore what a correction takes the place of: "tuesday, I mean friday" leaves Friday, and the time of day that was said."""
    for place, item in enumerate(items):
        if item.kind != "correction":
            continue
        following = items[place + 1 :]
        stop = next((at for at, one in enumerate(following) if one.kind == "stop"), len(following))
        kinds = {type(one.value) for one in following[:stop] if one.is_piece and not one.is_negative}
        for earlier in items[:place]:
            if earlier.is_piece and not earlier.is_negative and type(earlier.value) in kinds:
                earlier.is_ignored = True


def _mark(items: Sequence[Item], between: frozenset[str]) -> None:
    """Mark the pieces that are ruled out."""
    scope: Item | None = None
    last: Item | None = None
    joined = ""
    for place, item in enumerate(items):
        if item.kind in ("stop", "contrast", "correction"):
            scope, joined = None, ","
        elif item.kind == "join":
            joined = item.text if joined in ("", ",") else joined
            if item.text == "," and scope is not None and scope.cue == "negative_single":
                scope = None
        elif item.kind == "cue":
            is_negative = item.cue.startswith("negative")
            if not is_negative and place and items[place - 1].kind == "cue" and items[place - 1].cue.startswith("negative"):
                continue
            if _looks_back(items, place, between):
                _settle(items, place, is_negative=is_negative, between=between, scope=scope)
                item.binds = is_negative and _bounds_what_is_before(items, place, between)
                scope = item if item.binds else None
            else:
                scope = item if is_negative else None
            joined = ""
        elif item.is_piece:
            if not item.is_settled:
                item.is_negative = scope is not None and not _is_correction(scope, last, item, items[place + 1 :], joined)
            if scope is not None and not item.is_negative:
                scope = None
            last, joined = item, ""


def _looks_back(items: Sequence[Item], place: int, between: frozenset[str]) -> bool:
    """Say whether a cue is about what stands before it."""
    cue = items[place].cue
    before = _piece_before(items, place, between)
    if before is None or cue in ("negative_before", "negative_except", "negative_single"):
        return False
    if cue.endswith("_after"):
        return True
    after = _piece_after(items, place, between)
    return after is None or (cue == "negative_either" and (before.led_by != "bound" or isinstance(before.value, Hours)))


def _bounds_what_is_before(items: Sequence[Item], place: int, between: frozenset[str]) -> bool:
    before, after = _piece_before(items, place, between), _piece_after(items, place, between)
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


def _piece_after(items: Sequence[Item], place: int, between: frozenset[str]) -> Item | None:
    following = (item for item in items[place + 1 :] if item.text not in between and item.text not in ("the", "in", "of", "a"))
    after = next(following, None)
    return after if after is not None and after.is_piece else None


def _piece_before(items: Sequence[Item], place: int, between: frozenset[str]) -> Item | None:
    for item in reversed(items[max(0, place - 5) : place]):
        if item.is_piece:
            return item
        if item.kind != "word" or item.text not in between:
            return None
    return None


def _settle(items: Sequence[Item], place: int, *, is_negative: bool, between: frozenset[str], scope: Item | None) -> None:
    """Give the pieces before a place, as far as they hang together, what the cue there says.

    What was ruled out before it stays so, unless that leaves something ruled out: "not monday tuesday works".
    """
    together: list[Item] = []
    joins: list[str] = []
    joined = ""
    for item in reversed(items[:place]):
        if item.is_piece:
            is_other = bool(together) and isinstance(item.value, Days) != isinstance(together[-1].value, Days)
            if together and not joined and not is_other:
                break
            joins += [joined] if together else []
            together.append(item)
            joined = ""
        elif item.kind == "join" and item.text in ("or", "and"):
            joined = item.text
        elif (not together and item.text in between) or (item.kind == "word" and item.text in ("on", "the", "in", "at")):
            continue
        else:
            break
    if not is_negative and scope is not None:
        under = [item for item in items[:place] if item.is_piece and item.is_negative and not item.is_settled]
        if scope.cue == "negative_except":
            return
        if all(any(item is one for one in together) for item in under):
            together = together[:1] if len(together) > 1 and joins[:1] == ["and"] else []
    for item in together:
        item.is_negative, item.is_settled = is_negative, True


def _is_correction(scope: Item, last: Item | None, item: Item, rest: Sequence[Item], joined: str) -> bool:
    """Say whether a piece takes the place of the one that was ruled out before it: "not today, tomorrow"; "not monday, after 3"."""
    if last is None or not last.is_negative or joined in ("or", "and"):
        return False
    if isinstance(last.value, Days) != isinstance(item.value, Days):
        return joined == ","
    if any(other.is_piece or other.text in ("or", "and") for other in rest):
        return False
    if isinstance(item.value, Days) and isinstance(last.value, Days):
        if last.led_by in ("relative", "which") and not last.value.is_coming:
            return item.value.is_coming or item.value.first > last.value.last
        return scope.text == "not" and joined == ","
    return scope.text == "not" and joined == ","
