"""The NLU components keep Rasa's contract and their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import GraphComponent
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from frontdesk.assistant.alarm import SafetyAlarm
from frontdesk.assistant.encoder import DIMENSIONS, EncoderError, SentenceEncoder, load_encoder
from frontdesk.assistant.featurizer import SentenceEncoderFeaturizer
from frontdesk.assistant.ranker import TopicRanker
from frontdesk.assistant.tokenizer import BlankSpacyTokenizer
from tests.assistant import component_checks as checks
from tests.faq.test_ranking import LABELS, TEXTS

CONFIGS = {BlankSpacyTokenizer: {}, SentenceEncoderFeaturizer: {}, TopicRanker: {}, SafetyAlarm: {}}


def tokenise(message: Message) -> None:
    if message.get(TEXT).split():
        message.set("text_tokens", message.get(TEXT).split())


def featurise(message: Message) -> None:
    if message.get(TEXT).split():
        row = load_encoder().encode([message.get(TEXT)])
        message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, "test"))


PREPARE = {BlankSpacyTokenizer: lambda message: None, SentenceEncoderFeaturizer: tokenise, TopicRanker: featurise, SafetyAlarm: featurise}


@pytest.fixture
def trained(tmp_path: Path) -> TopicRanker:
    ranker = checks.create(TopicRanker, {"wrong_answer_rate": 0.9}, tmp_path)
    ranker.train(training_data())
    return ranker


def training_data() -> TrainingData:
    examples = []
    for text, label in zip(TEXTS, LABELS, strict=True):
        message = Message({TEXT: text, "intent": "faq", "intent_response_key": f"faq/{label}"})
        featurise(message)
        examples.append(message)
    responses = {f"utter_faq/{label}": [{"text": label, "metadata": {"title": label.title()}}] for label in set(LABELS)}
    return TrainingData(examples, responses=responses)


@pytest.mark.parametrize("component", CONFIGS)
def test_a_component_keeps_the_contract(component: type[GraphComponent], tmp_path: Path) -> None:
    checks.check_leaves_its_config_alone(component, CONFIGS[component], tmp_path)
    created = checks.create(component, CONFIGS[component], tmp_path)
    checks.check_takes_no_messages(created)
    checks.check_takes_any_message(created, PREPARE[component])
    checks.check_removes_nothing(created, PREPARE[component])


def test_the_trained_ranker_keeps_the_contract(trained: TopicRanker) -> None:
    checks.check_takes_any_message(trained, featurise)
    checks.check_removes_nothing(trained, featurise)


def test_a_ranker_that_was_stored_says_the_same(trained: TopicRanker, tmp_path: Path) -> None:
    restored = checks.load(TopicRanker, {}, tmp_path)
    said = []
    for ranker in (trained, restored):
        message = Message({TEXT: "what is the price"})
        featurise(message)
        ranker.process([message])
        said.append((message.get("intent")["name"], message.get("understanding")["topic"], message.get("intent_ranking")[0]["name"]))

    assert said[0] == said[1]
    assert said[0][2] == "faq/cost"


def test_after_a_change_of_wording_nothing_is_fitted_again_and_titles_are_the_new_ones(trained: TopicRanker, tmp_path: Path) -> None:
    again = checks.create(TopicRanker, {"wrong_answer_rate": 0.9}, tmp_path)
    data = training_data()
    data.responses["utter_faq/cost"][0]["metadata"]["title"] = "What you pay"

    again.train(data)

    assert again._ranker is trained._ranker
    assert (again._titles["faq/cost"], trained._titles["faq/cost"]) == ("What you pay", "Cost")


@pytest.mark.parametrize("change", ["an example", "a setting"])
def test_after_any_other_change_all_is_fitted_again(trained: TopicRanker, tmp_path: Path, change: str) -> None:
    again = checks.create(TopicRanker, {"wrong_answer_rate": 0.8 if change == "a setting" else 0.9}, tmp_path)
    data = training_data()
    if change == "an example":
        data.training_examples.pop()

    again.train(data)

    assert again._ranker is not trained._ranker


def test_an_answer_is_where_rasa_looks_for_a_selected_response(trained: TopicRanker) -> None:
    message = Message({TEXT: "what does it cost"})
    featurise(message)

    trained.process([message])

    assert message.get("intent")["name"] == "faq"
    assert message.get("response_selector")["faq"]["response"]["utter_action"] == "utter_faq/cost"


def test_a_second_miss_in_a_row_is_a_hand_off(tmp_path: Path) -> None:
    """With a line that nothing can reach, every message is a miss."""
    ranker = checks.create(TopicRanker, {"suggestion_rate": 2.0}, tmp_path)
    ranker.train(training_data())
    ranker._calibration = ranker._calibration.__class__.from_dict({**ranker._calibration.to_dict(), "answer_at": 1.01})
    tracker = DialogueStateTracker.from_events("visitor", [])
    intents = []
    for _ in range(3):
        message = Message({TEXT: "zebra"})
        featurise(message)
        ranker.process([message], tracker=tracker)
        intents.append(message.get("intent")["name"])
        tracker.update(UserUttered("zebra", {"name": intents[-1]}))

    assert intents == ["nlu_fallback", "repeated_miss", "repeated_miss"]


def test_the_encoder_gives_rows_of_length_one_in_the_order_of_the_texts() -> None:
    texts = ["a much longer text about needles and backs that comes first", "short", "where can I park", "", "hi", "hm " * 150, "ok"] * 3

    together = load_encoder().encode(texts)

    assert together.shape == (len(texts), DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    for row, text in zip(together, texts, strict=True):
        np.testing.assert_allclose(load_encoder().encode([text])[0], row, atol=1e-5)
    assert load_encoder().encode([]).shape == (0, DIMENSIONS)


def test_the_encoder_refuses_files_it_was_not_measured_with(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    (tmp_path / "tokenizer.json").write_text("{}")

    with pytest.raises(EncoderError, match="has sha256"):
        SentenceEncoder(tmp_path)


def test_the_encoder_names_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"model\.safetensors is missing"):
        SentenceEncoder(tmp_path)


def test_the_tokenizer_splits_as_spacy_does_and_keeps_places(tmp_path: Path) -> None:
    message = Message({TEXT: "I can't  sit, L5-S1!"})

    checks.create(BlankSpacyTokenizer, {}, tmp_path).process([message])

    tokens = message.get("text_tokens")
    assert [token.text for token in tokens] == ["I", "ca", "n't", "sit", ",", "L5", "-", "S1", "!"]
    assert all(message.get(TEXT)[token.start : token.end] == token.text for token in tokens)
