"""Notices that the clinic's files have changed, and has those processes started anew that read them at their start.

Rasa reads facts and cards again by itself. The gateway, the action server and the worker of bookings read them when they
start: a new holiday has to reach the openings that are offered without anybody who can restart a server.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from frontdesk.editing.files import stamps

READ_AT_START = ("gateway", "actions", "booking")
"""The processes of the `Procfile` that read the clinic's files once."""
EVERY_S = 2.0
_FILES = ("practice.yml", "booking.yml", "messages.yml", "wording*.yml", "safety/**/*.yml")
"""What they read. The ledger, the sources and the golden questions are for others."""


class ClinicWatch:
    """Looks at a folder from time to time; tells what is to be started anew, or why it is not."""

    def __init__(
        self, clinic: Path, environment: Mapping[str, str], restart: Callable[[tuple[str, ...]], None], say: Callable[[str], None]
    ) -> None:
        """Take the folder, the environment of the assistant, and whom to tell."""
        self._clinic = clinic
        self._environment = dict(environment)
        self._restart, self._say = restart, say
        self._known = self._pending = stamps(_files(clinic))

    def run(self, stopped: threading.Event) -> None:
        """Look until the event is set."""
        while not stopped.wait(EVERY_S):
            self.look()

    def look(self) -> None:
        """Look once. A change counts when two looks agree on it, so that nothing half written is read."""
        seen, before = stamps(_files(self._clinic)), self._pending
        self._pending = seen
        if seen == self._known or seen != before:
            return
        self._known = seen
        if problems := self._problems():
            self._say(f"{self._clinic} has changed and has a problem, so that what runs keeps what it was started with: {problems[0]}")
        else:
            self._say(f"{self._clinic} has changed; {', '.join(READ_AT_START)} start anew with it")
            self._restart(READ_AT_START)

    def _problems(self) -> list[str]:
        """Return what `frontdesk check` says of this folder, in a process of its own, which gives its memory back."""
        command = [sys.executable, "-m", "frontdesk", "check", "--fast", "--clinic", str(self._clinic)]
        checked = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        if checked.returncode == 0:
            return []
        # What is wrong with a topic is no reason to keep an old opening hour.
        read = tuple(f"{path}:" for path in _files(self._clinic))
        problems = [line for line in checked.stdout.splitlines() if line.startswith(read) and ": warning: " not in line]
        return problems or ([checked.stderr.strip()] if checked.returncode > 1 else [])


def _files(clinic: Path) -> list[Path]:
    return sorted(path for pattern in _FILES for path in clinic.glob(pattern))
