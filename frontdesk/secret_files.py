"""Secrets that are made once and kept in the data folder, each in a file of its own that only its owner reads."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

SHORTEST_KEY = 32
"""In characters, of every secret."""


class KeysInvalid(Exception):
    """Raised when there is no usable secret; the message names the setting."""


def find_key(path: Path) -> str | None:
    """Return the secret in a file, or None when there is none that can be used."""
    try:
        kept = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None
    return kept if re.fullmatch(rf"[\w-]{{{SHORTEST_KEY},}}", kept, re.ASCII) else None


def keep_key(path: Path, variable: str) -> str:
    """Return the secret in a file, made when there is none; several processes may ask at once and get the same.

    Args:
        path: The file.
        variable: The setting that would have given the secret, for the message.

    Raises:
        KeysInvalid: When it cannot be kept or used.
    """
    try:
        if not path.exists():
            scratch = _write_scratch(path)
            # Whole or not at all; whoever comes second keeps the first one's.
            with suppress(FileExistsError):
                os.link(scratch, path)
            scratch.unlink()
        path.read_bytes()
    except OSError as err:
        raise KeysInvalid(f"{variable} is not set and {path} cannot be kept: {err.strerror}") from err
    kept = find_key(path)
    if kept is None:
        raise KeysInvalid(f"{variable} is not set and {path} is too short or no plain text; delete that file")
    return kept


def new_key(path: Path, variable: str) -> str:
    """Put a new secret in the place of the one in a file and return it.

    Raises:
        KeysInvalid: When it cannot be kept.
    """
    try:
        _write_scratch(path).replace(path)
    except OSError as err:
        raise KeysInvalid(f"{variable} is not set and {path} cannot be kept: {err.strerror}") from err
    return keep_key(path, variable)


def _write_scratch(path: Path) -> Path:
    """Write a new secret into a file beside the one that it is for."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    return Path(scratch)
