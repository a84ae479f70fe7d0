"""The gateway as a process of its own."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]

HEAVY = """
import json, sys
from pathlib import Path
from frontdesk.gateway.standby import Standby
from frontdesk.practice import load_practice
import frontdesk.gateway
clinic = Path("clinic")
Standby.load(clinic, load_practice(clinic))
print(json.dumps([name for name in ("rasa", "rasa_sdk", "tensorflow", "spacy") if sys.modules.get(name)]))
"""


def test_neither_rasa_nor_tensorflow_is_loaded():
    done = subprocess.run([sys.executable, "-c", HEAVY], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert set(json.loads(done.stdout)) <= {"spacy"}


def test_a_setting_that_cannot_be_used_ends_the_start_with_one_line_that_names_it(tmp_path):
    environment = {"FRONTDESK_PORT": "http", "FRONTDESK_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "frontdesk.gateway"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "gateway: FRONTDESK_PORT must be a whole number from 0 to 65535, not 'http'\n"


def test_a_port_in_use_ends_the_start_with_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {"FRONTDESK_PORT": str(port), "FRONTDESK_DATA_DIR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-m", "frontdesk.gateway"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    assert done.returncode == 2
    assert done.stderr.startswith(f"gateway: cannot listen on 127.0.0.1:{port}: ")
    assert done.stderr.count("\n") == 1


def test_a_header_that_is_too_long_is_refused_without_a_word_about_who_sent_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"FRONTDESK_PORT": str(port), "FRONTDESK_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "frontdesk.gateway"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            answer = _send(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 9000 + b"\r\n\r\n", process)
        finally:
            process.terminate()
        _, printed = process.communicate(timeout=20)

    assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    assert "127.0.0.1" not in printed
    assert "Traceback" not in printed


def _send(port: int, request: bytes, process: subprocess.Popen[str]) -> bytes:
    """Send a request as soon as the process listens."""
    deadline = time.monotonic() + 40
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(request)
                return connection.recv(1000)
        except ConnectionRefusedError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
