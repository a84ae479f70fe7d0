"""Every sentence is in clinic/wording.yml, and none is missing or idle."""

import re
from pathlib import Path

import pytest

from frontdesk.gateway import SettingsError
from frontdesk.gateway.wording import error_codes, load_wording
from frontdesk.practice import Practice

ROOT = Path(__file__).parents[2]


def test_the_widget_asks_for_every_string_and_for_no_other(practice):
    code = "".join(path.read_text() for path in (ROOT / "widget").glob("*.js"))
    asked = set(re.findall(r"\bstrings\.(\w+)", code)) | set(re.findall(r"\bstrings\?\.(\w+)", code))

    assert asked == set(load_wording(ROOT / "clinic", practice).strings)


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


def test_a_missing_sentence_is_named(tmp_path, practice):
    (tmp_path / "wording.yml").write_text((ROOT / "clinic" / "wording.yml").read_text().replace("  too_many_requests:", "  too_many:"))

    with pytest.raises(SettingsError, match="errors: has no too_many_requests"):
        load_wording(tmp_path, practice)
