"""The guard: who needs an emergency number, a doctor or a word to the practitioner."""

from frontdesk.safety.cards import Action, Card, Cards
from frontdesk.safety.concepts import Concepts
from frontdesk.safety.errors import CardMissing, ConceptsInvalid, RuleInvalid, SafetyError
from frontdesk.safety.guard import Alarm, Guard
from frontdesk.safety.mentions import Mention
from frontdesk.safety.rules import Rule
from frontdesk.text.kinds import TIERS

__all__ = [
    "TIERS",
    "Action",
    "Alarm",
    "Card",
    "CardMissing",
    "Cards",
    "Concepts",
    "ConceptsInvalid",
    "Guard",
    "Mention",
    "Rule",
    "RuleInvalid",
    "SafetyError",
]
