"""The gateway's guard does not start on files that it cannot use, and says which."""

import shutil
from pathlib import Path

import pytest

from frontdesk.gateway import SettingsError
from frontdesk.gateway.standby import Standby

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("file", ["cards.yml", "concepts.yml"])
@pytest.mark.parametrize(
    "content",
    [b"tiers: [unclosed", b"tiers: Ol\xe1", b"- a list\n- of things\n", b"7", b"tiers: {emergency: 7}\n"],
    ids=["no yaml", "latin-1", "list", "number", "strange"],
)
def test_a_file_that_cannot_be_used_stops_the_start_with_its_folder(tmp_path, practice, file, content):
    shutil.copytree(ROOT / "clinic" / "safety", tmp_path / "safety")
    (tmp_path / "safety" / file).write_bytes(content)

    with pytest.raises(SettingsError, match="safety"):
        Standby.load(tmp_path, practice)


def test_an_action_without_a_label_stops_the_start(tmp_path, practice):
    shutil.copytree(ROOT / "clinic" / "safety", tmp_path / "safety")
    cards = tmp_path / "safety" / "cards.yml"
    cards.write_text(cards.read_text().replace("label:", "lable:"))

    with pytest.raises(SettingsError, match="safety"):
        Standby.load(tmp_path, practice)
