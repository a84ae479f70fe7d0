"""Embeddings are kept from one training to the next, and nothing but time depends on it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import structlog
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from structlog.testing import capture_logs

from frontdesk.assistant.embeddings import EmbeddingCache, Rows
from frontdesk.assistant.encoder import bits_identity, load_encoder
from frontdesk.assistant.featurizer import SentenceEncoderFeaturizer
from tests.assistant import component_checks as checks
from tests.faq.test_ranking import TEXTS


class Counted:
    """The real encoder, and what it was asked to encode."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Rows:
        self.texts += texts
        return load_encoder().encode_apart(texts)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "embeddings.npz"


def recall(path: Path, texts: Sequence[str], identity: str = "encoder") -> tuple[Rows, list[str]]:
    """Return the rows and what had to be encoded for them."""
    counted = Counted()
    return EmbeddingCache(path, identity).around(counted)(texts), counted.texts


def test_only_new_examples_are_encoded_and_every_bit_is_the_same(path: Path) -> None:
    cold = load_encoder().encode_apart(TEXTS)
    recall(path, TEXTS[::2])

    rows, encoded = recall(path, TEXTS)

    assert sorted(encoded) == sorted(set(TEXTS) - set(TEXTS[::2]))
    assert rows.tobytes() == cold.tobytes()


def test_a_row_does_not_depend_on_the_texts_beside_it() -> None:
    texts = [*TEXTS, "a", "", "🙂", "a far longer text, so that it would be padded to another length if that made a difference here"]
    together = load_encoder().encode_apart(texts)

    assert load_encoder().encode_apart(texts[::-1])[::-1].tobytes() == together.tobytes()
    for text, row in zip(texts, together, strict=True):
        assert load_encoder().encode_apart([text])[0].tobytes() == row.tobytes()


def test_a_text_that_is_there_twice_is_encoded_once(path: Path) -> None:
    rows, encoded = recall(path, ["is it safe", "does it hurt", "is it safe"])

    assert len(encoded) == 2
    np.testing.assert_array_equal(rows[0], rows[2])


def test_a_deleted_example_is_gone_after_the_next_training(path: Path) -> None:
    recall(path, TEXTS)

    recall(path, TEXTS[:3])

    with np.load(path) as stored:
        assert len(stored["keys"]) == len(stored["rows"]) == 3


def test_the_file_is_for_its_owner_and_holds_no_words(path: Path) -> None:
    recall(path, ["my sciatica is killing me"])

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with zipfile.ZipFile(path) as file:
        assert not any(b"sciatica" in file.read(name) for name in file.namelist())


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def pickle_an_object(path: Path) -> None:
    np.savez(path, identity=np.array("encoder"), keys=np.array([{"a": 1}], dtype=object), rows=np.zeros((1, 2), dtype=np.float32))


def leave_out_the_rows(path: Path) -> None:
    np.savez(path, identity=np.array("encoder"), keys=np.zeros((1, 32), dtype=np.uint8))


def write_no_numbers(path: Path) -> None:
    np.savez(path, identity=np.array("encoder"), keys=np.zeros((1, 32), dtype=np.uint8), rows=np.full((1, 2), np.nan, dtype=np.float32))


DAMAGES = [
    truncate,
    flip_a_bit,
    pickle_an_object,
    leave_out_the_rows,
    write_no_numbers,
    lambda path: path.write_bytes(b""),
    lambda path: path.write_text("no archive"),
]


@pytest.fixture(autouse=True)
def _log_lines_as_they_come() -> Iterator[None]:
    """Other tests run the commands, which keep everything but failures from being logged."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_ignored_with_one_line_and_written_again(path: Path, damage: Callable[[Path], object]) -> None:
    expected, _ = recall(path, TEXTS)
    damage(path)

    with capture_logs() as logs:
        rows, encoded = recall(path, TEXTS)

    assert [line["event"] for line in logs] == ["embeddings_cache_not_used"]
    assert logs[0]["file"] == str(path)
    assert len(encoded) == len(set(TEXTS))
    np.testing.assert_array_equal(rows, expected)
    assert recall(path, TEXTS)[1] == []


def test_the_file_of_another_encoder_is_ignored(path: Path) -> None:
    recall(path, TEXTS, "older")

    with capture_logs() as logs:
        _, encoded = recall(path, TEXTS, "newer")

    assert len(encoded) == len(set(TEXTS))
    assert [line["reason"] for line in logs] == ["it was made with another encoder"]


def test_a_folder_that_cannot_be_used_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")

    with capture_logs() as logs:
        rows, _ = recall(tmp_path / "var" / "embeddings.npz", TEXTS)

    assert len(rows) == len(TEXTS)
    assert [line["event"] for line in logs] == ["embeddings_cache_not_used", "embeddings_cache_not_written"]


def test_trainings_at_the_same_time_leave_a_whole_file_of_one_of_them(path: Path) -> None:
    sets = [TEXTS[:5], TEXTS[5:10]]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: recall(path, sets[number % 2]), range(40)))

    assert [file.name for file in path.parent.iterdir()] == [path.name]
    with capture_logs() as logs, np.load(path) as stored:
        assert len(stored["rows"]) == 5
        recall(path, TEXTS)
    assert logs == []


@pytest.mark.parametrize(("setting", "kept"), [("on", True), ("off", False)])
def test_the_featurizer_keeps_examples_unless_told_not_to_and_never_messages(
    setting: str, kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_EMBEDDINGS_CACHE", setting)
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(tmp_path / "var"))
    featurizer = checks.create(SentenceEncoderFeaturizer, {}, tmp_path)
    example, message = (Message({TEXT: text, "text_tokens": text.split()}) for text in ("is it safe", "I am Ann and my back hurts"))

    featurizer.process([message])

    assert not (tmp_path / "var").exists()

    featurizer.process_training_data(TrainingData([example]))

    assert (tmp_path / "var" / "embeddings.npz").exists() == kept
    assert recall(tmp_path / "var" / "embeddings.npz", ["is it safe"], bits_identity())[1] == ([] if kept else ["is it safe"])
    assert example.get_dense_features(TEXT)[1] is not None
