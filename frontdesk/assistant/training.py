"""Training the project in the current folder, in this process: fast where Rasa and the encoder are loaded already.

Rasa's `rasa train` reads each file of the data several times, and takes fingerprints of every token of every example after
each step, so that it can skip steps whose input is unchanged. Here the input of the one step that takes long, `TopicRanker`,
changes with every edit; what does not change is remembered where it pays (`frontdesk.assistant.embeddings`). The graph, its
components and the package are Rasa's own, and so is the model: `rasa train` makes the same one.

`python -m frontdesk.assistant.training MODEL` is how `frontdesk train` runs it.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

from rasa.engine.constants import PLACEHOLDER_IMPORTER
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.training.hooks import LoggingHook
from rasa.engine.validation import validate
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.data import TrainingType, get_data_files, is_likely_yaml_file
from rasa.shared.importers.importer import ResponsesSyncImporter, TrainingDataImporter
from rasa.shared.importers.utils import story_graph_from_paths
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import read_file, read_model_configuration
from rasa.utils.log_utils import configure_structlog


class TrainingError(Exception):
    """Raised when there is nothing to train on; the message says what is missing and where."""


def train(model: Path) -> Path:
    """Train the project in the current folder and return the path of the model, which is there whole or not at all.

    The data are taken to have passed `frontdesk check`. Takes seconds of the processor: in a server, call it in a thread.

    Raises:
        TrainingError: When the examples are of fewer than two intents.
        Exception: What Rasa raises for a configuration, domain or file that it cannot use.
    """
    importer = ResponsesSyncImporter(ProjectImporter("config.yml", "domain.yml", ["data"]))
    _require_examples(importer.get_nlu_data())
    config = importer.get_config()
    graph = Recipe.recipe_for_name(config.get("recipe")).graph_config_for_recipe(config, {}, TrainingType.BOTH)
    validate(graph)
    with tempfile.TemporaryDirectory() as room:
        storage = LocalModelStorage.create(Path(room))
        context = ExecutionContext(graph.train_schema)
        runner = DaskGraphRunner.create(graph.train_schema, storage, context, hooks=[LoggingHook(graph.train_schema)])
        runner.run(inputs={PLACEHOLDER_IMPORTER: importer})
        model.parent.mkdir(parents=True, exist_ok=True)
        unfinished = model.with_name(f".{model.name}-{os.getpid()}")
        try:
            storage.create_model_package(unfinished, graph, importer.get_domain())
            unfinished.replace(model)
        finally:
            unfinished.unlink(missing_ok=True)
    return model


class ProjectImporter(TrainingDataImporter):
    """Rasa's file importer, but each file is read once, and is not held against a schema: `frontdesk check` is stricter."""

    def __init__(self, config_file: str | None = None, domain_path: str | None = None, training_data_paths: Any = None, **_: Any) -> None:
        """Take where the files are."""
        self._config_file = config_file
        self._domain_path = domain_path
        self._paths = training_data_paths

    def get_config(self) -> dict[str, Any]:
        """Return the configuration."""
        config: dict[str, Any] = read_model_configuration(self._config_file)
        return config

    def get_config_file_for_auto_config(self) -> str | None:
        """Return the file of the configuration."""
        return self._config_file

    def get_domain(self) -> Domain:
        """Return the domain."""
        return self._domain

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Return rules and stories."""
        return self._stories

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return examples and answers."""
        return self._nlu_data

    @cached_property
    def _domain(self) -> Domain:
        return Domain.load(self._domain_path)

    @cached_property
    def _stories(self) -> StoryGraph:
        return story_graph_from_paths(self._files("rules", "stories"), self._domain)

    @cached_property
    def _nlu_data(self) -> TrainingData:
        return TrainingData().merge(*(_CheckedReader().read(path) for path in self._files("nlu", "responses")))

    def _files(self, *keys: str) -> list[str]:
        """Return the files that have one of these keys at their left edge."""
        key = re.compile(rf"^[\"']?(?:{'|'.join(keys)})[\"']?\s*:", re.MULTILINE)
        files: list[str] = get_data_files(self._paths, lambda path: is_likely_yaml_file(path) and key.search(read_file(path)) is not None)
        return files


class _CheckedReader(RasaYAMLReader):
    def validate(self, string: str) -> None:
        """Believe it: holding the file against Rasa's schema takes four times as long as reading it."""


def _require_examples(data: TrainingData) -> None:
    if len(data.intents) > 1 or len({example.get("intent_response_key") for example in data.intent_examples}) > 1:
        return
    found = f"examples of {next(iter(data.intents))!r} only" if data.intents else "no examples"
    raise TrainingError(f"data/ has {found}; there must be two topics or intents at least, each a file in data/faq or an entry in data/nlu")


def main() -> None:
    """Train the model named on the command line; the log says which step has begun."""
    configure_structlog(logging.INFO)
    logging.getLogger("rasa").setLevel(logging.INFO)
    try:
        train(Path(sys.argv[1]))
    except TrainingError as err:
        sys.exit(str(err))


if __name__ == "__main__":
    main()
