"""What every test has: the project's folder, a trained model on request, and no way to the network."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What a model is made of. Code that only serves it is left out, so that editing the gateway trains nothing.
_MADE_OF = (
    "config.yml",
    "domain.yml",
    "data/**/*.yml",
    "frontdesk/faq/names.py",
    "frontdesk/faq/ranking.py",
    "frontdesk/faq/calibration.py",
    "frontdesk/faq/decision.py",
    "frontdesk/assistant/encoder.py",
    "frontdesk/assistant/minilm.py",
    "frontdesk/assistant/reader.py",
    "frontdesk/assistant/training.py",
    "frontdesk/text/spelling.py",
    "frontdesk/assistant/featurizer.py",
    "frontdesk/assistant/ranker.py",
    "frontdesk/assistant/tokenizer.py",
    "frontdesk/text/language.py",
    "uv.lock",
)


@pytest.fixture(autouse=True)
def _in_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def model() -> Path:
    """The real model, trained once for the data as it stands and kept in var/."""
    digest = hashlib.sha256()
    for pattern in _MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    folder = ROOT / "var" / "test-models"
    path = folder / f"{digest.hexdigest()[:16]}.tar.gz"
    if not path.is_file():
        print("\ntraining the model for the tests (about a minute) ...", file=sys.stderr, flush=True)
        script = "import sys; from pathlib import Path; from frontdesk.cli.train import train; train(sys.argv[1], Path(sys.argv[2]))"
        trained = subprocess.run(
            [sys.executable, "-c", script, path.name.removesuffix(".tar.gz"), str(folder)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert trained.returncode == 0, trained.stderr[-3000:]
    return path
