"""Comparisons of understanding: this project's pipeline beside Rasa's own and simpler ones, on the same messages in one run.

`python -m benchmarks comparison` and `python -m benchmarks growth` print tables; docs/reference/benchmarks.md keeps them.
`frontdesk bench` measures something else: the running stack.
"""
