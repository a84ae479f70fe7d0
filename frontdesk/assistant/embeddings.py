"""Embeddings of training examples, kept from one training to the next: most examples are the same as last time.

One file in the data folder, known by the hash of each text and not by its words. It holds what the last training used
and nothing else, so that an example that was deleted is gone from here after the next training. Losing the file costs
time only. Visitors' messages never come here.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import structlog

log = structlog.get_logger()

Rows = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Rows]
"""Turns texts into one row each."""

FILE = "embeddings.npz"
SETTING = "FRONTDESK_EMBEDDINGS_CACHE"


class EmbeddingCache:
    """The rows of the texts of the last training, in a file."""

    def __init__(self, path: Path, identity: str) -> None:
        """Take the file, which need not exist, and what says with what its rows were made."""
        self._path = path
        self._identity = identity

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], identity: str) -> EmbeddingCache | None:
        """Return the cache in the project's data folder, or `None` when it is switched off."""
        if environment.get(SETTING, "on") == "off":
            return None
        return cls(Path(environment.get("FRONTDESK_DATA_DIR") or "var") / FILE, identity)

    def around(self, encode: Encode) -> Encode:
        """Return `encode` with this cache before it; a row must not depend on the texts it is encoded with."""

        def encode_or_recall(texts: Sequence[str]) -> Rows:
            before = self._load()
            by_key = {_key(text): text for text in texts}
            new = [key for key in by_key if key not in before]
            rows = {key: row for key, row in before.items() if key in by_key}
            if new:
                rows.update(zip(new, encode([by_key[key] for key in new]), strict=True))
            if rows.keys() != before.keys():
                self._save(rows)
            return np.array([rows[_key(text)] for text in texts], dtype=np.float32)

        return encode_or_recall

    def _load(self) -> dict[bytes, Rows]:
        """Return the rows by key; none when there is no file, or it is damaged or was made with another encoder."""
        try:
            # Opened here: numpy leaves a file open that it cannot read.
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                if str(stored["identity"]) != self._identity:
                    raise ValueError("it was made with another encoder")
                keys, rows = stored["keys"], stored["rows"]
            if keys.dtype != np.uint8 or keys.ndim != 2 or rows.dtype != np.float32 or not np.isfinite(rows).all():
                raise ValueError("it holds something else")
            return dict(zip(map(bytes, keys), rows, strict=True))
        except FileNotFoundError:
            return {}
        # What numpy raises for a file that is damaged, or none of its own.
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as err:
            log.warning("embeddings_cache_not_used", file=str(self._path), reason=str(err))
            return {}

    def _save(self, rows: Mapping[bytes, Rows]) -> None:
        """Put the rows in place of what was there, at once, for the owner's eyes only; of two trainings the later one stays."""
        arrays = {
            "identity": np.array(self._identity),
            "keys": np.array([np.frombuffer(key, dtype=np.uint8) for key in rows]),
            "rows": np.array(list(rows.values()), dtype=np.float32),
        }
        written: Path | None = None
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._path.parent, prefix=f".{FILE}-", delete=False) as file:
                written = Path(file.name)
                np.savez(file, **arrays)
            written.replace(self._path)
        except OSError as err:
            log.warning("embeddings_cache_not_written", file=str(self._path), reason=str(err))
            if written is not None:
                written.unlink(missing_ok=True)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
