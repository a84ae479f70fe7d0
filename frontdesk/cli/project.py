"""Where the project is, and which model is its newest."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from frontdesk.cli.errors import CannotRun

PORTS = {"FRONTDESK_PORT": "8080", "FRONTDESK_RASA_PORT": "5005", "FRONTDESK_ACTIONS_PORT": "5055", "FRONTDESK_CONSOLE_PORT": "8090"}
"""Settings of ports, and what they are when nothing is set."""
FREE_MB = 300
"""A model and its training cache need about this much."""


def project_folder() -> Path:
    """Return the current folder, which must be the project's.

    Raises:
        CannotRun: When it is not.
    """
    here = Path.cwd()
    missing = [name for name in ("config.yml", "domain.yml", "data", "clinic") if not (here / name).exists()]
    if missing:
        raise CannotRun(f"{here} holds no {missing[0]}; run this in the project's folder (the one with config.yml)")
    return here


def models_folder() -> Path:
    """Return where models are kept: `FRONTDESK_MODELS_DIR`, or `models` in the project's folder."""
    return Path(os.environ.get("FRONTDESK_MODELS_DIR") or "models")


def addresses(environment: Mapping[str, str]) -> tuple[str, str]:
    """Return where the gateway and the console are on this machine, by the settings."""
    gateway = f"http://{environment.get('FRONTDESK_HOST', '127.0.0.1')}:{environment.get('FRONTDESK_PORT', PORTS['FRONTDESK_PORT'])}"
    port = environment.get("FRONTDESK_CONSOLE_PORT", PORTS["FRONTDESK_CONSOLE_PORT"])
    return gateway, f"http://{environment.get('FRONTDESK_CONSOLE_HOST', '127.0.0.1')}:{port}"


def newest_model(models: Path) -> Path | None:
    """Return the model trained last, or `None` when there is none; what is half written has another name."""
    return max(models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None)


def require_model(given: Path | None) -> Path:
    """Return the model to use: the given one, or the newest.

    Raises:
        CannotRun: When there is none.
    """
    if given is not None and not given.is_file():
        raise CannotRun(f"{given} is not a model; train one with 'frontdesk train'")
    models = models_folder()
    model = given or newest_model(models)
    if model is None:
        raise CannotRun(f"no model in {models}/; train one with 'frontdesk train' (about half a minute)")
    return model


def require_space(folder: Path) -> None:
    """Refuse to start work that would fill the disk.

    Raises:
        CannotRun: When less than `FREE_MB` are free.
    """
    free_mb = shutil.disk_usage(folder).free // 2**20
    if free_mb < FREE_MB:
        raise CannotRun(f"{folder} has {free_mb} MB free; a model needs {FREE_MB} MB. Delete old files in models/ or make room")
