"""What differs from clinic to clinic: the facts, and how a text is filled with them."""

from frontdesk.practice.errors import PracticeError
from frontdesk.practice.facts import Fact, load_facts
from frontdesk.practice.filling import Filled, fill
from frontdesk.practice.hours import render_week
from frontdesk.practice.practice import Practice, load_practice

__all__ = ["Fact", "Filled", "Practice", "PracticeError", "fill", "load_facts", "load_practice", "render_week"]
