"""The clinic's folder, read again when a file changes, so that a corrected opening hour needs no restart."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from frontdesk.editing.files import stamps
from frontdesk.practice import Practice, load_practice
from frontdesk.safety import Cards

T = TypeVar("T")


class Fresh(Generic[T]):
    """A file's content, loaded again when the file's time or size has changed.

    A broken edit keeps the last good content: the visitor is served, and `frontdesk check` names the mistake.
    """

    def __init__(self, path: Path, load: Callable[[], T], failures: tuple[type[Exception], ...]) -> None:
        """Load now; a failure at this first time is raised."""
        self._path = path
        self._load = load
        self._failures = failures
        self._stamp = stamps([path])
        self._content = load()

    def get(self) -> T:
        """Return the content as the file has it now."""
        stamp = stamps([self._path])
        if stamp != self._stamp:
            self._stamp = stamp
            with contextlib.suppress(*self._failures):
                self._content = self._load()
        return self._content


class Clinic:
    """Facts and safety wording of the clinic in one folder."""

    def __init__(self, folder: Path) -> None:
        """Load both files; raises what `load_practice` and `Cards.load` raise."""
        from yaml import YAMLError

        from frontdesk.practice import PracticeError
        from frontdesk.safety import SafetyError

        cards = folder / "safety" / "cards.yml"
        self._practice = Fresh(folder / "practice.yml", lambda: load_practice(folder), (PracticeError,))
        self._cards = Fresh(cards, lambda: Cards.load(cards), (SafetyError, YAMLError, OSError, KeyError, AttributeError))

    @property
    def practice(self) -> Practice:
        """The clinic's facts as they stand in the file now."""
        return self._practice.get()

    @property
    def cards(self) -> Cards:
        """The wording of the safety cards as it stands in the file now."""
        return self._cards.get()
