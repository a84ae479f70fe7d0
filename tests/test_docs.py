"""The documents say what is: pages that are followed to the letter, reference pages without a gap, links that lead somewhere."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from frontdesk import cli
from frontdesk.environment import _DEFAULTS
from frontdesk.faq.topic import _METADATA
from frontdesk.gateway.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")])
CHANGE_AN_ANSWER = ROOT / "docs/how-to/change-an-answer.md"
CHANGE_FACTS = ROOT / "docs/how-to/change-clinic-facts.md"


# Pages that are followed to the letter


@dataclass(frozen=True)
class Edit:
    """A change that a page asks its reader to make: a block of the language `diff`."""

    file: str
    before: str
    after: str

    def apply(self, project: Path) -> None:
        """Make the change; a project in which somebody has made it already is left as it is."""
        path = project / self.file
        text = path.read_text(encoding="utf-8")
        if self.after not in text:
            assert text.count(self.before) == 1, (
                f"{self.file} no longer holds the line that the page changes: {self.before!r}; choose another"
            )
            text = text.replace(self.before, self.after)
        path.write_text(text, encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a page in one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def edits(page: Path) -> list[Edit]:
    """Return what a page changes, in order."""
    parsed = []
    for block in blocks(page, "diff"):
        head, *lines = block.splitlines()
        before = "\n".join(line[1:] for line in lines if line.startswith("-"))
        after = "\n".join(line[1:] for line in lines if line.startswith("+"))
        parsed.append(Edit(head.removeprefix("--- "), before, after))
    return parsed


def shown_problem(page: Path) -> list[str]:
    """Return the lines in which a page shows the check refusing something."""
    shown = [block.splitlines() for block in blocks(page, "console") if re.match(r"\S+:\d+: ", block)]
    assert len(shown) == 1, f"{page.name} shows one refusal of the check"
    return shown[0]


def without_number(lines: list[str]) -> list[str]:
    """Return the lines without their line numbers, which move when somebody adds an example above."""
    return [re.sub(r"^(\S+?):\d+: ", r"\1: ", line) for line in lines]


def line_of(project: Path, edit: Edit) -> int:
    """Return the number of the line that an edit has written."""
    lines = (project / edit.file).read_text(encoding="utf-8").splitlines()
    return lines.index(edit.after) + 1


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what staff edit, as the current folder."""
    for name in ("data", "clinic", "config.yml", "domain.yml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Run `frontdesk check --fast` in the current folder, without the warnings that a review may be due."""
    status = cli.main(["check", "--fast"])
    lines = [line for line in capsys.readouterr().out.splitlines() if ": warning: " not in line]
    return status, [re.sub(r", \d+ warnings?$", "", line) for line in lines]


def load_assistant(model: Path):
    """Return the assistant with the files of the current folder."""
    from frontdesk.cli.ask import load_assistant

    return load_assistant(model)


def ask(assistant, text: str) -> str:
    """Return what a visitor reads who asks."""
    return "\n".join(asyncio.run(assistant.ask(text)).replies)


@pytest.mark.parametrize("page", [CHANGE_AN_ANSWER, CHANGE_FACTS], ids=lambda page: page.stem)
def test_the_edit_of_a_page_passes_the_check_and_its_mistake_is_refused_as_shown(page: Path, project: Path, capsys) -> None:
    edit, mistake = edits(page)

    edit.apply(project)
    status, said = check(capsys)

    assert (status, len(said)) == (0, 1), said
    assert re.fullmatch(r"\d+ topics, \d+ examples, no problems", said[0])

    mistake.apply(project)
    status, said = check(capsys)

    assert status == 1
    assert without_number(said) == without_number(shown_problem(page))
    assert said[0].startswith(f"{mistake.file}:{line_of(project, mistake)}: ")


def test_the_topic_file_that_the_page_looks_for_is_found_by_its_words() -> None:
    command, printed = blocks(CHANGE_AN_ANSWER, "sh")[0], blocks(CHANGE_AN_ANSWER, "console")[0].strip()
    words = re.match(r'grep -l "(.+)" data/faq/\*\.yml', command)[1]

    assert words in (ROOT / printed).read_text(encoding="utf-8")


@pytest.mark.model
def test_a_changed_answer_is_served_after_training(project: Path) -> None:
    edit = edits(CHANGE_AN_ANSWER)[0]
    question = re.search(r"^> (.+)$", CHANGE_AN_ANSWER.read_text(encoding="utf-8"), re.MULTILINE)[1]
    edit.apply(project)

    said = ask(load_assistant(cli.train.train("changed", project / "models")), question)

    assert edit.after.strip() in said


@pytest.mark.model
def test_a_changed_fact_is_served_at_once(project: Path, model: Path) -> None:
    edit = edits(CHANGE_FACTS)[0]
    question = re.search(r'^\.venv/bin/frontdesk ask "(.+)"$', CHANGE_FACTS.read_text(encoding="utf-8"), re.MULTILINE)[1]
    assistant = load_assistant(model)
    price = yaml.safe_load(edit.after)["first_visit"]

    before = ask(assistant, question)
    edit.apply(project)
    after = ask(assistant, question)

    assert price not in before
    assert price in after


@pytest.mark.model
def test_the_answer_shown_in_the_readme_is_the_one_that_is_printed(model: Path, capsys) -> None:
    shown = json.loads(blocks(ROOT / "README.md", "json")[0])

    cli.main(["ask", "--model", str(model), "does acupuncture help sciatica"])

    printed = json.loads(capsys.readouterr().out)
    assert list(shown) == list(printed)
    assert [shown[key] for key in ("decision", "topic", "topics", "safety")] == [
        printed[key] for key in ("decision", "topic", "topics", "safety")
    ]
    assert printed["replies"][0].startswith(shown["replies"][0].rstrip(" …"))


# Reference pages without a gap


def section(page: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of the same rank."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(rf"^(#+) {re.escape(heading)}$(.*?)(?=^\1 |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no heading '{heading}'"
    return found[2]


def rows(text: str) -> dict[str, list[str]]:
    """Return the rows of the tables in a text, by the first word in backticks."""
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| `")]
    return {re.match(r"`([^` ]+)", row[0].strip("| "))[1]: row for row in cells}


def subcommands() -> dict[str, argparse.ArgumentParser]:
    """Return the parsers of `frontdesk`'s commands."""
    parser = cli.build_parser()
    return next(action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))


@pytest.mark.parametrize("command", subcommands())
def test_every_command_and_option_is_described(command: str) -> None:
    described = rows(section("docs/reference/cli.md", f"`frontdesk {command}`"))
    actions = [action for action in subcommands()[command]._actions if not isinstance(action, argparse._HelpAction)]
    there = {max(action.option_strings, key=len) if action.option_strings else action.metavar or action.dest for action in actions}

    assert there <= set(described)
    assert {name for name in described if name.startswith("--")} <= there


def test_every_field_of_ask_and_every_decision_is_described() -> None:
    from typing import get_args

    from frontdesk.faq.names import Decision

    described = set(rows(section("docs/reference/cli.md", "Fields of the answer")))

    assert {"id", *_fields_of_outcome(), *get_args(Decision)} <= described


def _fields_of_outcome() -> set[str]:
    """Return the fields of `Outcome`, read from its source: importing it loads Rasa and TensorFlow."""
    source = (ROOT / "frontdesk/assistant/agent.py").read_text(encoding="utf-8")
    body = source[source.index("class Outcome:") : source.index("class Assistant:")]
    return set(re.findall(r"^    (\w+): ", body, re.MULTILINE))


def test_every_setting_is_described() -> None:
    code = [*(ROOT / "frontdesk").rglob("*.py"), ROOT / "Procfile", ROOT / "endpoints.yml", ROOT / "Makefile"]
    used = {name for path in code for name in re.findall(r"FRONTDESK_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))}

    described = set(rows((ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")))

    assert used | set(_DEFAULTS) <= described
    assert {name for name in described if name.startswith("FRONTDESK_")} <= used


def test_the_defaults_of_the_gateway_are_those_on_the_page(tmp_path: Path) -> None:
    described = rows((ROOT / "docs/reference/settings.md").read_text(encoding="utf-8"))
    settings = Settings.from_environment({"FRONTDESK_DATA_DIR": str(tmp_path)})
    defaults = {f"FRONTDESK_{field.name.upper()}": str(getattr(settings, field.name)) for field in fields(Settings)}
    compared = described.keys() & defaults.keys() - {"FRONTDESK_SECRET", "FRONTDESK_ORIGINS"}

    assert {name: described[name][1].strip("`") for name in compared} == {name: defaults[name] for name in compared}


def test_every_component_of_the_pipeline_has_its_heading_and_options() -> None:
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))["pipeline"]

    for component in pipeline:
        module, _, name = component["name"].rpartition(".")
        described = section("docs/reference/components.md", f"`{name}`")
        assert module.startswith("frontdesk."), "a component of Rasa's own needs no page, but this test must then learn to leave it out"
        assert component["name"] in described
        assert set(component) - {"name"} <= set(rows(described))
        assert _default_keys(ROOT / f"{module.replace('.', '/')}.py") <= set(rows(described))


def _default_keys(path: Path) -> set[str]:
    """Return the keys of a component's default config, read from its source: importing it loads Rasa and TensorFlow."""
    found = re.search(r"def get_default_config\(.*?\n        return \{\n(.*?)\n        \}", path.read_text(encoding="utf-8"), re.DOTALL)
    return set(re.findall(r'^            "(\w+)":', found[1], re.MULTILINE)) if found else set()


def test_every_route_of_the_channel_and_the_classes_rasa_is_told_of_are_described() -> None:
    page = (ROOT / "docs/reference/components.md").read_text(encoding="utf-8")
    source = (ROOT / "frontdesk/assistant/channel.py").read_text(encoding="utf-8")
    added = re.findall(r'add_route\(_guarded\(\w+\), "([^"]+)", methods=\["(\w+)"\]', source)
    told = [*yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))]
    told.append(yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))["nlg"]["type"])

    assert added
    assert [route for route, method in added if f"`{method} /webhooks/frontdesk{route}`" not in page] == []
    assert [name for name in told if f"`{name}`" not in page] == []


def test_every_action_is_described() -> None:
    actions = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["actions"]

    assert set(actions) <= set(rows(section("docs/reference/components.md", "Actions (`actions/`)")))


def test_every_key_of_a_topic_file_has_its_heading() -> None:
    for key in ("version", "nlu", "intent", "examples", "responses", "text", "metadata", *_METADATA):
        section("docs/reference/topic-file.md", f"`{key}`")


def test_every_proof_named_for_an_override_is_a_test() -> None:
    page = (ROOT / "docs/explanation/overrides.md").read_text(encoding="utf-8")
    tests = (ROOT / "tests/test_environment.py").read_text(encoding="utf-8")

    assert [name for name in set(re.findall(r"`(test_\w+)`", page)) if f"def {name}(" not in tests] == []


# Links and commands


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Yield file and anchor of every relative link and picture."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    for target in [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'<img[^>]* src="([^"]+)"', text)]:
        if not re.match(r"[a-z]+:", target):
            file, _, anchor = target.partition("#")
            yield unquote(file), anchor


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as git hosts make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for file, anchor in links(page):
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{file} is not there"
        assert not anchor or anchor in anchors(target), f"{file} has no heading for #{anchor}"


def test_the_index_lists_every_page() -> None:
    listed = {(ROOT / "docs" / file).resolve() for file, _ in links(ROOT / "docs/README.md")}

    assert {page for page in (ROOT / "docs").rglob("*.md") if page.name != "README.md"} <= listed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shell = "\n".join(blocks(page, "sh"))
    made = set(re.findall(r"^make (\w+)", shell, re.MULTILINE)) | set(re.findall(r"`make (\w+)`", text))
    run = re.findall(r"^(?:\.venv/bin/|uv run )?frontdesk (\w+)(.*)$", shell, re.MULTILINE) + re.findall(
        r"`(?:\.venv/bin/)?frontdesk (\w+)([^`\n]*)`", text
    )

    assert made <= targets
    for command, rest in run:
        assert command in subcommands()
        known = _options(subcommands()[command])
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known, f"frontdesk {command}{rest}"


def _options(parser: argparse.ArgumentParser) -> set[str]:
    """Return the options of a command, those of its actions included."""
    inner = [action.choices.values() for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    own = {option for action in parser._actions for option in action.option_strings}
    return own.union(*(_options(one) for parsers in inner for one in parsers))
