"""What can go wrong when a file is changed; the tree is drawn in the package. Every message says what to do."""

from __future__ import annotations

from collections.abc import Sequence

from frontdesk.text.problem import Problem


class EditingError(Exception):
    """Raised when something cannot be opened or changed as asked; nothing has been written."""


class CannotRewrite(EditingError):
    """Raised when a file is written in a way that cannot be changed without rearranging the rest of it."""


class ChangeRefused(EditingError):
    """Raised when the check finds errors in what was to be written that were not there before."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = "one thing" if len(problems) == 1 else f"{len(problems)} things"
        super().__init__(f"it is not saved yet, for {count} must be mended first")
        self.problems = tuple(problems)


class FileUnreadable(EditingError):
    """Raised when a file cannot be read, or is no YAML of the right shape."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{problems[0].render()}. Mend the file by hand, then open it again")
        self.problems = tuple(problems)
        """What is wrong with it, by line."""


class NotSaved(EditingError):
    """Raised when the disk did not take it."""
