"""The whole assistant in this process, with the real model and the real actions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from frontdesk.assistant.agent import Assistant, Outcome
from frontdesk.text.logs import quieten


@pytest.fixture(scope="session")
def assistant(model: Path) -> Assistant:
    quieten()
    return Assistant(model)


@pytest.fixture(scope="session")
def ask(assistant: Assistant) -> Callable[..., Outcome]:
    """Ask one question, optionally after earlier ones."""
    import asyncio

    loop = asyncio.new_event_loop()

    def ask_now(text: str, *previous: str) -> Outcome:
        return loop.run_until_complete(assistant.ask(text, previous))

    yield ask_now
    loop.close()
