"""Training in a warm process makes the model that `rasa train` makes, in less time."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
import rasa.model_training

from frontdesk.assistant.training import train
from tests.assistant import small_project

# What Rasa remarks on any training: retrieval intents without its own selector, and a rule of theirs.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

NOT_LEARNED = {"metadata.json", "fingerprints-for-validation.json"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RASA_CACHE_DIRECTORY", str(tmp_path / "rasa-cache"))
    return small_project.make(tmp_path)


def learned(model: Path) -> dict[str, Any]:
    """Return the files of a model, but for its id and time, and what `rasa train --finetune` compares, which no component of ours can."""
    with tarfile.open(model) as archive:
        files = [member for member in archive.getmembers() if member.isfile() and Path(member.name).name not in NOT_LEARNED]
        contents = {member.name: archive.extractfile(member).read() for member in files}
    return {name: _without_order(json.loads(content)) if name.endswith(".json") else content for name, content in contents.items()}


def _without_order(value: Any) -> Any:
    """Return JSON with its lists sorted: RulePolicy writes one in the order of a set, which no two trainings share."""
    if isinstance(value, dict):
        return {key: _without_order(part) for key, part in value.items()}
    return sorted(map(json.dumps, value)) if isinstance(value, list) else value


def test_the_model_is_that_of_rasa_train_to_the_last_bit(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = learned(train(Path("models/ours.tar.gz")))
    again = learned(train(Path("models/again.tar.gz")))
    monkeypatch.setenv("FRONTDESK_EMBEDDINGS_CACHE", "off")
    theirs = learned(
        Path(rasa.model_training.train("domain.yml", "config.yml", ["data"], output="models", fixed_model_name="theirs").model)
    )

    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert [name for name in ours if ours[name] != again[name]] == []


def test_a_training_that_fails_leaves_no_file(project: Path) -> None:
    Path("config.yml").write_text("recipe: default.v1\nassistant_id: x\nlanguage: en\npipeline:\n  - name: NoSuchComponent\npolicies: []\n")

    with pytest.raises(Exception, match="NoSuchComponent"):
        train(Path("models/none.tar.gz"))

    assert not Path("models").exists()
