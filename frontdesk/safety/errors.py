"""What can be wrong with the safety files.

    SafetyError
    ├── ConceptsInvalid     clinic/safety/concepts.yml
    ├── RuleInvalid         clinic/safety/rules/<category>.yml
    └── CardMissing         clinic/safety/cards.yml

All of them are raised while loading or checking, never while a visitor waits:
a guard that loaded can judge any text.
"""


class SafetyError(Exception):
    """Base of everything that is raised about the safety files."""


class ConceptsInvalid(SafetyError):
    """Raised when concepts.yml has a shape or a name that cannot be read."""


class RuleInvalid(SafetyError):
    """Raised when a rule names an unknown concept or lacks a required part."""


class CardMissing(SafetyError):
    """Raised when no wording exists for an alarm that the rules can raise."""
