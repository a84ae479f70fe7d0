"""The facts of one clinic, read from `clinic/practice.yml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from frontdesk.practice.errors import PracticeError
from frontdesk.practice.facts import load_facts
from frontdesk.practice.filling import Filled, fill
from frontdesk.practice.hours import check_dates, check_week, join_words, render_dates, render_week


@dataclass(frozen=True)
class Practice:
    """A clinic's facts; unknown ones are `None`."""

    example: bool
    """Whether this is the demo clinic, whose facts are made up."""
    raw: Mapping[str, Any]
    """Values by dotted name, as they stand in the file."""

    def value(self, name: str) -> str | None:
        """Return a fact as a visitor reads it, or `None` when the clinic has not supplied it.

        Minutes become "60 minutes", lists "a, b and c", opening hours a line; a name that is no fact is `None` too,
        and so are hours and holidays that cannot be read.
        """
        raw = self.raw.get(name)
        if raw is None or raw == "" or raw == []:
            return None
        match load_facts()[name].type if name in load_facts() else "text":
            case "minutes":
                return f"{raw} minutes"
            case "list" if isinstance(raw, list):
                return join_words([str(item) for item in raw])
            case "hours":
                return None if check_week(raw) else render_week(raw)
            case "dates":
                return None if check_dates(raw) else render_dates(raw)
        return str(raw)

    def fill(self, text: str) -> str:
        """Return `text` with its placeholders filled and lines about unknown facts dropped."""
        return self.fill_reporting(text).text

    def fill_reporting(self, text: str) -> Filled:
        """Return the filled text together with the names of the facts that were missing."""
        return fill(text, self.value)


def load_practice(clinic: Path) -> Practice:
    """Read `practice.yml` in the folder `clinic`.

    Raises:
        PracticeError: When the file is missing or is not YAML of the right shape. What single facts hold
            is checked by `frontdesk check`, not here: one odd price must not take the assistant down.
    """
    path = clinic / "practice.yml"
    try:
        sections = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise PracticeError(f"{path}: cannot be read ({err.strerror})") from err
    except UnicodeDecodeError as err:
        raise PracticeError(f"{path}: is not plain text; save the file as UTF-8 text") from err
    except yaml.YAMLError as err:
        raise PracticeError(f"{path}: is not valid YAML: {' '.join(str(err).split())}") from err
    if not isinstance(sections, dict):
        raise PracticeError(f"{path}: must hold sections such as 'contact:' and 'prices:'")
    raw = {
        f"{section}.{key}": value for section, entries in sections.items() if isinstance(entries, dict) for key, value in entries.items()
    }
    return Practice(example=bool(sections.get("example", False)), raw=MappingProxyType(raw))
