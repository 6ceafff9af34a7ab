"""Every pair of text and ground that the style sheets put together can be read, by day and by night."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "cms" / "static" / "css"
GROUNDS = ("paper", "sheet", "sunk", "qing-wash", "lan-wash", "warm-wash")
TEXT = [
    *(("ink", ground) for ground in (*GROUNDS, "seal-wash")),
    *(("ink-soft", ground) for ground in (*GROUNDS, "seal-wash")),
    *(("qing", ground) for ground in (*GROUNDS, "seal-wash")),
    *(("qing-deep", ground) for ground in GROUNDS),
    ("lan", "paper"),
    ("lan", "sheet"),
    ("lan", "lan-wash"),
    *(("warm", ground) for ground in ("paper", "sheet", "sunk", "warm-wash")),
    ("seal", "sheet"),
    ("seal", "seal-wash"),
    ("on-qing", "qing"),
    ("on-qing", "qing-deep"),
    ("on-lan", "lan"),
    ("on-warm", "warm-fill"),
    ("cover-ink", "cover-slip"),
]
SHAPES = [
    *((border, ground) for border in ("edge", "qing", "lan") for ground in GROUNDS[:3]),
    ("warm-fill", "paper"),
    ("warm-fill", "sheet"),
    ("seal", "sheet"),
    ("cover-slip", "cover-seal"),
    ("cover-slip", "cover-qing"),
    ("cover-slip", "cover-lan"),
]


@cache
def palette(theme: str) -> dict[str, str]:
    """Name → colour as tokens.css says for this theme; the night's over the day's."""
    source = (CSS / "tokens.css").read_text(encoding="utf-8")
    day = colours_in(block(source, ":root {"))
    return day if theme == "light" else day | colours_in(block(source, ':root[data-theme="dark"] {'))


def block(source: str, opening: str) -> str:
    start = source.index(opening) + len(opening)
    return source[start : source.index("}", start)]


def colours_in(declarations: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", declarations))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of #rrggbb."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def too_weak(pairs: list[tuple[str, str]], theme: str, least: float) -> list[tuple[str, str, float]]:
    known = palette(theme)
    measured = [(front, back, round(contrast(known[front], known[back]), 2)) for front, back in pairs]
    return [each for each in measured if each[2] < least]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(theme: str) -> None:
    assert too_weak(TEXT, theme, 4.5) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_borders_of_controls_and_drawn_shapes_can_be_seen(theme: str) -> None:
    assert too_weak(SHAPES, theme, 3) == []


def test_night_by_choice_and_night_by_device_are_the_same() -> None:
    source = (CSS / "tokens.css").read_text(encoding="utf-8")
    chosen, device = block(source, ':root[data-theme="dark"] {'), block(source, ":root:not([data-theme]) {")
    assert chosen.split() == device.split()


def test_colours_are_named_in_one_place() -> None:
    """Outside the tokens only paper: what is printed, photographed or drawn for light ground."""
    rules = [CSS / name for name in ("components.css", "practice.css", "certificates.css")]
    found = {
        hexed for path in rules for hexed in re.findall(r"#[0-9a-f]{3,6}\b", path.read_text(encoding="utf-8"))
    }
    assert found == {"#fff", "#fffdf8"}
