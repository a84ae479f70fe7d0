"""spaCy is loaded without TensorFlow, and TensorFlow stays importable.

Each test runs a fresh interpreter, because what a process has imported cannot
be undone.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run_python(code: str) -> str:
    """Run code in a new interpreter and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_the_guard_does_not_load_tensorflow() -> None:
    printed = run_python(
        "import sys, pathlib; from frontdesk.safety import Guard\n"
        "g = Guard.load(pathlib.Path('clinic/safety')); g.check('hello')\n"
        "print('spacy' in sys.modules,"
        " any(m.split('.')[0] in ('tensorflow', 'rasa', 'rasa_sdk') for m in sys.modules),"
        " 'aiohttp.web' in sys.modules)"
    )

    assert printed == "True False False"


def test_spacy_without_tensorflow_stays_small() -> None:
    """Resident now, not `ru_maxrss`: that one a child inherits from the test process."""
    printed = run_python(
        "import re, pathlib; from frontdesk.text import blank_english; blank_english()\n"
        "print(re.search(r'VmRSS:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])"
    )

    assert int(printed) < 200_000, "kB; half a gigabyte and more when TensorFlow came along"


def test_importing_the_package_imports_nothing_heavy() -> None:
    printed = run_python("import sys, frontdesk.text; print('spacy' in sys.modules)")

    assert printed == "False"


def test_a_blocked_import_is_possible_again_afterwards() -> None:
    """A stand-in for TensorFlow: the real one takes four seconds to import."""
    printed = run_python(
        "import sys, types\n"
        "from frontdesk.text.language import load_spacy, without_tensorflow\n"
        "load_spacy()\n"
        "assert 'tensorflow' not in sys.modules\n"
        "from importlib.util import find_spec\n"
        "print(find_spec('tensorflow') is not None)"
    )

    assert printed == "True"


def test_a_loaded_tensorflow_is_left_alone() -> None:
    printed = run_python(
        "import sys, types\n"
        "from frontdesk.text.language import without_tensorflow\n"
        "fake = sys.modules['tensorflow'] = types.ModuleType('tensorflow')\n"
        "with without_tensorflow(): inside = sys.modules['tensorflow'] is fake\n"
        "print(inside, sys.modules['tensorflow'] is fake)"
    )

    assert printed == "True True"


def test_the_block_is_lifted_after_an_error() -> None:
    printed = run_python(
        "import sys\n"
        "from frontdesk.text.language import without_tensorflow\n"
        "try:\n"
        "    with without_tensorflow(): import tensorflow\n"
        "except ImportError: print('tensorflow' in sys.modules)"
    )

    assert printed == "False"


@pytest.mark.parametrize("text", ["I can't pee", "i cant pee", "I cannot pee"])
def test_contractions_have_the_same_norms(text: str) -> None:
    from frontdesk.text import blank_english

    assert [token.norm_ for token in blank_english()(text)] == ["i", "can", "not", "pee"]
