"""Does this message need help that a clinic's website cannot give?

The deterministic half of the guard: the same words always give the same result,
with no model, no network and no clock. It runs on every visitor message, in
forms too, and in the gateway when Rasa is down. An NLU class may raise an alarm
beside it; nothing lowers one.

It never says that somebody is well: None means "no rule fired", no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from frontdesk.safety.concepts import Concepts
from frontdesk.safety.context import CUES, TOO_GENERAL, Context
from frontdesk.safety.errors import ConceptsInvalid
from frontdesk.safety.mentions import Mention
from frontdesk.safety.rules import Rule, group_mentions, load_rules
from frontdesk.safety.words import Reading
from frontdesk.text.kinds import TIERS


@dataclass(frozen=True, slots=True)
class Alarm:
    """One rule that fired. Holds no word of what the visitor wrote."""

    tier: str
    """crisis, emergency, doctor or practitioner."""
    category: str
    """Rule file it comes from, for example cauda_equina."""
    rule: str
    """Id of the rule."""
    card: str | None = None
    """Variant of the wording that the rule asks for, if any."""

    @property
    def replaces_answer(self) -> bool:
        """Say whether the alarm takes the place of the answer."""
        return self.tier != "practitioner"


class Guard:
    """Concepts and rules, loaded once per process and safe to share."""

    def __init__(self, concepts: Concepts, rules: tuple[Rule, ...]) -> None:
        """Combine a vocabulary with the rules written for it.

        Raises:
            ConceptsInvalid: A concept that context.py relies on is not defined.
        """
        if missing := sorted({*CUES, *TOO_GENERAL} - set(concepts.kind_of)):
            raise ConceptsInvalid(f"missing, though context.py relies on them: {', '.join(missing)}")
        self.concepts = concepts
        # Strongest tier first; within a tier in the order of the files.
        self.rules = tuple(sorted(rules, key=lambda rule: TIERS.index(rule.tier)))
        # One of these must be named before a rule is worth a closer look.
        self._triggers = tuple((rule, frozenset().union(*(c.all_of[0] for c in rule.fires))) for rule in self.rules)

    @classmethod
    def load(cls, directory: Path) -> Guard:
        """Load `concepts.yml` and `rules/*.yml` from clinic/safety.

        Raises:
            SafetyError: One of the files cannot be used.
        """
        concepts = Concepts.load(directory / "concepts.yml")
        return cls(concepts, load_rules(directory / "rules", concepts.kind_of))

    def check(self, text: str) -> Alarm | None:
        """Return the strongest alarm, or None when no rule fires."""
        alarms = self.alarms(text)
        return alarms[0] if alarms else None

    def precautions(self, text: str) -> tuple[Alarm, ...]:
        """Return what the practitioner should be told, beside any alarm."""
        return tuple(a for a in self.alarms(text) if not a.replaces_answer)

    def alarms(self, text: str) -> tuple[Alarm, ...]:
        """Return every rule that fires, strongest first."""
        reading, counting = self.mentions(text)
        if not counting:
            return ()
        message, sentences = group_mentions(counting, reading.sentence_of)
        fired = (rule for rule, triggers in self._triggers if not triggers.isdisjoint(message) and rule.fires_on(message, sentences))
        return tuple(Alarm(rule.tier, rule.category, rule.id, rule.card) for rule in fired)

    def mentions(self, text: str) -> tuple[Reading, list[Mention]]:
        """Return the words of a message and the mentions that count.

        For tests and for staff who ask why a rule fired or did not.
        """
        reading = self.concepts.read(text)
        tagged = self.concepts.tag(reading)
        kind_of = self.concepts.kind_of
        return reading, Context(reading, tagged, kind_of).counting(tagged, kind_of)
