"""Topics: one question with one approved answer each; how a message finds its topic, and when none does."""
