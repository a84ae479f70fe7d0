"""Where does this process get spaCy from, and without TensorFlow?

`import spacy` imports thinc, and thinc imports TensorFlow wherever it is
installed: 500 MB and four seconds, for a tokenizer. Only the Rasa process needs
TensorFlow; gateway, actions and console must stay light. This is the one module
that imports spaCy first. Everything else asks it: `blank_english()` for a
pipeline, `load_spacy()` for the module itself.

The block is lifted as soon as spaCy is loaded, so a later `import tensorflow`
works as usual. In the Rasa process `rasa` has imported TensorFlow before this
module runs, and then nothing is blocked at all.

This module knows nothing about what the text means.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

_BLOCKED = "tensorflow"


@contextmanager
def without_tensorflow() -> Iterator[None]:
    """Make `import tensorflow` fail with ImportError inside the block.

    A `None` in `sys.modules` is Python's documented way to say "not importable".
    Does nothing when TensorFlow is loaded already: whoever paid for it keeps it.
    The entry is removed again on the way out, also after an exception.
    """
    if _BLOCKED in sys.modules:
        yield
        return
    sys.modules[_BLOCKED] = None  # type: ignore[assignment]  # documented use of None
    try:
        yield
    finally:
        if sys.modules.get(_BLOCKED, ...) is None:
            del sys.modules[_BLOCKED]


def load_spacy(*, with_tensorflow: bool = False) -> ModuleType:
    """Return the spaCy module, imported without TensorFlow unless asked for.

    Safe to call often: once spaCy is loaded this is a dictionary lookup.

    Args:
        with_tensorflow: Let thinc import TensorFlow, for a process that trains
            or runs a TensorFlow layer inside spaCy. Nothing here needs it.
    """
    if "spacy" in sys.modules or with_tensorflow:
        return importlib.import_module("spacy")
    with without_tensorflow():
        importlib.import_module("spacy.matcher")
        return importlib.import_module("spacy")


@functools.lru_cache(maxsize=1)
def blank_english() -> Language:
    """Return the shared blank English pipeline with sentence boundaries.

    It has a tokenizer, norms (so that "can't", "cant" and "cannot" read alike)
    and the rule-based sentencizer: no tagger, no parser, no download. The object
    is cached for the process; do not add pipes to it.
    """
    spacy = load_spacy()
    nlp: Language = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    return nlp
