"""Reads a message before it is ranked: which language it is in, and what its words were meant to be."""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from frontdesk.text.foreign import foreign_language
from frontdesk.text.spelling import Spelling, count_words

CORRECTED, LANGUAGE = "corrected", "language"
_MAIL = re.compile(r"[^\s@]+@[^\s@]+[^\s@.,;:!?)]")
_ANY_MAIL = "me@mail.com"
"""Stands for every mail address: the dots and names in one say nothing about what is asked, and outweigh what does."""


# A featurizer to Rasa's recipe, which runs those in the order of config.yml.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class MessageReader(GraphComponent):
    """Sets `corrected`, the text without typing errors and with one mail address for all, and `language` when it is not English.

    Learns the words of the examples; of them nothing needs correcting, so that training data passes through unchanged.
    """

    def __init__(self, model_storage: ModelStorage, resource: Resource, spelling: Spelling | None = None) -> None:
        """Create the component; without words it corrects nothing."""
        self._model_storage = model_storage
        self._resource = resource
        self._spelling = spelling

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default config; there is nothing to tune."""
        return {}

    @staticmethod
    def required_packages() -> list[str]:
        """Return what must be importable; `lingua` is left out, as Rasa wants one name for module and package."""
        return ["symspellpy"]

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> MessageReader:
        """Create an untrained component."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Count the words of the examples and store them."""
        counts = count_words(example.get(TEXT) for example in training_data.intent_examples if example.get(TEXT))
        self._spelling = Spelling(counts)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "words.json").write_text(json.dumps(dict(sorted(counts.items())), ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the examples as they are."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Read every message that has text."""
        for message in messages:
            text = message.get(TEXT)
            if not text or self._spelling is None:
                continue
            language = foreign_language(text)
            if language:
                message.set(LANGUAGE, language, add_to_output=True)
            else:
                message.set(CORRECTED, self._spelling.correct(_MAIL.sub(_ANY_MAIL, text)))
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MessageReader:
        """Load the words of a trained model."""
        with model_storage.read_from(resource) as folder:
            counts = json.loads((folder / "words.json").read_text(encoding="utf-8"))
        return cls(model_storage, resource, Spelling(counts))
