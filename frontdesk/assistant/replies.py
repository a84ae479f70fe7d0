"""The reply generator: puts into a response what only the clinic or the conversation knows.

Clinic facts, the wording of the safety cards, the titles under "did you mean", and the precautions that go with an
answer. The sentences themselves are in YAML: `data/`, `clinic/practice.yml`, `clinic/safety/cards.yml`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import structlog
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from frontdesk.assistant.clinic import Clinic
from frontdesk.booking.handoff import INTENTS as BOOKING_INTENTS
from frontdesk.faq.names import ANSWER_PREFIX, answer_name
from frontdesk.practice import load_facts
from frontdesk.practice.hours import join_words
from frontdesk.safety import Alarm
from frontdesk.text.paragraphs import split_paragraphs

log = structlog.get_logger()

_SLOT = re.compile(r"\{([a-z_]+)\}")

UNAVAILABLE = "utter_unavailable"
DID_YOU_MEAN = "utter_did_you_mean"
NONE_OF_THESE_TITLE = "utter_none_of_these_title"
GENERAL_QUESTION_TITLE = "utter_general_question_title"
LANGUAGE_REQUEST = "utter_language_request"
IN_PLACE = ("utter_first_answer", "utter_second_answer", "utter_third_answer")
"""Replies in whose place the answers to a message with several questions are put, in order."""
UNKNOWN_FACT = ("utter_unknown_fact", "utter_unknown_fact_no_phone")


class ReplyGenerator(TemplatedNaturalLanguageGenerator):
    """Rasa's templated generator with clinic facts; named in endpoints.yml under `nlg: type:`."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        """Create the generator; `endpoint_config` may name the clinic's folder as `clinic:`."""
        super().__init__(domain.responses if domain else {})
        folder = (endpoint_config.kwargs.get("clinic") if endpoint_config else None) or "clinic"
        self._clinic = Clinic(Path(folder))

    async def generate(self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any) -> dict[str, Any] | None:
        """Return the response as a visitor reads it; an unknown topic gets the sentence with the phone number."""
        parse = (tracker.latest_message.parse_data if tracker.latest_message else None) or {}
        utter_action = self._meant(utter_action, parse)
        response: dict[str, Any] | None = await super().generate(utter_action, tracker, output_channel, **kwargs)
        if response is None:
            log.error("response_missing", name=utter_action)
            return None if utter_action == UNAVAILABLE else await self.generate(UNAVAILABLE, tracker, output_channel)
        metadata = response.setdefault("metadata", {})
        if metadata.get("card"):
            return self._card(response, parse)
        self._fill(response)
        if utter_action.startswith(ANSWER_PREFIX):
            metadata["topic"] = utter_action.removeprefix(ANSWER_PREFIX)
            asked = _topics_asked(parse)
            if len(asked) > 1:
                response["text"] = f"**{metadata['title']}**\n{response['text']}"
            if not asked or metadata["topic"] == asked[-1]:
                self._add_precautions(response, parse)
        elif metadata.get("takes_precaution"):
            self._add_precautions(response, parse, before=True)
        if utter_action == DID_YOU_MEAN:
            response["buttons"] = self._suggestions(parse)
        return response

    def _meant(self, utter_action: str, parse: dict[str, Any]) -> str:
        """Return the reply that stands for one: the answer in its place, or the reply in the visitor's language."""
        if utter_action in IN_PLACE:
            asked = _topics_asked(parse)
            place = IN_PLACE.index(utter_action)
            return answer_name(asked[place]) if place < len(asked) else utter_action
        if utter_action == LANGUAGE_REQUEST and f"{utter_action}_{parse.get('language')}" in self.responses:
            return f"{utter_action}_{parse['language']}"
        return utter_action

    def _fill_response(self, response: dict[str, Any], filled_slots: dict[str, Any] | None = None, **kwargs: Any) -> dict[str, Any]:
        """Fill in slots and the values an action sent along.

        Rasa's own filling takes the braces of button payloads and of clinic facts for slots, gives up, and logs the text.
        """
        values = {name: value for name, value in {**(filled_slots or {}), **kwargs}.items() if value is not None}
        if response.get("text"):
            response["text"] = _SLOT.sub(lambda found: str(values.get(found[1], found[0])), response["text"])
        return response

    def _fill(self, response: dict[str, Any]) -> None:
        """Fill in clinic facts, and say what is not known instead of leaving a hole.

        A paragraph that has nothing left to say goes, and its kind with it, so that labels stay with their words.
        """
        kind = response["metadata"].get("kind")
        paragraphs = split_paragraphs(response.get("text") or "")
        kinds = kind if isinstance(kind, list) and len(kind) == len(paragraphs) else [kind] * len(paragraphs)
        filled = [self._clinic.practice.fill_reporting(paragraph) for paragraph in paragraphs]
        kept = [(part.text, own) for part, own in zip(filled, kinds, strict=True) if part.text]
        missing = list(dict.fromkeys(name for part in filled for name in part.missing))
        if missing and kind != "dialogue":
            labels = join_words([load_facts()[name].label if name in load_facts() else name for name in missing])
            kept.append((self._unknown(labels), "clinic"))
        kept = [(text, own) for text, own in kept if text]
        response["text"] = "\n\n".join(text for text, _ in kept)
        if isinstance(kind, list) or len({own for _, own in kept}) > 1:
            response["metadata"]["kind"] = [own for _, own in kept]

    def _unknown(self, labels: str) -> str:
        """Return the sentence that owns up to missing facts, with the phone number where there is one."""
        for name in UNKNOWN_FACT:
            for variation in self.responses.get(name, []):
                filled = self._clinic.practice.fill_reporting(variation["text"].replace("{missing}", labels))
                if not filled.missing:
                    return filled.text
        return ""

    def _add_precautions(self, response: dict[str, Any], parse: dict[str, Any], *, before: bool = False) -> None:
        """Put what the practitioner should know under an answer, or before a question, each reason's words once."""
        cards = [self._clinic.cards.card_for(alarm) for alarm in precautions_of(parse)]
        texts = {self._clinic.practice.fill(card.text): before or card.comes_first for card in cards}
        kind = response["metadata"].get("kind")
        parts = split_paragraphs(response["text"])
        kinds = kind if isinstance(kind, list) else [kind] * len(parts)
        first = [part for text, leads in texts.items() if leads for part in split_paragraphs(text)]
        last = [part for text, leads in texts.items() if not leads for part in split_paragraphs(text)]
        if first or last:
            response["text"] = "\n\n".join([*first, response["text"], *last])
            response["metadata"]["kind"] = [*["safety"] * len(first), *kinds, *["safety"] * len(last)]

    def _suggestions(self, parse: dict[str, Any]) -> list[dict[str, str]]:
        """Return a button per suggested topic or intent, and the one that says none was meant."""
        suggestions = parse.get("understanding", {}).get("suggestions", [])
        buttons = [{"title": entry["title"], "payload": entry["payload"]} for entry in suggestions]
        title = self.responses[NONE_OF_THESE_TITLE][0]["text"]
        return [*buttons, {"title": title, "payload": "/none_of_these"}]

    def _card(self, response: dict[str, Any], parse: dict[str, Any]) -> dict[str, Any]:
        """Return the emergency card that the alarm asks for."""
        practice = self._clinic.practice
        tier = response["metadata"]["card"]
        alarm = alarm_of(parse) or Alarm(tier=tier, category="other", rule="nlu")
        card = self._clinic.cards.card_for(alarm, parse.get("language"))
        actions = [{"label": practice.fill(action.label), "href": practice.fill(action.href)} for action in card.actions]
        response["text"] = practice.fill(card.text)
        response["custom"] = {
            "type": "emergency",
            "tier": card.tier,
            "actions": [action for action in actions if action["label"] and action["href"]],
        }
        title = self.responses[GENERAL_QUESTION_TITLE][0]["text"]
        response["buttons"] = [{"title": title, "payload": "/general_question"}]
        return response


def _topics_asked(parse: dict[str, Any]) -> list[str]:
    """Return the topics that a message asked for, in order; booking wishes among them have no answer and are left out."""
    return [name for name in (parse.get("understanding") or {}).get("topics", []) if name not in BOOKING_INTENTS]


def alarm_of(parse: dict[str, Any]) -> Alarm | None:
    """Return the alarm that the pipeline raised for a message, if any."""
    safety = parse.get("safety")
    return Alarm(safety["tier"], safety["category"], safety["rule"], safety.get("card")) if safety else None


def precautions_of(parse: dict[str, Any]) -> list[Alarm]:
    """Return what a message gives the practitioner reason to know, strongest first; none beside an alarm that replaces the answer."""
    return [Alarm(**one) for one in parse.get("precautions") or []]
