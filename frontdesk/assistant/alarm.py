"""The guard as a Rasa component: the last in the pipeline, so that nothing after it can lower an alarm."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from frontdesk.safety import TIERS, Alarm, Guard

INTENT_OF_TIER = {"crisis": "crisis", "emergency": "emergency", "doctor": "see_doctor"}
TIER_OF_INTENT = {intent: tier for tier, intent in INTENT_OF_TIER.items()}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetyAlarm(GraphComponent):
    """Raises the alarm when the rules or the NLU class do, whichever is more worried.

    Sets `safety` on the message (tier, category, rule), and the intent to crisis, emergency or see_doctor unless the
    tier is practitioner, which only adds to the answer; `precautions` then holds every such alarm in the same shape.
    """

    def __init__(self, guard: Guard) -> None:
        """Take a loaded guard."""
        self._guard = guard

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the default config."""
        return {
            # Folder with concepts.yml and rules/, relative to the project.
            "rules": "clinic/safety",
        }

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> SafetyAlarm:
        """Load the rules from the project's folder: a changed rule needs a restart and no training."""
        return cls(Guard.load(Path(config["rules"])))

    def process(self, messages: list[Message]) -> list[Message]:
        """Judge every message that has text."""
        for message in messages:
            if message.get(TEXT):
                self._judge(message)
        return messages

    def _judge(self, message: Message) -> None:
        raised = self._guard.alarms(message.get(TEXT))
        alarm = worst(*raised, _nlu_alarm(message))
        if alarm is None:
            return
        message.set("safety", asdict(alarm), add_to_output=True)
        if not alarm.replaces_answer:
            message.set("precautions", [asdict(one) for one in raised], add_to_output=True)
        else:
            message.set(INTENT, {"name": INTENT_OF_TIER[alarm.tier], "confidence": 1.0}, add_to_output=True)
            understanding = dict(message.get("understanding") or {})
            understanding |= {"decision": "safety", "topic": None, "topics": [], "suggestions": []}
            message.set("understanding", understanding, add_to_output=True)


def worst(*alarms: Alarm | None) -> Alarm | None:
    """Return the alarm of the strongest tier; the earlier one when two are equal."""
    raised = [alarm for alarm in alarms if alarm is not None]
    return min(raised, key=lambda alarm: TIERS.index(alarm.tier), default=None)


def _nlu_alarm(message: Message) -> Alarm | None:
    """Return the alarm that the ranker raised from examples alone, if it did."""
    seen = (message.get("understanding") or {}).get("alarm")
    return Alarm(tier=TIER_OF_INTENT[seen["intent"]], category="other", rule="nlu") if seen else None
