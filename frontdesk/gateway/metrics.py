"""Counters of one process, for Prometheus. No label says anything about a visitor."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

COUNTERS = {
    "conversations": "Conversations started.",
    "messages": "Messages received.",
    "choices": "Messages that were a choice.",
    "empty_messages": "Messages without words.",
    "empty_replies": "Replies of Rasa without a message.",
    "rasa_failures": "Requests that Rasa did not answer.",
    "guard_alarms": "Emergency cards shown by the gateway because Rasa did not answer.",
    "refused": "Requests answered with an error of 4xx.",
    "failed": "Requests answered with an error of 5xx.",
    "limited": "Requests refused by a rate limit.",
    "feedback": "Opinions on an answer.",
    "erased": "Conversations erased by their visitor.",
}
_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What has happened since the process started, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counters = {
            name: Counter(f"frontdesk_gateway_{name}", meaning, registry=self._registry) for name, meaning in COUNTERS.items()
        }
        self._replies = Histogram(
            "frontdesk_gateway_reply_seconds", "Time Rasa took for a reply.", buckets=_BUCKETS_S, registry=self._registry
        )

    def count(self, name: str) -> None:
        """Add one to a counter of `COUNTERS`."""
        self._counters[name].inc()

    def observe_reply(self, seconds: float) -> None:
        """Record how long Rasa took for a reply."""
        self._replies.observe(seconds)

    def render(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)
