"""The one classifier of the pipeline: ranks topics and intents together and decides what to do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Optional

import numpy as np
import structlog
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, RESPONSE_SELECTOR, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from frontdesk.assistant.featurizer import ENCODE
from frontdesk.assistant.reader import CORRECTED, LANGUAGE
from frontdesk.assistant.transcript import iter_turns
from frontdesk.faq.calibration import Aims, Calibration, calibrate
from frontdesk.faq.decision import Labels, Ranking, Understanding
from frontdesk.faq.names import RETRIEVAL_INTENT, answer_name, is_topic, topic_of
from frontdesk.faq.ranking import Features, Ranker
from frontdesk.faq.understanding import Listener

log = structlog.get_logger()

SUGGEST, MISS, SECOND_MISS = "did_you_mean", "nlu_fallback", "repeated_miss"
MISSES = frozenset({SUGGEST, MISS, SECOND_MISS, "none_of_these"})
_SHOWN = 5
_FITTED: dict[bytes, tuple[Ranker, Calibration]] = {}
"""The last fit of this process, by a hash of all it was made of: the answers' wording is no part of that."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicRanker(IntentClassifier, GraphComponent):
    """Sets `intent`, `intent_ranking` and, for topics, `response_selector`, and `understanding`.

    Needs dense sentence features of length 1 from a featurizer before it; they are what a message means. How it is
    spelled, which survives typing errors, is taken from its text. Works on any Rasa training data; without retrieval
    intents it is a plain intent classifier that knows when not to answer.
    """

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Create an untrained component."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._ranker: Ranker | None = None
        self._calibration: Calibration | None = None
        self._titles: dict[str, str] = {}
        self._listener: Listener | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default config."""
        return {
            # Of the answers given, how many may be wrong, by leave-one-out over the training examples. Those are
            # written to be hard: on messages of real visitors the rate is far lower (docs/reference/understanding.md).
            "wrong_answer_rate": 0.1,
            # How sure an intent with a title, such as a booking wish, must be.
            "intent_sureness": 0.5,
            # How likely the right topic must be among three suggestions for them to be shown.
            "suggestion_rate": 0.35,
            # Of the messages that are no alarm, how many may raise one by examples alone.
            "false_alarm_rate": 0.005,
            # Intents that collect what is not ours.
            "out_of_scope_prefix": "oos_",
            # Intents that raise an alarm (`SafetyAlarm`).
            "alarm_intents": [],
            # The intent of a message in another language that was not understood; none leaves it to the ranking.
            "language_intent": None,
        }

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> TopicRanker:
        """Create an untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit ranking, sureness and lines to the examples, and store them."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        labels = [example.get(INTENT_RESPONSE_KEY) or example.get(INTENT) for example in examples]
        self._ranker, self._calibration = self._fit(_features_of(examples), labels)
        self._titles = _titles_of(examples, training_data.responses)
        self._persist(self._ranker, self._calibration)
        self._listen()
        return self._resource

    def _fit(self, features: Features, labels: Sequence[str]) -> tuple[Ranker, Calibration]:
        """Return what is fitted; in a process that trains again after a change of wording, what it has fitted before."""
        prefix, alarms = self._config["out_of_scope_prefix"], frozenset(self._config["alarm_intents"])
        aims = Aims(**{aim.name: self._config[aim.name] for aim in fields(Aims)})
        made_of = hashlib.sha256(repr([list(features.texts), list(labels), prefix, sorted(alarms), aims]).encode())
        made_of.update(np.ascontiguousarray(features.meaning).tobytes())
        key = made_of.digest()
        if key not in _FITTED:
            ranker, leaveout = Ranker.fit(features, labels)
            calibration = calibrate(
                leaveout,
                is_answer=is_topic,
                is_foreign=lambda label: label.startswith(prefix),
                is_alarm=lambda label: label in alarms,
                aims=aims,
            )
            _FITTED.clear()
            _FITTED[key] = ranker, calibration
        return _FITTED[key]

    # Rasa compares the annotation of `tracker` with its own, and does not know X | None.
    def process(self, messages: list[Message], tracker: Optional[DialogueStateTracker] = None) -> list[Message]:  # noqa: UP045
        """Rank and decide; `tracker` tells what was said before, and whether it was a miss."""
        for message in messages:
            if self._listener and message.get(TEXT) and message.features:
                read = _features_of([message])
                foreign = message.get(LANGUAGE) is not None
                understood, ranking = self._listener.understand(
                    read.texts[0],
                    read.meaning,
                    before=None if foreign else _said_before(tracker),
                    encode=None if foreign else message.get(ENCODE),
                )
                if foreign:
                    understood = self._in_other_language(understood)
                self._write(message, ranking, understood, missed_before=_missed_before(tracker))
        return messages

    def _in_other_language(self, understood: Understanding) -> Understanding:
        """Return what to do with a message not in English: an answer that is sure stands, all else asks for its language."""
        asked = self._config["language_intent"]
        if understood.decision == "answer" or asked is None:
            return understood
        return Understanding("dialogue", asked, (), understood.confidence)

    def lines(self) -> dict[str, float]:
        """Return the fitted lines and what they gave in leave-one-out; empty before training."""
        if self._calibration is None:
            return {}
        fitted = self._calibration
        drawn = {"answer_at": fitted.answer_at, "intent_at": fitted.intent_at, "suggest_at": fitted.suggest_at, "alarm_at": fitted.alarm_at}
        return drawn | dict(fitted.measured)

    def _write(self, message: Message, ranking: Ranking, understood: Understanding, *, missed_before: bool) -> None:
        """Put the outcome where Rasa, the reply generator and `frontdesk ask` look for it."""
        label = understood.label
        missed = label is None
        second = missed and missed_before
        decision = "handoff" if second else understood.decision
        name = SECOND_MISS if second else SUGGEST if understood.decision == "suggest" else MISS
        intent = name if label is None else RETRIEVAL_INTENT if is_topic(label) else label
        if understood.order:
            intent = several_intent(understood.order)
        message.set(INTENT, {"name": intent, "confidence": understood.confidence}, add_to_output=True)
        shown = [{"name": ranked.label, "confidence": ranked.share} for ranked in ranking[:_SHOWN]]
        message.set("intent_ranking", shown, add_to_output=True)
        topic = topic_of(label) if label else None
        answered = [topic] if topic and decision == "answer" else []
        understanding = {
            "decision": decision,
            "topic": topic,
            "topics": [topic_of(asked) for asked in understood.order] or answered,
            "suggestions": [] if second else [self._suggestion(label) for label in understood.suggestions],
            "confidence": understood.confidence,
            "alarm": self._alarm(ranking),
        }
        message.set("understanding", understanding, add_to_output=True)
        if label and is_topic(label):
            message.set(RESPONSE_SELECTOR, _selected(label, understood.confidence), add_to_output=True)

    def _suggestion(self, label: str) -> dict[str, str]:
        payload = f"/answer_faq{json.dumps({'topic': topic_of(label)})}" if is_topic(label) else f"/{label}"
        return {"name": topic_of(label), "title": self._titles[label], "payload": payload}

    def _alarm(self, ranking: Ranking) -> dict[str, Any] | None:
        """Return the leading alarm intent when the alarm intents together reach the line."""
        alarms = list(ranking.among(self._config["alarm_intents"]))
        share = sum(ranked.share for ranked in alarms)
        raised = bool(alarms) and self._calibration is not None and share >= self._calibration.alarm_at
        return {"intent": alarms[0].label, "share": share} if raised else None

    def _listen(self) -> None:
        if self._ranker and self._calibration:
            labels = Labels(frozenset(self._titles), frozenset(self._config["alarm_intents"]), self._config["out_of_scope_prefix"])
            self._listener = Listener(self._ranker, self._calibration, labels)

    def _persist(self, ranker: Ranker, calibration: Calibration) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / "ranking.npz", **ranker.to_arrays())
            stored = {"calibration": calibration.to_dict(), "titles": self._titles}
            (folder / "decision.json").write_text(json.dumps(stored, indent=1), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicRanker:
        """Load a trained component; nothing in its files can run code."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            # Opened here: numpy leaves the file open when it is damaged.
            with (folder / "ranking.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                component._ranker = Ranker.from_arrays(arrays)
            stored = json.loads((folder / "decision.json").read_text(encoding="utf-8"))
        component._calibration = Calibration.from_dict(stored["calibration"])
        component._titles = stored["titles"]
        component._listen()
        return component


def _features_of(messages: list[Message]) -> Features:
    """Return texts and dense sentence features; a message without features gets zeros."""
    found = [message.get_dense_features(TEXT)[1] for message in messages]
    width = next((features.features.shape[-1] for features in found if features is not None), 0)
    meaning = np.zeros((len(messages), width), dtype=np.float32)
    for row, features in enumerate(found):
        if features is not None:
            meaning[row] = features.features[-1]
    return Features([message.get(CORRECTED) or message.get(TEXT) for message in messages], meaning)


def _titles_of(examples: list[Message], responses: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    """Return a title for each label that may be suggested: topics by their answer's, intents by their own metadata."""
    titles: dict[str, str] = {}
    for example in examples:
        label = example.get(INTENT_RESPONSE_KEY) or example.get(INTENT)
        if label in titles:
            continue
        if is_topic(label):
            metadata = next((v.get("metadata") or {} for v in responses.get(answer_name(topic_of(label)), [])), {})
        else:
            metadata = (example.get("metadata") or {}).get("intent") or {}
        if metadata.get("title"):
            titles[label] = metadata["title"]
    return titles


def _missed_before(tracker: DialogueStateTracker | None) -> bool:
    """Say whether the visitor's message before this one was a miss."""
    said = [event for event in tracker.events if isinstance(event, UserUttered)] if tracker else []
    return bool(said) and said[-1].intent_name in MISSES


def several_intent(order: Sequence[str]) -> str:
    """Return the intent of a message that holds several questions: how many topics, and whether there is a wish beside them.

    >>> several_intent(["faq/cost", "faq/hours"]), several_intent(["faq/cost", "book_appointment"])
    ('two_topics', 'topic_and_booking')
    """
    topics = sum(is_topic(asked) for asked in order)
    if topics == len(order):
        return "two_topics" if topics == 2 else "three_topics"
    return "topic_and_booking" if topics == 1 else "two_topics_and_booking"


def _said_before(tracker: DialogueStateTracker | None) -> str | None:
    """Return what the visitor said last, a pressed button as its title; the message at hand is not in the tracker yet."""
    said = [turn["text"] for turn in iter_turns(tracker.events) if turn["from"] == "visitor"] if tracker else []
    return said[-1] if said else None


def _selected(label: str, confidence: float) -> dict[str, Any]:
    """Return the outcome in the shape of Rasa's ResponseSelector, which `utter_faq` and `rasa test nlu` read."""
    chosen = {
        "responses": None,
        "confidence": confidence,
        "intent_response_key": label,
        "utter_action": answer_name(topic_of(label)),
    }
    ranking = [{"intent_response_key": label, "confidence": confidence}]
    return {"all_retrieval_intents": [RETRIEVAL_INTENT], RETRIEVAL_INTENT: {"response": chosen, "ranking": ranking}}
