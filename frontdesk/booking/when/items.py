"""A message as items: pieces that name days or times, cues about them, and what stands between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from frontdesk.booking.when.clock import ClockGrammar
from frontdesk.booking.when.day_phrases import DayGrammar
from frontdesk.booking.when.days import Days
from frontdesk.booking.when.hours import Hours
from frontdesk.booking.when.tokens import Token

_JOINS = {"or": "or", "and": "and", "&": "and", "/": "or", ",": ",", "nor": "or", "+": "and", "either": "or", ";": ","}
_STRETCHES_OF_TIME = frozenset(("time", "times", "window", "hours", "gap", "range", "timeframe", "period"))
_LEADS = ("on", "in", "the", "at", "for", "a", "of")


@dataclass(slots=True)
class Item:
    """A piece of a message, a cue about the pieces around it, or something between them."""

    kind: str
    """piece, cue, join, stop, contrast, correction, reason, same, reference, asap, or word."""
    text: str
    value: Days | Hours | None = None
    cue: str = ""
    """Of a cue: negative_before and its like. Of a word: the kind of its token.
    Of a reference: after, before, between, from, same, within or week."""
    is_negative: bool = False
    is_ignored: bool = False
    is_settled: bool = False
    """Whether what stands behind it says so."""
    is_superseded: bool = False
    """Whether what follows begins or ends with it, so that by itself it is no wish: "my shift starts at noon, so before that"."""
    binds: bool = False
    """Of a cue: whether what stands before and behind it is ruled out together: "fridays I work until 4"."""
    led_by: str = ""
    """Of a piece: the kind of its first token."""
    bound: str = ""
    """Of a piece: the bound it begins with, such as until."""

    @property
    def is_piece(self) -> bool:
        """Say whether it names days or times."""
        return self.kind == "piece"

    @property
    def is_cue_against(self) -> bool:
        """Say whether it says that something does not suit."""
        return self.kind == "cue" and self.cue.startswith("negative")

    @property
    def is_cue_for(self) -> bool:
        """Say whether it says that something suits."""
        return self.kind == "cue" and self.cue.startswith("positive")

    @property
    def is_edge(self) -> bool:
        """Say whether a clause ends here."""
        return self.kind in ("stop", "contrast", "correction", "reason", "same") or (self.kind == "join" and self.text == ",")

    def turn_into(self, kind: str, cue: str = "") -> None:
        """Take it for something else."""
        self.kind, self.cue = kind, cue


def clauses(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Yield where each clause begins and ends."""
    start = 0
    for place, item in enumerate(items):
        if item.is_edge:
            if place > start:
                yield start, place
            start = place + 1
    if start < len(items):
        yield start, len(items)


def scan(days: DayGrammar, clock: ClockGrammar) -> Iterator[Item]:
    """Yield the items of a message in order, none of them marked."""
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
            bound = token.value if token.kind == "bound" else ""
            yield Item("piece", " ".join(one.text for one in tokens[at:end]), value, led_by=token.kind, bound=bound)
            at = end
            is_after_piece = True
            continue
        is_everything |= _is_everything(token, days)
        if reference := _reference(days, at):
            item, at = reference
            yield item
            is_after_piece = False
            continue
        if token.is_end:
            is_everything = False
            yield Item("stop", token.text)
        elif token.text == ")":
            yield Item("contrast", token.text)
        elif token.kind == "contrast" or (token.text == "so" and _concludes(days, clock, at + 1)):
            is_exclusion = token.text == "but" and is_everything and (_names_a_piece(days, clock, at + 1) or _names_a_week(days, at + 1))
            yield Item("cue", "but", cue="negative_except") if is_exclusion else Item("contrast", token.text)
        elif token.kind in ("reason", "same"):
            yield Item(token.kind, token.text)
        elif token.kind == "corrections" or _is_no_between(tokens, at):
            yield Item("correction", token.text)
        elif token.kind.startswith(("negative_", "positive_")):
            yield _cue(token, days.sentence.token(at + 1), days.sentence.token(at + 2))
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


def _reference(days: DayGrammar, at: int) -> tuple[Item, int] | None:
    """Return an item for words that stand for something said before: "after that", "in there", "then or later", "that week"."""
    token, following, third = days.sentence.token(at), days.sentence.token(at + 1), days.sentence.token(at + 2)
    names_before = following.text in ("that", "this", "then", "those", "them", "these")
    if token.kind == "bound" and token.value == "between" and (names_before or "in between" in token.text or token.text == "inbetween"):
        return Item("reference", token.text, cue="between"), at + 1 + names_before
    if token.kind == "bound" and token.value in ("after", "from", "before", "until", "by") and names_before:
        return Item("reference", token.text, cue=token.value), at + 2 + (third.text in ("time", "point", "date", "day"))
    if (
        token.kind == "bound"
        and token.value in ("after", "before")
        and (following.is_end or following.text in (",", "works", "is", "please"))
    ):
        return Item("reference", token.text, cue=token.value), at + 1
    if token.text in ("afterwards", "afterward", "beforehand"):
        return Item("reference", token.text, cue="before" if token.text == "beforehand" else "after"), at + 1
    if token.text == "then" and following.kind == "bound_after" and following.value == "from":
        return Item("reference", token.text, cue="from"), at + 2
    if token.text == "then" and following.text == "on":
        return Item("reference", token.text, cue="from"), at + 2
    if token.text in ("in", "during", "within") and following.text == "there":
        return Item("reference", token.text, cue="within"), at + 2
    if token.text in ("in", "during", "within") and following.text in ("that", "those", "these") and third.text in _STRETCHES_OF_TIME:
        return Item("reference", token.text, cue="within"), at + 3
    if token.text in ("that", "those") and following.text in _STRETCHES_OF_TIME - {"time", "times"}:
        return Item("reference", token.text, cue="within"), at + 2
    if token.text == "that" and following.text in ("week", "wk"):
        return Item("reference", "that week", cue="week"), at + 2
    if token.text in ("those", "these", "that") and following.text in ("day", "days", "dates", "date"):
        return Item("reference", token.text, cue="same"), at + 2
    if token.text == "neither" and (following.kind.startswith("positive_after") or following.text in ("one", "of", "day", "is", "are")):
        return Item("reference", "neither", cue="same"), at + 1
    if token.text in ("those", "these", "both", "then", "them"):
        return Item("reference", token.text, cue="same"), at + 1
    return None


def _is_no_between(tokens: Sequence[Token], at: int) -> bool:
    """Say whether a "no" between commas takes back what was said: "tuesday, no, wednesday"."""
    return (
        0 < at < len(tokens) - 1
        and tokens[at].text in ("no", "nope", "nah")
        and tokens[at - 1].text in (",", ".", "-")
        and tokens[at + 1].text in (",", ".", "-")
    )


def _is_everything(token: Token, days: DayGrammar) -> bool:
    return (
        token.kind == "any_time"
        or (token.kind == "which" and token.value == "each")
        or token.text in days.sentence.words.sets["everything"]
    )


def _names_a_piece(days: DayGrammar, clock: ClockGrammar, at: int) -> bool:
    while days.sentence.token(at).text in _LEADS:
        at += 1
    return bool(days.at(at) or clock.at(at))


def _names_a_week(days: DayGrammar, at: int) -> bool:
    reference = _reference(days, at)
    return reference is not None and reference[0].cue in ("week", "within")


def _concludes(days: DayGrammar, clock: ClockGrammar, at: int) -> bool:
    """Say whether what follows "so" is said because of what stands before it: "so tuesday", not "so busy"."""
    token = days.sentence.token(at)
    return (
        token.kind in ("positive_before", "negative_before", "negative_either", "any_time", "soonest", "bound", "which", "mark")
        or token.text in days.sentence.words.sets["after_so"]
        or _names_a_piece(days, clock, at)
    )


def _cue(token: Token, following: Token, third: Token) -> Item:
    """Return a cue, or a plain word where "no" answers a question: "no, monday", "no i meant monday"."""
    is_answer = token.text in ("no", "not") and (
        following.kind == "mark"
        or following.text in ("i", "i'm", "it's", "its", "thanks", "sorry", "that", "that's", "we", "it", "you", "actually", "wait")
    )
    is_answer = is_answer and not (following.text == "that" and third.text in ("day", "days", "week", "wk"))
    is_about_what_follows = token.text == "would be" and following.kind.startswith("negative")  # "would be hard"
    return Item("word", token.text) if is_answer or is_about_what_follows else Item("cue", token.text, cue=token.kind)
