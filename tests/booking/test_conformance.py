"""Every backend of `plugs.py` against the same tests."""

from __future__ import annotations

from tests.booking.conformance import *  # noqa: F403  # the tests themselves
