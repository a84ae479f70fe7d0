"""What every NLU component of ours must do, in the manner of contract checks: one line per component uses them all."""

from __future__ import annotations

import copy
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

MESSAGES = ("does it hurt", "", " ", "🙂", "a" * 3000, "\u202eright to left\u202c", "<script>alert(1)</script>", "numb\x00er")


def create(component: type[GraphComponent], config: dict[str, Any], folder: Any) -> GraphComponent:
    return component.create({**component.get_default_config(), **config}, LocalModelStorage(folder), Resource("component"), _context())


def load(component: type[GraphComponent], config: dict[str, Any], folder: Any) -> GraphComponent:
    return component.load({**component.get_default_config(), **config}, LocalModelStorage(folder), Resource("component"), _context())


def check_leaves_its_config_alone(component: type[GraphComponent], config: dict[str, Any], folder: Any) -> None:
    default = copy.deepcopy(component.get_default_config())
    given = copy.deepcopy(config)

    create(component, given, folder)

    assert given == config
    assert component.get_default_config() == default


def check_takes_any_message(component: GraphComponent, prepare: Any) -> None:
    for text in MESSAGES:
        message = Message({TEXT: text})
        prepare(message)

        assert component.process([message]) == [message]


def check_removes_nothing(component: GraphComponent, prepare: Any) -> None:
    message = Message({TEXT: "does it hurt"})
    prepare(message)
    before = {**message.data}, list(message.features)

    component.process([message])

    assert set(before[0]) <= set(message.data)
    assert message.features[: len(before[1])] == before[1]


def check_takes_no_messages(component: GraphComponent) -> None:
    assert component.process([]) == []


def _context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), node_name="component")
