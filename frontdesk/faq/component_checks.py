"""Can Rasa read the three files that say what it is made of, and is there code for every name in them?

`config.yml`, `endpoints.yml` and `credentials.yml`. Rasa says the same after half a minute of loading, or only when it
starts; this reads its sources instead of importing them.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from frontdesk.text.problem import Problem
from frontdesk.text.yaml_lines import Document, Trail, load_yaml

_FILES = ("config.yml", "endpoints.yml", "credentials.yml")
_CLASS = re.compile(r"^class (\w+)", re.MULTILINE)
# Where Rasa keeps what a bare name in config.yml stands for.
_FOLDERS_OF_RASA = ("nlu", "core")
# Words that endpoints.yml and credentials.yml take instead of a class.
_STORES_OF_RASA = ("sql", "mongod", "dynamo", "redis", "in_memory", "concurrent_redis", "pika", "kafka", "file", "rest", "callback")
_CHANNELS_OF_RASA = ("rest", "callback", "cmdline", "socketio", "slack", "telegram", "facebook", "twilio", "mattermost", "rocketchat")
_WORDS_OF_RASA = frozenset({*_STORES_OF_RASA, *_CHANNELS_OF_RASA, "botframework", "webexteams", "hangouts", "rasa"})


def check_components(folder: Path) -> Iterator[Problem]:
    """Yield what is wrong with the files of a folder; one that is not there is not missed."""
    for name in _FILES:
        path = folder / name
        if not path.is_file():
            continue
        document, problems = load_yaml(path)
        yield from problems
        if document is None or problems:
            continue
        if not isinstance(document.value, dict):
            yield Problem(path, 1, "the file must hold lines such as 'key: value'; undo the last change")
            continue
        for trail, component in _named(document):
            if not _exists(component):
                yield document.problem(f"there is no component '{component}'; correct the name", *trail)


def _named(document: Document) -> Iterator[tuple[Trail, str]]:
    """Yield what a file names, and where."""
    match document.path.name:
        case "config.yml":
            for section in ("pipeline", "policies"):
                entries = document.get(section)
                for index, entry in enumerate(entries if isinstance(entries, list) else []):
                    name = entry.get("name") if isinstance(entry, dict) else entry
                    yield (section, index), str(name)
        case "endpoints.yml":
            for section, options in document.value.items():
                if isinstance(options, dict) and "type" in options:
                    yield (section, "type"), str(options["type"])
        case _:
            for channel in document.value:
                yield (channel,), str(channel)


def _exists(name: str) -> bool:
    module, _, kind = name.rpartition(".")
    if not kind.isidentifier():
        return False
    if not module:
        return kind.lower() in _WORDS_OF_RASA or kind in _classes_of_rasa()
    folder = _folder_of(module.split(".")[0])
    source = folder.parent.joinpath(*module.split(".")) if folder else None
    if source is None:
        return False
    path = next((path for path in (source.with_suffix(".py"), source / "__init__.py") if path.is_file()), None)
    defined = rf"^class {kind}\b|^(?:from .* )?import .*\b{kind}\b"
    return path is not None and bool(re.search(defined, path.read_text(encoding="utf-8"), re.MULTILINE))


@cache
def _classes_of_rasa() -> frozenset[str]:
    """Return the names of every class of Rasa that may stand in a pipeline; it is not imported, which takes seconds."""
    folder = _folder_of("rasa")
    paths = [path for part in _FOLDERS_OF_RASA for path in (folder / part).rglob("*.py")] if folder else []
    return frozenset(name for path in paths for name in _CLASS.findall(path.read_text(encoding="utf-8")))


def _folder_of(package: str) -> Path | None:
    try:
        spec: Any = find_spec(package)
    except (ImportError, ValueError):
        return None
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None
