"""spaCy's tokens for Rasa, without a trained pipeline, which the package index does not have."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from frontdesk.text.language import blank_english, load_spacy


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BlankSpacyTokenizer(Tokenizer):
    """Splits with spaCy's English tokenizer.

    Rasa's `SpacyNLP` and `SpacyTokenizer` do the same with a pipeline that was loaded from a package, and keep each
    message's document through training; this needs no package and half the time.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default config."""
        return {
            # Name of an installed spaCy pipeline whose tokenizer is used instead of the blank English one.
            "model": None,
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Return what must be importable."""
        return ["spacy"]

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> BlankSpacyTokenizer:
        """Create the component."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        model = config.get("model")
        self._split = (load_spacy().load(model) if model else blank_english()).tokenizer

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of one attribute of a message; white space is none."""
        words = self._split(message.get(attribute))
        tokens: list[Token] = self._apply_token_pattern([Token(word.text, word.idx) for word in words if not word.is_space])
        return tokens
