"""The gateway as a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

HEAVY = """
import json, sys
from pathlib import Path
from frontdesk.gateway.standby import Standby
from frontdesk.practice import load_practice
import frontdesk.gateway
clinic = Path("clinic")
Standby.load(clinic, load_practice(clinic))
print(json.dumps([name for name in ("rasa", "rasa_sdk", "tensorflow", "spacy") if sys.modules.get(name)]))
"""


def test_neither_rasa_nor_tensorflow_is_loaded():
    done = subprocess.run([sys.executable, "-c", HEAVY], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert set(json.loads(done.stdout)) <= {"spacy"}


def test_a_setting_that_cannot_be_used_ends_the_start_with_one_line_that_names_it(tmp_path):
    environment = {"FRONTDESK_PORT": "http", "FRONTDESK_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "frontdesk.gateway"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "gateway: FRONTDESK_PORT must be a whole number from 0 to 65535, not 'http'\n"
