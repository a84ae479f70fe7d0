"""What is wrong with a file, where, and what to do about it, in words for the person who edits it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to put right."""

    path: Path
    """The file, as the reader would open it."""
    line: int
    """Line in the file, from 1."""
    message: str
    """What is wrong and what to do, as one line."""
    severity: Severity = "error"
    """A warning is worth a look, and stops nothing."""

    def render(self) -> str:
        """Return the problem as editors and people read it.

        >>> Problem(Path("data/faq/cost.yml"), 3, "there is no title; add one").render()
        'data/faq/cost.yml:3: there is no title; add one'
        """
        mark = "warning: " if self.severity == "warning" else ""
        return f"{self.path}:{self.line}: {mark}{self.message}"


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that are more than a warning."""
    return [problem for problem in problems if problem.severity == "error"]


def one_of(names: Iterable[str]) -> str:
    """Return names as a choice.

    >>> one_of(["article", "evidence", "safety"])
    'article, evidence or safety'
    """
    *first, last = list(names) or ["nothing"]
    return f"{', '.join(first)} or {last}" if first else last
