"""How sure a ranking is, and where the lines lie between answering, suggesting and handing off.

A softmax over intents is no sign that a question can be answered at all, so sureness is fitted: a logistic regression
from the evidence for the first place (`frontdesk.faq.ranking.EVIDENCE`) to whether the first place is right, on
leave-one-out predictions, with whole out-of-scope intents left out as messages of an unforeseen kind.
The lines follow from a wrong-answer rate that the clinic states, and are fitted again at each training.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from frontdesk.faq.ranking import FloatArray, Leaveout, Scored

_TEMPERATURES = (1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0)
_SUGGESTED = 3
_NEVER = 1.01


@dataclass(frozen=True)
class Aims:
    """What the lines are fitted to; shares are of training examples in leave-one-out."""

    wrong_answer_rate: float = 0.1
    """Of the answers given, how many may be wrong."""
    intent_sureness: float = 0.5
    """How sure an intent with a title must be; what it leads to shows more than one way, so a wrong one costs less."""
    suggestion_rate: float = 0.35
    """How likely the right topic must be among three suggestions for them to be shown."""
    false_alarm_rate: float = 0.005
    """Of the messages that are no alarm, how many may raise one by examples alone."""


@dataclass(frozen=True)
class Sureness:
    """A logistic regression from evidence to a probability."""

    weights: tuple[float, ...]
    bias: float

    @classmethod
    def fit(cls, evidence: FloatArray, right: npt.NDArray[np.bool_]) -> Sureness:
        """Fit to evidence of shape (messages, columns) and to whether each was right."""
        if right.all() or not right.any():
            return cls((0.0,) * evidence.shape[1], 4.0 if right.all() else -4.0)
        center, spread = evidence.mean(axis=0), evidence.std(axis=0)
        spread[spread == 0] = 1.0
        model = LogisticRegression(C=1.0).fit((evidence - center) / spread, right)
        weights = model.coef_[0] / spread
        return cls(tuple(weights.tolist()), float(model.intercept_[0] - weights @ center))

    def of(self, evidence: FloatArray) -> FloatArray:
        """Return a probability per row."""
        probability: FloatArray = 1.0 / (1.0 + np.exp(-(evidence @ np.array(self.weights) + self.bias)))
        return probability


@dataclass(frozen=True)
class Calibration:
    """What was fitted beside a ranking; stored with the model and shown by `frontdesk evaluate`."""

    first_is_right: Sureness
    right_is_suggested: Sureness
    temperature: float
    """Turns scores into shares of a ranking: softmax(temperature x score)."""
    answer_at: float
    intent_at: float
    suggest_at: float
    alarm_at: float
    measured: Mapping[str, float]
    """What the lines gave in leave-one-out, by name."""

    def shares(self, scores: FloatArray) -> FloatArray:
        """Return each row of scores as shares that add up to 1."""
        raised = np.exp(self.temperature * (scores - scores.max(axis=1, keepdims=True)))
        shares: FloatArray = raised / raised.sum(axis=1, keepdims=True)
        return shares

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Calibration:
        """Make a calibration again from `to_dict`."""
        parts = dict(stored)
        for name in ("first_is_right", "right_is_suggested"):
            fitted = parts[name]
            parts[name] = Sureness(tuple(fitted["weights"]), fitted["bias"])
        return cls(**parts)


def calibrate(
    leaveout: Leaveout,
    *,
    is_answer: Callable[[str], bool],
    is_foreign: Callable[[str], bool],
    is_alarm: Callable[[str], bool],
    aims: Aims,
) -> Calibration:
    """Fit sureness and lines to what the ranking says of examples it did not see.

    Args:
        is_answer: Whether a label is answered with a text that must not be the wrong one.
        is_foreign: Whether a label collects messages that are not ours, so that leaving it out is a fair exam. Where none
            does, every label takes its turn.
        is_alarm: Whether a label raises an alarm.
    """
    labels, owner = leaveout.labels, leaveout.owner
    seen = leaveout.each_alone()
    # Without labels for what is not ours, each label is left out in turn as if nobody had foreseen it.
    strange = leaveout.few_labels([label for label in labels if is_foreign(label)] or labels)
    unseen = [leaveout.whole_label(label) for label in strange]
    evidence = np.vstack([seen.evidence, *(scored.evidence for scored in unseen)])
    strangers = np.zeros(sum(len(scored.scores) for scored in unseen), dtype=bool)
    first = seen.scores.argmax(axis=1)
    answers = np.array([is_answer(label) for label in labels])
    suggested = _suggestible(seen, answers)[:, :_SUGGESTED] == owner[:, np.newaxis]

    sure = Sureness.fit(evidence, np.concatenate([first == owner, strangers]))
    hopeful = Sureness.fit(evidence, np.concatenate([suggested.any(axis=1), strangers]))
    temperature = _fit_temperature(seen.scores, owner)
    given = answers[first]
    sureness = sure.of(seen.evidence)
    answer_at = lowest_line(sureness[given], (first != owner)[given], aims.wrong_answer_rate)
    draft = Calibration(sure, hopeful, temperature, answer_at, aims.intent_sureness, aims.suggestion_rate, _NEVER, {})
    alarms = np.array([is_alarm(label) for label in labels])
    alarm_at = _alarm_line(draft.shares(seen.scores)[:, alarms].sum(axis=1), alarms[owner], aims.false_alarm_rate)
    measured = {
        "examples": float(len(owner)),
        "first_is_right": float((first == owner).mean()),
        "answered": float((sureness[given] >= answer_at).mean()) if given.any() else 0.0,
        "wrong_answer_rate": _share(first != owner, given & (sureness >= answer_at)),
        "unforeseen_answered": _answered_strangers(unseen, answers, sure, answer_at),
    }
    return replace(draft, alarm_at=alarm_at, measured=measured)


def lowest_line(sureness: FloatArray, wrong: npt.NDArray[np.bool_], allowed: float) -> float:
    """Return the lowest sureness from which on at most `allowed` of the answers are wrong; 1.01 when there is none.

    >>> lowest_line(np.array([0.9, 0.8, 0.7, 0.6]), np.array([False, False, True, True]), 0.34)
    0.7
    """
    order = np.argsort(-sureness, kind="stable")
    rates = np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(rates <= allowed)
    return float(sureness[order[good[-1]]]) if len(good) else _NEVER


def _suggestible(scored: Scored, answers: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    return np.argsort(-np.where(answers, scored.scores, -np.inf), axis=1, kind="stable")


def _fit_temperature(scores: FloatArray, owner: npt.NDArray[np.int64]) -> float:
    def loss(temperature: float) -> float:
        raised = temperature * (scores - scores.max(axis=1, keepdims=True))
        return float(-(raised[np.arange(len(owner)), owner] - np.log(np.exp(raised).sum(axis=1))).mean())

    return min(_TEMPERATURES, key=loss)


def _alarm_line(shares: FloatArray, alarming: npt.NDArray[np.bool_], allowed: float) -> float:
    if not alarming.any():
        return _NEVER
    return float(np.quantile(shares[~alarming], 1.0 - allowed))


def _answered_strangers(unseen: list[Scored], answers: npt.NDArray[np.bool_], sure: Sureness, answer_at: float) -> float:
    if not unseen:
        return 0.0
    answered = [answers[scored.scores.argmax(axis=1)] & (sure.of(scored.evidence) >= answer_at) for scored in unseen]
    return float(np.concatenate(answered).mean())


def _share(what: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_]) -> float:
    return float(what[among].mean()) if among.any() else 0.0
