"""The widget's modules as one file, without comments: one request and fewer bytes for a phone on a slow connection.

Joins modules by taking away their imports and the word `export`, so every name at the top level of a module must be its own.
Knows nothing about what the modules do; a module written in another way is refused rather than served broken.
"""

import re
from pathlib import Path

from minify import string as minify_as

from frontdesk.gateway.errors import SettingsError

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w.]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", re.MULTILINE)
_TOP_LEVEL = re.compile(r"^(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)
_OTHER_FORM = re.compile(r"^(?:import\b(?!\()|export\b).*", re.MULTILINE)
_CSS = re.compile(r"/\* css \*/ `([^`]*)`")


def join_modules(entry: Path) -> str:
    """Return a module and all that it imports as one module that exports what `entry` does.

    Raises:
        SettingsError: When a module is missing, when two give one name to different things, or when one imports or exports
            in another form than `import { name } from "./file.js"` and `export function`, `class` or `const`.
        OSError: When a module cannot be read.
    """
    texts: dict[Path, str] = {}
    _read(entry, texts)
    owners: dict[str, Path] = {}
    parts = []
    for path, text in texts.items():
        bare = _IMPORT.sub("", text)
        bare = bare if path == entry else _EXPORT.sub("", bare)
        checked = _EXPORT.sub("", bare)
        if found := _OTHER_FORM.search(checked):
            raise SettingsError(f"{path}: '{found[0].strip()}' cannot be joined; write import {{ name }} from \"./file.js\"")
        for name in _TOP_LEVEL.findall(checked):
            if name in owners:
                raise SettingsError(f"{path}: '{name}' is also the name of something in {owners[name].name}; choose another")
            owners[name] = path
        parts.append(bare)
    return "\n".join(parts)


def minify(code: str) -> str:
    r"""Return a module without comments and needless blanks, inside the style sheets too; what it does stays as it is.

    >>> minify("/** Why. */\nconst a = /* css */ `x {\n  color: red;\n}`;  // so\nexport const b = a;\n")
    'const a=`x{color:red;}`;export const b=a'
    """
    tight = _CSS.sub(lambda found: "`" + _tighten(found[1]) + "`", code)
    return str(minify_as("application/javascript", tight))


def _tighten(css: str) -> str:
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", css)).replace(": ", ":").strip()


def _read(path: Path, texts: dict[Path, str]) -> None:
    """Add a module behind those that it imports."""
    text = path.read_text(encoding="utf-8")
    for _, name in _IMPORT.findall(text):
        if path.with_name(name) not in texts:
            _read(path.with_name(name), texts)
    texts[path] = text
