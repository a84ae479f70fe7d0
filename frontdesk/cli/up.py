"""`frontdesk up`: train when there is no model, start everything, and say where to look."""

import argparse
import contextlib
import os
import socket
import sqlite3
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from honcho.environ import parse_procfile
from honcho.manager import Manager

from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import newest_model, project_folder
from frontdesk.cli.train import data_passes, train

_PORTS = {"FRONTDESK_PORT": "8080", "FRONTDESK_RASA_PORT": "5005", "FRONTDESK_ACTIONS_PORT": "5055"}
_READY_WITHIN_S = 180


def add_parser(subparsers: Any) -> None:
    """Add `up` to the command."""
    parser = subparsers.add_parser("up", help="start the assistant on this machine; trains first when there is no model")
    parser.add_argument("--model", type=Path, help="a model file (the newest in models/)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until stopped, and return the exit status of whatever stopped first."""
    folder = project_folder()
    ports = _choose_ports(os.environ)
    if args.model is not None and not args.model.is_file():
        raise CannotRun(f"{args.model} is not a model; train one with 'frontdesk train'")
    model = args.model or newest_model(folder / "models")
    if model is None:
        print("There is no model yet: training one first, which takes about half a minute.", flush=True)
        if not data_passes():
            raise CannotRun("the data has problems; mend the lines above, then start again")
        model = train()
    _prepare_data(Path(os.environ["FRONTDESK_DATA_DIR"]))
    return _supervise(folder, {**_settings(ports), **os.environ, **ports, "FRONTDESK_MODEL": str(model)})


def _choose_ports(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the ports by setting, each of them free.

    Raises:
        CannotRun: When one is no port or is in use.
    """
    ports = {name: environment.get(name, default) for name, default in _PORTS.items()}
    for name, port in ports.items():
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise CannotRun(f"{name} is {port!r}, which is not a port")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(port)))
            except OSError as err:
                raise CannotRun(f"port {port} is in use; stop what runs there, or set {name} to another port") from err
    return ports


def _settings(ports: Mapping[str, str]) -> dict[str, str]:
    """Return what the processes are told; whatever the operator has set wins over it."""
    return {
        "FRONTDESK_RASA_URL": f"http://127.0.0.1:{ports['FRONTDESK_RASA_PORT']}",
        # rasa_sdk and Rasa listen on every interface unless told otherwise.
        "SANIC_HOST": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "PYTHONUNBUFFERED": "1",
    }


def _prepare_data(folder: Path) -> None:
    """Create the folder for what is kept, for its owner alone, and see that its database can be used.

    Raises:
        CannotRun: When it cannot; the message says what is in the way.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        with contextlib.closing(sqlite3.connect(folder / "conversations.db")) as database:
            database.execute("PRAGMA journal_mode=WAL")
    except OSError as err:
        raise CannotRun(f"{folder} cannot be used for what is kept (FRONTDESK_DATA_DIR): {err.strerror}") from err
    except sqlite3.Error as err:
        raise CannotRun(f"{folder / 'conversations.db'} cannot be used: {err}; move it away to start with an empty one") from err


def _supervise(folder: Path, environment: dict[str, str]) -> int:
    environment["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), environment.get("PATH", "")))
    environment["FRONTDESK_ACTIONS_URL"] = f"http://127.0.0.1:{environment['FRONTDESK_ACTIONS_PORT']}/webhook"
    manager = Manager()
    for name, command in parse_procfile((folder / "Procfile").read_text(encoding="utf-8")).processes.items():
        manager.add_process(name, command, env=environment, cwd=str(folder))
    address = f"http://{environment.get('FRONTDESK_HOST', '127.0.0.1')}:{environment['FRONTDESK_PORT']}"
    threading.Thread(target=_announce, args=(address,), daemon=True).start()
    manager.loop()
    return int(manager.returncode or 0)


def _announce(address: str) -> None:
    """Print where to look as soon as the assistant can answer."""
    started = time.monotonic()
    while time.monotonic() - started < _READY_WITHIN_S:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):  # noqa: S310 - our own address
                seconds = time.monotonic() - started
                print(f"\nReady after {seconds:.0f} s.\n\n  Demo page:  {address}/\n\n  Stop with Ctrl+C.\n", flush=True)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    print(f"\nNot ready after {_READY_WITHIN_S} s; the lines above say why.\n", flush=True)
