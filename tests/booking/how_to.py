"""The backend that `docs/how-to/add-a-booking-backend.md` writes: both blocks of the page are run as they stand."""

from __future__ import annotations

import re
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.booking.plugs import Plug

PAGE = Path(__file__).parents[2] / "docs/how-to/add-a-booking-backend.md"

# What a factory finds in plugs.py, or imports there.
_IMPORTS = """
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

from tests.booking.plugs import Plug, six_openings
"""


def diary(folder: Path) -> AbstractAsyncContextManager[Plug]:
    """Bring up the diary of the page, as the page says."""
    backend, factory = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    for block in (backend, _IMPORTS, factory):
        exec(compile(block, PAGE.name, "exec", dont_inherit=True), names)
    made: AbstractAsyncContextManager[Plug] = names["diary"](folder)
    return made
