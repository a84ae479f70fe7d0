"""Every sentence is in clinic/wording.yml, and none is missing or idle."""

import re
from pathlib import Path

import pytest
import yaml

from frontdesk.gateway import SettingsError
from frontdesk.gateway.wording import error_codes, load_wording
from frontdesk.practice import Practice
from frontdesk.text.wording_keys import required_keys, sections
from frontdesk.wire import KINDS

ROOT = Path(__file__).parents[2]
PROBLEMS = ("utter_empty_message", "utter_fallback", "unavailable")


def test_the_widget_asks_for_every_string_and_for_no_other(practice):
    code = "".join(path.read_text() for path in (ROOT / "widget").glob("*.js"))
    asked = set(re.findall(r"\bstrings\.(\w+)", code)) | set(re.findall(r"\bstrings\?\.(\w+)", code))

    assert asked == set(load_wording(ROOT / "clinic", practice).strings) == set(sections()["strings"])


def test_the_list_of_sentences_has_every_error_and_every_kind():
    assert sections()["errors"] == tuple(error_codes())
    assert sections()["kinds"] == KINDS


@pytest.mark.parametrize("key", [f"errors.{code}" for code in error_codes()] + [f"replies.{name}" for name in PROBLEMS])
def test_whatever_goes_wrong_the_last_line_is_the_phone_number(practice, key):
    wording = load_wording(ROOT / "clinic", practice)
    section, name = key.split(".")

    assert practice.value("contact.phone") in getattr(wording, section)[name].splitlines()[-1]


@pytest.mark.parametrize("key", required_keys())
def test_every_sentence_on_the_list_is_needed_to_start(tmp_path, practice, key):
    raw = yaml.safe_load((ROOT / "clinic" / "wording.yml").read_text())
    section, _, name = key.rpartition(".")
    del (raw[section] if section else raw)[name]
    (tmp_path / "wording.yml").write_text(yaml.safe_dump(raw))

    with pytest.raises(SettingsError, match=key.replace(".", r"\.")):
        load_wording(tmp_path, practice)


def test_a_file_in_another_encoding_is_named(tmp_path, practice):
    (tmp_path / "wording.yml").write_bytes((ROOT / "clinic" / "wording.yml").read_text().replace("Hello!", "Olá!").encode("latin-1"))

    with pytest.raises(SettingsError, match=r"wording\.yml: cannot be read"):
        load_wording(tmp_path, practice)


def test_the_widget_holds_no_sentence_of_its_own():
    for path in (ROOT / "widget").glob("*.js"):
        code = re.sub(r"/\*.*?\*/|//[^\n]*|`[^`]*`", "", path.read_text(), flags=re.DOTALL)
        quoted = re.findall(r'"([^"\n]*)"', code)

        assert [text for text in quoted if re.search(r"[A-Z][a-z]+ [a-z]+ [a-z]+", text)] == [], path.name


def test_a_clinic_that_knows_nothing_of_itself_still_has_a_sentence_for_every_error():
    wording = load_wording(ROOT / "clinic", Practice(example=True, raw={}))

    assert [code for code in error_codes() if not wording.errors[code].strip()] == []
    assert wording.replies["utter_fallback"]
    assert wording.texts["disclosure"]
