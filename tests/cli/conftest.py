"""A project to run the command in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what staff edit, as the current folder; it has no model."""
    for name in ("data", "clinic"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml", "Procfile"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
