"""What can go wrong when a topic is changed; the tree is drawn in the package. Every message says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from frontdesk.editing.errors import CannotRewrite, EditingError, NotSaved
from frontdesk.text.problem import Problem

if TYPE_CHECKING:
    from frontdesk.faq.editing.draft import Draft
    from frontdesk.faq.editing.folder import OpenTopic

__all__ = [
    "CannotRewrite",
    "EditingError",
    "NameRefused",
    "NotSaved",
    "TopicConflict",
    "TopicExists",
    "TopicNotFound",
    "TopicUnreadable",
]


class NameRefused(EditingError):
    """Raised when a name is none that a topic can have, or its file lies outside the folder of topics."""


class TopicNotFound(EditingError):
    """Raised when there is no topic of this name."""


class TopicExists(EditingError):
    """Raised when a new name is taken."""


class TopicUnreadable(EditingError):
    """Raised when a topic's file cannot be read as one."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        where = problems[0].render() if problems else f"{name}.yml holds no answer"
        super().__init__(f"{where}. Mend the file by hand, then open the topic again")
        self.problems = tuple(problems)
        """What is wrong with it, by line."""


class TopicConflict(EditingError):
    """Raised when a topic is no longer what the editor saw. Nothing is lost: both versions are here."""

    def __init__(self, name: str, mine: Draft | None, theirs: OpenTopic | None) -> None:
        what = "changed" if theirs else "retired or renamed"
        super().__init__(f"'{name}' was {what} by somebody else after you opened it; look at both versions, then save yours again")
        self.name = name
        self.mine = mine
        """What was about to be saved; `None` when the topic was to be retired or renamed."""
        self.theirs = theirs
        """What stands in the file now; `None` when it is gone."""
