"""The models of an installation, which of them visitors meet, and how it came to that.

A folder with the models as Rasa packs them, beside each a record of what it was trained on, a pointer to the one that is
published (`published.json`), and the history (`history.jsonl`), to which lines are only ever added.

    ShelfError
    ├── ModelNotFound      named, and not there
    ├── NothingBefore      a roll-back with nothing to go back to
    └── PublishingUnderWay somebody else is changing what is published
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from frontdesk.publishing.contents import Contents, pack_contents, unpack_contents

_SUFFIX = ".tar.gz"


class ShelfError(Exception):
    """Raised when the models cannot be used as asked; base of the three below. The message says what to do."""


class ModelNotFound(ShelfError):
    """Raised when a model is named that is not there, or is not whole."""


class NothingBefore(ShelfError):
    """Raised when there is no earlier model to go back to."""


class PublishingUnderWay(ShelfError):
    """Raised when another process is changing what is published."""


@dataclass(frozen=True)
class Model:
    """One model."""

    name: str
    """Its file's name without `.tar.gz`."""
    path: Path
    rasa_id: str
    """What Rasa calls it."""
    contents: Contents
    """What it was trained on; empty for a model that was not trained by `frontdesk`."""


@dataclass(frozen=True)
class Entry:
    """One line of the history."""

    at: str
    """When, ISO 8601 with UTC's offset."""
    action: str
    """`published`, `rolled_back` by a person, or `withdrawn` because it failed its probe."""
    model: str
    """What visitors meet since then."""
    before: str | None
    """What they met until then."""
    by: str = ""
    note: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """What was found out before, such as counts of the replay."""


class Shelf:
    """Keeps models in a folder, which several processes may use at once."""

    def __init__(self, folder: Path, clock: Callable[[], dt.datetime] | None = None) -> None:
        """Use a folder; it is created when the first model is put there."""
        self.folder = folder
        self._pointer, self._history, self._lock = folder / "published.json", folder / "history.jsonl", folder / ".publishing"
        self._clock = clock or (lambda: dt.datetime.now(dt.UTC))

    def models(self) -> list[Model]:
        """Return what can be published, the newest first; a damaged file is left out."""
        paths = sorted(self.folder.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
        found = []
        for path in paths:
            with contextlib.suppress(ModelNotFound):
                found.append(self.get(path.name.removesuffix(_SUFFIX)))
        return found

    def get(self, name: str) -> Model:
        """Return a model by its name.

        Raises:
            ModelNotFound: When it is not there, or is no model.
        """
        path = self.folder / f"{name}{_SUFFIX}"
        # A name that leads out of the folder is no name.
        if path.parent != self.folder or not path.is_file() or name in ("", ".", ".."):
            raise ModelNotFound(f"there is no model '{name}' in {self.folder}; 'frontdesk models' lists them")
        rasa_id, contents = self._record_of(path)
        return Model(name, path, rasa_id or _rasa_id(path), contents)

    def describe(self, name: str, contents: Contents) -> None:
        """Write beside a model what it was trained on.

        Raises:
            ModelNotFound: When it is not there, or is no model.
        """
        rasa_id = _rasa_id(self.folder / f"{name}{_SUFFIX}")
        _write(self.folder / f"{name}.json", {"rasa_id": rasa_id, "contents": pack_contents(contents)})

    def published_name(self) -> str | None:
        """Return which model visitors meet; `None` when none was ever published."""
        try:
            name = json.loads(self._pointer.read_text(encoding="utf-8"))["model"]
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, KeyError, TypeError) as err:
            raise ShelfError(f"{self._pointer} cannot be read ({err}); delete it and publish a model again") from err
        return str(name)

    def published(self) -> Model | None:
        """Return the model that visitors meet.

        Raises:
            ModelNotFound: When its file is gone.
        """
        name = self.published_name()
        return self.get(name) if name is not None else None

    def publish(
        self, name: str, *, by: str = "", note: str = "", figures: Mapping[str, Any] | None = None, action: str = "published"
    ) -> Entry:
        """Let visitors meet a model from now on, and write it into the history.

        Call it within `exclusively`. The pointer moves whole or not at all.

        Raises:
            ModelNotFound: When it is not there.
            OSError: When the disk does not take it; the pointer is then where it was.
        """
        model = self.get(name)
        entry = Entry(self._clock().isoformat(timespec="seconds"), action, model.name, self.published_name(), by, note, dict(figures or {}))
        line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
        with self._history.open("a", encoding="utf-8") as history:
            size = history.tell()
            try:
                history.write(line)
                history.flush()
                os.fsync(history.fileno())
                _write(self._pointer, {"model": model.name, "since": entry.at})
            except OSError:
                # What did not happen is no history.
                history.truncate(size)
                raise
        return entry

    def before(self) -> str:
        """Return what a roll-back goes back to: the model that was replaced by the one of now, if it was not bad itself.

        Raises:
            NothingBefore: When there is none.
        """
        now, bad = self.published_name(), set()
        for entry in reversed(self.history()):
            if entry.action != "published":
                bad.add(entry.before)
            elif entry.model == now and entry.before not in (None, now) and entry.before not in bad:
                with contextlib.suppress(ModelNotFound):
                    return self.get(str(entry.before)).name
        raise NothingBefore("there is no earlier model to go back to")

    def history(self) -> list[Entry]:
        """Return what was done, the oldest first; a line that was cut off by a crash is left out."""
        try:
            lines = self._history.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return []
        entries = []
        for line in lines:
            with contextlib.suppress(ValueError, TypeError):
                entries.append(Entry(**json.loads(line)))
        return entries

    @contextlib.contextmanager
    def exclusively(self, by: str = "") -> Iterator[None]:
        """Hold what is published to oneself; ends with the process, however that ends.

        Raises:
            PublishingUnderWay: When another holds it; the message says who.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock.open("a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip() or "somebody else"
                raise PublishingUnderWay(f"{holder} is publishing at the moment; try again when that is done") from None
            lock.truncate(0)
            lock.write(by)
            lock.flush()
            try:
                yield
            finally:
                lock.truncate(0)

    def _record_of(self, path: Path) -> tuple[str, Contents]:
        """Return the id and the contents that were written beside a model; empty ones where there is no such file."""
        record = path.with_name(f"{path.name.removesuffix(_SUFFIX)}.json")
        try:
            packed = json.loads(record.read_text(encoding="utf-8"))
            return str(packed["rasa_id"]), unpack_contents(packed["contents"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return "", {}


def _rasa_id(path: Path) -> str:
    """Return the id that Rasa wrote into a model.

    Raises:
        ModelNotFound: When the file is no model.
    """
    try:
        with tarfile.open(path, "r:gz") as package:
            content = package.extractfile("metadata.json")
            return str(json.loads(content.read())["model_id"]) if content else ""
    except (OSError, EOFError, tarfile.TarError, KeyError, ValueError) as err:
        raise ModelNotFound(f"{path} is no model ({err}); train again with 'frontdesk train'") from err


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Write a file whole or not at all."""
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).replace(path)
    finally:
        Path(scratch).unlink(missing_ok=True)
