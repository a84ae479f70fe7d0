"""The overrides of pyproject.toml hold: stock Rasa trains, loads and serves, quietly and without telling anyone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.stack.conftest import free_ports

ROOT = Path(__file__).resolve().parent.parent

CONFIG = """
recipe: default.v1
assistant_id: tiny
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: DIETClassifier
    epochs: 60
    random_seed: 7
  - name: ResponseSelector
    epochs: 2
policies:
  - name: RulePolicy
"""
DOMAIN = """
version: "3.1"
intents: [greeting, goodbye]
responses:
  utter_greeting: [{text: hello there}]
  utter_goodbye: [{text: so long}]
"""
NLU = """
version: "3.1"
nlu:
  - intent: greeting
    examples: |
      - hello
      - good morning
  - intent: goodbye
    examples: |
      - bye
      - see you later
  - intent: faq/cost
    examples: |
      - how much is it
      - what does it cost
responses:
  utter_faq/cost: [{text: ten}]
"""
RULES = """
version: "3.1"
rules:
  - rule: Greet
    steps: [{intent: greeting}, {action: utter_greeting}]
  - rule: Leave
    steps: [{intent: goodbye}, {action: utter_goodbye}]
  - rule: Answer
    steps: [{intent: faq}, {action: utter_faq}]
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "data").mkdir()
    (folder / "config.yml").write_text(CONFIG)
    (folder / "domain.yml").write_text(DOMAIN)
    (folder / "data" / "nlu.yml").write_text(NLU)
    (folder / "data" / "rules.yml").write_text(RULES)
    (folder / "credentials.yml").write_text("rest:\n")
    return folder


@pytest.fixture(scope="module")
def trained(tiny: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "rasa", "train", "--fixed-model-name", "tiny"], **in_a_new_home(tiny), check=False)


@pytest.fixture(scope="module")
def served(tiny: Path, trained: subprocess.CompletedProcess[str]) -> Iterator[str]:
    port = free_ports(1)[0]
    process = subprocess.Popen(
        [sys.executable, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port)],
        **{**in_a_new_home(tiny), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL},
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/version", timeout=2).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    yield address
    process.terminate()
    process.wait(timeout=20)


def in_a_new_home(folder: Path) -> dict:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("RASA_", "LOG_LEVEL", "PYTHONWARNINGS", "TF_"))
    }
    return {"cwd": folder, "env": {**environment, "HOME": str(home)}, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}


def test_stock_rasa_trains(trained: subprocess.CompletedProcess[str]) -> None:
    assert trained.returncode == 0, trained.stderr[-3000:]


def test_training_prints_no_noise_of_libraries(trained: subprocess.CompletedProcess[str]) -> None:
    printed = trained.stdout + trained.stderr

    for noise in ("DeprecationWarning", "pkg_resources", "MovedIn20Warning", "oneDNN", "cpu_feature_guard", "TensorRT"):
        assert noise not in printed


def test_telemetry_is_off_and_says_nothing(tiny: Path, trained: subprocess.CompletedProcess[str]) -> None:
    """Rasa writes an id into the home whatever one says; what counts is that nothing is sent."""
    command = [sys.executable, "-c", "import rasa.telemetry; print(rasa.telemetry.is_telemetry_enabled())"]

    asked = subprocess.run(command, **in_a_new_home(tiny), check=False)

    assert "telemetry" not in (trained.stdout + trained.stderr).lower()
    assert asked.stdout.strip() == "False"


def test_the_trained_model_is_served(served: str) -> None:
    body = json.dumps({"sender": "visitor", "message": "good morning"}).encode()
    request = urllib.request.Request(f"{served}/webhooks/rest/webhook", body, {"Content-Type": "application/json"})

    with urllib.request.urlopen(request, timeout=30) as reply:
        answers = json.load(reply)

    assert [answer["text"] for answer in answers] == ["hello there"]


@pytest.mark.parametrize(
    ("package", "least"), [("aiohttp", "3.13"), ("rasa", "3.6.21"), ("rasa-sdk", "3.6.2"), ("setuptools", "78.1.1"), ("matplotlib", "3.6")]
)
def test_what_is_overridden_is_what_is_installed(package: str, least: str) -> None:
    assert Version(version(package)) >= Version(least)


def test_the_pins_that_must_stay_have_stayed() -> None:
    assert version("jsonschema") == "3.2.0"
    assert Version(version("packaging")) < Version("21")


def test_the_encoder_brings_no_pytorch() -> None:
    with pytest.raises(ModuleNotFoundError):
        __import__("torch")


def test_our_copy_of_rasas_requirements_differs_only_where_it_says() -> None:
    """A new Rasa would bring other requirements; the copy in pyproject.toml must be made anew then."""
    stored = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]["dependency-metadata"]
    ours = {
        Requirement(entry).name: str(Requirement(entry).specifier)
        for entry in next(m for m in stored if m["name"] == "rasa")["requires-dist"]
    }
    theirs: dict[str, set[str]] = {}
    for entry in requires("rasa") or []:
        requirement = Requirement(entry)
        theirs.setdefault(requirement.name, set()).add(str(requirement.specifier))

    changed = {name for name, specifier in ours.items() if specifier not in theirs.get(name, set())}

    assert version("rasa") == "3.6.21"
    assert changed == {"matplotlib"}


def test_nothing_is_reported_to_the_makers_of_openvino() -> None:
    import frontdesk.assistant.minilm  # noqa: F401, its import is what is looked at

    assert sys.modules["openvino_telemetry"] is None
    assert sys.modules["openvino.tools.ovc.telemetry_utils"].tm.__name__ == "openvino.tools.ovc.telemetry_stub"
