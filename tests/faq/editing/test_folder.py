"""Topics are opened, saved, added, renamed, merged and retired; two people never overwrite each other, and no file is ever half."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from frontdesk.editing.files import replace_files
from frontdesk.faq.editing import (
    NameRefused,
    NotSaved,
    TopicConflict,
    TopicExists,
    TopicFolder,
    TopicNotFound,
    TopicUnreadable,
)
from frontdesk.faq.store import load_topics
from tests.faq.editing.topic_texts import PLAIN

ANN = "Ann Lee <ann@clinic.example>"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    faq = tmp_path / "data/faq"
    faq.mkdir(parents=True)
    (faq / "parking.yml").write_bytes(PLAIN.encode())
    bikes = PLAIN.replace("faq/parking", "faq/bikes").replace("where can I park\n", "where can I leave my bike\n")
    (faq / "bikes.yml").write_bytes(bikes.replace("Where to park", "Bikes").replace("[byline, date]", "[byline]").encode())
    return tmp_path


@pytest.fixture
def folder(project: Path) -> TopicFolder:
    return TopicFolder(project)


def files_of(project: Path) -> dict[str, bytes]:
    """Return everything in a project, hidden files too, but git's own."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file() and ".git/" not in path.as_posix()
    }


def retitled(folder: TopicFolder, name: str, title: str):
    there = folder.open(name)
    return replace(there.draft, title=title), there.fingerprint


# Saving


def test_a_saved_topic_is_what_the_assistant_reads(folder: TopicFolder) -> None:
    draft, seen = retitled(folder, "parking", "Parking")

    saved = folder.save("parking", draft, seen)

    assert saved.names == ("parking",)
    assert {topic.name: topic.title for topic in load_topics(folder.folder)[0]} == {"parking": "Parking", "bikes": "Bikes"}


def test_a_topic_saved_without_a_change_is_not_written(folder: TopicFolder) -> None:
    there = folder.open("parking")
    before = folder.path("parking").stat()

    saved = folder.save("parking", there.draft, there.fingerprint)

    assert saved.names == ()
    assert folder.path("parking").stat() == before


def test_the_second_of_two_people_sees_both_versions_and_nothing_is_lost(folder: TopicFolder) -> None:
    mine, seen = retitled(folder, "parking", "Mine")
    theirs, _ = retitled(folder, "parking", "Theirs")
    folder.save("parking", theirs, seen)

    with pytest.raises(TopicConflict, match="'parking' was changed by somebody else") as conflict:
        folder.save("parking", mine, seen)

    assert conflict.value.mine == mine
    assert conflict.value.theirs is not None
    assert conflict.value.theirs.draft == theirs
    assert folder.open("parking").draft == theirs
    folder.save("parking", mine, conflict.value.theirs.fingerprint)
    assert folder.open("parking").draft == mine


def test_an_edit_by_hand_after_opening_is_a_conflict_too(folder: TopicFolder) -> None:
    draft, seen = retitled(folder, "parking", "Mine")
    folder.path("parking").write_bytes(PLAIN.replace("parking?", "parking??").encode())

    with pytest.raises(TopicConflict):
        folder.save("parking", draft, seen)


def test_a_topic_that_went_meanwhile_is_a_conflict_that_holds_what_was_written(folder: TopicFolder) -> None:
    draft, seen = retitled(folder, "parking", "Mine")
    folder.retire("parking", seen)

    with pytest.raises(TopicConflict, match="retired or renamed") as conflict:
        folder.save("parking", draft, seen)

    assert (conflict.value.mine, conflict.value.theirs) == (draft, None)


def test_of_eight_who_save_at_once_one_does_and_seven_see_a_conflict(folder: TopicFolder) -> None:
    seen = folder.open("parking").fingerprint

    def save(number: int) -> str | None:
        try:
            own = TopicFolder(folder.root)
            own.save("parking", replace(own.open("parking").draft, title=f"Title {number}"), seen)
        except TopicConflict:
            return None
        return f"Title {number}"

    with ThreadPoolExecutor(8) as people:
        won = [title for title in people.map(save, range(8)) if title]

    assert won == [folder.open("parking").draft.title]


def test_several_topics_are_saved_together_or_not_at_all(folder: TopicFolder) -> None:
    before = files_of(folder.root)
    parking, bikes = retitled(folder, "parking", "Parking"), retitled(folder, "bikes", "Bicycles")

    with pytest.raises(TopicConflict):
        folder.save_all({"parking": parking, "bikes": (bikes[0], "another version")})
    assert files_of(folder.root) == before

    assert folder.save_all({"parking": parking, "bikes": bikes}).names == ("parking", "bikes")


@pytest.mark.parametrize("change", [{"answer": "Another answer."}, {"sources": ("nccih", "who")}, {"claims": ()}, {"kinds": ("clinic",)}])
def test_a_signature_does_not_outlive_what_was_signed(folder: TopicFolder, change: dict[str, object]) -> None:
    there = folder.open("parking")
    folder.save("parking", replace(there.draft, clinician="Jane Doe, MD"), there.fingerprint)
    signed = folder.open("parking")

    saved = folder.save("parking", replace(signed.draft, **change), signed.fingerprint)

    assert saved.signature_withdrawn == ("parking",)
    assert "        clinician: null\n" in folder.open("parking").text


def test_an_example_more_leaves_the_signature(folder: TopicFolder) -> None:
    there = folder.open("parking")
    folder.save("parking", replace(there.draft, clinician="Jane Doe, MD"), there.fingerprint)
    signed = folder.open("parking")

    saved = folder.save("parking", replace(signed.draft, examples=(*signed.draft.examples, "more")), signed.fingerprint)

    assert saved.signature_withdrawn == ()
    assert folder.open("parking").draft.clinician == "Jane Doe, MD"


def test_script_in_every_field_is_text_and_nothing_else(folder: TopicFolder) -> None:
    there = folder.open("parking")
    script = "<script>alert('x')</script>"
    draft = replace(there.draft, title=script, answer=script, examples=(script,), owner=script, clinician=script)

    folder.save("parking", draft, there.fingerprint)

    assert folder.open("parking").draft == draft


# Where it may write


@pytest.mark.parametrize("name", ["../domain", "/etc/passwd", "a/b", "a.yml", "", "Parking", "parking\n", "..", "a" * 65, "1st"])
def test_a_name_that_leads_elsewhere_is_refused(folder: TopicFolder, name: str) -> None:
    for attempt in (folder.open, lambda name: folder.add(name, folder.open("parking").draft)):
        with pytest.raises(NameRefused, match="cannot name a topic"):
            attempt(name)


def test_a_link_out_of_the_folder_is_neither_read_nor_written(folder: TopicFolder) -> None:
    outside = folder.root / "outside.yml"
    outside.write_text(PLAIN.replace("parking", "link"), encoding="utf-8")
    (folder.folder / "link.yml").symlink_to(outside)

    with pytest.raises(NameRefused, match="leads to another file"):
        folder.open("link")
    assert folder.names() == ["bikes", "parking"]


def test_a_file_broken_by_hand_is_named_with_its_line_and_left_alone(folder: TopicFolder) -> None:
    folder.path("parking").write_text(PLAIN.replace("title: Where", 'title: "Where'), encoding="utf-8")

    with pytest.raises(TopicUnreadable, match=r"parking\.yml:\d+: ") as broken:
        folder.open("parking")

    assert broken.value.problems


def test_a_topic_that_is_not_there_is_not_found(folder: TopicFolder) -> None:
    with pytest.raises(TopicNotFound):
        folder.open("garage")


# The disk

FULL_DISK = """
import resource, sys
from dataclasses import replace
from pathlib import Path
from frontdesk.faq.editing import NotSaved, TopicFolder

folder = TopicFolder(Path(sys.argv[1]))
topics = {name: folder.open(name) for name in folder.names()}
drafts = {
    "bikes": (replace(topics["bikes"].draft, title="Bicycles"), topics["bikes"].fingerprint),
    "parking": (replace(topics["parking"].draft, examples=tuple(f"example {n}" for n in range(500))), topics["parking"].fingerprint),
}
# No file may grow beyond 4 kB from here: the write of the second one stops in the middle, as on a full disk.
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    folder.save_all(drafts)
except NotSaved as err:
    print(err)
"""


def test_a_disk_that_is_full_in_the_middle_of_a_save_leaves_every_file_as_it_was(project: Path) -> None:
    before = files_of(project)

    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(project)], capture_output=True, text=True, check=True)

    assert done.stdout == "nothing was saved, and all files are as they were: File too large\n"
    assert files_of(project) == before


ENDLESS = """
import sys
from dataclasses import replace
from pathlib import Path
from frontdesk.faq.editing import TopicFolder

folder = TopicFolder(Path(sys.argv[1]))
for number in range(10**6):
    drafts = {name: folder.open(name) for name in folder.names()}
    folder.save_all({name: (replace(one.draft, title=f"Title {number}"), one.fingerprint) for name, one in drafts.items()})
    print(number, flush=True)
"""


def test_an_editor_that_is_killed_leaves_whole_files_and_the_next_one_tidies_up(project: Path) -> None:
    for saves in (1, 4, 20):
        with subprocess.Popen([sys.executable, "-c", ENDLESS, str(project)], stdout=subprocess.PIPE, text=True) as editor:
            assert editor.stdout is not None
            for _ in range(saves):
                editor.stdout.readline()
            # It is somewhere in its next save, and nobody knows where.
            editor.kill()

        folder = TopicFolder(project)
        for name in ("bikes", "parking"):
            there = folder.open(name)
            assert there.problems == ()
            assert len(there.draft.examples) == 4

    draft, seen = retitled(folder, "parking", "Parking")
    folder.save("parking", draft, seen)
    assert sorted(path.name for path in folder.folder.iterdir()) == ["bikes.yml", "parking.yml"]


def test_a_place_that_cannot_be_taken_gives_back_those_that_were(project: Path) -> None:
    before = files_of(project)
    faq = project / "data/faq"
    (faq / "blocked.yml").mkdir()

    with pytest.raises(OSError, match="irectory"):
        replace_files({faq / "bikes.yml": b"new", faq / "new.yml": b"new", faq / "blocked.yml": b"new", faq / "parking.yml": None})

    assert files_of(project) == before


def test_a_folder_that_is_gone_is_said_so(folder: TopicFolder, tmp_path: Path) -> None:
    draft, seen = retitled(folder, "parking", "Parking")
    folder.folder.rename(tmp_path / "elsewhere")

    with pytest.raises(NotSaved, match="nothing was saved"):
        folder.save("parking", draft, seen)


def test_who_may_read_a_file_stays_as_it_was(folder: TopicFolder) -> None:
    folder.path("parking").chmod(0o664)
    draft, seen = retitled(folder, "parking", "Parking")

    folder.save("parking", draft, seen)
    folder.add("garage", draft)

    assert oct(folder.path("parking").stat().st_mode & 0o777) == "0o664"
    assert oct(folder.path("garage").stat().st_mode & 0o777) == "0o644"


# Adding, renaming, merging, retiring


def test_a_new_topic_does_not_take_the_place_of_another(folder: TopicFolder) -> None:
    draft = replace(folder.open("parking").draft, examples=("is there a garage",))

    folder.add("garage", draft)

    assert folder.open("garage").draft == draft
    with pytest.raises(TopicExists, match="'garage' already"):
        folder.add("garage", draft)


def test_a_renamed_topic_says_who_still_uses_its_old_name(folder: TopicFolder) -> None:
    seen = folder.open("parking").fingerprint
    lines = {
        "data/rules/topics.yml": "rules:\n  - rule: Park\n    steps:\n      - action: utter_faq/parking\n",
        "clinic/wording.yml": "starters:\n  - title: Parking\n    text: Where can I park?\n",
        "clinic/golden.yml": "answers:\n  cost:\n    - parking\n  parking:\n    - where is parking\n",
        "tests/cases/answers.yml": "cost:\n  - parking costs\nparking:\n  - where is parking\n",
        "tests/data/topics.jsonl": '{"text": "parking", "topic": "cost"}\n{"text": "a lot?", "topic": "parking"}\n',
    }
    for file, text in lines.items():
        (folder.root / file).parent.mkdir(parents=True, exist_ok=True)
        (folder.root / file).write_text(text, encoding="utf-8")

    moved = folder.rename("parking", "where_to_park", seen)

    assert folder.names() == ["bikes", "where_to_park"]
    assert folder.open("where_to_park").text == PLAIN.replace("faq/parking", "faq/where_to_park")
    found = {(reference.path.relative_to(folder.root).as_posix(), reference.line) for reference in moved.references}
    assert found == {
        ("data/rules/topics.yml", 4),
        ("clinic/wording.yml", 2),
        ("clinic/golden.yml", 4),
        ("tests/cases/answers.yml", 3),
        ("tests/data/topics.jsonl", 1),
        ("tests/data/topics.jsonl", 2),
    }


def test_a_retired_topic_is_kept_where_nothing_is_trained_and_its_examples_are_given_back(folder: TopicFolder) -> None:
    there = folder.open("parking")

    moved = folder.retire("parking", there.fingerprint)

    assert folder.names() == ["bikes"]
    assert moved.topic.draft.examples == there.draft.examples
    assert moved.archived == folder.root / "retired/parking.yml"
    assert moved.archived.read_bytes() == PLAIN.encode()


def test_a_topic_that_is_retired_twice_is_kept_twice(folder: TopicFolder) -> None:
    for title in ("First", "Second"):
        draft = replace(folder.open("bikes").draft, title=title)
        folder.add("garage", draft)
        folder.retire("garage", folder.open("garage").fingerprint)

    assert sorted(path.name for path in folder.archive.iterdir()) == ["garage-2.yml", "garage.yml"]


def test_of_two_topics_one_is_made_with_the_examples_of_both_once_each(folder: TopicFolder) -> None:
    parking, bikes = folder.open("parking"), folder.open("bikes")

    moved = folder.merge("bikes", "parking", (bikes.fingerprint, parking.fingerprint))

    assert folder.names() == ["parking"]
    assert folder.open("parking").draft == replace(parking.draft, examples=(*parking.draft.examples, "where can I leave my bike"))
    assert moved.topic.draft == bikes.draft
    assert moved.archived is not None
    assert moved.archived.read_text(encoding="utf-8") == bikes.text


def test_two_topics_are_not_merged_when_one_of_them_has_changed(folder: TopicFolder) -> None:
    parking, bikes = folder.open("parking"), folder.open("bikes")
    folder.save("bikes", replace(bikes.draft, title="Bicycles"), bikes.fingerprint)
    before = files_of(folder.root)

    with pytest.raises(TopicConflict):
        folder.merge("bikes", "parking", (bikes.fingerprint, parking.fingerprint))

    assert files_of(folder.root) == before


# Commits


def git(project: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(project), *arguments], capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def checkout(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in which a developer has begun something else."""
    for variable in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(variable, raising=False)
    (project / "notes.txt").write_text("first\n", encoding="utf-8")
    git(project, "init", "--quiet")
    git(project, "add", ".")
    git(project, "-c", "user.name=Dev", "-c", "user.email=dev@clinic.example", "commit", "--quiet", "-m", "First")
    (project / "notes.txt").write_text("second\n", encoding="utf-8")
    git(project, "add", "notes.txt")
    return project


def test_a_change_is_no_commit_unless_it_is_asked_for(checkout: Path) -> None:
    folder = TopicFolder(checkout)
    draft, seen = retitled(folder, "parking", "Parking")

    assert folder.save("parking", draft, seen, author=ANN).commit is None
    assert git(checkout, "log", "--format=%s") == "First"


def test_a_change_is_a_commit_of_its_author_and_of_its_file_alone(checkout: Path) -> None:
    folder = TopicFolder(checkout, commits=True)
    draft, seen = retitled(folder, "parking", "Parking")

    saved = folder.save("parking", draft, seen, author=ANN, note="Visitors say parking")

    assert saved.commit == git(checkout, "rev-parse", "HEAD")
    assert git(checkout, "log", "-1", "--format=%an <%ae>|%s|%b") == f"{ANN}|FAQ: Change parking|Visitors say parking"
    assert git(checkout, "show", "--name-only", "--format=") == "data/faq/parking.yml"
    assert git(checkout, "status", "--short") == "M  notes.txt"


def test_new_and_retired_topics_are_commits_too(checkout: Path) -> None:
    folder = TopicFolder(checkout, commits=True)

    folder.add("garage", folder.open("bikes").draft, author=ANN)
    folder.retire("garage", folder.open("garage").fingerprint, author=ANN)
    folder.rename("parking", "where_to_park", folder.open("parking").fingerprint, author=ANN)

    subjects = git(checkout, "log", "--format=%s").splitlines()
    assert subjects == ["FAQ: Rename parking to where_to_park", "FAQ: Retire garage", "FAQ: Add garage", "First"]
    assert git(checkout, "status", "--short") == "M  notes.txt"


def test_what_git_refuses_is_saved_and_said(project: Path) -> None:
    folder = TopicFolder(project, commits=True)
    draft, seen = retitled(folder, "parking", "Parking")

    saved = folder.save("parking", draft, seen, author="Ann")

    assert saved.commit is None
    assert "'Ann' is no author" in saved.not_committed
    assert folder.open("parking").draft == draft
