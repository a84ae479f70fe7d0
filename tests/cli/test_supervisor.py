"""What `frontdesk up` does when a process dies. The processes are real, and small."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from frontdesk.cli.supervisor import read_procfile

_RUN = """
import json, os, sys, threading
from pathlib import Path
from frontdesk.cli.supervisor import Supervisor
supervisor = Supervisor(json.loads(sys.argv[1]), os.environ, Path.cwd())
if sys.argv[2] == "up":
    supervisor.is_up.set()
if "ANEW" in os.environ:
    threading.Thread(target=lambda: sys.stdin.readline() and supervisor.restart([os.environ["ANEW"]]), daemon=True).start()
sys.exit(supervisor.run())
"""


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, root: Path, commands: dict[str, str], *, is_up: bool) -> None:
        command = [sys.executable, "-c", _RUN, json.dumps(commands), "up" if is_up else "starting"]
        self.process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def line(self, with_words: str) -> str:
        """Return the next line that has these words."""
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if with_words in line:
                return line
        raise AssertionError(f"no line has {with_words!r}:\n{''.join(seen)}")

    def pid_of(self, seconds: str, *, other_than: int = 0) -> int:
        """Return the process that sleeps for so long, waiting until it does: for a moment a new process is still its parent's copy."""
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            for child in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if child.cmdline() == ["sleep", seconds] and child.pid != other_than:
                        return child.pid
            time.sleep(0.05)
        raise AssertionError(f"nothing sleeps for {seconds} s")


@pytest.fixture
def run(root: Path) -> Iterator:
    started: list[Running] = []

    def run_now(is_up: bool = True, **commands: str) -> Running:
        started.append(Running(root, commands, is_up=is_up))
        return started[-1]

    yield run_now
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
        one.process.communicate(timeout=20)


def test_a_process_that_is_killed_is_started_again_and_the_others_go_on(run) -> None:
    running = run(actions="sleep 1001", gateway="sleep 1002")
    running.line("gateway started")
    gateway, actions = running.pid_of("1002"), running.pid_of("1001")

    os.kill(actions, signal.SIGKILL)
    said = running.line("again")
    running.line("actions started")

    assert "actions ended (SIGKILL); starting it again in 0.5 s" in said
    assert running.pid_of("1002") == gateway
    assert running.pid_of("1001", other_than=actions)


def test_a_process_is_started_anew_at_once_and_the_others_go_on(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANEW", "gateway")
    running = run(actions="sleep 1011", gateway="sleep 1012")
    running.line("gateway started")
    gateway, actions = running.pid_of("1012"), running.pid_of("1011")

    running.process.stdin.write("\n")
    running.process.stdin.flush()
    running.line("gateway is started anew")

    assert running.pid_of("1012", other_than=gateway) != gateway
    assert running.pid_of("1011") == actions


def test_the_wait_grows_with_each_failure(run) -> None:
    running = run(actions="false")

    waits = [running.line("again").split(" in ")[1].split()[0] for _ in range(3)]

    assert waits == ["0.5", "1", "2"]


def test_before_everything_was_up_a_process_that_cannot_run_ends_all_with_its_status(run) -> None:
    running = run(is_up=False, gateway="sleep 1003", actions="sh -c 'echo the setting is wrong; exit 2'")

    said, _ = running.process.communicate(timeout=20)

    assert running.process.returncode == 2
    assert "actions | the setting is wrong" in said
    assert "actions ended (status 2)" in said


def test_a_process_that_waits_for_something_else_is_tried_again_all_the_same(run) -> None:
    running = run(is_up=False, booking=f"sh -c 'exit {os.EX_TEMPFAIL}'")

    assert "starting it again" in running.line("booking ended")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"])
def test_stopping_ends_every_process_and_what_it_has_started(run, number: int, status: int) -> None:
    running = run(gateway="sleep 1004", rasa="sh -c 'sleep 1005; true'", failing="false")
    running.line("failing ended")
    pids = [running.pid_of("1004"), running.pid_of("1005")]

    running.process.send_signal(number)
    running.process.communicate(timeout=20)

    assert running.process.returncode == status
    assert not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids)


def test_a_process_that_does_not_want_to_end_is_killed(run) -> None:
    running = run(stubborn="sh -c 'trap \"\" TERM; echo deaf; while true; do sleep 1; done'")
    running.line("deaf")
    began = time.monotonic()

    running.process.terminate()
    running.process.communicate(timeout=20)

    assert time.monotonic() - began < 10


def test_settings_in_a_command_are_filled_in(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_PORT", "4711")

    running = run(gateway='sh -c "echo at $FRONTDESK_PORT; sleep 5"')

    assert running.line("at 4711")


def test_every_process_of_the_procfile_is_read(root: Path) -> None:
    commands = read_procfile(root / "Procfile")

    assert {"gateway", "rasa", "actions", "booking"} <= set(commands)
    assert commands["gateway"] == "python -m frontdesk.gateway"
