"""How a clinic's chat looks: what stands under `theme:` in `clinic/practice.yml`, and whether it can be read.

A value that cannot be used is left out, so that an odd colour takes nothing down; `frontdesk check` names it.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from frontdesk.practice.practice import Practice

LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3: text of ordinary size against its ground."""
GROUNDS = ("#ffffff", "#fbfaf7", "#eef3f0")
"""What links and choices stand on in the chat's light colours; `widget/style.js` has the same."""
DEFAULTS: Mapping[str, str] = {"accent": "#0b5f58", "on_accent": "#ffffff"}

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_FONT = re.compile(r"[\w\s,\"'-]{1,200}")


def load_theme(practice: Practice) -> dict[str, str]:
    """Return what the clinic has chosen and what can be used, by name, as CSS has it."""
    given = _given({key: practice.raw.get(f"theme.{key}") for key in _CHECKS})
    unusable = {key for key, _ in check_theme(given)}
    return {key: f"{value}px" if key == "corner" else str(value) for key, value in given.items() if key not in unusable}


def check_theme(theme: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the keys that cannot be used, each with what is wrong, which completes "'theme.accent' ...".

    >>> check_theme({"accent": "#ffe680"})
    [('accent', "has a contrast of 1.2 to '#ffffff', the words on it; choose colors with at least 4.5, or set on_accent too")]
    """
    found = [(key, message) for key, value in _given(theme).items() if (message := _CHECKS[key](value) if key in _CHECKS else "")]
    return found or list(_check_contrast(theme))


def contrast(one: str, other: str) -> float:
    """Return how far apart two colours are for the eye, from 1 to 21, as WCAG 2.2 reckons it.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _given(theme: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in theme.items() if value is not None}


def _check_contrast(theme: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    given = {**DEFAULTS, **{key: str(value) for key, value in _given(theme).items()}}
    ratio = contrast(given["accent"], given["on_accent"])
    if ratio < LEAST_CONTRAST:
        least = f"choose colors with at least {LEAST_CONTRAST}"
        yield "accent", f"has a contrast of {_floor(ratio)} to '{given['on_accent']}', the words on it; {least}, or set on_accent too"
        if "on_accent" in _given(theme):
            yield "on_accent", f"has a contrast of {_floor(ratio)} to '{given['accent']}', which it stands on; {least}"
    if "link" in given:
        ratio = min(contrast(given["link"], ground) for ground in GROUNDS)
        if ratio < LEAST_CONTRAST:
            yield "link", f"has a contrast of {_floor(ratio)} to the chat's light background; choose a color with at least {LEAST_CONTRAST}"


def _check_colour(value: object) -> str:
    return "" if isinstance(value, str) and _COLOUR.fullmatch(value) else "must be a color as six digits in quotes, such as '#0b5f58'"


def _check_corner(value: object) -> str:
    return "" if type(value) is int and 0 <= value <= 32 else "must be pixels from 0 to 32 as a plain number, such as 20"


def _check_font(value: object) -> str:
    return "" if isinstance(value, str) and _FONT.fullmatch(value) else "must be names of fonts with commas, such as 'Georgia, serif'"


def _check_side(value: object) -> str:
    return "" if value in ("start", "end") else "must be 'end' (right, where one reads from the left) or 'start'"


_CHECKS: Mapping[str, Callable[[object], str]] = {
    "accent": _check_colour,
    "on_accent": _check_colour,
    "link": _check_colour,
    "font": _check_font,
    "corner": _check_corner,
    "side": _check_side,
}
NAMES = tuple(_CHECKS)
"""Every key that `theme:` may have."""


def _floor(ratio: float) -> float:
    """Return a contrast with one decimal, never rounded up to one that would do."""
    return int(ratio * 10) / 10


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
