"""One guard for all safety tests: it is immutable."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontdesk.safety import Cards, Guard

DIRECTORY = Path(__file__).parents[2] / "clinic" / "safety"


@pytest.fixture(scope="session")
def guard() -> Guard:
    return Guard.load(DIRECTORY)


@pytest.fixture(scope="session")
def cards() -> Cards:
    return Cards.load(DIRECTORY / "cards.yml")
