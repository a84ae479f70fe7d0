"""When somebody is taken up, elsewhere or free, as people say it without a "not": "thursdays I've got PT", "we're in Iowa".

What is found becomes a cue, so that it reaches as far as a "not" does. What is said of a day and not understood rules the day out:
days that do not matter are seldom spoken of, and a day that suits is called so in few words.
"""

from __future__ import annotations

from collections.abc import Sequence

from frontdesk.booking.when.days import Days
from frontdesk.booking.when.hours import Hours
from frontdesk.booking.when.items import Item, clauses
from frontdesk.booking.when.words import Sets

_ARTICLES = ("a", "an", "the", "my", "some", "got", "on", "in", "at", "for", "from", "to", "of")
_MYSELF = ("i", "i'm", "im", "i've", "ive", "i'll", "we", "we're", "we've", "we'll")


def find_occupied(items: Sequence[Item], sets: Sets) -> None:
    """Turn what says that somebody is taken up into cues: where it stands behind a day, and where it stands before one."""
    _drop_questions(items)
    for place, item in enumerate(items[1:-1], 1):
        if item.text in ("works", "work") and items[place - 1].text in sets["workers"] and items[place + 1].is_piece:
            item.turn_into("cue", "negative_before")
    for start, end in clauses(items):
        clause = items[start:end]
        places = [place for place, item in enumerate(clause) if item.is_piece]
        before = 0
        for place, following in zip(places, [*places[1:], len(clause)], strict=bool(places)):
            lead = clause[before:place]
            led = _taken_up_before(lead, clause[place], sets)
            if led is not None:
                led.turn_into("cue", "negative_before")
            elif following > place + 1 and not any(one.is_cue_against for one in lead[-2:]):
                _judge_what_follows(clause, place, following, sets)
            before = place + 1
        if not places and start > 1:
            _judge_afterthought(items, start, end, sets)


def _drop_questions(items: Sequence[Item]) -> None:
    """Take for plain words what is only asked: "is friday full?"."""
    is_asked = False
    for place, item in enumerate(items):
        if item.kind == "stop":
            is_asked = False
        elif item.text in ("is", "are") and (not place or items[place - 1].is_edge):
            is_asked = True
        elif is_asked and item.cue == "negative_after":
            item.turn_into("word")


def _judge_what_follows(clause: Sequence[Item], place: int, following: int, sets: Sets) -> None:
    """Turn what is said behind a day into a cue, if it says that somebody is taken up."""
    said = _without_fillers(clause[place + 1 : following], sets)
    behind = clause[following] if following < len(clause) else None
    if not said or said[0].kind == "join" or (behind is not None and said[-1].is_cue_against and len(said) == 1):
        return
    if _says_taken_up(said, sets, is_part=behind is not None):
        said[0].turn_into("cue", "negative_after")
        said[0].binds = isinstance(clause[place].value, Days) and behind is not None and isinstance(behind.value, Hours)
        for one in said[1:]:
            if one.is_cue_against and not (behind is not None and one is said[-1]):
                one.turn_into("word")


def _judge_afterthought(items: Sequence[Item], start: int, end: int, sets: Sets) -> None:
    """Read "tuesday, I'm swamped" and "tuesday sounds good but I have PT": said of the day before, where it is surely said of a day."""
    edge, said = items[start - 1], _without_fillers(items[start:end], sets)
    if not said or said[0].text not in sets["subjects"] or any(one.is_cue_for for one in said):
        return
    is_sure = any(one.cue in ("occupied", "negative_after", "negative_either") for one in said)
    if edge.text == "," and items[start - 2].is_piece and is_sure:
        edge.turn_into("word")
        said[0].turn_into("cue", "negative_after")
    elif (
        edge.text == "but"
        and (is_sure or _holds(said[0], _words(said[1:]), sets))
        and not any(one.text in sets["symptoms"] for one in said)
    ):
        stop = next((at for at in range(start - 1, -1, -1) if items[at].kind == "stop"), -1)
        last = next((one for one in reversed(items[stop + 1 : start]) if one.is_piece and isinstance(one.value, Days)), None)
        if last is not None and not last.is_ignored:
            last.is_negative = last.is_settled = True


def _says_taken_up(said: Sequence[Item], sets: Sets, *, is_part: bool) -> bool:
    """Say whether words that follow a day say that it does not suit: "I've got PT", "is nuts", "my mom is at dialysis"."""
    head = said[0].text
    occupied = next((at for at, one in enumerate(said) if one.cue == "occupied"), None)
    suits = next((at for at, one in enumerate(said) if one.is_cue_for or one.text in sets["free"]), None)
    if occupied is not None and (suits is None or occupied < suits):
        return not _says_when(said, sets) and not _is_beside(said[:occupied], sets)
    is_story = head not in sets["is"] and any(one.cue == "history_before" for one in said)
    if is_story or suits is not None or any(one.text in sets["says_nothing"] for one in said[:4]):
        return False
    if any(one.is_cue_against for one in said):
        return head in sets["subjects"] and not is_part and len(said) > 1
    following = said[1] if len(said) > 1 else None
    if following is not None and (head in sets["is"] or (head in ("will", "gonna") and following.text == "be")):
        return following.text not in sets["asked_of"] and bool(_words(said[1:])) and not is_part
    return _says_taken_up_of_somebody(said, sets) and not (is_part and len(said) < 3)


def _says_when(said: Sequence[Item], sets: Sets) -> bool:
    """Say whether what is told only says from when on a day suits: "any morning once I drop my daughter at school"."""
    if len(said) < 2 or said[0].text not in sets["once"] or said[1].text not in sets["subjects"]:
        return False
    return not any(one.is_cue_against or one.text in _MYSELF for one in said[2:])  # "after I drop my son I have PT"


def _says_taken_up_of_somebody(said: Sequence[Item], sets: Sets) -> bool:
    """Say whether something is told of somebody, or of what belongs to somebody: "I babysit", "my mom is at dialysis"."""
    if said[0].text not in sets["owners"]:
        return said[0].text in sets["subjects"] and bool(_words(said[1:]))
    if len(said) > 1 and said[1].text in sets["transport"]:
        return False
    is_somebody = len(said) > 1 and (said[1].text in sets["people"] or said[1].cue == "occupied")
    return is_somebody and bool(_words(said[2:]))


def _taken_up_before(lead: Sequence[Item], piece: Item, sets: Sets) -> Item | None:
    """Return the word before a day from which on it is said that somebody is taken up then: "I have PT on thursdays"."""
    if piece.bound == "by":
        return None
    start = max((at for at, one in enumerate(lead) if one.is_cue_for or one.text in sets["free"]), default=-1) + 1
    if any(_reaches_forward(one, sets) or one.cue.startswith("history") for one in lead[start:]):
        return None
    for at in range(start, len(lead)):
        one = lead[at]
        if one.cue == "occupied" and not _is_beside(lead[start:at], sets):
            return one
        if one.text in sets["subjects"] and _is_taken_up(one, _words(_without_fillers(lead[at + 1 :], sets)), piece, sets):
            return one
    return None


def _reaches_forward(item: Item, sets: Sets) -> bool:
    """Say whether a cue against settles by itself what follows, or was found to be about what stands before it."""
    is_remark = item.cue == "negative_after" and item.text not in sets["subjects"]
    return item.is_cue_against and item.cue != "negative_except" and not is_remark


def _is_taken_up(subject: Item, words: Sequence[str], piece: Item, sets: Sets) -> bool:
    is_being = subject.text in sets["being"]
    is_owner = subject.text in sets["owners"]
    if is_owner:
        name = words[0].removesuffix("'s") if words else ""
        is_being, words = bool(words) and words[0].endswith("'s"), words[1:]
        if name in sets["transport"]:
            return _is_elsewhere(words, sets, is_being=is_being)
        if name not in sets["people"]:
            return False
    return (
        _has_a_habit(words, piece, sets, is_owner=is_owner)
        or _holds(subject, words, sets)
        or _holds_a_time(subject, words, piece, sets)
        or _is_elsewhere(words, sets, is_being=is_being)
        or _is_kept_until(words, piece, sets)
    )


def _holds(subject: Item, words: Sequence[str], sets: Sets) -> bool:
    """Say whether somebody has something then: "I have a thing on tuesday", "we've got company"."""
    has, what = _what_is_held(subject, words, sets)
    if not has or any(word in sets["says_nothing"] for word in words):
        return False
    if has == "gotta" or what[:1] == ["to"]:
        verb = next((word for word in what if word != "to"), "")
        return bool(verb) and verb not in sets["attending"] and (verb != "be" or any(word in sets["elsewhere"] for word in what))
    things = [word for word in what if word not in _ARTICLES]
    return bool(things) and not any(part in sets["symptoms"] for word in things for part in word.split())


def _holds_a_time(subject: Item, words: Sequence[str], piece: Item, sets: Sets) -> bool:
    """Say whether a time stands for what takes somebody up: "I have a 2 o'clock"."""
    has, what = _what_is_held(subject, words, sets)
    return bool(has) and what[-1:] in (["a"], ["an"], ["my"]) and isinstance(piece.value, Hours) and piece.value.is_exact


def _what_is_held(subject: Item, words: Sequence[str], sets: Sets) -> tuple[str, list[str]]:
    """Return the word for having, if there is one, and what follows it."""
    if words[:1] and words[0] in sets["has"]:
        return words[0], list(words[1:])
    return (subject.text, list(words)) if subject.text in sets["has"] and words[:1] != ["been"] else ("", [])


def _is_elsewhere(words: Sequence[str], sets: Sets, *, is_being: bool) -> bool:
    """Say whether somebody is at another place then: "we're in Iowa", "I'll be at my sister's"."""
    at = next((at for at, word in enumerate(words) if word not in sets["auxiliaries"]), len(words))
    if not (is_being or at) or at == len(words) or words[at] not in sets["elsewhere"]:
        return False
    where = [word for word in words[at + 1 :] if word not in _ARTICLES]
    return (bool(where) or words[at] in sets["traveling"]) and not any(
        word in sets["symptoms"] or word in sets["says_nothing"] for word in where
    )


def _is_kept_until(words: Sequence[str], piece: Item, sets: Sets) -> bool:
    """Say whether somebody does something until then: "I teach until 3"; not "I have until 3"."""
    verbs = [word for word in words if word not in sets["auxiliaries"] and word not in sets["has"]]
    return piece.bound == "until" and bool(verbs) and not any(verb in sets["free"] for verb in verbs)


def _has_a_habit(words: Sequence[str], piece: Item, sets: Sets, *, is_owner: bool) -> bool:
    """Say whether somebody does something each time: "I do my shopping on fridays", "my aide comes at 9"; not "I come on fridays"."""
    is_each = piece.value.is_weekly if isinstance(piece.value, Days) else is_owner and piece.value is not None and piece.value.is_exact
    verb = next((word for word in words if word not in sets["auxiliaries"] and word not in sets["has"]), "")
    is_told = bool(verb) and verb not in sets["attending"] and verb not in sets["after_so"]
    return is_each and is_told and not any(word in sets["says_nothing"] or word in sets["free"] for word in words)


def _is_beside(before: Sequence[Item], sets: Sets) -> bool:
    """Say whether what takes somebody up is named only for what lies beside it: "after yoga", "between my classes"."""
    return any(one.text in sets["beside"] for one in before[-3:])


def _words(items: Sequence[Item]) -> list[str]:
    return [one.text for one in items if one.kind == "word" and one.text[:1].isalpha()]


def _without_fillers(said: Sequence[Item], sets: Sets) -> Sequence[Item]:
    at = 0
    while at < len(said) and said[at].kind == "word" and said[at].text in sets["fillers"]:
        at += 1
    return said[at:]
