"""The network of all-MiniLM-L6-v2 (BERT, Devlin et al. 2019) as an OpenVINO graph, built from its weights.

Half the time of the same network in TensorFlow for one question, and built in half a second.
"""

import json
import sys
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

# `import openvino` reports itself to its makers where this package is installed; where it cannot be imported, nothing is sent.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import openvino as ov  # noqa: E402
from openvino import opset15 as op  # noqa: E402

LAYERS = (4, 5, 6)
"""The last three of six. The last alone was trained to tell sentences apart in general; the two before it keep more of
what tells our topics apart: of left-out examples 75 in 100 find their topic with three, 72 with one."""

Rows = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int32]


class Encode(Protocol):
    """What `build` returns."""

    def __call__(self, ids: Tokens, text_of: Tokens, texts: int = 1) -> Rows:
        """Return a row for each text."""


_SETTINGS = {
    "PERFORMANCE_HINT": "LATENCY",
    # Processors with bfloat16 would else round to it, and rows would differ from machine to machine.
    "INFERENCE_PRECISION_HINT": "f32",
    "INFERENCE_NUM_THREADS": 2,
    # A thread tied to one core waits for whatever else runs there: the slowest answers took twice as long.
    "ENABLE_CPU_PINNING": False,
}


def build(folder: Path) -> Encode:
    """Return a function from token ids, whose they are, and how many texts each row of them holds, to a row for each text.

    Ids are `(b, n)`, and so is whose they are: 1 for the tokens of the first text in a row, 2 for those of the second, and
    so on, 0 for padding. A text pays attention to itself alone. The rows, `(b * texts, 384 * len(LAYERS))` and of length 1
    (zeros where there is no such text), are the mean over a text's tokens of each of `LAYERS`, each scaled to the same
    length, side by side. Of threads that call the function at once, one waits for the other. `folder` holds
    `model.safetensors` and `config.json`.
    """
    compiled = ov.Core().compile_model(_Bert(folder).model(), "CPU", _SETTINGS)
    request = compiled.create_infer_request()
    one_at_a_time = Lock()

    def encode(ids: Tokens, text_of: Tokens, texts: int = 1) -> Rows:
        which = np.arange(1, texts + 1, dtype=np.int32)
        with one_at_a_time:
            request.infer([ids, text_of, _places(text_of), which], share_inputs=True)
            # A copy, as the request writes the next rows where it wrote these.
            rows: Rows = request.get_output_tensor().data.reshape(-1, request.get_output_tensor().shape[-1]).copy()
        return rows

    return encode


def _places(text_of: Tokens) -> Tokens:
    """Return how many tokens of its own text stand before each token.

    >>> _places(np.array([[1, 1, 1, 2, 2, 0]]))
    array([[0, 1, 2, 0, 1, 0]], dtype=int32)
    """
    here = np.arange(text_of.shape[1], dtype=np.int32)
    begins = np.diff(text_of, axis=1, prepend=0) != 0
    places: Tokens = here - np.maximum.accumulate(np.where(begins, here, 0), axis=1)
    return places


class _Bert:
    """Draws the graph; each method returns a node of it, of shape `(b, n, width)` where nothing else is said."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._layers, self._heads, self._width = config["num_hidden_layers"], config["num_attention_heads"], config["hidden_size"]
        self._epsilon = config["layer_norm_eps"]
        self._weights = load_file(folder / "model.safetensors")

    def model(self) -> ov.Model:
        ids, text_of, places = (op.parameter([-1, -1], np.int32, name=name) for name in ("ids", "text_of", "places"))
        texts = op.parameter([-1], np.int32, name="texts")
        # Added to what a token pays to each other token, `(b, 1, n, n)`: nothing is paid to another text, or to padding.
        same = op.equal(op.unsqueeze(text_of, [1, 3]), op.unsqueeze(text_of, [1, 2]))
        unseen = op.multiply(op.subtract(np.float32(1), op.convert(same, np.float32)), np.float32(-1e9))
        # Which tokens each text has, `(b, texts, n)`, and how many; a row of tokens may have fewer texts than another.
        its_own = op.convert(op.equal(op.unsqueeze(text_of, 1), op.unsqueeze(texts, [0, 2])), np.float32)
        counted = op.maximum(op.reduce_sum(its_own, [2], True), np.float32(1))
        states = [self._embeddings(ids, places)]
        for layer in range(self._layers):
            states.append(self._layer(states[-1], unseen, f"encoder.layer.{layer}."))
        means = [op.divide(op.matmul(its_own, states[layer], False, False), counted) for layer in LAYERS]
        pooled = op.concat([op.normalize_l2(mean, [2], 1e-12, "max") for mean in means], 2)
        return ov.Model([op.divide(pooled, np.float32(len(LAYERS) ** 0.5))], [ids, text_of, places, texts], "minilm")

    def _embeddings(self, ids: Any, places: Any) -> Any:
        # Every text is of the first of the two types of BERT.
        placed = self._weights["embeddings.position_embeddings.weight"] + self._weights["embeddings.token_type_embeddings.weight"][0]
        words = op.gather(self._constant("embeddings.word_embeddings.weight"), ids, 0)
        return self._norm(op.add(words, op.gather(op.constant(placed), places, 0)), "embeddings.LayerNorm")

    def _layer(self, state: Any, unseen: Any, name: str) -> Any:
        queries, keys, values = (self._by_head(self._dense(state, f"{name}attention.self.{part}")) for part in ("query", "key", "value"))
        seen = op.scaled_dot_product_attention(queries, keys, values, unseen)
        joined = op.reshape(op.transpose(seen, [0, 2, 1, 3]), [0, 0, self._width], special_zero=True)
        attended = self._norm(op.add(self._dense(joined, f"{name}attention.output.dense"), state), f"{name}attention.output.LayerNorm")
        inner = op.gelu(self._dense(attended, f"{name}intermediate.dense"), "erf")
        return self._norm(op.add(self._dense(inner, f"{name}output.dense"), attended), f"{name}output.LayerNorm")

    def _by_head(self, node: Any) -> Any:
        """Return shape `(b, heads, n, width / heads)`."""
        return op.transpose(op.reshape(node, [0, 0, self._heads, self._width // self._heads], special_zero=True), [0, 2, 1, 3])

    def _dense(self, node: Any, name: str) -> Any:
        return op.add(op.matmul(node, self._constant(f"{name}.weight"), False, True), self._constant(f"{name}.bias"))

    def _norm(self, node: Any, name: str) -> Any:
        centred = op.mvn(node, [-1], True, self._epsilon, "inside_sqrt")
        return op.add(op.multiply(centred, self._constant(f"{name}.weight")), self._constant(f"{name}.bias"))

    def _constant(self, name: str) -> Any:
        return op.constant(self._weights[name])
