"""From files to what visitors meet, with the real trainer and the real assistant in a copy of the project."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from frontdesk.publishing.contents import read_contents
from frontdesk.publishing.publisher import DataHasProblems, Draft, DraftGotWorse, ModelNotTaken, Publisher
from frontdesk.publishing.replay import Question
from frontdesk.publishing.serving import Serving
from frontdesk.publishing.shelf import Shelf
from frontdesk.publishing.workshop import JobFailed, Workshop, WorkshopStopped

pytestmark = [pytest.mark.model, pytest.mark.timeout(400)]

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = "do you validate for the garage under the fish market"


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture(scope="module")
def project(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the model of the tests is published."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("data", "clinic", "actions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        shutil.copy(ROOT / name, folder)
    (folder / "models").mkdir()
    shutil.copy(model, folder / "models" / "monday.tar.gz")
    shelf = Shelf(folder / "models")
    shelf.describe("monday", read_contents(folder / "data"))
    shelf.publish("monday")
    return folder


@pytest.fixture(scope="module")
def workshop(project: Path, loop: asyncio.AbstractEventLoop) -> Iterator[Workshop]:
    made = Workshop(project)
    yield made
    loop.run_until_complete(made.stop())


@pytest.fixture
def publisher(project: Path, workshop: Workshop) -> Publisher:
    return Publisher(project, Shelf(project / "models"), workshop)


def edit(project: Path, topic: str, old: str, new: str) -> None:
    path = project / "data" / "faq" / f"{topic}.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def steps() -> list[str]:
    """What was said while the draft was prepared."""
    return []


@pytest.fixture(scope="module")
def fixed(project: Path, workshop: Workshop, loop: asyncio.AbstractEventLoop, steps: list[str]) -> Draft:
    """A draft with two new ways to ask for the parking, prepared while the model of the tests was published."""
    Shelf(project / "models").publish("monday")
    new = f"      - {UNKNOWN}\n      - is the fish market garage validated\n"
    edit(project, "location_parking", "    examples: |\n", f"    examples: |\n{new}")
    publisher = Publisher(project, Shelf(project / "models"), workshop)
    return loop.run_until_complete(publisher.prepare([Question(UNKNOWN), Question("how much is a visit")], steps.append))


def test_a_question_that_nobody_could_answer_is_answered_after_a_fix(
    project: Path, publisher: Publisher, loop: asyncio.AbstractEventLoop, fixed: Draft, steps: list[str]
) -> None:
    """A new way to ask is added in one file; the draft answers it, nothing golden suffers, and it is published."""
    Shelf(project / "models").publish("monday")

    entry = loop.run_until_complete(publisher.publish(fixed, by="Ana", note="garage"))

    assert [(change.name, change.added, change.removed) for change in fixed.changes] == [("location_parking", 2, 0)]
    assert fixed.refusals == ()
    answered = fixed.replay.of_kind("now_answered")
    assert [(row.question.text, row.draft.topics) for row in answered] == [(UNKNOWN, ("location_parking",))]
    assert "learning topics and intents" in steps
    assert (entry.before, entry.by) == ("monday", "Ana")
    assert Shelf(project / "models").published_name() == fixed.model.name


def test_one_command_goes_back(project: Path, publisher: Publisher, loop: asyncio.AbstractEventLoop) -> None:
    shelf = Shelf(project / "models")
    shelf.publish("monday")
    shutil.copy(shelf.folder / "monday.tar.gz", shelf.folder / "bad.tar.gz")
    shelf.publish("bad")

    entry = loop.run_until_complete(publisher.roll_back(by="Ben"))

    assert (entry.action, entry.model, entry.before) == ("rolled_back", "monday", "bad")


def test_data_with_a_mistake_are_not_trained(project: Path, publisher: Publisher, loop: asyncio.AbstractEventLoop) -> None:
    path = project / "data" / "faq" / "cost.yml"
    whole = path.read_text(encoding="utf-8")
    models = list((project / "models").iterdir())
    path.write_text(whole.replace("responses:", "answers:"), encoding="utf-8")
    try:
        with pytest.raises(DataHasProblems, match=r"cost\.yml:\d+: "):
            loop.run_until_complete(publisher.prepare())
    finally:
        path.write_text(whole, encoding="utf-8")

    assert list((project / "models").iterdir()) == models


def test_a_golden_question_that_gets_worse_stops_the_publishing(
    project: Path, publisher: Publisher, loop: asyncio.AbstractEventLoop, fixed: Draft
) -> None:
    """What counts is what the draft makes of it, so a question that only the published model answers right must refuse it."""
    shelf = Shelf(project / "models")
    shelf.publish(fixed.model.name)
    golden = project / "clinic" / "golden.yml"
    whole = golden.read_text(encoding="utf-8")
    golden.write_text(whole.replace("  location_parking:\n", f"  location_parking:\n    - {UNKNOWN}\n"), encoding="utf-8")
    try:
        draft = loop.run_until_complete(publisher.examine("monday"))
    finally:
        golden.write_text(whole, encoding="utf-8")

    assert [refusal.question.text for refusal in draft.refusals] == [UNKNOWN]
    with pytest.raises(DraftGotWorse, match="garage under the fish market"):
        loop.run_until_complete(publisher.publish(draft, by="Ana"))
    assert shelf.published_name() == fixed.model.name


def test_a_trainer_that_is_killed_leaves_everything_as_it_was(
    project: Path, publisher: Publisher, workshop: Workshop, loop: asyncio.AbstractEventLoop
) -> None:
    before = Shelf(project / "models").published_name(), sorted((project / "models").glob("*.tar.gz"))

    def kill(step: str) -> None:
        if step == "learning the dialogue":
            assert workshop.pid
            os.kill(workshop.pid, signal.SIGKILL)

    with pytest.raises(WorkshopStopped, match="try again"):
        loop.run_until_complete(publisher.prepare(say=kill))

    assert (Shelf(project / "models").published_name(), sorted((project / "models").glob("*.tar.gz"))) == before


def test_the_workshop_works_again_after_a_job_that_failed(project: Path, workshop: Workshop, loop: asyncio.AbstractEventLoop) -> None:
    broken = project / "broken.tar.gz"
    broken.write_bytes(b"no model")

    with pytest.raises(JobFailed):
        loop.run_until_complete(workshop.ask(broken, [Question("how much")]))

    heard = loop.run_until_complete(workshop.ask(project / "models" / "monday.tar.gz", [Question("how much is a visit")]))
    assert heard[0].topics == ("cost",)


@pytest.mark.parametrize(("taken", "expected"), [(True, "tuesday"), (False, "monday")])
def test_a_model_that_rasa_does_not_take_is_withdrawn(
    project: Path,
    workshop: Workshop,
    loop: asyncio.AbstractEventLoop,
    taken: bool,
    expected: str,
) -> None:
    shelf = Shelf(project / "models")
    shelf.publish("monday")
    shutil.copy(shelf.folder / "monday.tar.gz", shelf.folder / "tuesday.tar.gz")

    async def ready(_: web.Request) -> web.Response:
        """As our channel in Rasa says it, of a server that takes what is published or stays with what it has."""
        return web.json_response({"model": shelf.get("monday").rasa_id if taken else "another"})

    async def publish() -> None:
        app = web.Application()
        app.router.add_get("/webhooks/frontdesk/ready", ready)
        async with TestServer(app) as server:
            publisher = Publisher(project, shelf, workshop, serving=Serving(str(server.make_url("/")), within_s=1.0))
            draft = await publisher.examine("tuesday")
            await publisher.publish(draft, by="Ana")

    if taken:
        loop.run_until_complete(publish())
    else:
        with pytest.raises(ModelNotTaken, match="withdrawn"):
            loop.run_until_complete(publish())

    assert shelf.published_name() == expected
