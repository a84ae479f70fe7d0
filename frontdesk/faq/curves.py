"""What is the confidence of the assistant worth: does serving less make fewer mistakes, and is 0.8 right in 8 of 10?

Selective prediction (El-Yaniv & Wiener 2010; Geifman & El-Yaniv 2017) and calibration, for messages that were served.
Knows neither messages nor topics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from frontdesk.faq.ranking import FloatArray

SHOWN_COVERAGES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
BINS = 10


@dataclass(frozen=True)
class Served:
    """One message to which the assistant said something of its own choice."""

    confidence: float
    wrong: bool
    """What the visitor got was wrong."""
    first_right: bool
    """The very topic or intent that was understood is an acceptable one; stricter than not wrong where any decline will do."""


@dataclass(frozen=True)
class RiskCoverage:
    """How many of the served messages were wrong, from the surest one on to all that were served.

    The selective classifier behind point k serves what the assistant serves now, less what is not among its k most
    confident: coverage is k of all that were asked, risk the share of wrong ones among the k.
    Of a message that was not served (suggestions, hand-off) only the confidence is known, not what would have been
    said. So the curve ends at the coverage that was served, and nothing here guesses how it goes on.
    Where confidences are equal their order means nothing; the risk there is that of a random order, on average.
    """

    coverage: FloatArray
    """Shape (served,), of all messages asked."""
    risk: FloatArray
    """Shape (served,)."""
    confidence: FloatArray
    """Shape (served,), falling: the line above which exactly these messages are served."""
    asked: int

    @classmethod
    def of(cls, served: Sequence[Served], asked: int) -> RiskCoverage:
        """Draw the curve for the served ones of `asked` messages."""
        ordered = sorted(served, key=lambda one: -one.confidence)
        confidence = np.array([one.confidence for one in ordered], dtype=float)
        _, tied, sizes = np.unique(confidence, return_inverse=True, return_counts=True)
        wrong = (np.bincount(tied, weights=[one.wrong for one in ordered]) / sizes)[tied] if len(served) else confidence
        places = np.arange(1, len(served) + 1)
        return cls(places / max(asked, 1), np.cumsum(wrong) / places, confidence, asked)

    @property
    def reach(self) -> float:
        """The coverage at which the curve ends: the share of messages that were served."""
        return len(self.coverage) / self.asked if self.asked else 0.0

    @property
    def aurc(self) -> float | None:
        """The mean risk over the coverages that are drawn; the area under the risk-coverage curve when all were served.

        Two models compare by it only where their curves reach about as far.
        """
        return float(self.risk.mean()) if len(self.risk) else None

    def risk_at(self, coverage: float) -> float | None:
        """Return the risk of serving this share of all messages; `None` beyond what was served."""
        places = max(math.ceil(coverage * self.asked - 1e-9), 1)
        return float(self.risk[places - 1]) if places <= len(self.risk) else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; of the curve, a point for each whole per cent of coverage."""
        places = sorted({math.ceil(percent * self.asked / 100) for percent in range(1, 101)} & set(range(1, len(self.risk) + 1)))
        columns = {"coverage": self.coverage, "risk": self.risk, "confidence": self.confidence}
        return {
            "asked": self.asked,
            "served": len(self.risk),
            "reach": self.reach,
            "aurc": self.aurc,
            "risk_at": {f"{coverage:.0%}": self.risk_at(coverage) for coverage in SHOWN_COVERAGES},
            "curve": [{name: float(values[place - 1]) for name, values in columns.items()} for place in places],
        }


@dataclass(frozen=True)
class Bin:
    """Served messages of about the same confidence."""

    lowest: float
    highest: float
    confidence: float
    """Mean."""
    right: float
    """Share whose first place was right."""
    messages: int


@dataclass(frozen=True)
class Reliability:
    """Whether a confidence of 0.8 is right in 8 of 10.

    The bins hold equally many messages, ties aside. What is served lies above a line, most of it near 1: bins of equal
    width would be empty below and hold nearly everything on top, and the error is known to come out smaller than it is.
    """

    bins: tuple[Bin, ...]
    brier: float | None
    """Mean squared distance between confidence and what happened; 0 is best, always saying 0.5 gives 0.25."""

    @classmethod
    def of(cls, served: Sequence[Served]) -> Reliability:
        """Measure the served messages."""
        if not served:
            return cls((), None)
        confidence = np.array([one.confidence for one in served])
        right = np.array([one.first_right for one in served], dtype=float)
        edges = np.unique(np.quantile(confidence, np.arange(1, BINS) / BINS))
        place = np.digitize(confidence, edges)
        inside = [place == number for number in np.unique(place)]
        bins = tuple(
            Bin(
                float(confidence[here].min()),
                float(confidence[here].max()),
                float(confidence[here].mean()),
                float(right[here].mean()),
                int(here.sum()),
            )
            for here in inside
        )
        return cls(bins, float(np.mean((confidence - right) ** 2)))

    @property
    def expected_error(self) -> float | None:
        """The expected calibration error: how far confidence and share right lie apart, a bin weighing what it holds."""
        messages = sum(one.messages for one in self.bins)
        return sum(one.messages * abs(one.confidence - one.right) for one in self.bins) / messages if messages else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"expected_error": self.expected_error, "brier": self.brier, "bins": [asdict(one) for one in self.bins]}
