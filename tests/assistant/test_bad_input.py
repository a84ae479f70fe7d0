"""Whatever is wrong with examples, a model or a message: one line that says what, or a reply that was meant, with the real components."""

from __future__ import annotations

import contextlib
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from frontdesk.assistant.agent import Assistant
from frontdesk.assistant.encoder import load_encoder
from frontdesk.assistant.training import TrainingError, train
from frontdesk.cli import main
from frontdesk.text.logs import quieten
from tests.assistant import small_project
from tests.assistant.small_project import examples_of, write_topic

# What Rasa remarks on any training: retrieval intents without its own selector, and a rule of theirs.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

Say = Callable[..., tuple[int, str]]
Folder = Callable[[str], Path]

STORY = """I am fifty two and have worked in a warehouse since I was nineteen. Last spring I moved house and carried boxes for a
whole weekend, and on Monday I could hardly tie my shoes. My wife drove me to the office because sitting in the car made
everything worse. We have two dogs and a small garden that I used to look after every evening. In summer it got a bit better
and I went fishing with my brother at the lake, but in autumn the old trouble came back. I changed the chair at my desk,
bought a new mattress and tried to sleep with a pillow between my knees. My daughter plays the violin and we drive her to
concerts on weekends, which are long days. At work they gave me lighter tasks for a while."""


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Run the command and return its exit status and what it printed as errors."""

    def run(*arguments: str) -> tuple[int, str]:
        status = main(arguments)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return status, printed.err

    return run


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small_project.make(tmp_path_factory.mktemp("small"))
    with contextlib.chdir(folder):
        return train(folder / "models" / "small.tar.gz")


@pytest.fixture
def damaged(small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Unpack the small model below the current folder, which is its project; the model is packed again by `repack`."""

    def unpack(name: str) -> Path:
        project = tmp_path / "project"
        shutil.copytree(small_model.parents[1], project)
        monkeypatch.chdir(project)
        with tarfile.open(small_model) as model:
            model.extractall(tmp_path / "unpacked", filter="data")
        return next((tmp_path / "unpacked").rglob(name))

    return unpack


def repack(file: Path) -> None:
    """Pack a model that was unpacked, given one of its files, as models/damaged.tar.gz."""
    root = next(folder for folder in file.parents if folder.name == "unpacked")
    with tarfile.open("models/damaged.tar.gz", "w:gz") as model:
        model.add(root, arcname="")


# Examples


def test_without_examples_training_says_so_in_one_line(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_project.make(tmp_path, topics=(), intents=()))

    status, error = say("train")

    assert status == 2
    assert error == "frontdesk train: there are no examples in data/faq and data/nlu; there must be two topics or intents to tell apart\n"
    with pytest.raises(TrainingError, match="data/ has no examples"):
        train(Path("models/none.tar.gz"))
    assert not Path("models").exists()


def test_with_one_intent_alone_training_names_it(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_project.make(tmp_path, topics=("cost",), intents=()))

    status, error = say("train")

    assert status == 2
    assert error.startswith("frontdesk train: only 'cost' has examples")
    assert error.count("\n") == 1
    with pytest.raises(TrainingError, match="examples of 'faq' only"):
        train(Path("models/one.tar.gz"))


async def test_a_topic_with_one_example_trains_and_is_found_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_project.make(tmp_path))
    write_topic(tmp_path, "horses", ["do you treat horses"], {"text": "No.", "metadata": {"title": "Horses"}})

    outcome = await Assistant(train(Path("models/horses.tar.gz"))).ask("do you treat horses")

    assert "horses" in [outcome.topic, *outcome.suggestions]


@pytest.mark.model
async def test_of_two_topics_with_the_same_examples_the_visitor_may_choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all of the real examples, as what is sure enough to be answered is fitted to them."""
    for name in ("data", "clinic"):
        shutil.copytree(small_project.ROOT / name, tmp_path / name)
    for name in ("config.yml", "domain.yml"):
        shutil.copy(small_project.ROOT / name, tmp_path / name)
    monkeypatch.setenv("FRONTDESK_DATA_DIR", str(small_project.ROOT / "var" / "test-models"))
    monkeypatch.chdir(tmp_path)
    write_topic(tmp_path, "cost_too", examples_of(tmp_path, "cost"), {"text": "No.", "metadata": {"title": "Prices, again"}})
    quieten()

    assistant = Assistant(train(Path("models/twice.tar.gz")))

    for asked in ("how much is it", "prices", "what do you charge for a session"):
        outcome = await assistant.ask(asked)
        assert outcome.decision == "suggest"
        assert {"cost", "cost_too"} <= set(outcome.suggestions)
    assert (await assistant.ask("do the needles hurt")).topic == "does_it_hurt"


# Models


def test_a_truncated_model_is_named(say: Say, damaged: Folder) -> None:
    damaged("ranking.npz")
    model = Path("models/small.tar.gz")
    model.write_bytes(model.read_bytes()[:5000])

    status, error = say("ask", "--model", str(model), "does it hurt")

    assert status == 2
    assert error.startswith(f"frontdesk ask: {model} cannot be loaded: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize("name", ["ranking.npz", "decision.json", "encoder.txt", "words.json", "metadata.json"])
def test_a_model_without_one_of_its_files_is_named_with_it(name: str, say: Say, damaged: Folder) -> None:
    file = damaged(name)
    file.unlink()
    repack(file)

    status, error = say("ask", "--model", "models/damaged.tar.gz", "does it hurt")

    assert status == 2
    assert error.startswith("frontdesk ask: models/damaged.tar.gz cannot be loaded: ")
    assert name in error
    assert error.count("\n") == 1


def pickled(file: Path) -> None:
    with np.load(file) as arrays:
        stored = dict(arrays)
    np.savez(file, **{**stored, "labels": np.array(["a", {"b": 1}], dtype=object)})


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("ranking.npz", pickled),
        ("ranking.npz", lambda file: file.write_bytes(file.read_bytes()[:-500])),
        ("decision.json", lambda file: file.write_text("{")),
        ("decision.json", lambda file: file.write_text(json.dumps({"titles": {}}))),
        ("words.json", lambda file: file.write_text("[")),
    ],
    ids=["pickled objects", "truncated ranking", "no JSON", "no calibration", "no words"],
)
def test_a_model_with_a_damaged_file_is_refused_in_one_line(name: str, damage: Callable[[Path], object], say: Say, damaged: Folder) -> None:
    file = damaged(name)
    damage(file)
    repack(file)

    status, error = say("ask", "--model", "models/damaged.tar.gz", "does it hurt")

    assert status == 2
    assert error.startswith("frontdesk ask: models/damaged.tar.gz cannot be loaded: ")
    assert error.count("\n") == 1


def test_a_model_of_another_encoder_says_to_train_again(say: Say, damaged: Folder) -> None:
    file = damaged("encoder.txt")
    file.write_text("of last year", encoding="utf-8")
    repack(file)

    status, error = say("ask", "--model", "models/damaged.tar.gz", "does it hurt")

    assert status == 2
    assert "it was trained with another sentence encoder; train again with 'frontdesk train'" in error


# Messages


@pytest.fixture(scope="session")
def small_assistant(small_model: Path) -> Assistant:
    quieten()
    with contextlib.chdir(small_model.parents[1]):
        return Assistant(small_model)


@pytest.mark.parametrize(
    "text", ["", " \n\t", "🙂🙂🙂", "x" * 10_000, "how much is it " * 670, "\u200b"], ids=lambda text: ascii(text[:10])
)
async def test_any_message_gets_a_reply(text: str, small_assistant: Assistant) -> None:
    outcome = await small_assistant.ask(text)

    assert outcome.replies
    assert outcome.decision in {"handoff", "suggest", "dialogue", "answer"}


@pytest.mark.parametrize("question", ["Do the needles hurt?", "Where can I park?", "How much does the first visit cost?"])
@pytest.mark.parametrize("place", ["last", "first"])
def test_the_question_beside_a_story_of_five_hundred_words_is_what_a_long_message_means(question: str, place: str) -> None:
    story = " ".join(f"{STORY} {STORY} {STORY} {STORY}".split()[:500])
    text = f"{story} {question}" if place == "last" else f"{question} {story}"

    told, alone, around = load_encoder().encode([text, question, story])

    assert told @ alone > around @ alone + 0.1


@pytest.mark.model
@pytest.mark.parametrize(("question", "topic"), [("Do the needles hurt?", "does_it_hurt"), ("Where can I park?", "location_parking")])
def test_the_question_after_a_story_of_five_hundred_words_is_answered_or_suggested(question: str, topic: str, ask) -> None:
    outcome = ask(f"{' '.join(f'{STORY} {STORY} {STORY} {STORY}'.split()[:500])}. {question}")

    assert topic in [*outcome.topics, *outcome.suggestions]
