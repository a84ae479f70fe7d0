"""What is wrong with a file, where, and what to do about it, in words for the person who edits it."""

import difflib
from collections.abc import Iterable, Sequence
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


def counted(count: int, thing: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "topic"), counted(0, "topic")
    ('1 topic', '0 topics')
    """
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def some_of(names: Sequence[str], shown: int = 3) -> str:
    """Return the first few names and how many more there are.

    >>> some_of(["crisis", "emergency", "doctor", "device", "medicine"])
    'crisis, emergency, doctor and 2 more'
    """
    more = len(names) - shown
    return f"{', '.join(names[:shown])} and {more} more" if more > 0 else ", ".join(names)


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return the known name that is nearest as a question, or `otherwise` when none is near.

    >>> did_you_mean("pries", ["prices", "hours"], "see facts.yml")
    "did you mean 'prices'?"
    """
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean '{near[0]}'?" if near else otherwise
