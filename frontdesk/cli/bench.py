"""`frontdesk bench`: start the real stack on free ports and print how fast it starts, answers, and how much it holds."""

import argparse
import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import project_folder, require_model

_QUESTIONS = (
    "does acupuncture help sciatica",
    "what happens in a session",
    "how much is it",
    "where can I park",
    "is it painful",
    "how many visits will I need for my lower back",
    "can I come tuesday at 3",
    "what's the weather in paris",
)


def add_parser(subparsers: Any) -> None:
    """Add `bench` to the command."""
    parser = subparsers.add_parser("bench", help="measure start, answers and memory of the real stack, and print them")
    parser.add_argument("--answers", type=int, default=400, help="how many answers to time, at least 2")
    parser.add_argument("--train", action="store_true", help="train a model first and count that too")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the figures and return 0."""
    project_folder()
    if args.answers < 2:
        raise CannotRun("--answers must be at least 2")
    with tempfile.TemporaryDirectory() as room:
        command = [sys.executable, "-m", "frontdesk", "up"]
        started = time.monotonic()
        if args.train:
            from frontdesk.cli.train import train

            command += ["--model", str(train("bench", Path(room)))]
        else:
            command += ["--model", str(require_model(None))]
        with _stack(command, Path(room)) as (address, process):
            first, times = asyncio.run(_ask(address, process, args.answers, started))
            held = _memory_mb(process.pid)
    cores = len(os.sched_getaffinity(0))
    what = "train, start and first answer" if args.train else "start and first answer"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores, frontdesk bench{' --train' if args.train else ''} --answers {args.answers}")
    print(f"{what:<32}{first:>8.1f} s")
    print(f"{'answer through the gateway, p50':<32}{statistics.median(times):>8.1f} ms")
    print(f"{'answer through the gateway, p99':<32}{statistics.quantiles(times, n=100)[98]:>8.1f} ms")
    print(f"{'memory of all processes':<32}{sum(held.values()):>8.0f} MB  ({', '.join(f'{name} {mb:.0f}' for name, mb in held.items())})")
    return 0


@contextmanager
def _stack(command: list[str], room: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    ports = _free_ports(3)
    environment = {
        **os.environ,
        "FRONTDESK_PORT": str(ports[0]),
        "FRONTDESK_RASA_PORT": str(ports[1]),
        "FRONTDESK_ACTIONS_PORT": str(ports[2]),
        "FRONTDESK_DATA_DIR": str(room / "var"),
        "FRONTDESK_ADDRESS_PER_MINUTE": "0",
        "FRONTDESK_STARTS_PER_MINUTE": "0",
        "FRONTDESK_CONVERSATION_PER_MINUTE": "0",
    }
    process = subprocess.Popen(command, env=environment, stdout=sys.stderr, start_new_session=True)
    try:
        yield f"http://127.0.0.1:{ports[0]}", process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


async def _ask(address: str, process: subprocess.Popen[bytes], answers: int, started: float) -> tuple[float, list[float]]:
    """Return seconds until the first answer, and milliseconds of each answer after it; ten answers a conversation."""
    from aiohttp import ClientError, ClientSession

    async with ClientSession(address) as http:
        while True:
            try:
                async with http.get("/readyz") as reply:
                    if reply.status == 200:
                        break
            except ClientError:
                pass
            if process.poll() is not None or time.monotonic() - started > 300:
                raise CannotRun("the stack did not get ready; the lines above say why")
            await asyncio.sleep(0.1)
        first, times = 0.0, []
        for number in range(answers + 1):
            if number % 10 == 0:
                async with http.post("/v1/conversations", json={}) as reply:
                    conversation = await reply.json()
            body = {"client_message_id": f"bench-{number}", "text": _QUESTIONS[number % len(_QUESTIONS)]}
            headers = {"Authorization": f"Bearer {conversation['token']}"}
            began = time.perf_counter()
            async with http.post(f"/v1/conversations/{conversation['id']}/messages", json=body, headers=headers) as reply:
                answer = await reply.json()
            if reply.status != 200 or not answer["messages"]:
                raise CannotRun(f"the gateway answered {reply.status}: {answer}")
            if number == 0:
                first = time.monotonic() - started
            else:
                times.append((time.perf_counter() - began) * 1000)
    return first, times


def _memory_mb(parent: int) -> dict[str, float]:
    """Return the proportional set size of each process below `parent`, in MB (Linux)."""
    held: dict[str, float] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal() or not _is_below(int(folder.name), parent):
            continue
        try:
            words = (folder / "cmdline").read_text().replace("\0", " ")
            rollup = (folder / "smaps_rollup").read_text()
        except OSError:
            continue
        name = next((part for part in ("gateway", "rasa_sdk", "rasa run") if part in words), "manager")
        size_kb = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        held[name] = held.get(name, 0.0) + size_kb / 1024
    return held


def _is_below(pid: int, parent: int) -> bool:
    while pid > 1:
        if pid == parent:
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            return False
    return False


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for chosen in sockets:
        chosen.bind(("127.0.0.1", 0))
    ports = [int(chosen.getsockname()[1]) for chosen in sockets]
    for chosen in sockets:
        chosen.close()
    return ports
