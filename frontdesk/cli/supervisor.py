"""Keeps the processes of the `Procfile` running: what dies is started again, after a longer wait each time.

Until everything was up for the first time, a process that ends by itself ends all: a setting that cannot be used is not
mended by trying again. `TRY_AGAIN` is the status of a process that only waits for something else.
"""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

TRY_AGAIN = os.EX_TEMPFAIL
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
WELL_AFTER_S = 20.0
"""A process that has run for so long is waited for as if it had never failed."""
_STOP_WITHIN_S = 5.0
_TICK_S = 0.1
_LINE = re.compile(r"([A-Za-z0-9_-]+):\s*(.+)")


@dataclass
class _Part:
    """One process, as it is now."""

    name: str
    command: str
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    """When it is due to be started again."""
    wait_s: float = FIRST_WAIT_S
    is_to_restart: bool = False


class Supervisor:
    """Runs commands until it is stopped by SIGINT or SIGTERM, or one of them cannot run at all."""

    def __init__(self, commands: Mapping[str, str], environment: Mapping[str, str], folder: Path) -> None:
        """Take shell commands by name, and the environment and the folder to run them in."""
        self._parts = [_Part(name, command) for name, command in commands.items()]
        self._environment = dict(environment)
        self._folder = folder
        self._width = max(map(len, (*commands, "system")))
        self._printing = threading.Lock()
        self._stopped_by: signal.Signals | None = None
        self.is_up = threading.Event()
        """To be set once everything works."""

    def run(self) -> int:
        """Run until stopped; return 128 and the signal's number, or the status of the process that could not run."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        status = None
        while status is None:
            status = self._tick()
            time.sleep(_TICK_S)
        self._end_all()
        return status

    def restart(self, names: Collection[str]) -> None:
        """Have processes end and start anew at once, in the supervisor's own time; may be called from another thread."""
        for part in self._parts:
            part.is_to_restart = part.is_to_restart or part.name in names

    def say(self, name: str, line: str) -> None:
        """Print a line of a process, with the time and its name."""
        with self._printing:
            print(f"{datetime.now():%H:%M:%S} {name:<{self._width}} | {line}", flush=True)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopped_by = signal.Signals(number)

    def _tick(self) -> int | None:
        """Start what is due and see to what has ended; return the status with which everything ends."""
        for part in self._parts:
            if self._stopped_by is not None:
                return 128 + self._stopped_by
            if part.process is None:
                if time.monotonic() >= part.start_at:
                    self._start(part)
            elif (status := part.process.poll()) is not None:
                if not self.is_up.is_set() and status >= 0 and status != TRY_AGAIN:
                    self.say("system", f"{part.name} ended ({_how(status)}); stopping everything")
                    part.process = None
                    return status
                self._put_off(part, status)
            elif part.is_to_restart:
                self.say("system", f"{part.name} is started anew")
                self._end([part.process])
                self._start(part)
        return None

    def _start(self, part: _Part) -> None:
        part.is_to_restart = False
        part.process = subprocess.Popen(
            # A shell, since the commands name settings as $NAME.
            ["/bin/sh", "-c", f"exec {part.command}"],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Ctrl+C is for us alone; we end the others.
            start_new_session=True,
        )
        part.started_at = time.monotonic()
        self.say("system", f"{part.name} started (pid {part.process.pid})")
        threading.Thread(target=self._pass_on, args=(part.name, part.process), daemon=True).start()

    def _put_off(self, part: _Part, status: int) -> None:
        now = time.monotonic()
        if now - part.started_at >= WELL_AFTER_S:
            part.wait_s = FIRST_WAIT_S
        self.say("system", f"{part.name} ended ({_how(status)}); starting it again in {part.wait_s:g} s")
        part.process, part.start_at = None, now + part.wait_s
        part.wait_s = min(2 * part.wait_s, LONGEST_WAIT_S)

    def _pass_on(self, name: str, process: subprocess.Popen[bytes]) -> None:
        for line in process.stdout or ():
            self.say(name, line.decode("utf-8", "replace").rstrip())

    def _end_all(self) -> None:
        """Ask every process to end, and end what has not done so in time."""
        self._end([part.process for part in self._parts if part.process is not None])

    def _end(self, running: Sequence[subprocess.Popen[bytes]]) -> None:
        for process in running:
            _signal(process, signal.SIGTERM)
        give_up = time.monotonic() + _STOP_WITHIN_S
        for process in running:
            try:
                process.wait(max(0.0, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()


def read_procfile(path: Path) -> dict[str, str]:
    """Return the commands of a `Procfile` by name, in order."""
    found = (_LINE.fullmatch(line.strip()) for line in path.read_text(encoding="utf-8").splitlines())
    return {match[1]: match[2] for match in found if match}


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a process and those that it has started."""
    if process.poll() is None:
        os.killpg(process.pid, number)


def _how(status: int) -> str:
    return f"status {status}" if status >= 0 else signal.Signals(-status).name
