"""Does a mention count: is it said to be so, now, of a person?

Four reasons why it may not, in the manner of NegEx (Chapman 2001) and ConText
(Harkema 2009), with the cue words in clinic/safety/concepts.yml:

- denied: "no numbness, weakness or fever", "I'm not suicidal".
- past: "years ago", "in 2015", unless "now" or "again" stands near.
- supposed: "what if I faint", "can acupuncture cause chest pain".
- an animal's: "my dog can't pee".

Someone else's symptom ("my mum can't ...") counts like one's own. When in doubt
a mention counts: a false alarm costs the visitor one tap, a miss may cost more.

negspacy 1.0.4 was looked at and left out: its term set is that of discharge
summaries, it reads "can't" in "can't pee" as a denial of what follows, it stops
only at words (not at "and I"), and knows no past and no questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from frontdesk.safety.concepts import Mention
from frontdesk.safety.words import Reading

# Cue concepts that this module relies on; concepts.yml must define them.
CUES = (
    "animal", "asks_about", "denies", "denies_before", "imagines", "listing",
    "not_a_denial", "onset", "past", "person", "present", "scope_end",
)  # fmt: skip

# Cues of long duration that a later sign of onset in the sentence takes back.
_OVERTAKEN = ("long_standing", "years_ago")

_DENIAL_REACH = 8
_TRAILING_REACH = 4
_TIME_REACH = 10
_PRESENT_REACH = 6
_QUESTION_REACH = 14
_ANIMAL_REACH = 6


class Context:
    """The cues of one message, asked mention by mention."""

    def __init__(self, reading: Reading, mentions: Sequence[Mention], kind_of: Mapping[str, str]) -> None:
        """Sort the cues; `kind_of` names the section of each concept."""
        self._reading = reading
        self._cues: dict[str, list[Mention]] = {name: [] for name in CUES}
        for mention in mentions:
            if mention.concept in self._cues:
                self._cues[mention.concept].append(mention)
        symptoms = [m for m in mentions if kind_of[m.concept] == "symptoms"]
        self._symptoms = symptoms
        blocked = [*symptoms, *self._cues["not_a_denial"]]
        self._denials = [cue for cue in self._cues["denies"] if not any(b.start <= cue.start and cue.end <= b.end for b in blocked)]

    def counting(self, mentions: Iterable[Mention], kind_of: Mapping[str, str]) -> list[Mention]:
        """Return the mentions that count, in order. Cues always count."""
        kept: list[Mention] = []
        denied: Mention | None = None
        for mention in mentions:
            kind = kind_of[mention.concept]
            if kind in ("cues", "harmless"):
                if not self._is_overtaken(mention):
                    kept.append(mention)
            elif self._is_denied(mention, kind) or self._continues_list(denied, mention):
                denied = mention
            elif kind == "background" or self._is_current(mention):
                kept.append(mention)
        return kept

    def _is_current(self, mention: Mention) -> bool:
        return not (self._is_past(mention) or self._is_supposed(mention) or self._is_animal(mention))

    def _is_overtaken(self, cue: Mention) -> bool:
        """Say whether "for years" is followed by "but since Wednesday"."""
        return cue.concept in _OVERTAKEN and any(new.start >= cue.end and self._same_sentence(cue, new) for new in self._cues["onset"])

    def _is_denied(self, mention: Mention, kind: str) -> bool:
        for cue in self._cue_before("denies", mention, _DENIAL_REACH):
            if self._between("scope_end", cue.end, mention.start):
                continue
            if self._same_clause(cue, mention) or self._begins_list(cue, mention):
                return True
        # "All clear" after a background word tells how it ended, not that it never was.
        return kind == "symptoms" and any(
            0 <= cue.start - mention.end <= _TRAILING_REACH
            and self._same_sentence(cue, mention)
            and not self._between("scope_end", mention.end, cue.start)
            for cue in self._cues["denies_before"]
        )

    def _begins_list(self, cue: Mention, mention: Mention) -> bool:
        """Say whether a denial that crosses a comma has named a symptom before it.

        "No numbness, weakness" goes on; "never again, numb between my legs" not.
        """
        return any(cue.end <= other.start < mention.start and self._same_clause(cue, other) for other in self._symptoms)

    def _continues_list(self, denied: Mention | None, mention: Mention) -> bool:
        """Say whether only list words lie between a denied mention and this one."""
        if denied is None or not self._same_sentence(denied, mention):
            return False
        if mention.start < denied.end:
            return mention.start >= denied.start and mention.end <= denied.end
        gap = range(denied.end, mention.start)
        listing = {i for m in self._cues["listing"] for i in range(m.start, m.end)}
        return len(gap) <= _DENIAL_REACH and all(i in listing for i in gap) and bool(gap)

    def _is_past(self, mention: Mention) -> bool:
        near_past = any(self._same_sentence(cue, mention) and _gap(cue, mention) <= _TIME_REACH for cue in self._cues["past"])
        return near_past and not any(
            self._same_sentence(cue, mention) and _gap(cue, mention) <= _PRESENT_REACH for cue in self._cues["present"]
        )

    def _is_supposed(self, mention: Mention) -> bool:
        for cue in self._cue_before("imagines", mention, _QUESTION_REACH):
            if not self._between("present", cue.end, mention.start):
                return True
        return any(
            not self._between("person", cue.end, mention.end) and not self._between("present", mention.end, mention.end + _PRESENT_REACH)
            for cue in self._cue_before("asks_about", mention, _QUESTION_REACH)
        )

    def _is_animal(self, mention: Mention) -> bool:
        if any(cue.covers(mention) for cue in self._cues["animal"]):
            return True
        return any(not self._between("person", cue.end, mention.start) for cue in self._cue_before("animal", mention, _ANIMAL_REACH))

    def _cue_before(self, name: str, mention: Mention, reach: int) -> list[Mention]:
        cues = self._denials if name == "denies" else self._cues[name]
        return [
            cue
            for cue in cues
            if 0 <= mention.start - cue.end <= reach and self._same_sentence(cue, mention) and not self._stands_alone(name, cue)
        ]

    def _stands_alone(self, name: str, cue: Mention) -> bool:
        """Say whether a denial is an answer of its own: "No, my groin is numb"."""
        clause_of = self._reading.clause_of
        return name == "denies" and cue.end < len(clause_of) and clause_of[cue.end] != clause_of[cue.end - 1]

    def _between(self, name: str, start: int, end: int) -> bool:
        return any(start <= cue.start and cue.end <= end for cue in self._cues[name])

    def _same_clause(self, one: Mention, other: Mention) -> bool:
        clause_of = self._reading.clause_of
        return clause_of[one.end - 1] == clause_of[other.start]

    def _same_sentence(self, one: Mention, other: Mention) -> bool:
        sentence_of = self._reading.sentence_of
        return sentence_of[one.start] == sentence_of[other.start]


def _gap(one: Mention, other: Mention) -> int:
    """Return the number of words between two mentions, 0 when they touch."""
    return max(0, max(one.start, other.start) - min(one.end, other.end))
