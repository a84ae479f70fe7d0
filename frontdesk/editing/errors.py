"""What can go wrong when a file is changed; the tree is drawn in the package. Every message says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from frontdesk.text.problem import Problem


class EditingError(Exception):
    """Raised when something cannot be opened or changed as asked; nothing has been written."""


class CannotRewrite(EditingError):
    """Raised when a file is written in a way that cannot be changed without rearranging the rest of it."""


class ChangeRefused(EditingError):
    """Raised when the check finds errors in what was to be written that were not there before."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(not_saved_yet(len(problems)))
        self.problems = tuple(problems)


def not_saved_yet(count: int) -> str:
    """Return what is said of a change in which so many things are wrong.

    >>> not_saved_yet(1), not_saved_yet(2)
    ('it is not saved yet, for one thing must be mended first', 'it is not saved yet, for 2 things must be mended first')
    """
    return f"it is not saved yet, for {'one thing' if count == 1 else f'{count} things'} must be mended first"


class FileUnreadable(EditingError):
    """Raised when a file cannot be read, or is no YAML of the right shape."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{problems[0].render()}. Mend the file by hand, then open it again")
        self.problems = tuple(problems)
        """What is wrong with it, by line."""


class NotSaved(EditingError):
    """Raised when the disk did not take it."""

    @classmethod
    def because(cls, err: OSError) -> Self:
        """Return it for what the disk said."""
        return cls(f"nothing was saved, and all files are as they were: {err.strerror or err}")
