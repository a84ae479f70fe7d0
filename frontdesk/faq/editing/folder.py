"""The folder of topics as its editors use it: whoever changes a topic says which version they saw.

Nothing outside the folder and its archive is ever written. Saving is atomic and keeps other processes out while it looks
and writes; a person with a text editor is only noticed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from frontdesk.editing.files import alone, fingerprint, replace_files
from frontdesk.editing.history import NotCommitted, commit
from frontdesk.faq.editing.draft import Draft, read_draft, tidy, withdraw_signature
from frontdesk.faq.editing.errors import NameRefused, NotSaved, TopicConflict, TopicExists, TopicNotFound, TopicUnreadable
from frontdesk.faq.editing.references import Reference, find_references
from frontdesk.faq.editing.rewriting import new_text, parse_text, rewrite
from frontdesk.faq.example_checks import same_key
from frontdesk.faq.topic import Topic
from frontdesk.text.problem import Problem

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class OpenTopic:
    """A topic as it stands in its file, for its editor."""

    name: str
    draft: Draft
    topic: Topic
    problems: tuple[Problem, ...]
    """What is wrong with the build of the file, by line; it can be edited all the same."""
    text: str
    fingerprint: str
    """Of the file's bytes; to be given back when it is saved."""


@dataclass(frozen=True)
class Saved:
    """What became of a change."""

    names: tuple[str, ...]
    """The topics that were written, removed ones included; none when nothing differed."""
    signature_withdrawn: tuple[str, ...] = ()
    """Topics whose clinician had signed another answer."""
    commit: str | None = None
    """The commit's id, where commits are made."""
    not_committed: str = ""
    """Why there is no commit although one was to be made. The files are saved."""


@dataclass(frozen=True)
class Moved:
    """What became of a topic that has another name, or is gone."""

    saved: Saved
    topic: OpenTopic
    """As it stood before, with its examples and what it rested on."""
    references: tuple[Reference, ...]
    """Lines elsewhere that still name it."""
    archived: Path | None = None
    """Where it is kept."""


class TopicFolder:
    """The topics of one project."""

    def __init__(self, root: Path, *, commits: bool = False) -> None:
        """Take a project's folder.

        Args:
            root: The folder with `data/faq`. Retired topics go to its folder `retired`, which nothing is trained on.
            commits: Whether every change is a git commit in its author's name.
        """
        self.root = root
        self.folder = root / "data" / "faq"
        self.archive = root / "retired"
        self._commits = commits

    def names(self) -> list[str]:
        """Return the names of all topics that can be opened, in order."""
        return sorted(path.stem for path in self.folder.glob("*.yml") if _NAME.fullmatch(path.stem) and not path.is_symlink())

    def path(self, name: str) -> Path:
        """Return the file of a topic, be it there or not.

        Raises:
            NameRefused: When a topic cannot have this name.
        """
        if not _NAME.fullmatch(name):
            raise NameRefused(f"'{name[:70]}' cannot name a topic; use small letters, digits and _, 64 at most, with a letter first")
        path = self.folder / f"{name}.yml"
        if path.is_symlink():
            raise NameRefused(f"{path} leads to another file; put the file itself there")
        return path

    def open(self, name: str) -> OpenTopic:
        """Read a topic for editing.

        Raises:
            NameRefused: When a topic cannot have this name.
            TopicNotFound: When there is none.
            TopicUnreadable: When its file is broken.
        """
        path = self.path(name)
        try:
            data = path.read_bytes()
        except FileNotFoundError as err:
            raise TopicNotFound(f"there is no topic '{name}'; it may have been renamed or retired") from err
        except OSError as err:
            raise TopicUnreadable(name, [Problem(path, 1, f"the file cannot be read ({err.strerror})")]) from err
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as err:
            line = data.count(b"\n", 0, err.start) + 1
            raise TopicUnreadable(name, [Problem(path, line, "this is not plain text; save the file as UTF-8 text")]) from err
        topic, problems = parse_text(text, path)
        return OpenTopic(name, read_draft(topic), topic, tuple(problems), text, fingerprint(data))

    def save(self, name: str, draft: Draft, seen: str, *, author: str = "", note: str = "") -> Saved:
        """Make a topic say what a draft says.

        A clinician's signature is withdrawn when the answer or what it rests on changes.

        Args:
            name: The topic.
            draft: What it shall say.
            seen: The fingerprint it was opened with.
            author: `Name <address>`, for the commit.
            note: Why; for the commit.

        Raises:
            TopicConflict: When the file is not what was seen.
            EditingError: As `open` and `save_all` raise it.
        """
        return self.save_all({name: (draft, seen)}, author=author, note=note)

    def add(self, name: str, draft: Draft, *, author: str = "", note: str = "") -> Saved:
        """Make a new topic.

        Raises:
            TopicExists: When the name is taken.
            EditingError: As `save_all` raises it.
        """
        return self.save_all({name: (draft, None)}, author=author, note=note)

    def save_all(self, drafts: Mapping[str, tuple[Draft, str | None]], *, author: str = "", note: str = "") -> Saved:
        """Save several topics: all of them, or none.

        Args:
            drafts: By topic, what it shall say and the fingerprint it was opened with; `None` for a topic that is new.
            author: `Name <address>`, for the commit.
            note: Why; for the commit.

        Raises:
            TopicConflict: When a file is not what was seen.
            TopicExists: When the name of a new one is taken.
            CannotRewrite: When a file is written in a way that cannot be changed.
            NotSaved: When the disk did not take it.
        """
        with self._alone():
            files: dict[Path, bytes | None] = {}
            withdrawn = []
            for name, (draft, seen) in drafts.items():
                path = self.path(name)
                if seen is None:
                    self._require_free(name)
                    files[path] = new_text(path, tidy(draft)).encode()
                    continue
                there = self._open_as_seen(name, seen, draft)
                tidied = tidy(draft, there.draft)
                wanted = withdraw_signature(there.draft, tidied)
                if wanted != there.draft:
                    files[path] = rewrite(there.text, path, wanted).encode()
                if wanted != tidied:
                    withdrawn.append(name)
            self._write(files)
            verb = "Add" if all(seen is None for _, seen in drafts.values()) else "Change"
            return replace(self._saved(files, author, f"FAQ: {verb} {{}}", note), signature_withdrawn=tuple(withdrawn))

    def rename(self, name: str, to: str, seen: str, *, author: str = "", note: str = "") -> Moved:
        """Give a topic another name: of its file, its intent and its response. What names it elsewhere is returned, not changed.

        Raises:
            TopicConflict: When the file is not what was seen.
            TopicExists: When the new name is taken.
            EditingError: As `save_all` raises it.
        """
        with self._alone():
            there = self._open_as_seen(name, seen, None)
            self._require_free(to)
            text = rewrite(there.text, self.path(name), there.draft, new_path=self.path(to))
            files: dict[Path, bytes | None] = {self.path(to): text.encode(), self.path(name): None}
            self._write(files)
            return self._moved(there, files, author, f"FAQ: Rename {name} to {to}", note, None)

    def retire(self, name: str, seen: str, *, author: str = "", note: str = "") -> Moved:
        """Take a topic away, and keep its file in the archive. Its examples are returned, for they are still asked.

        Raises:
            TopicConflict: When the file is not what was seen.
            EditingError: As `save_all` raises it.
        """
        with self._alone():
            there = self._open_as_seen(name, seen, None)
            kept = self._free_place(name)
            files: dict[Path, bytes | None] = {kept: self.path(name).read_bytes(), self.path(name): None}
            self._write(files)
            return self._moved(there, files, author, f"FAQ: Retire {name}", note, kept)

    def merge(self, name: str, into: str, seen: tuple[str, str], draft: Draft | None = None, *, author: str = "", note: str = "") -> Moved:
        """Make one topic of two: the examples of `name` go to `into`, and the file of `name` to the archive.

        The answer stays that of `into`, and so does what it rests on: what only the other one said and named is in what
        is returned.

        Args:
            name: The topic that goes.
            into: The topic that stays.
            seen: The fingerprints they were opened with, in this order.
            draft: What the one that stays shall say instead, such as an answer that serves both.
            author: `Name <address>`, for the commit.
            note: Why; for the commit.

        Raises:
            NameRefused: When both are the same.
            TopicConflict: When one of them is not what was seen.
            EditingError: As `save_all` raises it.
        """
        if name == into:
            raise NameRefused(f"'{name}' cannot be merged with itself; choose another topic")
        with self._alone():
            gone, stays = self._open_as_seen(name, seen[0], None), self._open_as_seen(into, seen[1], draft)
            wanted = tidy(draft or stays.draft, stays.draft)
            known = {same_key(text) for text in wanted.examples}
            more = tuple(text for text in gone.draft.examples if same_key(text) not in known)
            wanted = withdraw_signature(stays.draft, replace(wanted, examples=(*wanted.examples, *more)))
            kept = self._free_place(name)
            files: dict[Path, bytes | None] = {
                self.path(into): rewrite(stays.text, self.path(into), wanted).encode(),
                kept: self.path(name).read_bytes(),
                self.path(name): None,
            }
            self._write(files)
            return self._moved(gone, files, author, f"FAQ: Merge {name} into {into}", note, kept)

    def _alone(self) -> AbstractContextManager[None]:
        """Keep other editors out until the change is made, and committed."""
        return alone(self.folder, "*.yml")

    def _open_as_seen(self, name: str, seen: str, mine: Draft | None) -> OpenTopic:
        try:
            there = self.open(name)
        except TopicNotFound as err:
            raise TopicConflict(name, mine, None) from err
        if there.fingerprint != seen:
            raise TopicConflict(name, mine, there)
        return there

    def _require_free(self, name: str) -> None:
        if self.path(name).exists():
            raise TopicExists(f"there is a topic '{name}' already; choose another name, or change that one")

    def _free_place(self, name: str) -> Path:
        places = (self.archive / f"{name}{'' if number == 1 else f'-{number}'}.yml" for number in range(1, 10_000))
        return next(place for place in places if not place.exists())

    def _write(self, files: Mapping[Path, bytes | None]) -> None:
        try:
            replace_files(files)
        except OSError as err:
            raise NotSaved.because(err) from err

    def _saved(self, files: Mapping[Path, bytes | None], author: str, subject: str, note: str) -> Saved:
        names = tuple(path.stem for path in files if path.parent == self.folder)
        if not (self._commits and files):
            return Saved(names)
        shown = ", ".join(names) if len(names) < 4 else f"{len(names)} topics"
        message = f"{subject.format(shown)}\n\n{note}".strip()
        try:
            return Saved(names, commit=commit(list(files), author, message))
        except NotCommitted as err:
            return Saved(names, not_committed=str(err))

    def _moved(
        self, topic: OpenTopic, files: Mapping[Path, bytes | None], author: str, subject: str, note: str, archived: Path | None
    ) -> Moved:
        saved = self._saved(files, author, subject, note)
        return Moved(saved, topic, tuple(find_references(self.root, topic.name, topic.draft.examples)), archived)
