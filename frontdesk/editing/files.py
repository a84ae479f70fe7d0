"""Several files replaced at once: all of them or none, and never half of one.

Everything is written and flushed beside its place first, so that a full disk is noticed before anything changes. Then the
files take their places by renaming, deletions last. When one of these steps fails, those before it are taken back. When
the machine stops between two of them, each file is whole, the old one or the new one, and nothing is gone that is not
elsewhere already.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from frontdesk.editing.errors import NotSaved

_MODE = 0o644


Stamps = tuple[tuple[Path, int, int, int], ...]
"""Of each file its path, its place on the disk, its size and its time of change."""


def stamps(paths: Iterable[Path]) -> Stamps:
    """Return what tells one state of some files from another without reading them; what is not there is left out."""
    found = []
    for path in paths:
        with contextlib.suppress(OSError):
            status = path.stat()
            found.append((path, status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(found)


def fingerprint(data: bytes) -> str:
    """Return what tells one version of a file from every other."""
    return hashlib.sha256(data).hexdigest()


@contextlib.contextmanager
def alone(folder: Path, names: str) -> Iterator[None]:
    """Keep other processes that ask for it out of a folder, and clear away what one that was stopped has left there.

    Args:
        folder: The folder.
        names: Which files are to be replaced, as a pattern.

    Raises:
        NotSaved: When the folder is not there.
    """
    if not folder.is_dir():
        raise NotSaved(f"nothing was saved, for {folder} is not there; is this the project's folder?")
    with _locked(folder):
        # What it was to replace is whole.
        for left in folder.glob(f".{names}.*.tmp"):
            left.unlink(missing_ok=True)
        yield


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def replace_files(contents: Mapping[Path, bytes | None]) -> None:
    """Give files new contents; `None` deletes one.

    Raises:
        OSError: When the disk did not take it; all files are then as they were.
    """
    staged: dict[Path, Path] = {}
    old: dict[Path, Path | None] = {}
    done: list[Path] = []
    try:
        for path, content in contents.items():
            if content is not None:
                staged[path] = _stage(path, content)
            old[path] = _keep(path)
        for path in sorted(contents, key=lambda path: contents[path] is None):
            done.append(path)
            if path in staged:
                staged[path].replace(path)
            else:
                path.unlink()
        for folder in {path.parent for path in contents}:
            _flush(folder)
    except BaseException:
        for path in reversed(done):
            _take_back(path, old[path])
        raise
    finally:
        for left in [*staged.values(), *(path for path in old.values() if path)]:
            left.unlink(missing_ok=True)


def _stage(path: Path, content: bytes) -> Path:
    """Write a file beside its place, under a name that neither Rasa nor the check reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), path.stat().st_mode & 0o777 if path.exists() else _MODE)
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _keep(path: Path) -> Path | None:
    """Give what stands there a second name, so that it can be brought back without any room on the disk."""
    if not path.exists():
        return None
    second = path.with_name(f".{path.name}.{os.getpid()}.old.tmp")
    second.unlink(missing_ok=True)
    try:
        second.hardlink_to(path)
    except OSError:  # a file system without hard links
        shutil.copy2(path, second)
    return second


def _take_back(path: Path, old: Path | None) -> None:
    with contextlib.suppress(OSError):
        if old:
            old.replace(path)
        else:
            path.unlink(missing_ok=True)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
