"""The ways of understanding that are compared, and Rasa's config for those that are pipelines."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_PIPELINES = Path(__file__).with_name("pipelines")
_PROJECT_CONFIG = Path(__file__).resolve().parent.parent / "config.yml"

# The guard neither ranks nor lowers anything, and needs the clinic's rules, which other data do not have.
_LEFT_OUT = frozenset({"frontdesk.assistant.alarm.SafetyAlarm"})


@dataclass(frozen=True)
class Method:
    """A way of understanding messages."""

    name: str
    says: str
    """What it is, in a line."""
    is_pipeline: bool = True
    """Whether it is a Rasa pipeline; otherwise it is in `benchmarks.baselines`."""
    knows_topics: bool = False
    """Whether it takes retrieval intents as they are; others get each topic as an intent of its own."""
    needs_answers: bool = False
    is_slow: bool = False
    """Whether training takes minutes rather than seconds."""
    on_request: bool = False
    """Whether it is compared only when it is named."""


FRONTDESK = Method("frontdesk", "this project's config.yml", knows_topics=True)
RASA_DEFAULT = Method("rasa_default", "Rasa's default: DIET and ResponseSelector", knows_topics=True, is_slow=True)

METHODS = (
    FRONTDESK,
    RASA_DEFAULT,
    Method("rasa_logistic_regression", "word and character counts, Rasa's LogisticRegressionClassifier"),
    Method("encoder_logistic_regression", "sentence encoder, Rasa's LogisticRegressionClassifier"),
    Method("tfidf_nearest", "nearest example by TF-IDF of words and characters", is_pipeline=False),
    Method("encoder_nearest", "nearest example by sentence encoder", is_pipeline=False),
    Method("encoder_ngrams", "sentence encoder and TF-IDF side by side, logistic regression", is_pipeline=False),
    Method("encoder_ngrams_answers", "the same, with the answers' own text as examples", is_pipeline=False, needs_answers=True),
    Method("encoder_fine_tuned", "sentence encoder with all of its weights trained on the examples", is_pipeline=False, on_request=True),
)


def method_named(name: str) -> Method:
    """Return a method; raises StopIteration for a name that is none, which the command line's choices rule out."""
    return next(method for method in METHODS if method.name == name)


def config_of(method: Method, epochs: int | None = None) -> dict[str, Any]:
    """Return Rasa's config for a pipeline; `epochs` replaces every number of epochs in it, for a quick look."""
    path = _PROJECT_CONFIG if method is FRONTDESK else _PIPELINES / f"{method.name}.yml"
    config: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    config.pop("policies", None)
    config["pipeline"] = [component for component in config["pipeline"] if component["name"] not in _LEFT_OUT]
    for component in config["pipeline"]:
        if epochs and "epochs" in component:
            component["epochs"] = epochs
    return config
