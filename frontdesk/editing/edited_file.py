"""One file that several people change: read, changed, checked before it is written, and replaced whole.

Saving keeps other processes out while it looks and writes; a person with a text editor is only noticed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from frontdesk.editing.errors import ChangeRefused, FileUnreadable, NotSaved
from frontdesk.editing.files import alone, fingerprint, replace_files
from frontdesk.editing.history import NotCommitted, commit
from frontdesk.text.problem import Problem, errors
from frontdesk.text.yaml_lines import Document, parse_yaml

Check = Callable[[Path, dt.date], Iterable[Problem]]
"""Takes the folder of the file, and the day."""


@dataclass(frozen=True)
class Version:
    """The file as it stood at one moment."""

    text: str
    """With its line ends."""
    document: Document
    problems: tuple[Problem, ...]
    """What is wrong with it as YAML, by line; it can be edited all the same."""
    fingerprint: str
    """Of its bytes; to be given back when it is saved."""


@dataclass(frozen=True)
class Written:
    """What became of a change."""

    is_changed: bool
    """False when nothing differed; then nothing was written."""
    not_committed: str = ""
    """Why there is no commit although one was to be made. The file is saved."""


class EditedFile:
    """A YAML file, and the check that it has to pass."""

    def __init__(self, path: Path, check: Check, *, commits: bool = False) -> None:
        """Take the file, what looks at the folder that it is in, and whether every change is a git commit."""
        self.path = path
        self._check = check
        self._commits = commits

    def read(self) -> Version:
        """Read the file.

        Raises:
            FileUnreadable: When it is broken.
        """
        try:
            data = self.path.read_bytes()
        except OSError as err:
            raise FileUnreadable([Problem(self.path, 1, f"the file cannot be read ({err.strerror})")]) from err
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as err:
            line = data.count(b"\n", 0, err.start) + 1
            raise FileUnreadable([Problem(self.path, line, "this is not plain text; save the file as UTF-8 text")]) from err
        document, problems = parse_yaml(text, self.path)
        if document is None or not isinstance(document.value, dict):
            raise FileUnreadable(problems or [Problem(self.path, 1, "the file must hold lines such as 'key: value'")])
        return Version(text, document, tuple(problems), fingerprint(data))

    def problems(self, today: dt.date) -> list[Problem]:
        """Return what the check finds in the file as it is."""
        return list(self._check(self.path.parent, today))

    def refusals(self, text: str, today: dt.date) -> list[Problem]:
        """Return the errors that the file would have with another text, and does not have now.

        Raises:
            NotSaved: When the disk has no room for trying it.
        """
        with self._with(text) as folder:
            found = errors(self._check(folder, today))
        if not found:
            return []
        before = Counter(problem.message for problem in errors(self.problems(today)))
        wrong = []
        for problem in found:
            before[problem.message] -= 1
            if before[problem.message] < 0:
                wrong.append(problem)
        return wrong

    def save(
        self,
        change: Callable[[Version], str],
        today: dt.date,
        *,
        author: str = "",
        subject: str = "",
        within: contextlib.AbstractContextManager[object] | None = None,
    ) -> Written:
        """Change the file.

        Args:
            change: Takes what stands there, while nobody else saves, and returns what shall; what it raises ends it.
            today: The day on which the check runs.
            author: `Name <address>`, for the commit.
            subject: The commit's first line.
            within: Entered once everything is checked, left once it is written; what it raises at its start ends it.

        Raises:
            FileUnreadable: When the file is broken.
            ChangeRefused: When the check finds new errors.
            NotSaved: When the disk did not take it.
        """
        if self.path.is_symlink():
            raise NotSaved(f"{self.path} leads to another file; put the file itself there")
        with alone(self.path.parent, self.path.name):
            there = self.read()
            text = change(there)
            if text == there.text:
                return Written(is_changed=False)
            if wrong := self.refusals(text, today):
                raise ChangeRefused(wrong)
            with within or contextlib.nullcontext():
                try:
                    replace_files({self.path: text.encode()})
                except OSError as err:
                    raise NotSaved.because(err) from err
            return Written(is_changed=True, not_committed=self._commit(author, subject))

    def _commit(self, author: str, subject: str) -> str:
        if not self._commits:
            return ""
        try:
            commit([self.path], author, subject)
        except NotCommitted as err:
            return str(err)
        return ""

    @contextlib.contextmanager
    def _with(self, text: str) -> Iterator[Path]:
        """Give a folder with the same files, of which this one has another text."""
        with contextlib.ExitStack() as stack:
            try:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="frontdesk-")))
                for other in self.path.parent.absolute().iterdir():
                    if other.name != self.path.name:
                        (folder / other.name).symlink_to(other)
                (folder / self.path.name).write_text(text, encoding="utf-8", newline="")
            except OSError as err:
                raise NotSaved.because(err) from err
            yield folder
