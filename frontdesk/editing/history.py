"""A git commit for a change that staff make, in the name of whoever made it.

Only the files of the change are committed; what else is in the checkout, staged or not, is left as it is.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

_AUTHOR = re.compile(r"[^<>\n\r\x00]*[^<>\s\x00] <[^<>\s\x00]+@[^<>\s\x00]+>")
_PATIENCE_S = 60


class NotCommitted(Exception):
    """Raised when git did not take a commit; the files are saved all the same."""


def is_author(text: str) -> bool:
    """Say whether a text names an author as git writes them.

    >>> is_author("Ann Lee <ann@clinic.example>"), is_author("Ann")
    (True, False)
    """
    return bool(_AUTHOR.fullmatch(text))


def commit(paths: Sequence[Path], author: str, message: str) -> str:
    """Commit some files, deleted ones too, and return the commit's id.

    Args:
        paths: Files of one checkout.
        author: `Name <address>`; also the committer, so that git needs no configuration of its own.
        message: Its first line is the subject.

    Raises:
        NotCommitted: When git refuses, or there is none.
    """
    if not is_author(author):
        raise NotCommitted(f"'{author}' is no author; write a name and an address, such as Ann Lee <ann@clinic.example>")
    folder = next(parent for parent in paths[0].absolute().parents if parent.is_dir())
    name, _, address = author.removesuffix(">").rpartition(" <")
    environment = {**os.environ, "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": address, "GIT_TERMINAL_PROMPT": "0"}
    # A variable of a surrounding git command (a hook) would lead to another checkout.
    for variable in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        environment.pop(variable, None)
    # Git knows no name of a file that was never added and is gone already.
    changed = [path for path in paths if path.exists() or _git(folder, environment, "ls-files", "--", str(path.absolute()))]
    _git(folder, environment, "add", "-A", "--", *_names(changed))
    _git(folder, environment, "commit", "--quiet", "--only", f"--author={author}", "--file=-", "--", *_names(changed), typed=message)
    return _git(folder, environment, "rev-parse", "HEAD").strip()


def _names(paths: Sequence[Path]) -> list[str]:
    return [str(path.absolute()) for path in paths]


def _git(folder: Path, environment: dict[str, str], *arguments: str, typed: str = "") -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            input=typed,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as err:
        raise NotCommitted(f"saved, but not committed: git could not be run ({err})") from err
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotCommitted(f"saved, but not committed: {said[0] if said else 'git gave no reason'}")
    return done.stdout
