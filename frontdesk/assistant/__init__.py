"""Everything that knows Rasa: NLU components, the input channel, the reply generator, the in-process agent."""
