"""Text as language: normalisation and the one place that loads spaCy."""

from frontdesk.text.language import blank_english, load_spacy
from frontdesk.text.normalise import normalise

__all__ = ["blank_english", "load_spacy", "normalise"]
