"""The palette: AA contrast for all pairs that pages use, in both modes."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"
SURFACES = ("paper", "surface", "surface-sunk")
TONES = ("brand", "success", "warning", "danger", "info")


def palettes() -> dict[str, dict[str, str]]:
    css = TOKENS.read_text(encoding="utf-8")
    light, dark = re.split(r"@media screen and \(prefers-color-scheme: dark\)", css)
    dark = dark.split("\n}\n")[0]
    found = {}
    for mode, part in (("light", light), ("dark", dark)):
        found[mode] = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part))
    found["dark"] = {**found["light"], **found["dark"]}
    return found


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TEXT_PAIRS = [
    *((ink, surface) for ink in ("ink", "ink-muted", *TONES) for surface in SURFACES),
    *((tone, f"{tone}-tint") for tone in TONES),
    *(("ink", f"{tone}-tint") for tone in (*TONES, "accent")),
    *(("ink-muted", f"{tone}-tint") for tone in ("brand", "warning")),
]
# Borders of inputs, focus rings and marks: 3 to 1 (WCAG 1.4.11).
MARK_PAIRS = [
    *((mark, surface) for mark in ("line-strong", "focus", "accent") for surface in SURFACES)
]


def test_contrast_is_computed_as_wcag_says():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_reaches_aa(mode, ink, ground):
    colours = palettes()[mode]
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_marks_reach_three_to_one(mode, mark, ground):
    colours = palettes()[mode]
    assert contrast(colours[mark], colours[ground]) >= 3


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    "tone", [f"{tone}-solid{state}" for tone in TONES for state in ("", "-hover")]
)
def test_white_words_on_buttons_reach_aa(mode, tone):
    assert contrast("#ffffff", palettes()[mode][tone]) >= 4.5


def test_dark_mode_names_every_colour_of_the_light_one():
    css = TOKENS.read_text(encoding="utf-8")
    dark = css.split("prefers-color-scheme: dark")[1].split("\n}\n")[0]
    given = set(re.findall(r"--([a-z-]+): #", dark))
    assert given == set(palettes()["light"])
