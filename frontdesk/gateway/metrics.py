"""Counters of one process, in Prometheus' text format. No label says anything about a visitor."""

from collections import Counter

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
    """What has happened since the process started."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._waits: Counter[float] = Counter()
        self._wait_sum_s = 0.0
        self._wait_count = 0

    def count(self, name: str) -> None:
        """Add one to a counter of `COUNTERS`."""
        if name not in COUNTERS:
            raise KeyError(name)
        self._counts[name] += 1

    def observe_reply(self, seconds: float) -> None:
        """Record how long Rasa took for a reply."""
        self._wait_sum_s += seconds
        self._wait_count += 1
        for bound in _BUCKETS_S:
            if seconds <= bound:
                self._waits[bound] += 1

    def render(self) -> str:
        """Return everything in the text format, version 0.0.4."""
        lines: list[str] = []
        for name, help_text in COUNTERS.items():
            metric = f"frontdesk_gateway_{name}_total"
            lines += [f"# HELP {metric} {help_text}", f"# TYPE {metric} counter", f"{metric} {self._counts[name]}"]
        metric = "frontdesk_gateway_reply_seconds"
        lines += [f"# HELP {metric} Time Rasa took for a reply.", f"# TYPE {metric} histogram"]
        lines += [f'{metric}_bucket{{le="{bound}"}} {self._waits[bound]}' for bound in _BUCKETS_S]
        lines += [
            f'{metric}_bucket{{le="+Inf"}} {self._wait_count}',
            f"{metric}_sum {self._wait_sum_s:.6f}",
            f"{metric}_count {self._wait_count}",
        ]
        return "\n".join(lines) + "\n"
