"""The comparison of understanding: what it counts, what it reads, and one small run through the real processes."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks import growth
from benchmarks.baselines import fit_baseline, sentences_of
from benchmarks.comparison import Row, compare, render
from benchmarks.datasets import CLINC_FILES, Message, load_clinc, load_project, read_examples
from benchmarks.measures import Parsed, auroc, false_accepts, understood
from benchmarks.methods import METHODS, config_of, method_named
from benchmarks.worker import first_place
from frontdesk.cli.errors import CannotRun

TOPICS = {
    "faq/parking": ("where can I park", "is there a car park", "parking?", "can I leave my car outside", "do you have parking spaces"),
    "faq/price": ("how much is it", "what does a visit cost", "prices please", "what do you charge", "is it expensive"),
    "oos_weather": ("will it rain", "weather tomorrow", "is it sunny in Paris", "how cold is it today", "any snow this week"),
}
ANSWERS = {
    "faq/parking": "Drive behind the bakery and take a numbered bay.",
    "faq/price": "A visit costs {prices.first}. Cash and cards are fine.",
}
MESSAGES = (
    {"id": "1", "text": "is there somewhere to park my car", "topic": "parking", "kind": "clinic"},
    {"id": "2", "text": "what would one visit cost me", "topic": "fees", "also_ok": ["price"], "kind": "clinic"},
    {"id": "3", "text": "is it going to rain tomorrow", "topic": "oos_weather", "kind": "out_of_scope"},
)
LEFT_OUT = (
    {"id": "4", "text": "my legs are numb", "topic": None, "kind": "danger"},
    {"id": "5", "text": "where do I park and what does it cost", "topic": ["parking", "price"], "kind": "two_questions"},
    {"id": "6", "text": "and on sundays?", "topic": "parking", "kind": "follow_up", "previous": "where can I park"},
)


@pytest.fixture
def project(tmp_path: Path) -> tuple[Path, Path]:
    """Training data of two topics and one kind of foreign message, and a file of messages."""
    data = tmp_path / "data"
    data.mkdir()
    nlu = [{"intent": label, "examples": "".join(f"- {text}\n" for text in texts)} for label, texts in TOPICS.items()]
    responses = {f"utter_{label}": [{"text": text}] for label, text in ANSWERS.items()}
    (data / "topics.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu, "responses": responses}), encoding="utf-8")
    return data, jsonl(tmp_path / "messages.jsonl", *MESSAGES, *LEFT_OUT)


def jsonl(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


# What is counted


def test_auroc_is_the_share_of_pairs_in_order_and_a_tie_is_half() -> None:
    # Six pairs: 0.9 beats all three, 0.5 beats 0.2, ties with 0.5, loses to 0.7.
    assert auroc([0.9, 0.5], [0.7, 0.5, 0.2]) == pytest.approx(4.5 / 6)


def test_false_accepts_are_counted_at_the_highest_line_that_lets_enough_of_ours_through() -> None:
    ours = [0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.1]

    # Nine of ten are 0.55 and above; two of the four others are too.
    assert false_accepts(ours, [0.99, 0.55, 0.54, 0.0], answered=0.85) == 0.5


def test_any_acceptable_label_is_right_and_a_foreign_first_place_is_the_less_ours_the_surer_it_is() -> None:
    cost = Message("what is it", frozenset({"cost", "insurance"}), foreign=False)
    weather = Message("will it rain", frozenset({"oos_general"}), foreign=True)
    messages = [cost, cost, weather, weather]
    parsed = [Parsed("insurance", 0.6, 1.0), Parsed("oos_general", 0.2, 1.0), Parsed("oos_general", 0.9, 1.0), Parsed("hours", 0.5, 1.0)]

    share = understood(messages, parsed)

    assert share.right == 0.5
    # 0.6 beats -0.9 and 0.5; -0.2 beats -0.9 only.
    assert share.auroc == 0.75


def test_what_a_fallback_put_second_was_first() -> None:
    ranking = [{"name": "nlu_fallback", "confidence": 0.3}, {"name": "greeting", "confidence": 0.2}]

    assert first_place({"intent": ranking[0], "intent_ranking": ranking}) == ("greeting", 0.2)


def test_a_response_selector_and_the_intent_before_it_must_both_be_right() -> None:
    chosen = {"response": {"intent_response_key": "faq/cost", "confidence": 0.5}}
    intent = {"name": "faq", "confidence": 0.8}
    selectors = {"all_retrieval_intents": ["faq"], "default": chosen}

    assert first_place({"intent": intent, "intent_ranking": [intent], "response_selector": selectors}) == ("cost", 0.4)


def test_a_ranking_over_topics_is_read_as_it_is_with_the_sureness_of_its_intent() -> None:
    parsed = {
        "intent": {"name": "did_you_mean", "confidence": 0.4},
        "intent_ranking": [{"name": "faq/cost", "confidence": 0.9}, {"name": "faq/insurance", "confidence": 0.1}],
    }

    assert first_place(parsed) == ("cost", 0.4)


# What is read


def test_a_project_is_read_without_danger_two_questions_and_follow_ups(project: tuple[Path, Path], tmp_path: Path) -> None:
    data, messages = project

    dataset = load_project(data, [messages], tmp_path)

    assert [message.text for message in dataset.messages] == [row["text"] for row in MESSAGES]
    assert dataset.messages[1].wanted == {"fees", "price"}
    assert dataset.describe() == "project: 15 examples of 3 labels; 2 messages of ours, 1 that are not"
    assert sorted(read_examples(dataset.plain).labels) == sorted(read_examples(data).labels)
    assert "faq" not in (dataset.plain / "nlu.yml").read_text(encoding="utf-8")


def test_clinc150_becomes_training_data_without_an_intent_for_what_is_foreign(tmp_path: Path) -> None:
    rows = (
        [("how do you say hello in french", "translate"), ("set an  alarm for [7](time)", "alarm")],
        [("what's thanks in danish", "translate"), ("wake me at 8", "alarm")],
        [("how tall is the sky", "oos"), ("why do cats purr", "oos")],
    )
    for name, pairs in zip(CLINC_FILES, rows, strict=True):
        jsonl(tmp_path / name, *({"id": number, "text": text, "topic": topic} for number, (text, topic) in enumerate(pairs)))

    dataset = load_clinc(tmp_path, tmp_path)

    assert set(zip(read_examples(dataset.training).labels, read_examples(dataset.training).texts, strict=True)) == {
        ("translate", "how do you say hello in french"),
        ("alarm", "set an alarm for 7"),
    }
    assert [message.foreign for message in dataset.messages] == [False, False, True, True]
    assert not dataset.has_answers


def test_where_to_get_clinc150_is_said_when_a_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"holds no clinc150-20shot-train\.jsonl.*github\.com/clinc/oos-eval"):
        load_clinc(tmp_path, tmp_path)


def test_made_up_topics_are_the_same_every_time_and_asked_in_sentences_that_no_example_has(tmp_path: Path) -> None:
    first, second = growth.made_up(10, tmp_path / "a"), growth.made_up(10, tmp_path / "b")
    examples = read_examples(first.training)

    assert first.messages == second.messages
    assert examples == read_examples(second.training)
    assert (len(set(examples.labels)), len(examples.texts), len(first.messages)) == (10, 200, 300)
    assert not {message.text for message in first.messages} & set(examples.texts)
    assert {label for message in first.messages for label in message.wanted} <= set(examples.labels)


# What is compared


def test_rasas_default_is_what_rasa_trains_when_no_pipeline_is_named() -> None:
    rasa = Path(find_spec("rasa").origin).parent
    default = yaml.safe_load((rasa / "engine/recipes/config_files/default_config.yml").read_text(encoding="utf-8"))

    assert config_of(method_named("rasa_default"))["pipeline"] == default["pipeline"]


def test_our_pipeline_is_the_projects_own_without_the_guard(root: Path) -> None:
    own = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))["pipeline"]

    assert config_of(method_named("frontdesk"))["pipeline"] == [part for part in own if not part["name"].endswith(".SafetyAlarm")]


def test_every_config_belongs_to_a_method(root: Path) -> None:
    configs = {path.stem for path in (root / "benchmarks/pipelines").glob("*.yml")}

    assert configs == {method.name for method in METHODS if method.is_pipeline} - {"frontdesk"}


def test_epochs_can_be_cut_for_a_quick_look() -> None:
    pipeline = config_of(method_named("rasa_default"), epochs=1)["pipeline"]

    assert {component["epochs"] for component in pipeline if "epochs" in component} == {1}


def test_the_text_of_an_answer_teaches_its_topic(project: tuple[Path, Path]) -> None:
    examples = read_examples(project[0])
    asked = "behind the bakery, in a numbered bay"

    label, sure = fit_baseline("tfidf_nearest", examples, with_answers=True).parse(asked)

    assert label == "parking"
    assert sure > fit_baseline("tfidf_nearest", examples, with_answers=False).parse(asked)[1]


def test_a_sentence_that_waits_for_a_fact_teaches_nothing() -> None:
    assert sentences_of(ANSWERS["faq/price"]) == ["Cash and cards are fine."]


def test_our_pipeline_and_a_baseline_are_compared_in_processes_of_their_own(project: tuple[Path, Path], tmp_path: Path) -> None:
    data, messages = project
    dataset = load_project(data, [messages], tmp_path)

    rows, failed = compare(dataset, [method_named("frontdesk"), method_named("tfidf_nearest")], tmp_path, times=1)

    assert not failed
    ours, baseline = rows
    assert (ours.right, ours.auroc, ours.false_accepts) == (1.0, 1.0, 0.0)
    assert baseline.right == 1.0
    assert {"SentenceEncoderFeaturizer", "TopicRanker"} <= set(ours.components_s)
    # The weights of the encoder alone are 90 MB.
    assert min(ours.held_mb, ours.peak_mb) > 90
    assert [line.split()[:2] for line in render([ours, baseline], failed).splitlines()[1:]] == [
        ["frontdesk", "100.0%"],
        ["tfidf_nearest", "100.0%"],
    ]


def test_a_method_that_cannot_be_trained_is_a_line_of_the_table_that_says_why(project: tuple[Path, Path], tmp_path: Path) -> None:
    data, messages = project
    dataset = load_project(data, [messages], tmp_path)
    for file in dataset.plain.iterdir():
        file.unlink()

    rows, failed = compare(dataset, [method_named("tfidf_nearest")], tmp_path, times=1)

    assert not rows
    assert "holds no examples of intents" in render(rows, failed)


def test_what_this_project_costs_stands_beside_rasas_default() -> None:
    ours = Row("frontdesk", 0.9, 0.9, 0.1, 20.0, [20.0], 8.0, 20.0, 900, 1000, {})
    default = Row("rasa_default", 0.8, 0.9, 0.1, 1200.0, [1200.0], 12.0, 30.0, 1500, 2000, {})

    assert render([ours, default], {}).splitlines()[-4:] == [
        "  training 60.0 times as fast",
        "  p50 1.50 times as fast",
        "  p99 1.50 times as fast",
        "  0.60 of its memory",
    ]
    assert "times as fast" not in render([ours], {})


def test_growth_is_told_by_what_each_hundred_topics_more_take() -> None:
    hundred = growth.Row(100, 2000, 10.0, 5.0, 1.0, 9.0, 12.0, 900, 1000, 1.0)
    two_hundred = growth.Row(200, 4000, 14.5, 8.0, 2.0, 9.0, 12.0, 900, 1000, 1.0)

    assert growth.render(two_hundred, hundred).split()[5] == "4.50"


def test_growth_is_drawn(tmp_path: Path) -> None:
    rows = [growth.Row(topics, 20 * topics, topics / 10, topics / 20, 1.0, 9.0, 12.0, 900, 1000, 1.0) for topics in (100, 200)]

    assert growth.save_plot(rows, tmp_path / "plots").read_bytes().startswith(b"\x89PNG")


def test_more_topics_than_can_be_made_up_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="2 to 2,000 made-up topics, not 2001"):
        growth.made_up(2001, tmp_path)
