"""Does a mention count: is it said to be so, now, of a person?

Four reasons why it may not, in the manner of NegEx (Chapman 2001) and ConText
(Harkema 2009), with the cue words in clinic/safety/concepts.yml:

- denied: "no numbness, weakness or fever", "I'm not suicidal".
- past: "years ago", "in 2015", unless "now" or "again" stands near.
- supposed: "what if I faint", "can acupuncture cause chest pain".
- an animal's: "my dog can't pee".

And one way in which a word of long duration does not count: "for years" says
nothing about what is new in the same sentence, "back pain for years, since this
morning I can't pee".

Someone else's symptom ("my mum can't ...") counts like one's own. When in doubt
a mention counts: a false alarm costs the visitor one tap, a miss may cost more.

negspacy 1.0.4 was looked at and left out: its term set is that of discharge
summaries, it reads "can't" in "can't pee" as a denial of what follows, it stops
only at words (not at "and I"), and knows no past and no questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from frontdesk.safety.mentions import Mention, Mentions
from frontdesk.safety.words import Reading

# Cue concepts that this module relies on; concepts.yml must define them.
CUES = (
    "animal", "asks_about", "denies", "denies_before", "imagines", "listing",
    "not_a_denial", "past", "person", "present", "scope_end", "turn",
)  # fmt: skip

# Cues of long duration, which say nothing about a symptom that turned up since.
_OVERTAKEN = ("long_standing", "years_ago")
# Parts of the body, numbers and words too general to tell what is new: "numb for years, I can't come today at 12".
TOO_GENERAL = frozenset({
    "arms", "belly", "cannot", "chest_word", "child_age", "face_word", "fall_height", "falls", "feel_or_tell", "feet",
    "fever_degrees", "fever_number", "height_unit", "high_fever", "hold", "in_minutes", "left_leg", "leg_part", "legs",
    "losing_weight", "lost", "many_pills", "months_word", "one_leg", "other_complaint", "other_thing", "pain", "pills",
    "right_leg", "sciatica", "seat_area", "severe", "swallowed", "toilet_place", "trouble", "trouble_word", "unwell_word",
    "weeks_count", "weird",
})  # fmt: skip

_DENIAL_REACH = 8
_TRAILING_REACH = 4
_TIME_REACH = 10
_PRESENT_REACH = 6
_QUESTION_REACH = 14
_ANIMAL_REACH = 6
_TURN_REACH = 8


class Context:
    """The cues of one message, asked mention by mention."""

    def __init__(self, reading: Reading, mentions: Sequence[Mention], kind_of: Mapping[str, str]) -> None:
        """Sort the cues; `kind_of` names the section of each concept."""
        self._reading = reading
        cues: dict[str, list[Mention]] = {name: [] for name in CUES}
        for mention in mentions:
            if mention.concept in cues:
                cues[mention.concept].append(mention)
        self._cues = {name: Mentions(found) for name, found in cues.items()}
        self._symptoms = Mentions(m for m in mentions if kind_of[m.concept] == "symptoms")
        self._telling = Mentions(m for m in mentions if kind_of[m.concept] == "symptoms" and m.concept not in TOO_GENERAL)
        self._listing = {place for cue in cues["listing"] for place in range(cue.start, cue.end)}
        blocked = Mentions([*cues["not_a_denial"], *(m for m in mentions if kind_of[m.concept] == "symptoms")])
        self._cues["denies"] = Mentions(cue for cue in cues["denies"] if not blocked.around(cue))
        undone = Mentions(cues["not_a_denial"])
        self._cues["denies_before"] = Mentions(cue for cue in cues["denies_before"] if not undone.around(cue))

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
        """Say whether a symptom stands with a word of change on one side of "for years".

        A turn before the cue must share its clause with the symptom: "today I'd like to ask, numb for years" has none.
        """
        if cue.concept not in _OVERTAKEN:
            return False
        for turn in self._cues["turn"].starting(0, len(self._reading.words)):
            if not self._same_sentence(cue, turn) or cue.overlaps(turn):
                continue
            for symptom in self._telling.touching(turn.start - _TURN_REACH, turn.end + _TURN_REACH):
                if not self._same_sentence(cue, symptom):
                    continue
                if turn.start >= cue.end and symptom.start >= cue.end:
                    return True
                if turn.end <= cue.start and symptom.end <= cue.start and self._same_clause(turn, symptom):
                    return True
        return False

    def _is_denied(self, mention: Mention, kind: str) -> bool:
        for cue in self._cue_before("denies", mention, _DENIAL_REACH):
            if self._between("scope_end", cue.end, mention.start):
                continue
            if self._same_clause(cue, mention) or self._begins_list(cue, mention):
                return True
        # "All clear" after a background word tells how it ended, not that it never was.
        return kind == "symptoms" and any(
            self._same_sentence(cue, mention) and not self._between("scope_end", mention.end, cue.start)
            for cue in self._cues["denies_before"].starting(mention.end, mention.end + _TRAILING_REACH + 1)
        )

    def _begins_list(self, cue: Mention, mention: Mention) -> bool:
        """Say whether a denial that crosses a comma has named a symptom before it.

        "No numbness, weakness" goes on; "never again, numb between my legs" not.
        """
        return any(self._same_clause(cue, other) for other in self._symptoms.starting(cue.end, mention.start))

    def _continues_list(self, denied: Mention | None, mention: Mention) -> bool:
        """Say whether only list words lie between a denied mention and this one."""
        if denied is None or not self._same_sentence(denied, mention):
            return False
        if mention.start < denied.end:
            return mention.start >= denied.start and mention.end <= denied.end
        gap = range(denied.end, mention.start)
        return 0 < len(gap) <= _DENIAL_REACH and all(i in self._listing for i in gap)

    def _is_past(self, mention: Mention) -> bool:
        return self._is_near("past", mention, _TIME_REACH) and not self._is_near("present", mention, _PRESENT_REACH)

    def _is_supposed(self, mention: Mention) -> bool:
        for cue in self._cue_before("imagines", mention, _QUESTION_REACH):
            if not self._between("present", cue.end, mention.start):
                return True
        return any(
            not self._between("person", cue.end, mention.end) and not self._between("present", mention.end, mention.end + _PRESENT_REACH)
            for cue in self._cue_before("asks_about", mention, _QUESTION_REACH)
        )

    def _is_animal(self, mention: Mention) -> bool:
        if any(cue.covers(mention) for cue in self._cues["animal"].around(mention)):
            return True
        return any(not self._between("person", cue.end, mention.start) for cue in self._cue_before("animal", mention, _ANIMAL_REACH))

    def _cue_before(self, name: str, mention: Mention, reach: int) -> list[Mention]:
        found = self._cues[name]
        if not found:
            return []
        cues = found.ending(mention.start - reach, mention.start)
        return [cue for cue in cues if self._same_sentence(cue, mention) and not self._stands_alone(name, cue)]

    def _is_near(self, name: str, mention: Mention, reach: int) -> bool:
        """Say whether a cue of the sentence is at most `reach` words away, on either side."""
        found = self._cues[name]
        if not found:
            return False
        cues = found.touching(mention.start - reach, mention.end + reach)
        return any(self._same_sentence(cue, mention) for cue in cues)

    def _stands_alone(self, name: str, cue: Mention) -> bool:
        """Say whether a denial is an answer of its own: "No, my groin is numb"."""
        clause_of = self._reading.clause_of
        return name == "denies" and cue.end < len(clause_of) and clause_of[cue.end] != clause_of[cue.end - 1]

    def _between(self, name: str, start: int, end: int) -> bool:
        return any(cue.end <= end for cue in self._cues[name].starting(start, end))

    def _same_clause(self, one: Mention, other: Mention) -> bool:
        clause_of = self._reading.clause_of
        return clause_of[one.end - 1] == clause_of[other.start]

    def _same_sentence(self, one: Mention, other: Mention) -> bool:
        sentence_of = self._reading.sentence_of
        return sentence_of[one.start] == sentence_of[other.start]
