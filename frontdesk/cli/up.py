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
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from frontdesk.cli.clinic_watch import ClinicWatch
from frontdesk.cli.errors import CannotRun
from frontdesk.cli.project import PORTS, addresses, models_folder, newest_model, project_folder
from frontdesk.cli.supervisor import Supervisor, read_procfile
from frontdesk.cli.train import data_passes, train
from frontdesk.publishing.shelf import Shelf, ShelfError
from frontdesk.secret_files import keep_key

_READY_WITHIN_S = 180


def add_parser(subparsers: Any) -> None:
    """Add `up` to the command."""
    parser = subparsers.add_parser("up", help="start the assistant on this machine; trains first when there is no model")
    parser.add_argument("--model", type=Path, help="a model file to serve whatever is published; for a look")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until stopped, and return the exit status."""
    folder = project_folder()
    ports = _choose_ports(os.environ)
    if args.model is not None and not args.model.is_file():
        raise CannotRun(f"{args.model} is not a model; train one with 'frontdesk train'")
    data_dir = Path(os.environ["FRONTDESK_DATA_DIR"])
    settings = {**_settings(ports), **os.environ, **ports}
    models = folder / models_folder()
    model = args.model or _published_model(models)
    _prepare_data(data_dir)
    endpoints = folder / "endpoints.yml"
    if args.model is None:
        endpoints = _with_models_from_console(endpoints, data_dir, ports)
    return _supervise(folder, {**settings, "FRONTDESK_MODEL": str(model), "FRONTDESK_ENDPOINTS": str(endpoints)})


def _published_model(models: Path) -> Path:
    """Return the model that is published; when none ever was, the newest is, and when there is none, one is trained.

    Raises:
        CannotRun: When there is nothing to serve and nothing can be trained.
    """
    shelf = Shelf(models)
    newest = newest_model(models)
    try:
        published = shelf.published()
        if published is None:
            if newest is None:
                newest = _first_model(models)
            with shelf.exclusively("frontdesk up"):
                shelf.publish(newest.name.removesuffix(".tar.gz"), by="frontdesk up", note="first version")
            return newest
    except ShelfError as err:
        raise CannotRun(str(err)) from err
    if newest and newest.stat().st_mtime > published.path.stat().st_mtime:
        print(f"Serving {published.name}, which is published; {newest.name} is newer: see 'frontdesk publish --help'.", flush=True)
    return published.path


def _first_model(models: Path) -> Path:
    print("There is no model yet: training one first, which takes about half a minute.", flush=True)
    if not data_passes():
        raise CannotRun("the data has problems; mend the lines above, then start again")
    return train(models=models)


def _with_models_from_console(endpoints: Path, data_dir: Path, ports: Mapping[str, str]) -> Path:
    """Return a copy of endpoints.yml that also tells Rasa to take what is published from the console, a moment after it is."""
    address = f"http://127.0.0.1:{ports['FRONTDESK_CONSOLE_PORT']}/models/published"
    secret = keep_key(data_dir / "models.secret", "FRONTDESK_MODELS_SECRET")
    models = {"url": address, "token": secret, "wait_time_between_pulls": 3}
    copy = data_dir / "endpoints.yml"
    content = yaml.safe_dump({**yaml.safe_load(endpoints.read_text(encoding="utf-8")), "models": models})
    copy.touch(mode=0o600)
    copy.write_text(content, encoding="utf-8")
    return copy


def _choose_ports(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the ports by setting, each of them free.

    Raises:
        CannotRun: When one is no port or is in use.
    """
    ports = {name: environment.get(name, default) for name, default in PORTS.items()}
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
    supervisor = Supervisor(read_procfile(folder / "Procfile"), environment, folder)
    address, console = addresses(environment)
    threading.Thread(target=_announce, args=(address, console, supervisor.is_up), daemon=True).start()
    watch = ClinicWatch(
        Path(environment.get("FRONTDESK_CLINIC_DIR") or "clinic"), environment, supervisor.restart, partial(supervisor.say, "system")
    )
    stopped = threading.Event()
    threading.Thread(target=_watch, args=(watch, supervisor.is_up, stopped), daemon=True).start()
    try:
        return supervisor.run()
    finally:
        stopped.set()


def _watch(watch: ClinicWatch, is_up: threading.Event, stopped: threading.Event) -> None:
    """Watch the clinic's files once everything is up: what has not started yet reads them anyway."""
    is_up.wait()
    watch.run(stopped)


def _announce(address: str, console: str, is_up: threading.Event) -> None:
    """Print where to look as soon as the assistant can answer, and let the supervisor know."""
    started = time.monotonic()
    while time.monotonic() - started < _READY_WITHIN_S:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):  # noqa: S310 - our own address
                is_up.set()
                seconds = time.monotonic() - started
                where = f"  Demo page:  {address}/\n  Console:    {console}/\n"
                print(f"\nReady after {seconds:.0f} s.\n\n{where}\n  Stop with Ctrl+C.\n", flush=True)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    print(f"\nNot ready after {_READY_WITHIN_S} s; the lines above say why.\n", flush=True)
