"""How topics are named in Rasa's files, and how an outcome is named in reports."""

from typing import Literal

RETRIEVAL_INTENT = "faq"
ANSWER_PREFIX = "utter_faq/"

Decision = Literal["answer", "suggest", "handoff", "dialogue", "decline", "safety"]


def topic_of(label: str) -> str:
    """Return the name that reports use for a label of the training data.

    >>> topic_of("faq/cost"), topic_of("greeting")
    ('cost', 'greeting')
    """
    return label.removeprefix(f"{RETRIEVAL_INTENT}/")


def is_topic(label: str) -> bool:
    """Say whether a label is a topic and not a plain intent.

    >>> is_topic("faq/cost"), is_topic("greeting")
    (True, False)
    """
    return label.startswith(f"{RETRIEVAL_INTENT}/")


def answer_name(topic: str) -> str:
    """Return the name of the response that answers a topic.

    >>> answer_name("cost")
    'utter_faq/cost'
    """
    return f"{ANSWER_PREFIX}{topic}"
