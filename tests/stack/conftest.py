"""The real stack: gateway, Rasa with the real model, and the action server, started as `make up` starts them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 150


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one backend together, in whatever order they run: every change of it starts a stack anew."""
    places = [place for place, item in enumerate(items) if "clinic" in _parameters(item)]
    of_backend: dict[object, list[pytest.Item]] = {}
    for place in places:
        of_backend.setdefault(_parameters(items[place])["clinic"], []).append(items[place])
    together = [item for group in of_backend.values() for item in group]
    for place, item in zip(places, together, strict=True):
        items[place] = item


def _parameters(item: pytest.Item) -> dict[str, object]:
    """Return what a test of this folder is parametrized with."""
    is_ours = item.path.parent == Path(__file__).parent and isinstance(item, pytest.Function) and hasattr(item, "callspec")
    return item.callspec.params if is_ours else {}


@dataclass
class Stack:
    """A running stack and what is needed to look at it or hurt it."""

    address: str
    rasa_address: str
    console_address: str
    process: subprocess.Popen[str]
    data: Path
    log: Path

    def pid_of(self, part: str) -> int:
        """Return the process whose command line contains `part`, below the supervisor."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                words = child.cmdline()
                if words and words[0].endswith("python") and part in " ".join(words):
                    return child.pid
        raise AssertionError(f"no process of the stack has {part!r} in its command line")


@contextlib.contextmanager
def running(model: Path | None, folder: Path, settings: Mapping[str, str] | None = None, *, project: Path = ROOT) -> Iterator[Stack]:
    """Run a stack that keeps its data in a folder, with settings of its own; without a model, it serves what is published."""
    ports = free_ports(4)
    environment = {
        **os.environ,
        # As an operator would have it; tests that ask in this process silence their own.
        "LOG_LEVEL": "WARNING",
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "FRONTDESK_PORT": str(ports[0]),
        "FRONTDESK_RASA_PORT": str(ports[1]),
        "FRONTDESK_ACTIONS_PORT": str(ports[2]),
        "FRONTDESK_CONSOLE_PORT": str(ports[3]),
        "FRONTDESK_DATA_DIR": str(folder / "var"),
        "FRONTDESK_MODELS_DIR": str(folder / "models"),
        "FRONTDESK_ADDRESS_PER_MINUTE": "0",
        "FRONTDESK_STARTS_PER_MINUTE": "0",
        "FRONTDESK_CONVERSATION_PER_MINUTE": "0",
        **(settings or {}),
    }
    log = folder / "stack.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "frontdesk", "up", *(["--model", str(model)] if model else [])],
            cwd=project,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        addresses = [f"http://127.0.0.1:{port}" for port in (ports[0], ports[1], ports[3])]
        stack = Stack(*addresses, process, folder / "var", log)
        try:
            wait_until_ready(stack)
            yield stack
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def wait_until_ready(stack: Stack) -> None:
    give_up = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < give_up:
        assert stack.process.poll() is None, stack.log.read_text(encoding="utf-8")[-3000:]
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(f"{stack.address}/readyz", timeout=2):
            return
        time.sleep(0.2)
    raise AssertionError(stack.log.read_text(encoding="utf-8")[-3000:])


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(count)]
        for chosen in sockets:
            chosen.bind(("127.0.0.1", 0))
        return [chosen.getsockname()[1] for chosen in sockets]


@pytest.fixture(scope="session")
def stack(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(model, tmp_path_factory.mktemp("stack")) as started:
        yield started
