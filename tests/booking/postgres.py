"""A real PostgreSQL server on this machine, from Debian's package, for the tests and ended with them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

WHY_NOT = "no PostgreSQL here: /usr/lib/postgresql/*/bin/postgres is missing (apt-get install postgresql)"


def find_server() -> Path | None:
    """Return the folder of the newest server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running_server(programs: Path) -> Iterator[Path]:
    """Run a server without a network port and give the folder of its socket."""
    # A socket's path has to be short; pytest's folders are not.
    folder = Path(tempfile.mkdtemp(prefix="fd-pg-", dir="/tmp"))
    # PostgreSQL refuses to run as root.
    account: dict[str, Any] = {"cwd": folder}
    if os.geteuid() == 0:
        account |= {"user": "postgres", "group": "postgres", "extra_groups": ()}
        entry = pwd.getpwnam("postgres")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    data = folder / "data"
    prepare = [programs / "initdb", "-D", data, "-A", "trust", "-U", "frontdesk", "--no-sync", "--encoding=UTF8", "--locale=C"]
    subprocess.run(prepare, check=True, capture_output=True, **account)
    options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "deadlock_timeout=200ms", "-c", "max_connections=100"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([programs / "postgres", "-D", data, "-k", folder, *options], stdout=log, stderr=log, **account)
        try:
            _wait_for(folder, server)
            yield folder
        finally:
            server.terminate()
            server.wait(timeout=20)
            shutil.rmtree(folder, ignore_errors=True)


def make_database(folder: Path, name: str) -> str:
    """Make a database of that name, empty, and return its address."""
    connection = psycopg2.connect(host=str(folder), user="frontdesk", dbname="postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    finally:
        connection.close()
    return f"postgresql://frontdesk@/{name}?host={folder}"


def _wait_for(folder: Path, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            psycopg2.connect(host=str(folder), user="frontdesk", dbname="postgres").close()
        except psycopg2.OperationalError:
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.05)
        else:
            return
