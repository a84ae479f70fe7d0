"""The steps of a training, by the component of Rasa's graph that does them, and what a person reads about each."""

STEPS = {
    "RulePolicy": "learning the dialogue",
    "SentenceEncoderFeaturizer": "encoding new examples",
    "TopicRanker": "learning topics and intents",
}
"""In the order of a training."""
