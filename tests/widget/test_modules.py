"""The widget's modules without a browser: Node's test runner for what needs none, and the type checker for all."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from frontdesk.gateway.bundle import join_modules, minify
from frontdesk.gateway.errors import SettingsError
from frontdesk.practice.theme import GROUNDS

ROOT = Path(__file__).resolve().parents[2]
NODE = Path(sys.executable).with_name("node")
TOOLS = ROOT / ".pytest_cache" / "widget-tools"


@pytest.fixture(scope="module")
def type_checker() -> Path:
    """TypeScript as `tests/widget/node/package-lock.json` pins it, installed once."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    with (TOOLS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / "tests/widget/node" / name, TOOLS / name)
        found = TOOLS / "node_modules" / "typescript" / "bin" / "tsc"
        pinned = (TOOLS / "package-lock.json").read_text(encoding="utf-8")
        if not found.exists() or (TOOLS / "installed").read_text(encoding="utf-8") != pinned:
            npm = [str(NODE.with_name("npm")), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            path = f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"
            done = subprocess.run(npm, cwd=TOOLS, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path})
            assert done.returncode == 0, done.stdout + done.stderr
            (TOOLS / "installed").write_text(pinned, encoding="utf-8")
    return found


def test_the_types_that_the_comments_state_hold(type_checker: Path) -> None:
    done = subprocess.run([str(NODE), str(type_checker), "-p", "widget"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", sorted((ROOT / "tests/widget/node").glob("*.test.js")), ids=lambda path: path.stem)
def test_what_needs_no_browser_works_in_node(path: Path) -> None:
    done = subprocess.run([str(NODE), "--test", str(path)], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_module_makes_elements_from_text() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "widget").glob("*.js"))

    assert [word for word in ("innerHTML =", "outerHTML", "insertAdjacentHTML", "document.write", "eval(") if word in code] == []


def test_links_are_checked_against_the_colours_that_they_stand_on() -> None:
    style = (ROOT / "widget" / "style.js").read_text(encoding="utf-8").split("const DARK")[0]

    assert [colour for colour in GROUNDS if colour not in style] == []


def test_joined_modules_export_what_the_first_does_and_stand_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\n\nexport class A {}\n')
    (tmp_path / "b.js").write_text('import { c } from "./c.js";\nexport const b = c;\n')
    (tmp_path / "c.js").write_text("/** Why. */\nexport const c = 1;\n")

    assert minify(join_modules(tmp_path / "a.js")) == "const c=1,b=c;export class A{}"


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("const a = 1;\nexport const b = a;\n", "'a' is also the name"),
        ("export default 1;\n", "cannot be joined"),
        ('import x from "./x.js";\n', "cannot be joined"),
        ('export { b } from "./x.js";\n', "cannot be joined"),
    ],
)
def test_modules_that_cannot_be_joined_are_refused(tmp_path: Path, second: str, said: str) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nconst a = 2;\n')
    (tmp_path / "b.js").write_text(second)

    with pytest.raises(SettingsError, match=said):
        join_modules(tmp_path / "a.js")
